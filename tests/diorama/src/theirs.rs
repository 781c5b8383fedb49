//! A Dio of vantage-diorama over its own store for tests, its cache in memory, that is told by hand.

use std::sync::Arc;

use ciborium::Value;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use vantage_dataset::traits::ReadableValueSet;
use vantage_diorama::{Cache, ChangeEvent, Dio, Generation, Lens, Loader, Servo, TableScenery};
use vantage_types::Record;
use vantage_vista::mocks::MockShell;
use vantage_vista::{Column, SortDirection, Vista, VistaMetadata};

use crate::ROWS;
use crate::entity::{Product, id};

pub struct Theirs {
    shell: MockShell,
    dio: Dio,
    cached: Vista,
}

/// The id of the product number `n`.
pub fn key(n: u32) -> String {
    id(n).to_string()
}

fn record(n: u32) -> Record<Value> {
    let Value::Map(fields) = Value::serialized(&Product::number(n)).expect("a product is CBOR") else {
        panic!("a product is a map");
    };
    fields.into_iter().map(|(name, value)| (name.into_text().expect("a name"), value)).collect()
}

pub fn price(record: &Record<Value>) -> i64 {
    let price = record.get("price").and_then(Value::as_integer).expect("a price");
    price.try_into().expect("it is not that dear")
}

pub fn product(record: &Record<Value>) -> Product {
    let fields = record.iter().map(|(name, value)| (Value::Text(name.clone()), value.clone()));
    Value::Map(fields.collect()).deserialized().expect("a product")
}

impl Theirs {
    pub fn open(runtime: &Runtime) -> Self {
        runtime.block_on(async {
            let metadata = VistaMetadata::new()
                .with_column(Column::new("id", "String").with_flag("id"))
                .with_column(Column::new("name", "String"))
                .with_column(Column::new("price", "i64"))
                .with_id_column("id");
            let shell = MockShell::new().with_metadata(metadata);
            (0..ROWS).for_each(|n| shell.set_record(key(n), record(n)));
            let lens = Lens::builder()
                .cache(Cache::memory())
                .loader(Loader::eager(|cx| async move {
                    let rows = cx.master().list_values().await?;
                    cx.reconcile(rows).await
                }))
                .build()
                .expect("a lens");
            let dio = lens.dio(Vista::new("product", shell.clone())).build().await.expect("a Dio");
            Theirs { cached: dio.cached(), dio, shell }
        })
    }

    /// All rows by name: a view without an order reads all of them anew for each change.
    pub async fn view(&self) -> Arc<dyn TableScenery> {
        let view = self.dio.table_scenery().order("name", SortDirection::Ascending).open().await.expect("a view");
        assert_eq!(view.row_count(), ROWS as usize);
        view
    }

    pub async fn in_cache(&self, key: &String) -> Record<Value> {
        self.cached.get_value(key).await.expect("it is in memory").expect("a row")
    }

    pub async fn servo(&self, n: u32) -> Servo {
        self.dio.servo(key(n)).await.expect("a servo")
    }

    /// Makes changes of one record, each when the one before has been heard.
    pub async fn hear_record(&self, changes: impl Iterator<Item = (u32, i64)>, read: fn(&Record<Value>) -> i64) {
        let view = self.dio.record_scenery(key(7)).open().await.expect("a view");
        self.hear(view.subscribe(), changes, |_| read(&view.record().expect("a row").record)).await;
    }

    /// Makes changes of as many records, each when the one before has been heard.
    pub async fn hear_table(&self, view: &dyn TableScenery, changes: impl Iterator<Item = (u32, i64)>) {
        self.hear(view.subscribe(), changes, |key| price(&view.row_by_id(key).expect("a row").record)).await;
    }

    async fn hear(
        &self,
        mut told: watch::Receiver<Generation>,
        changes: impl Iterator<Item = (u32, i64)>,
        shown: impl Fn(&str) -> i64,
    ) {
        for (n, price) in changes {
            let (key, mut record) = (key(n), record(n));
            record.insert("price".into(), Value::from(price));
            self.shell.set_record(&key, record.clone());
            let change = ChangeEvent::Updated { id: key.clone(), new: Some(record) };
            self.dio.apply_change(change).await.expect("it is in memory");
            while shown(&key) != price {
                told.changed().await.expect("the view is open");
            }
        }
    }
}
