//! What a user waits for, beside what the machine could do: `cargo bench -p vantage-live --bench speed`. One line for each
//! figure; a ratio is the result. What has to do with a server is in the benchmark `surrealdb` of `tests`.

mod board;
mod edits;
mod entity;
mod feeds;
mod frames;
mod growth;
mod memory;
mod plot;
mod reads;
mod store;

/// How many rows the tables have.
const ROWS: u32 = 100_000;

fn main() {
    if let Some((holder, rows)) = memory::asked_for() {
        return memory::measure(&holder, rows);
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    if std::env::args().any(|argument| argument == "--growth") {
        return growth::draw(&runtime);
    }
    edits::compare();
    reads::all(&runtime);
    edits::type_into(&runtime);
    feeds::all();
    frames::all(&runtime);
    memory::tell();
}
