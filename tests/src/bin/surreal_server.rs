//! A real SurrealDB server for the tests, run as a child process of theirs.

fn main() -> std::process::ExitCode {
    surrealdb_server::init(surrealdb_server::core::CommunityComposer())
}
