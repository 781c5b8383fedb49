//! What the database refuses comes back as `Rejected`, with the field that it names.

use serde_json::{Value as Json, json};
use surrealdb::types::Value;
use vantage_live::store::surrealdb::{SurrealDb, SurrealTable};
use vantage_live::{
    Guard, Id, InsertableValueSet, Patch, Path, ReadableValueSet, Record, ValueError, ValueErrorKind, WritableValueSet,
};

use crate::support::{embedded, raw};

async fn clients() -> SurrealTable {
    let raw = raw().await;
    raw.query(
        "DEFINE TABLE client SCHEMAFULL;
         DEFINE FIELD name ON client TYPE string;
         DEFINE FIELD email ON client TYPE string ASSERT string::is_email($value);
         DEFINE FIELD address ON client TYPE option<object>;
         DEFINE FIELD address.zip ON client TYPE option<int>;
         DEFINE FIELD `since.when` ON client TYPE option<datetime>;
         DEFINE FIELD number ON client TYPE option<int> READONLY;
         DEFINE INDEX one_email ON client FIELDS email UNIQUE;
         DEFINE INDEX one_place ON client FIELDS name, address.zip UNIQUE;
         DEFINE EVENT nobody ON client WHEN $after.name = 'nobody' THEN { THROW 'nobody is no client' };
         CREATE client:doc SET name = 'Emmett', email = 'doc@example.org', address = { zip: 95420 }, number = 1;",
    )
    .await
    .unwrap()
    .check()
    .unwrap();
    SurrealDb::from_client(raw).table("client")
}

fn record(json: &Json) -> Record {
    json.as_object().unwrap().clone()
}

#[track_caller]
fn assert_rejected(error: &ValueError, fields: &[&[&str]], says: &str) {
    let ValueErrorKind::Rejected { fields: named, message } = &error.kind else { panic!("{error:?}") };
    let fields: Vec<Path> = fields.iter().map(|names| Path::from_iter(names.iter().map(ToString::to_string))).collect();
    assert_eq!(*named, fields, "{message}");
    assert!(message.contains(says), "{message}");
}

#[tokio::test]
async fn each_refusal_of_a_write_names_its_field() {
    let clients = clients().await;
    for (field, value, says) in [
        (&["email"][..], json!("no"), "must conform to"),
        (&["name"], json!(5), "Expected `string`"),
        (&["address", "zip"], json!("x"), "zip"),
        (&["since.when"], json!("tomorrow"), "datetime"),
        (&["number"], json!(2), "readonly"),
        (&["unheard_of"], json!(1), "no such field"),
        (&["id"], json!("marty"), "`id`"),
    ] {
        let path = Path::from_iter(field.iter().map(ToString::to_string));
        let patch = Patch::new().set(path, value);

        let error = clients.write(&Id::from("doc"), &patch, &Guard::Exists).await.unwrap_err();

        assert_rejected(&error, &[field], says);
    }
}

#[tokio::test]
async fn a_unique_index_names_its_columns() {
    let clients = clients().await;
    let email = record(&json!({"name": "Marty", "email": "doc@example.org"}));
    let place = record(&json!({"name": "Emmett", "email": "marty@example.org", "address": {"zip": 95420}}));

    let one = clients.insert_value(email, None).await.unwrap_err();
    let two = clients.insert_id_value(&Id::from("marty"), place).await.unwrap_err();

    assert_rejected(&one, &[&["email"]], "already contains");
    assert_rejected(&two, &[&["name"], &["address", "zip"]], "already contains");
}

#[tokio::test]
async fn a_batch_is_refused_one_by_one() {
    let clients = clients().await;
    let rows = [("a@example.org", "Ann"), ("no", "Bob"), ("doc@example.org", "Cid"), ("d@example.org", "nobody")];
    let batch = rows.map(|(email, name)| (Id::from(name), record(&json!({"name": name, "email": email})))).to_vec();

    let answers = clients.insert_id_values(batch).await;

    assert!(answers[0].is_ok(), "{answers:?}");
    assert_rejected(answers[1].as_ref().unwrap_err(), &[&["email"]], "must conform to");
    assert_rejected(answers[2].as_ref().unwrap_err(), &[&["email"]], "already contains");
    assert_rejected(answers[3].as_ref().unwrap_err(), &[], "nobody is no client");
}

#[tokio::test]
async fn a_number_that_cannot_be_kept_is_refused_before_it_is_sent() {
    let table = crate::support::empty(embedded().await).await;

    let nested = record(&json!({"a": {"b": u64::MAX}}));
    let insert = table.insert_id_value(&Id::from("it"), nested).await.unwrap_err();
    let write = table.write(&Id::from("it"), &Patch::new().set("n", u64::MAX), &Guard::Nothing).await.unwrap_err();

    assert_rejected(&insert, &[&["a"]], "64 bits");
    assert_rejected(&write, &[&["n"]], "64 bits");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_named() {
    let db = embedded().await;
    let table = db.table("prodct");

    let error = table.get_values().await.unwrap_err();

    assert_eq!(error.to_string(), "could not read `prodct`: the store refused it: The table 'prodct' does not exist");
    assert!(!table.exists().await.unwrap());
    table.define().await.unwrap();
    assert_eq!(db.tables().await.unwrap(), ["prodct"]);
    assert_eq!(table.count().await.unwrap(), 0);
}

#[tokio::test]
async fn what_an_event_writes_elsewhere_says_nothing_of_the_record() {
    for (here, there) in [("string", "datetime"), ("datetime", "string")] {
        let raw = raw().await;
        let schema = format!(
            "DEFINE TABLE audit SCHEMAFULL;
             DEFINE FIELD at ON audit TYPE {there};
             DEFINE TABLE visit SCHEMAFULL;
             DEFINE FIELD at ON visit TYPE {here};
             DEFINE FIELD by ON visit TYPE string;
             CREATE visit:one SET at = <{here}> '2015-10-21T07:28:00Z', by = 'doc';
             DEFINE EVENT log ON visit WHEN $event = 'UPDATE' THEN (CREATE audit SET at = $after.at);"
        );
        raw.query(schema).await.unwrap().check().unwrap();
        let (db, id) = (SurrealDb::from_client(raw), Id::from("one"));
        let visits = db.table("visit");
        let before = db.round_trips();

        for patch in [Patch::new().set("at", "2016-01-01T00:00:00Z"), Patch::new().set("by", "marty")] {
            let error = visits.write(&id, &patch, &Guard::Exists).await.unwrap_err();

            assert_rejected(&error, &[], "Error while processing event");
        }
        assert!(db.round_trips() - before <= 4, "{} requests", db.round_trips() - before);
        assert_eq!(visits.get_id_value(&id).await.unwrap().unwrap()["by"], "doc");
    }
}

#[tokio::test]
async fn what_the_database_refuses_is_not_written_as_another_type() {
    let raw = raw().await;
    raw.query(
        "DEFINE TABLE audit SCHEMAFULL;
         DEFINE FIELD at ON audit TYPE datetime;
         DEFINE TABLE visit SCHEMALESS;
         CREATE visit:one SET at = 'monday';
         DEFINE EVENT log ON visit WHEN $event = 'UPDATE' THEN (CREATE audit SET at = $after.at);",
    )
    .await
    .unwrap()
    .check()
    .unwrap();
    let visits = SurrealDb::from_client(raw.clone()).table("visit");

    let patch = Patch::new().set("at", "2016-01-01T00:00:00Z");
    let error = visits.write(&Id::from("one"), &patch, &Guard::Exists).await.unwrap_err();

    assert_rejected(&error, &[], "Expected `datetime`");
    let stored: Option<Value> = raw.query("RETURN visit:one.at").await.unwrap().take(0).unwrap();
    assert_eq!(stored, Some(Value::String("monday".into())));
}

#[tokio::test]
async fn a_value_that_reads_like_a_refusal_is_refused_for_what_it_is() {
    let clients = clients().await;
    for text in [
        "This transaction can be retried",
        "Couldn't coerce value for field `name` of `client:doc`: Expected `duration` but found `x`",
        "Found field 'name', but no such field exists for table 'client'",
        "Database index `one_place` already contains 'x'",
        "the value is too large",
    ] {
        let error =
            clients.write(&Id::from("doc"), &Patch::new().set("email", text), &Guard::Exists).await.unwrap_err();

        assert_rejected(&error, &[&["email"]], "must conform to");
    }
}
