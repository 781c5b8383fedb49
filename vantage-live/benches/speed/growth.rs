//! The same figures at 1,000 rows and at a million: `cargo bench -p vantage-live --bench speed -- --growth` measures them, and
//! draws the picture of the documentation. What does not grow with the rows is a line that is level.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use plotters::prelude::*;
use tokio::runtime::Runtime;
use vantage_live::{Id, ImTable, LiveTable, WritableValueSet as _};

use crate::board::median;
use crate::entity::{Product, id, record};
use crate::memory;
use crate::store::Made;

const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Reads and events of one measurement.
const TIMES: u32 = 2_000;
const ROUNDS: usize = 7;
const PICTURE: &str = "src/how_fast/growth.svg";

/// One figure: its name, and how much it is for each number of rows, in nanoseconds or bytes.
type Line = (&'static str, Vec<(f64, f64)>);

pub fn draw(runtime: &Runtime) {
    let names = [
        "an event",
        "memory, per row (bytes)",
        "opening, per row",
        "a list anew, per row",
        "a cached row",
        "rows()",
        "the next row, in order",
    ];
    let mut lines: Vec<Line> = names.map(|name| (name, Vec::new())).into();
    for rows in SIZES {
        let figures = at(runtime, rows);
        for ((name, line), figure) in lines.iter_mut().zip(figures) {
            println!("{name} at {rows} rows: {figure:.1}");
            line.push((rows.into(), figure));
        }
    }
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURE);
    plot(&picture, &lines).expect("the picture can be drawn");
    println!("drawn: {}", picture.display());
}

/// How long each takes with so many rows, in nanoseconds, and how many bytes a row.
fn at(runtime: &Runtime, rows: u32) -> [f64; 7] {
    let store = Made::new(rows);
    let began = Instant::now();
    let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).open()).expect("an open table");
    let opening = each(began.elapsed(), rows);
    let listing = each(usual(3, || runtime.block_on(table.refresh_all()).expect("a list")), rows);
    let some: Vec<Id> = (0..TIMES).map(|n| id(n * 7_919 % rows)).collect();
    let row = each(usual(ROUNDS, || some.iter().for_each(|id| drop(black_box(table.row(id))))), TIMES);
    let all = each(usual(ROUNDS, || (0..TIMES).for_each(|_| drop(black_box(table.rows())))), TIMES);
    let shown = table.rows();
    let passed = usual(ROUNDS, || _ = black_box(shown.iter().map(|(_, row)| row.price).sum::<i64>()));
    drop((table, shown));
    [each(event(runtime, rows), TIMES), memory::of_a_row(rows), opening, listing, row, all, each(passed, rows)]
}

/// How long some events take, the writes to the store in memory that they tell of included.
fn event(runtime: &Runtime, rows: u32) -> Duration {
    let store = ImTable::new("product");
    let made = runtime.block_on(store.insert_id_values((0..rows).map(|n| (id(n), record(n))).collect()));
    assert!(made.iter().all(Result::is_ok), "all are new");
    let table = runtime.block_on(LiveTable::<Product>::builder(store.clone()).feed(store.feed()).open());
    let table = table.expect("an open table");
    let mut price = 1_000;
    usual(ROUNDS, || {
        price += 1;
        for n in 0..TIMES {
            let at = n * 389 % rows;
            let mut record = record(at);
            record.insert("price".into(), price.into());
            runtime.block_on(store.replace_id_value(&id(at), record)).expect("it is in memory");
        }
        let last = id((TIMES - 1) * 389 % rows);
        while table.row(&last).is_none_or(|row| row.price != price) {
            std::thread::yield_now();
        }
    })
}

/// What one of so many takes, in nanoseconds.
fn each(all: Duration, many: u32) -> f64 {
    all.as_secs_f64() * 1e9 / f64::from(many)
}

/// How long it takes, by the median.
fn usual(rounds: usize, mut work: impl FnMut()) -> Duration {
    let times = (0..rounds).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    median(&mut times.collect::<Vec<_>>())
}

fn plot(picture: &Path, lines: &[Line]) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::new(picture, (760, 460)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(14)
        .x_label_area_size(40)
        .y_label_area_size(70)
        .build_cartesian_2d((800.0..1_300_000.0_f64).log_scale(), (1.0..100_000.0_f64).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("rows")
        .y_desc("nanoseconds, or bytes")
        .x_label_formatter(&|rows| format!("{rows:.0}"))
        .y_label_formatter(&|nanos| format!("{nanos:.0}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (at, (name, line)) in lines.iter().enumerate() {
        let colour = Palette99::pick(at).to_rgba();
        chart
            .draw_series(LineSeries::new(line.iter().copied(), colour.stroke_width(2)).point_size(3))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().position(SeriesLabelPosition::Coordinate(12, 130)).draw()?;
    root.present()?;
    Ok(())
}
