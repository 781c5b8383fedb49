//! Dropping the last handle ends everything that waits, whatever is under way.

use std::sync::Arc;

use futures::FutureExt;
use interleavings::{Disk, eventually, held, interleave, pie, raise, set, store, table, table_holding};
use shuttle::future::spawn;
use vantage_live::dataset::WritableDataSet;
use vantage_live::{Guard, ImTable, Patch, WritableValueSet};

#[test]
fn closing_ends_every_subscription() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();
        let (mut all, mut one) = (table.subscribe(), table.subscribe_record(pie()));
        let colleague = spawn(async move { set(&store, "price", 1).await });

        let listeners = [
            spawn(async move { while all.next().await.is_some() {} }),
            spawn(async move { while one.next().await.is_some() {} }),
        ];
        drop(table);

        for listener in listeners {
            listener.await.unwrap();
        }
        colleague.await.unwrap();
    });
}

#[test]
fn closing_ends_every_task_and_lets_go_of_the_store() {
    interleave(|| async {
        let (store, backend) = held().await;
        let cache = Disk(ImTable::new("cache"));
        let table = table_holding(&store, &backend).cache(cache).start().unwrap();
        let listener = table.on_remote_change(|_| ());

        // Requests that nobody waits for any more go on all the same, and end.
        drop(table.on_backend_change(pie()).now_or_never());
        drop(table.refresh_all().now_or_never());
        drop(WritableDataSet::delete_id(&table, &pie()).now_or_never());
        let colleague = spawn(async move { set_if_there(&store).await });
        drop(table);

        colleague.await.unwrap();
        eventually(|| Arc::strong_count(&backend) == 1).await;
        drop(listener);
    });
}

#[test]
fn a_write_that_is_under_way_while_the_table_closes_has_its_answer() {
    interleave(|| async {
        let (store, backend) = held().await;
        let table = table_holding(&store, &backend).open().await.unwrap();

        let (one, other) = (table.clone(), table);
        let writer = spawn(async move { raise(&one).await });
        let asker = spawn(async move { other.on_backend_change(pie()).await.unwrap() });

        writer.await.unwrap();
        asker.await.unwrap();
        eventually(|| Arc::strong_count(&backend) == 1).await;
    });
}

async fn set_if_there(store: &ImTable) {
    let _ = store.write(&pie(), &Patch::new().set("price", 1), &Guard::Exists).await.unwrap();
}
