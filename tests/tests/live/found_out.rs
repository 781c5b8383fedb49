//! What a session makes of what it finds after answers were lost: which of it is its own, and what is left to write.

use tests::bakery::Colleague as _;
use vantage_live::{FieldSet, Operation, SaveResult, ValueErrorKind};

use crate::faulty_products;

const CUPCAKE: &str = "flux_cupcake";

#[tokio::test]
async fn what_else_was_typed_after_a_lost_answer_is_written_when_that_is_found_out() {
    for has_landed in [true, false] {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        edit.price = 130;
        let write = faults.next(Operation::Write);
        if has_landed {
            write.loses_its_answer()
        } else {
            write.fails(ValueErrorKind::OutcomeUnknown)
        }
        let _ = edit.save().await.unwrap();
        edit.name = "Cupcake".into();

        let result = edit.save().await.unwrap();

        assert!(matches!(result, SaveResult::Saved), "{result:?}");
        assert_eq!(store.stored(CUPCAKE, "name").await, Some("Cupcake".into()));
        assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
        assert_eq!(edit.modified_fields(), FieldSet::EMPTY);
    }
}
