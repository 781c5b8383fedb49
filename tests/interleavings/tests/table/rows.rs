//! What a reader sees: no event ahead of its row, and no row that goes back.

use interleavings::{hinted, interleave, pie, raise, set, store, table, until};
use shuttle::future::spawn;
use vantage_live::dataset::{DataSetError, ReadableDataSet as _};
use vantage_live::{Event, Guard, Patch, SyncState, WritableValueSet as _};

#[test]
fn an_event_is_never_ahead_of_the_rows() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();
        let mut events = table.subscribe();

        let ours = table.clone();
        let colleague = spawn(async move { set(&store, "price", 1).await });
        let writer = spawn(async move { set(&ours, "stock", 1).await });

        while let Some(event) = events.next().await {
            let rows = table.rows();
            let (told, shown) = (event.row().unwrap(), rows.get(&pie()).unwrap());
            assert!(rows.sequence() >= event.sequence(), "{event:?} is ahead of {rows:?}");
            assert!(shown.price >= told.price && shown.stock >= told.stock, "{event:?} is ahead of {rows:?}");
            if (shown.price, shown.stock) == (1, 1) {
                break;
            }
        }
        colleague.await.unwrap();
        writer.await.unwrap();
    });
}

#[test]
fn events_come_in_the_order_of_their_numbers_and_lead_to_the_rows() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();
        let mut events = table.subscribe();
        let mut seen = table.row(&pie()).unwrap();
        let mut sequence = table.rows().sequence();

        let ours = table.clone();
        let colleague = spawn(async move { raise(&store).await });
        let writer = spawn(async move { raise(&ours).await });

        while seen.price < 2 {
            match events.next().await.expect("the table is open") {
                Event::Updated { row, sequence: number, .. } => {
                    assert!(number > sequence && row.price > seen.price, "{row:?} as {number} after {seen:?}");
                    (seen, sequence) = (row, number);
                }
                other => panic!("{other:?}"),
            }
        }
        colleague.await.unwrap();
        writer.await.unwrap();
        assert_eq!(table.rows().sequence(), sequence);
    });
}

#[test]
fn a_row_never_goes_back() {
    interleave(|| async {
        let store = store().await;
        let table = hinted(&store).open().await.unwrap();

        let (listing, reading, asking) = (table.clone(), table.clone(), table.clone());
        let colleague = spawn(async move {
            set(&store, "price", 1).await;
            set(&store, "price", 2).await;
        });
        let lister = spawn(async move { listing.refresh_all().await.unwrap() });
        let asker = spawn(async move { asking.on_backend_change(pie()).await.unwrap() });
        let reader = spawn(async move {
            let (mut price, mut sequence) = (0, 0);
            for _ in 0..8 {
                let rows = reading.rows();
                let now = rows.get(&pie()).unwrap().price;
                assert!(now >= price && rows.sequence() >= sequence, "{now} after {price}");
                (price, sequence) = (now, rows.sequence());
                shuttle::future::yield_now().await;
            }
        });

        for task in [colleague, lister, asker, reader] {
            task.await.unwrap();
        }
        let mut events = table.subscribe();
        until(&table, &mut events, |row| row.price == 2).await;
    });
}

#[test]
fn a_table_that_is_filled_shows_its_rows_and_is_live() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).start().unwrap();
        let colleague = spawn(async move { set(&store, "price", 1).await });

        table.filled().await.unwrap();

        assert!(table.row(&pie()).is_some());
        assert!(matches!(table.sync_state(), SyncState::Live(_)), "{:?}", table.sync_state());
        colleague.await.unwrap();
        let mut events = table.subscribe();
        until(&table, &mut events, |row| row.price == 1).await;
    });
}

#[test]
fn a_record_that_comes_to_fit_is_at_no_moment_told_as_one_that_is_not_there() {
    interleave(|| async {
        let store = store().await;
        let _ = store.write(&pie(), &Patch::new().set("price", "ask Doc"), &Guard::Exists).await.unwrap();
        let table = table(&store).open().await.unwrap();

        let colleague = spawn(async move { set(&store, "price", 1).await });

        loop {
            match table.get_id(&pie()).await {
                Ok(Some(row)) => break assert_eq!(row.price, 1),
                Ok(None) => panic!("it is there all the time"),
                Err(DataSetError::KeptApart { .. }) => shuttle::future::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
        colleague.await.unwrap();
    });
}
