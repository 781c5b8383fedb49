//! What has to be read is read, and whoever waits for it is answered.

use interleavings::{hinted, interleave, pie, raise, set, store, table, until};
use shuttle::future::spawn;
use vantage_live::dataset::WritableDataSet;
use vantage_live::{Guard, Patch, WritableValueSet};

#[test]
fn what_a_hint_names_is_read() {
    interleave(|| async {
        let store = store().await;
        let table = hinted(&store).open().await.unwrap();
        let mut events = table.subscribe();

        let colleague = spawn(async move {
            for price in 1..=3 {
                set(&store, "price", price).await;
            }
        });

        until(&table, &mut events, |row| row.price == 3).await;
        colleague.await.unwrap();
        assert_eq!(table.rejected_rows(), []);
    });
}

#[test]
fn whoever_asks_for_a_record_gets_an_answer_no_older_than_the_question() {
    interleave(|| async {
        let store = store().await;
        let table = hinted(&store).open().await.unwrap();

        let (asking, writing) = (table.clone(), table.clone());
        let asker = spawn({
            let store = store.clone();
            async move {
                let before = interleavings::stored_price(&store).await;
                asking.on_backend_change(pie()).await.unwrap();
                assert!(asking.row(&pie()).unwrap().price >= before);
            }
        });
        let writer = spawn(async move { raise(&writing).await });
        raise(&store).await;
        table.on_backend_change(pie()).await.unwrap();
        assert!(table.row(&pie()).unwrap().price >= 1);

        asker.await.unwrap();
        writer.await.unwrap();
        let mut events = table.subscribe();
        until(&table, &mut events, |row| row.price == 2).await;
    });
}

#[test]
fn a_record_that_is_deleted_meanwhile_leaves_no_ghost() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();
        let mut events = table.subscribe();

        let (asking, deleting) = (table.clone(), table.clone());
        let colleague = spawn({
            let store = store.clone();
            async move {
                let patch = Patch::new().set("price", 1);
                store.write(&pie(), &patch, &Guard::Exists).await.map(drop).unwrap();
            }
        });
        let asker = spawn(async move { asking.on_backend_change(pie()).await.unwrap() });
        let deleter = spawn(async move { WritableDataSet::delete_id(&deleting, &pie()).await.unwrap() });

        colleague.await.unwrap();
        asker.await.unwrap();
        assert!(deleter.await.unwrap());
        while table.row(&pie()).is_some() {
            assert!(events.next().await.is_some(), "the table was closed");
        }
        table.refresh_all().await.unwrap();
        assert!(table.rows().is_empty());
    });
}
