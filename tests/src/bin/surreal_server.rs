//! A real SurrealDB server for the tests, run as a child process of theirs. It ends when its standard input does, so
//! that it never outlives them, however they end; and it takes the file of its output along.

use std::io::Read;

fn main() -> std::process::ExitCode {
    std::thread::spawn(|| {
        let mut nothing = Vec::new();
        drop(std::io::stdin().read_to_end(&mut nothing));
        if let Some(output) = std::env::var_os("REMOVE_AT_THE_END") {
            drop(std::fs::remove_file(output));
        }
        std::process::exit(0);
    });
    surrealdb_server::init(surrealdb_server::core::CommunityComposer())
}
