//! What is shown reaches the cache.

use futures::StreamExt;
use futures::future::ready;
use interleavings::{Disk, eventually, interleave, set, store, table};
use shuttle::future::spawn;
use vantage_live::{Feed, FeedEvent, ImTable};

#[test]
fn the_last_state_of_a_row_reaches_the_cache_and_none_comes_after_it() {
    interleave(|| async {
        let (store, cache) = (store().await, ImTable::new("cache"));
        let cached = cache.feed().subscribe().await.unwrap();
        let mut cached = cached.filter(|said| ready(!matches!(said, Ok(FeedEvent::Position(_)))));
        let table = table(&store).cache(Disk(cache)).open().await.unwrap();

        let ours = table.clone();
        let colleague = spawn(async move { set(&store, "price", 1).await });
        let writer = spawn(async move { set(&ours, "stock", 1).await });

        let (mut price, mut stock) = (0, 0);
        while (price, stock) != (1, 1) {
            let Some(Ok(FeedEvent::Upsert { record: Some(record), .. })) = cached.next().await else {
                panic!("rows are written to the cache, and nothing else happens to it")
            };
            let now = (record["price"].as_i64().unwrap(), record["stock"].as_i64().unwrap());
            assert!(now.0 >= price && now.1 >= stock, "{now:?} after {:?}", (price, stock));
            (price, stock) = now;
        }
        colleague.await.unwrap();
        writer.await.unwrap();
        // What is dropped by the end of the story, and not by its own, cannot take a lock that another task has.
        eventually(|| table.metrics().cache_pending == 0).await;
    });
}
