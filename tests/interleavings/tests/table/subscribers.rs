//! Whoever waits for an event is woken.

use interleavings::{interleave, pie, set, store, table, until};
use shuttle::future::spawn;
use vantage_live::{Event, SaveResult};

#[test]
fn whoever_waits_for_an_event_is_woken() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();
        let mut events = table.subscribe();

        let colleague = spawn(async move {
            set(&store, "price", 1).await;
            set(&store, "price", 2).await;
        });

        // What is read on the way to the second may be the second already.
        while events.next().await.expect("the table is open").row().unwrap().price < 2 {}
        colleague.await.unwrap();
    });
}

#[test]
fn whoever_subscribes_and_then_looks_misses_nothing() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();
        let colleague = spawn(async move { set(&store, "price", 1).await });

        let mut events = table.subscribe_record(pie());
        until(&table, &mut events, |row| row.price == 1).await;

        colleague.await.unwrap();
    });
}

#[test]
fn whoever_is_too_slow_is_told_so() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).event_buffer(1).open().await.unwrap();
        let mut events = table.subscribe();

        let ours = table.clone();
        let writer = spawn(async move {
            for price in 1..=3 {
                set(&ours, "price", price).await;
            }
        });

        let mut told = 0;
        while told < 3 {
            told += match events.next().await.expect("the table is open") {
                Event::Reset { missed, .. } => missed,
                _ => 1,
            };
        }
        assert_eq!((told, table.row(&pie()).unwrap().price), (3, 3));
        writer.await.unwrap();
    });
}

#[test]
fn a_new_record_is_found_by_both_ids_once_it_is_identified() {
    interleave(|| async {
        let store = store().await;
        let table = table(&store).open().await.unwrap();
        let mut events = table.subscribe();

        let ours = table.clone();
        let writer = spawn(async move {
            let mut new = ours.new_record(interleavings::Pie { price: 7, stock: 0 });
            let temp = new.id().clone();
            assert!(matches!(new.save().await.unwrap(), SaveResult::Created(_)));
            assert_eq!(ours.row(&temp).unwrap().price, 7);
            assert_eq!(ours.row(&temp), ours.row(new.id()));
        });

        let mut identified = false;
        let mut inserted = false;
        while !(identified && inserted) {
            match events.next().await.expect("the table is open") {
                Event::Identified { temp, id, .. } => {
                    identified = true;
                    let rows = table.rows();
                    assert_eq!(rows.get(&temp), rows.get(&id));
                }
                Event::Inserted { .. } => inserted = true,
                other => panic!("{other:?}"),
            }
        }
        writer.await.unwrap();
        assert_eq!(table.rows().len(), 2);
    });
}
