//! The chapters of the story. Each brings about one outcome for a reason that a bakery has.

use rust_decimal::Decimal;
use vantage_live::edit::EditError;
use vantage_live::{Event, Field, Id, LiveTable, SaveResult, SyncState};

use super::{Story, heard, must, outcome, save, say, until};
use crate::db::Failure;
use crate::model::{Inventory, Product, ProductField};
use crate::shown::Shown;
use crate::words;

/// Whether the table hears of every change as it happens.
fn is_live<E: Shown>(table: &LiveTable<E>) -> bool {
    matches!(table.sync_state(), SyncState::Live(_))
}

/// How many rows a table has, what they are called, and how it stands to its store.
fn describe<E: Shown>(table: &LiveTable<E>) -> Result<(), Failure> {
    let rows = table.rows();
    let titles = rows.iter().map(|(id, row)| row.title(id)).collect::<Vec<_>>().join(", ");
    let state = words::state(&table.sync_state());
    let count = if rows.len() == 1 { "1 row".to_owned() } else { format!("{} rows", rows.len()) };
    say("table", &format!("{} ({}, {count}): {titles}", table.name(), state.name))
}

/// The fields of a row that its table shows.
fn show<E: Shown>(who: &str, id: &Id, row: &E) -> Result<(), Failure> {
    let fields = E::COLUMNS.iter().skip(1).map(|field| format!("{} {}", field.label(), row.value(*field)));
    say(who, &format!("{}: {}", row.title(id), fields.collect::<Vec<_>>().join(", ")))
}

impl Story {
    pub async fn opens(&mut self) -> Result<(), Failure> {
        self.chapter("You open the tables of one database, and read them from memory")?;
        until("the tables are live", async || {
            is_live(&self.products) && is_live(&self.clients) && is_live(&self.orders) && is_live(&self.bakeries)
        })
        .await?;
        describe(&self.products)?;
        describe(&self.clients)?;
        describe(&self.orders)?;
        describe(&self.bakeries)?;
        let clients = self.clients.rows();
        let in_debt = clients.iter().filter(|(_, client)| client.balance < Decimal::ZERO).collect::<Vec<_>>();
        must(!in_debt.is_empty(), || "a client in debt".to_owned())?;
        for (id, client) in in_debt {
            show("in debt", id, &**client)?;
        }
        Ok(())
    }

    pub async fn saves(&mut self) -> Result<(), Failure> {
        self.chapter("You change a field and save; a colleague changes another one of the same record meanwhile")?;
        let mut edit = self.products.edit_record("flux_cupcake").await?;
        edit.price += 10;
        let price = edit.price;
        say("colleague", &self.colleague.changes::<Product>("flux_cupcake", "inventory.stock -= 3").await?)?;
        let stock = self.colleague.reads::<Product>("flux_cupcake").await?.inventory.stock;
        let _ = save(&mut edit, "Saved").await?;
        must((edit.price, edit.inventory.stock) == (price, stock), || "both changes in one record".to_owned())?;
        self.show_stored(&self.products, edit.id()).await
    }

    pub async fn saves_what_the_store_changes(&mut self) -> Result<(), Failure> {
        self.chapter("The store has a rule for addresses, and you do not write yours as it would")?;
        let mut edit = self.clients.edit_record("marty").await?;
        edit.email.insert_str(0, "  mc");
        edit.email.make_ascii_uppercase();
        let _ = save(&mut edit, "PartialSave").await?;
        if let SaveResult::PartialSave(partial) = save(&mut edit, "PartialSave").await? {
            must(partial.is_repeated(), || "an outcome that is known to be the same again".to_owned())?;
            edit.accept_stored(partial.fields());
            say("you", &format!("take what the store has of {}: {}", words::labels(partial.fields()), edit.email))?;
        }
        self.show_stored(&self.clients, edit.id()).await
    }

    pub async fn saves_what_the_store_refuses(&mut self) -> Result<(), Failure> {
        self.chapter("The store has limits: a price is above zero, and no client has the address of another")?;
        let mut product = self.products.edit_record("time_tart").await?;
        product.price = -product.price;
        let _ = save(&mut product, "Rejected").await?;
        product.revert();
        say("you", &format!("revert {}: {}", product.title(product.id()), product.value(ProductField::Price)))?;

        let doc = self.clients.row(&"doc".into()).ok_or("the client is gone")?;
        let mut client = self.clients.edit_record("biff").await?;
        client.email.clone_from(&doc.email);
        let _ = save(&mut client, "Rejected").await?;
        self.show_stored(&self.clients, client.id()).await
    }

    pub async fn meets_a_conflict(&mut self) -> Result<(), Failure> {
        self.chapter("Both of you change the same two fields of one record")?;
        let mut edit = self.products.edit_record("delorean_donut").await?;
        edit.price += 5;
        edit.name.push_str(", glazed");
        let set = "price += 15, name = 'Electric ' + name";
        say("colleague", &self.colleague.changes::<Product>("delorean_donut", set).await?)?;
        if let SaveResult::Conflict(conflicts) = save(&mut edit, "Conflict").await? {
            for field in conflicts.fields() {
                if field == ProductField::Price {
                    edit.keep_local(field);
                    say("you", &format!("keep yours at {}: {}", field.label(), edit.value(field)))?;
                } else {
                    edit.take_remote(field);
                    say("you", &format!("take theirs at {}: {}", field.label(), edit.value(field)))?;
                }
            }
            let _ = save(&mut edit, "Saved").await?;
        }
        self.show_stored(&self.products, edit.id()).await
    }

    pub async fn makes_a_new_record(&mut self) -> Result<(), Failure> {
        self.chapter("You make a new record")?;
        let mut events = self.products.subscribe();
        let mut edit = self.products.new_record(Product {
            name: "Clock Tower Cake".to_owned(),
            price: 1_004,
            calories: 885,
            inventory: Inventory { stock: 1, shelf: "window".to_owned() },
            ..Product::blank()
        });
        let temp = edit.id().clone();
        say("you", &format!("make {}, for now {}", edit.title(&temp), words::short(&temp)))?;
        let _ = save(&mut edit, "Created").await?;
        let mut became = Vec::new();
        while let Some(event) = events.try_next() {
            if let Event::Identified { temp, id, .. } = event {
                say("table", &format!("{} has become {}", words::short(&temp), words::short(&id)))?;
                became.push((temp, id));
            }
        }
        must(became == [(temp.clone(), edit.id().clone())], || "one event that tells the new id".to_owned())?;
        let found = self.products.row(&temp).ok_or("the temp id finds no row")?;
        show("row", &temp, &*found)
    }

    pub async fn loses_a_record_and_brings_it_back(&mut self) -> Result<(), Failure> {
        self.chapter("A colleague deletes the record that you are editing")?;
        let mut edit = self.products.edit_record("hover_cookies").await?;
        edit.calories += 20;
        self.colleague.deletes(self.products.name(), &edit.name).await?;
        say("colleague", &format!("deletes {}", edit.name))?;
        let _ = save(&mut edit, "Deleted").await?;
        say("you", "save it as a new record")?;
        let result = edit.save_as_new().await?;
        outcome("Created", &words::saved(&result, edit.local(), &edit))?;
        self.show_stored(&self.products, edit.id()).await
    }

    pub async fn deletes(&mut self) -> Result<(), Failure> {
        self.chapter("You delete a record that a colleague has just changed")?;
        let mut edit = self.products.edit_record("sea_pie").await?;
        let title = edit.title(edit.id());
        say("colleague", &self.colleague.changes::<Product>("sea_pie", "inventory.stock += 1").await?)?;
        for due in ["Changed", "Deleted"] {
            say("you", &format!("delete {title}"))?;
            let result = edit.delete().await?;
            outcome(due, &words::deleted(&result, &title))?;
        }
        must(self.products.row(edit.id()).is_none(), || "no row of what is deleted".to_owned())?;
        describe(&self.products)
    }

    pub async fn loses_the_connection(&mut self) -> Result<(), Failure> {
        self.chapter("Your connection is cut while you edit, and a colleague goes on working")?;
        let mut events = self.products.subscribe();
        let before = self.products.rows();
        let mut edit = self.products.edit_record("flux_cupcake").await?;
        edit.price += 1;

        self.relay.cut();
        until("the loss is noticed", async || matches!(self.products.sync_state(), SyncState::Lost { .. })).await?;
        outcome("lost", &words::state(&self.products.sync_state()))?;
        say("colleague", &self.colleague.changes::<Product>("time_tart", "price += 30").await?)?;
        say("colleague", &self.colleague.changes::<Product>("flux_cupcake", "inventory.stock -= 4").await?)?;
        show("row", edit.id(), &**self.products.rows().get(edit.id()).ok_or("the row is gone")?)?;
        let _ = save(&mut edit, "Unreachable").await?;

        self.relay.restore();
        until("the table is live again", async || is_live(&self.products)).await?;
        outcome("live", &words::state(&self.products.sync_state()))?;
        heard(&mut events, &before)?;
        self.show_stored(&self.products, &"time_tart".into()).await?;
        let _ = save(&mut edit, "Saved").await?;
        self.show_stored(&self.products, edit.id()).await
    }

    pub async fn loses_an_answer(&mut self) -> Result<(), Failure> {
        self.chapter(
            "Your connection is cut after a save has reached the store, and before its answer has reached you",
        )?;
        let mut edit = self.products.edit_record("time_tart").await?;
        edit.price += 2;
        say("you", &format!("save {}: {}", edit.title(edit.id()), words::changes(&edit)))?;
        self.relay.lose_answers();
        edit.start_save()?;
        let written =
            async || self.colleague.reads::<Product>("time_tart").await.is_ok_and(|row| row.price == edit.price);
        until("the price is written", written).await?;
        self.relay.cut();
        let result = edit.finish_save().await?;
        outcome("OutcomeUnknown", &words::saved(&result, edit.local(), &edit))?;
        let first = self.last_written("time_tart").await?;

        self.relay.restore();
        let _ = save(&mut edit, "Saved").await?;
        let last = self.last_written("time_tart").await?;
        must(first == last, || "one write, and not two".to_owned())
    }

    pub async fn meets_a_record_that_does_not_fit(&mut self) -> Result<(), Failure> {
        self.chapter("A colleague makes something of a record that does not fit your struct")?;
        until("the table is live again", async || is_live(&self.products)).await?;
        let statement = "DEFINE FIELD OVERWRITE price ON product TYPE int | string; \
             UPDATE product:time_tart SET price = 'ask Doc'";
        self.colleague.runs(statement).await?;
        say("colleague", &format!("runs {statement}"))?;
        until("the record is kept apart", async || !self.products.rejected_rows().is_empty()).await?;
        for rejected in self.products.rejected_rows() {
            say("apart", &format!("{}: {}", rejected.id, rejected.reason))?;
            let refused = self.products.edit_record(rejected.id).await.err();
            let Some(error @ EditError::KeptApart { .. }) = refused else {
                return must(false, || "a session refused on what does not fit".to_owned());
            };
            say("=>", &error.to_string())?;
        }
        describe(&self.products)
    }

    /// A row, which is to be what the store has.
    async fn show_stored<E: Shown>(&self, table: &LiveTable<E>, id: &Id) -> Result<(), Failure> {
        let row = table.row(id).ok_or_else(|| format!("the row {id} is gone"))?;
        show("row", id, &*row)?;
        let differs = row.diff(&self.colleague.reads::<E>(&id.to_string()).await?);
        must(differs.is_empty(), || format!("the same {} in the table as in the store", words::labels(differs)))
    }

    /// What the store has, past your connection.
    async fn last_written(&self, id: &str) -> Result<Product, Failure> {
        let row = self.colleague.reads::<Product>(id).await?;
        let fields = [ProductField::Price, ProductField::UpdatedAt];
        let fields = fields.map(|field| format!("{} {}", field.label(), row.value(field)));
        say("store", &format!("{}: {}", row.title(&id.into()), fields.join(", ")))?;
        Ok(row)
    }
}
