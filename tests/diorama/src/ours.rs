//! A table of vantage-live over a store in memory, whose feed tells it.

use tokio::runtime::Runtime;
use vantage_live::{ImTable, LiveTable, Subscription, WritableValueSet};

use crate::ROWS;
use crate::entity::{Product, id, record};

pub struct Ours {
    pub table: LiveTable<Product>,
    store: ImTable,
}

impl Ours {
    pub fn open(runtime: &Runtime) -> Self {
        runtime.block_on(async {
            let store = ImTable::new("product");
            let made = store.insert_id_values((0..ROWS).map(|n| (id(n), record(n))).collect()).await;
            assert!(made.iter().all(Result::is_ok), "all are new");
            let table = LiveTable::builder(store.clone()).feed(store.feed()).open().await.expect("an open table");
            Ours { table, store }
        })
    }

    /// Makes changes of one record, each when the one before has been heard.
    pub async fn hear_record(&self, changes: impl Iterator<Item = (u32, i64)>) {
        self.hear(self.table.subscribe_record(id(7)), changes).await;
    }

    /// Makes changes of as many records, each when the one before has been heard.
    pub async fn hear_table(&self, changes: impl Iterator<Item = (u32, i64)>) {
        self.hear(self.table.subscribe(), changes).await;
    }

    async fn hear(&self, mut told: Subscription<Product>, changes: impl Iterator<Item = (u32, i64)>) {
        for (n, price) in changes {
            let mut record = record(n);
            record.insert("price".into(), price.into());
            self.store.replace_id_value(&id(n), record).await.expect("it is in memory");
            while self.table.row(&id(n)).expect("a row").price != price {
                told.next().await.expect("the table is open");
            }
        }
    }
}
