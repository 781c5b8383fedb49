//! The program in the README: it is compiled here, run on a real server, and compared with what stands there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tests::bakery::Colleague as _;
use tests::servers::SurrealServer;
use uuid::Uuid;
use vantage_live::store::surrealdb::SurrealDb;
use vantage_live::{LiveEntity, LiveTable, SaveResult};

/// The form of the README, which is of any kind.
#[derive(Default)]
struct Form {
    marked: Vec<String>,
    is_closed: bool,
}

impl Form {
    fn mark(&mut self, field: &str, text: impl Into<String>) {
        self.marked.push(format!("{field}: {}", text.into()));
    }
    fn close(&mut self) {
        self.is_closed = true;
    }
    fn ask<C>(&mut self, _: C) {
        self.marked.push("asked".to_owned());
    }
    fn warn(&mut self, text: impl Into<String>) {
        self.mark("warned", text);
    }
}

async fn edits(url: &str, password: &str, database: &str) -> Result<Form, Box<dyn std::error::Error>> {
    let mut form = Form::default();
    // In the README from here
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Product {
        name: String,
        price: i64,
        #[live(nested)]
        inventory: Inventory,
        #[live(readonly)]
        updated_at: DateTime<Utc>, // the store sets it
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Inventory {
        stock: i64,
        shelf: String,
    }

    let db = SurrealDb::connect(url).root("root", password).namespace("hill_valley").database(database).await?;
    let products = db.table("product");
    let table = LiveTable::<Product>::builder(products.clone()).feed(products.feed()).open().await?;

    let mut edit = table.edit_record("flux_cupcake").await?;
    edit.price = 130;

    for change in edit.changes() {
        match change {
            ProductChange::Name { from, to } => form.mark("Name", format!("{from} → {to}")),
            ProductChange::Price { from, to } => form.mark("Price", format!("{to} ({:+})", to - from)),
            ProductChange::Inventory(InventoryChange::Stock { from, to }) => {
                form.mark("Stock", format!("{from} → {to}"));
            }
            ProductChange::Inventory(InventoryChange::Shelf { to, .. }) => form.mark("Shelf", to),
            ProductChange::UpdatedAt { .. } => {} // follows the store, and is never modified
        }
    }

    match edit.save().await? {
        SaveResult::Saved | SaveResult::Created(_) => form.close(),
        SaveResult::PartialSave(fields) => form.warn(format!("the store made other values of {fields}")),
        SaveResult::Conflict(conflicts) => form.ask(conflicts), // `conflicts.price`: an Option of base, local and remote
        SaveResult::Deleted => form.warn("somebody has deleted it; save_as_new brings it back"),
        SaveResult::Error(error) => form.warn(error.to_string()),
    }
    // to here
    Ok(form)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_in_the_readme_saves_a_price() {
    let server = SurrealServer::start(env!("CARGO_BIN_EXE_surreal-server"));
    let ((user, password), database) = (SurrealServer::ROOT, Uuid::new_v4().to_string());
    let colleague = SurrealDb::connect(server.url()).root(user, password).namespace("hill_valley").database(&database);
    let colleague = colleague.await.unwrap().table("product");
    colleague.define().await.unwrap();
    let inventory = json!({"stock": 50, "shelf": "window"});
    let product =
        json!({"name": "Cupcake", "price": 120, "inventory": inventory, "updated_at": "1985-10-26T08:35:00Z"});
    colleague.colleague_inserts("flux_cupcake", product).await;

    let form = edits(&server.url(), password, &database).await.unwrap();

    assert!(form.is_closed && form.marked == ["Price: 130 (+10)"], "{:?}", form.marked);
    assert_eq!(colleague.stored("flux_cupcake", "price").await, Some(130.into()));
}

#[test]
fn the_program_in_the_readme_is_the_one_that_is_compiled_here() {
    let between = |text: &'static str, from: &str, to: &str| {
        text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).expect("both marks are there").0
    };
    // Built from parts, so that the marks are found where they stand.
    let compiled = between(include_str!("readme.rs"), concat!("// In the README", " from here\n"), "    // to here");
    let compiled: Vec<_> = compiled.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
    let compiled =
        [("(url)", r#"("ws://127.0.0.1:8000")"#), ("password)", r#""secret")"#), ("(database)", r#"("bakery")"#)]
            .into_iter()
            .fold(compiled.join("\n"), |text, (from, to)| text.replace(from, to));

    let shown = between(include_str!("../../../README.md"), "```rust\n", "\n```");

    assert_eq!(shown, compiled, "the README has another program than is compiled here");
}
