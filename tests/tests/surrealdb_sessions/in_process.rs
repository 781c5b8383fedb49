//! Every outcome of a save that a database can produce by itself: here in this process.

use serde::{Deserialize, Serialize};
use serde_json::json;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use tests::bakery::Colleague as _;
use tests::wait::until;
use vantage_live::edit::{DeleteResult, SaveError};
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{
    Conflict, FeedKind, FieldSet, Id, LiveEntity, LiveTable, Policy, ReadableValueSet as _, SaveResult, SyncState,
};

/// A client of the bakery, as the schema below keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Client {
    name: String,
    email: String,
    balance: i64,
    note: Option<String>,
    /// A decimal in the store.
    limit: String,
    /// A datetime in the store.
    since: chrono::DateTime<chrono::Utc>,
    #[live(version)]
    version: i64,
}

const SCHEMA: &str = r"
    DEFINE TABLE client SCHEMAFULL;
    DEFINE FIELD name ON client TYPE string;
    DEFINE FIELD email ON client TYPE string VALUE string::lowercase($value) ASSERT string::is_email($value);
    DEFINE FIELD balance ON client TYPE int ASSERT $value > -1000;
    DEFINE FIELD note ON client TYPE option<string | null>;
    DEFINE FIELD limit ON client TYPE decimal;
    DEFINE FIELD since ON client TYPE datetime;
    DEFINE FIELD version ON client TYPE int VALUE ($before OR 0) + 1;
    DEFINE INDEX email ON client FIELDS email UNIQUE;
    CREATE client:marty SET name = 'Marty', email = 'marty@hill.valley', balance = 10, limit = 1.10dec,
        since = d'1985-10-26T01:21:00.123456789Z';
    CREATE client:doc SET name = 'Doc', email = 'doc@hill.valley', balance = 1000, limit = 99.90dec,
        since = d'1955-11-05T06:00:00Z';
";

/// A database of its own with the schema, and a client beside the store for what the store does not say.
async fn database() -> (SurrealTable, Surreal<Any>) {
    let raw = surrealdb::engine::any::connect("mem://").await.unwrap();
    raw.use_ns("hill_valley").use_db("bakery").await.unwrap();
    raw.query(SCHEMA).await.unwrap().check().unwrap();
    (SurrealDb::from_client(raw.clone()).table("client"), raw)
}

/// A live table of the clients, and what a colleague writes to.
async fn clients() -> (LiveTable<Client>, SurrealTable, Surreal<Any>) {
    let (store, raw) = database().await;
    let table = LiveTable::builder(store.clone()).feed(store.feed()).open().await.unwrap();
    assert_eq!(table.sync_state(), SyncState::Live(FeedKind::PerRow));
    (table, store, raw)
}

#[tokio::test]
async fn a_save_writes_the_modified_fields_with_their_native_types() {
    let (table, _, raw) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.limit = "2.50".into();
    edit.since += chrono::Duration::days(1);

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    let kinds: Option<String> = raw
        .query("RETURN type::of(client:marty.limit) + ' ' + type::of(client:marty.since)")
        .await
        .unwrap()
        .take(0)
        .unwrap();
    assert_eq!(kinds.as_deref(), Some("decimal datetime"));
}

#[tokio::test]
async fn a_field_nobody_changed_is_guarded_without_a_false_conflict() {
    let (table, _, _) = clients().await;
    // A datetime with nanoseconds, a decimal with a trailing zero, an absent note: each reads as something shorter.
    for change in [
        (|client: &mut Client| client.since += chrono::Duration::days(1)) as fn(&mut Client),
        |client| client.limit = "7".into(),
        |client| client.note = Some("in debt".into()),
    ] {
        let mut edit = table.edit_record("marty").await.unwrap();
        change(&mut edit);
        let result = edit.save().await.unwrap();
        assert!(matches!(result, SaveResult::Saved), "{result:?}");
    }
}

#[tokio::test]
async fn a_save_is_one_round_trip_and_one_of_nothing_is_none() {
    let (_, raw) = database().await;
    let db = SurrealDb::from_client(raw);
    let table = LiveTable::<Client>::builder(db.table("client")).open().await.unwrap();
    let mut edit = table.edit_record("marty").await.unwrap();
    let before = db.round_trips();

    let nothing = edit.save().await.unwrap();
    let after_nothing = db.round_trips();
    edit.balance = 20;
    let something = edit.save().await.unwrap();

    assert!(matches!((&nothing, &something), (SaveResult::Saved, SaveResult::Saved)), "{nothing:?} {something:?}");
    assert_eq!((after_nothing - before, db.round_trips() - after_nothing), (0, 1));
}

#[tokio::test]
async fn a_value_clause_makes_a_partial_save() {
    let (table, store, _) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.email = "McFly@Hill.Valley".into();

    let SaveResult::PartialSave(partial) = edit.save().await.unwrap() else { panic!("the store lowers it") };

    assert_eq!((partial.fields(), partial.is_repeated()), (FieldSet::from(ClientField::Email), false));
    assert_eq!(edit.live_snapshot().email, "mcfly@hill.valley");
    let SaveResult::PartialSave(again) = edit.save().await.unwrap() else { panic!("the store lowers it again") };
    assert_eq!((again.fields(), again.is_repeated()), (partial.fields(), true));
    assert_eq!(store.stored("marty", "email").await, Some("mcfly@hill.valley".into()));
    edit.accept_stored(partial.fields());
    assert!(edit.modified_fields().is_empty());
}

#[tokio::test]
async fn a_value_clause_that_gives_the_old_value_again_makes_a_partial_save() {
    let (table, _, _) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    let old = edit.email.clone();
    edit.email = old.to_uppercase();
    edit.name = "Calvin".into();

    let SaveResult::PartialSave(partial) = edit.save().await.unwrap() else { panic!("the store lowers it") };

    assert_eq!(partial.fields(), FieldSet::from(ClientField::Email));
    assert_eq!((&edit.live_snapshot().email, edit.live_snapshot().name.as_str()), (&old, "Calvin"));
}

#[tokio::test]
async fn an_event_that_changes_the_record_makes_a_partial_save() {
    let (table, store, raw) = clients().await;
    let event = "DEFINE EVENT shout ON client WHEN $event = 'UPDATE' AND $after.name != string::uppercase($after.name)
        THEN (UPDATE $after.id SET name = string::uppercase(name))";
    raw.query(event).await.unwrap().check().unwrap();
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.name = "Calvin".into();

    let result = edit.save().await.unwrap();

    let SaveResult::PartialSave(partial) = result else { panic!("{result:?}") };
    assert_eq!(partial.fields(), FieldSet::from(ClientField::Name));
    assert_eq!(table.row(&"marty".into()).unwrap().name, "CALVIN");
    assert_eq!(store.stored("marty", "name").await, Some("CALVIN".into()));
}

#[tokio::test]
async fn an_assertion_refuses_with_its_field() {
    let (table, store, _) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.email = "no".into();
    edit.balance = 11;

    let result = edit.save().await.unwrap();

    let SaveResult::Error(SaveError::Rejected { fields, message, .. }) = result else { panic!("{result:?}") };
    assert_eq!(fields, FieldSet::from(ClientField::Email), "{message}");
    assert_eq!(store.stored("marty", "balance").await, Some(10.into()), "all or nothing");
    assert_eq!((edit.email.as_str(), edit.balance), ("no", 11));
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_refused_with_its_field() {
    let (table, store, _) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    // To the struct it is a text, to the column a decimal.
    edit.limit = "a lot".into();
    edit.balance = 11;

    let result = edit.save().await.unwrap();

    let SaveResult::Error(SaveError::Rejected { fields, message, .. }) = result else { panic!("{result:?}") };
    assert_eq!(fields, FieldSet::from(ClientField::Limit), "{message}");
    assert!(message.contains("Expected `decimal`"), "{message}");
    assert_eq!(store.stored("marty", "balance").await, Some(10.into()), "all or nothing");
    assert_eq!((edit.limit.as_str(), edit.balance), ("a lot", 11));
}

#[tokio::test]
async fn a_column_whose_type_has_changed_refuses_with_its_field() {
    let (table, store, raw) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    raw.query("DEFINE FIELD OVERWRITE name ON client TYPE 'Marty' | 'Doc'").await.unwrap().check().unwrap();
    edit.name = "Calvin".into();

    let result = edit.save().await.unwrap();

    let SaveResult::Error(SaveError::Rejected { fields, message, .. }) = result else { panic!("{result:?}") };
    assert_eq!(fields, FieldSet::from(ClientField::Name), "{message}");
    assert_eq!(store.stored("marty", "name").await, Some("Marty".into()));
}

#[tokio::test]
async fn a_unique_index_refuses_with_its_field() {
    let (table, _, _) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.email = "doc@hill.valley".into();

    let result = edit.save().await.unwrap();

    let SaveResult::Error(SaveError::Rejected { fields, message, .. }) = result else { panic!("{result:?}") };
    assert_eq!(fields, FieldSet::from(ClientField::Email), "{message}");
}

#[tokio::test]
async fn a_second_session_makes_a_conflict() {
    let (table, _, raw) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.balance = 20;
    edit.name = "Calvin".into();
    raw.query("UPDATE client:marty SET balance = 30").await.unwrap().check().unwrap();

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.balance, Some(Conflict { base: 10, local: 20, remote: 30 }));
    let again = edit.save().await.unwrap();
    assert!(matches!(again, SaveResult::Saved), "{again:?}");
    assert_eq!(table.row(&"marty".into()).unwrap().balance, 20);
}

#[tokio::test]
async fn two_people_on_two_fields_both_end_up_in_the_store() {
    let (table, store, raw) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.balance = 20;
    raw.query("UPDATE client:marty SET name = 'Calvin'").await.unwrap().check().unwrap();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(edit.name, "Calvin", "the after-image brings it");
    assert_eq!(store.stored("marty", "balance").await, Some(20.into()));
}

#[tokio::test]
async fn the_version_policy_takes_any_change_for_a_conflict() {
    let (_, store, raw) = clients().await;
    let table = LiveTable::<Client>::builder(store.clone()).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.balance = 20;
    raw.query("UPDATE client:marty SET name = 'Calvin'").await.unwrap().check().unwrap();

    let refused = edit.save().await.unwrap();
    let meant = edit.save().await.unwrap();

    assert!(matches!(refused, SaveResult::Conflict(_)), "{refused:?}");
    assert!(matches!(meant, SaveResult::Saved), "{meant:?}");
    assert_eq!(edit.version, 3, "the store counts");
}

#[tokio::test]
async fn a_record_deleted_by_a_colleague_is_deleted_and_can_be_brought_back() {
    let (table, store, raw) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    edit.balance = 20;
    raw.query("DELETE client:marty").await.unwrap().check().unwrap();

    let gone = edit.save().await.unwrap();
    let back = edit.save_as_new().await.unwrap();

    assert!(matches!(gone, SaveResult::Deleted), "{gone:?}");
    let SaveResult::Created(id) = back else { panic!("{back:?}") };
    assert_eq!(store.get_id_value(&id).await.unwrap().unwrap()["balance"], 20);
}

#[tokio::test]
async fn a_new_record_gets_the_stores_id_and_the_temp_id_still_finds_its_row() {
    let (table, _, _) = clients().await;
    let biff = Client {
        name: "Biff".into(),
        email: "biff@hill.valley".into(),
        ..(*table.row(&"doc".into()).unwrap()).clone()
    };
    let mut edit = table.new_record(biff);
    let temp = edit.id().clone();

    let result = edit.save().await.unwrap();

    assert!(matches!(&result, SaveResult::Created(id) if !id.is_temp()), "{result:?}");
    assert_eq!(table.row(&temp).unwrap().name, "Biff");
    assert_eq!(edit.version, 1);
}

#[tokio::test]
async fn deleting_is_guarded_too() {
    let (table, store, raw) = clients().await;
    let mut edit = table.edit_record("marty").await.unwrap();
    raw.query("UPDATE client:marty SET balance = 30").await.unwrap().check().unwrap();

    let refused = edit.delete().await.unwrap();
    let meant = edit.delete().await.unwrap();

    assert!(matches!(refused, DeleteResult::Changed(fields) if fields.contains(ClientField::Balance)), "{refused:?}");
    assert!(matches!(meant, DeleteResult::Deleted), "{meant:?}");
    assert_eq!(store.count().await.unwrap(), 1);
}

#[tokio::test]
async fn changes_of_others_come_by_the_live_query() {
    let (table, _, raw) = clients().await;

    raw.query("UPDATE client:marty SET balance = 77; DELETE client:doc").await.unwrap().check().unwrap();
    raw.query(
        "CREATE client:biff SET name = 'Biff', email = 'b@hill.valley', balance = 0, limit = 1dec, since = time::now()",
    )
    .await
    .unwrap()
    .check()
    .unwrap();

    until(|| table.row(&"marty".into()).is_some_and(|marty| marty.balance == 77)).await;
    until(|| table.row(&"doc".into()).is_none() && table.row(&"biff".into()).is_some()).await;
}

#[tokio::test]
async fn a_row_that_leaves_the_filter_disappears_and_one_that_enters_comes() {
    let (store, raw) = database().await;
    let rich = store.filter("balance >= $least", surrealdb::types::vars! { least: 100 });
    let table = LiveTable::<Client>::builder(rich.clone()).feed(rich.feed()).open().await.unwrap();
    assert_eq!(table.sync_state(), SyncState::Live(FeedKind::Filtered));
    assert_eq!(table.rows().iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), [Id::from("doc")]);

    raw.query("UPDATE client:doc SET balance = 5; UPDATE client:marty SET balance = 500")
        .await
        .unwrap()
        .check()
        .unwrap();

    until(|| table.row(&"doc".into()).is_none()).await;
    until(|| table.row(&"marty".into()).is_some()).await;
}

#[tokio::test]
async fn a_record_with_a_column_that_is_another_each_time_is_deleted_by_who_was_told_so_and_not_what_others_changed() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Aging {
        name: String,
        #[live(readonly)]
        read_at: String,
    }
    let (_, raw) = database().await;
    raw.query(
        "DEFINE TABLE aging; DEFINE FIELD read_at ON aging COMPUTED time::now(); CREATE aging:doc SET name = 'Doc'",
    )
    .await
    .unwrap()
    .check()
    .unwrap();
    let table = LiveTable::<Aging>::builder(SurrealDb::from_client(raw.clone()).table("aging")).open().await.unwrap();
    let mut edit = table.edit_record("doc").await.unwrap();
    let told = edit.delete().await.unwrap();
    raw.query("UPDATE aging:doc SET name = 'Emmett'").await.unwrap().check().unwrap();

    let refused = edit.delete().await.unwrap();
    let meant = edit.delete().await.unwrap();

    assert!(matches!(told, DeleteResult::Changed(fields) if fields == AgingField::ReadAt.into()), "{told:?}");
    assert!(matches!(refused, DeleteResult::Changed(fields) if fields.contains(AgingField::Name)), "{refused:?}");
    assert!(matches!(meant, DeleteResult::Deleted), "{meant:?}");
}

#[tokio::test]
async fn a_record_that_does_not_fit_is_kept_apart_and_not_overwritten() {
    let (store, raw) = database().await;
    raw.query("DEFINE TABLE loose SCHEMALESS; CREATE loose:a SET name = 'A'; CREATE loose:b SET nothing = true")
        .await
        .unwrap()
        .check()
        .unwrap();
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Loose {
        name: String,
    }
    let loose = SurrealDb::from_client(raw).table("loose");

    let table = LiveTable::<Loose>::builder(loose.clone()).open().await.unwrap();

    assert_eq!(table.rows().len(), 1);
    assert_eq!(table.rejected_rows()[0].id, Id::from("b"));
    assert!(table.edit_record("b").await.is_err());
    assert_eq!(loose.stored("b", "nothing").await, Some(json!(true)));
    drop(store);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_removed_and_made_again_is_followed_again() {
    let (clients, _, raw) = clients().await;

    raw.query(format!("REMOVE TABLE client; {SCHEMA}")).await.unwrap().check().unwrap();
    raw.query("UPDATE client:marty SET balance = 12").await.unwrap().check().unwrap();

    until(|| clients.row(&"marty".into()).is_some_and(|marty| marty.balance == 12)).await;
    until(|| clients.sync_state() == SyncState::Live(FeedKind::PerRow)).await;
    raw.query("UPDATE client:marty SET balance = 13").await.unwrap().check().unwrap();
    until(|| clients.row(&"marty".into()).is_some_and(|marty| marty.balance == 13)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_removed_is_lost_and_not_shown_as_live() {
    let (clients, _, raw) = clients().await;

    raw.query("REMOVE TABLE client").await.unwrap().check().unwrap();

    until(|| matches!(clients.sync_state(), SyncState::Lost { .. })).await;
}
