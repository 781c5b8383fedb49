//! Writers of one table, and others of its store, at the same time.

use interleavings::{interleave, pie, raise, store, stored_price, table, until};
use shuttle::future::spawn;
use vantage_live::SaveResult;

#[test]
fn writers_read_what_they_have_written_and_come_to_agree_with_the_store() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();
        let mut events = table.subscribe();

        let writers = [table.clone(), table.clone()].map(|table| {
            spawn(async move {
                let price = raise(&table).await;
                assert!(table.row(&pie()).unwrap().price >= price, "what was written is read");
            })
        });
        raise(&store).await;

        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(stored_price(&store).await, 3);
        until(&table, &mut events, |row| row.price == 3).await;
    });
}

#[test]
fn sessions_that_edit_different_fields_both_succeed() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();

        let (one, other) = (table.clone(), table.clone());
        let one = spawn(async move {
            let mut edit = one.edit_record(pie()).await.unwrap();
            edit.price = 5;
            assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
            assert_eq!(one.row(&pie()).unwrap().price, 5);
        });
        let other = spawn(async move {
            let mut edit = other.edit_record(pie()).await.unwrap();
            edit.stock = 5;
            assert!(matches!(edit.save().await.unwrap(), SaveResult::Saved));
            assert_eq!(other.row(&pie()).unwrap().stock, 5);
        });

        one.await.unwrap();
        other.await.unwrap();
        let mut events = table.subscribe();
        until(&table, &mut events, |row| (row.price, row.stock) == (5, 5)).await;
    });
}

#[test]
fn of_two_sessions_that_edit_one_field_one_is_told_of_the_other() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();

        let edits = [(1, table.edit_record_owned(pie()).await), (2, table.edit_record_owned(pie()).await)];
        let edits = edits.map(|(price, edit)| {
            let mut edit = edit.unwrap();
            edit.price = price;
            spawn(async move { (price, edit.save().await.unwrap()) })
        });
        let mut winner = None;
        let mut conflicts = 0;
        for edit in edits {
            match edit.await.unwrap() {
                (price, SaveResult::Saved) => assert_eq!(winner.replace(price), None, "both were saved"),
                (_, SaveResult::Conflict(_)) => conflicts += 1,
                (_, other) => panic!("{other:?}"),
            }
        }

        assert_eq!((conflicts, winner), (1, Some(stored_price(&store).await)));
        let mut events = table.subscribe();
        until(&table, &mut events, |row| Some(row.price) == winner).await;
    });
}
