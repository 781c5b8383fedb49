//! Comparing, and what a form does for each key that is pressed.

use std::hint::black_box;

use tokio::runtime::Runtime;
use vantage_live::{LiveEntity, LiveTable};

use crate::ROWS;
use crate::board::{ratio, tell};
use crate::entity::{Product, id};
use crate::store::Made;

const TIMES: u32 = 10_000;

/// Which of 20 fields differ, where 3 do.
pub fn compare() {
    let old = Product::number(1);
    let mut new = old.clone();
    new.note = "contains nuts, and traces of trash".into();
    new.price += 1;
    new.rating = 5.0;
    let compared = ratio(
        || (0..TIMES).for_each(|_| _ = black_box(black_box(&old).diff(black_box(&new)))),
        || (0..TIMES).for_each(|_| _ = black_box(black_box(&old).compared(black_box(&new)))),
    );
    tell("modified fields, 3 of 20 changed", "the comparison written by hand", compared, 1.2);

    let as_json = |product: &Product| serde_json::to_value(product).expect("a product is JSON");
    let compared = ratio(
        || (0..TIMES).for_each(|_| _ = black_box(black_box(&old).diff(black_box(&new)))),
        || (0..TIMES).for_each(|_| _ = black_box(as_json(black_box(&old)) == as_json(black_box(&new)))),
    );
    tell("the same", "both sides to `serde_json::Value` and compared", compared, 0.01);
}

/// Opening an edit, and one key pressed in it.
pub fn type_into(runtime: &Runtime) {
    let table = runtime.block_on(LiveTable::<Product>::builder(Made::new(ROWS)).open()).expect("an open table");
    let id = id(ROWS / 2);
    let row = table.row(&id).expect("a row");
    let opened = ratio(
        || (0..TIMES).for_each(|_| drop(black_box(table.edit_row(black_box(&id))))),
        || (0..TIMES).for_each(|_| drop(black_box(Product::clone(black_box(&row))))),
    );
    tell("opening an edit", "cloning the entity", opened, 2.0);

    let mut edit = table.edit_row(&id).expect("a row");
    let (snapshot, mut local) = (Product::clone(&row), Product::clone(&row));
    let pressed = ratio(
        || {
            for n in 0..TIMES {
                edit.price = n.into();
                black_box(edit.modified_fields());
            }
        },
        || {
            for n in 0..TIMES {
                black_box(&mut local).price = n.into();
                black_box(black_box(&snapshot).compared(black_box(&local)));
            }
        },
    );
    tell("one keystroke", "a field assignment and the comparison by hand", pressed, 1.5);
}
