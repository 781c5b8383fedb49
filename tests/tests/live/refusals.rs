//! What the store names when it refuses a save, and what it makes of values that it does not refuse.

use serde_json::json;
use tests::bakery::{self, InventoryField, Product, ProductField};
use tests::coercing::Coercing;
use vantage_live::edit::SaveError;
use vantage_live::{LiveTable, Operation, Path, SaveResult, ValueErrorKind};

use crate::faulty_products;

#[tokio::test]
async fn a_refusal_of_a_path_inside_a_field_or_around_it_names_the_field() {
    let (table, _, faults) = faulty_products().await;
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.note = Some("too sweet".into());
    let inside = Path::from_iter(["note", "text"]);
    let around = Path::from("inventory");
    let beside = Path::from_iter(["supplier", "note"]);
    let fields = vec![inside, around, beside.clone()];
    faults.next(Operation::Write).fails(ValueErrorKind::Rejected { fields, message: "no".into() });

    let result = edit.save().await.unwrap();

    let SaveResult::Error(SaveError::Rejected { fields, other, .. }) = result else { panic!("{result:?}") };
    let inventory = ProductField::Inventory(InventoryField::Stock) | ProductField::Inventory(InventoryField::Shelf);
    assert_eq!((fields, other), (inventory | ProductField::Note, vec![beside]));
}

#[tokio::test]
async fn another_value_that_comes_to_the_same_is_no_repetition() {
    let at_most_125 = Coercing::new(bakery::store().await, |record| {
        if let Some(price) = record.get_mut("price").filter(|price| price.as_i64() > Some(125)) {
            *price = json!(125);
        }
    });
    let table = LiveTable::<Product>::builder(at_most_125).open().await.unwrap();
    let mut edit = table.edit_record("flux_cupcake").await.unwrap();
    edit.price = 130;
    let SaveResult::PartialSave(first) = edit.save().await.unwrap() else { panic!("it was coerced") };

    edit.price = 140;
    let SaveResult::PartialSave(other) = edit.save().await.unwrap() else { panic!("it was coerced too") };
    let SaveResult::PartialSave(again) = edit.save().await.unwrap() else { panic!("and once more") };

    assert!(!first.is_repeated() && !other.is_repeated() && again.is_repeated());
}
