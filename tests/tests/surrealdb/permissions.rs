//! What a user may not do. The database leaves it undone and says nothing; the store says so, and nothing of it happens.

use futures::StreamExt as _;
use serde_json::json;
use surrealdb::Surreal;
use surrealdb::engine::any::Any;
use surrealdb::types::{Value, vars};
use tests::bakery::record;
use vantage_live::store::surrealdb::SurrealDb;
use vantage_live::{
    DeleteOutcome, Guard, Id, InsertableValueSet, Patch, Path, ReadableValueSet, ValueError, ValueErrorKind,
    WritableValueSet, WriteOutcome,
};

use crate::support::{SERVER, raw, remote_raw};

const SCHEMA: &str = "
    DEFINE TABLE user SCHEMALESS PERMISSIONS NONE;
    DEFINE ACCESS account ON DATABASE TYPE RECORD SIGNIN (SELECT * FROM user WHERE name = $name);
    DEFINE TABLE shown SCHEMALESS PERMISSIONS FOR select FULL;
    DEFINE TABLE note SCHEMAFULL PERMISSIONS FOR select, create WHERE owner = $auth.id, FOR update, delete FULL;
    DEFINE FIELD owner ON note TYPE option<record<user>>;
    DEFINE FIELD text ON note TYPE option<string>;
    DEFINE FIELD rank ON note TYPE int DEFAULT 0 PERMISSIONS FOR select FULL, FOR create FULL, FOR update NONE;
    DEFINE FIELD secret ON note TYPE option<string> PERMISSIONS FOR select NONE, FOR create, update FULL;
    DEFINE FIELD place ON note TYPE option<geometry<point>>;
    DEFINE FIELD made ON note TYPE option<object> FLEXIBLE;
    DEFINE FIELD gone ON note TYPE option<object> FLEXIBLE;
    DEFINE FIELD vault ON note TYPE option<object> FLEXIBLE PERMISSIONS FOR select NONE, FOR create, update FULL;
    DEFINE FIELD inside ON note TYPE option<object>;
    DEFINE FIELD inside.a ON note TYPE option<int>;
    DEFINE FIELD inside.b ON note TYPE option<int>;
    DEFINE FIELD inside.secret ON note TYPE option<string> PERMISSIONS FOR select NONE, FOR create, update FULL;
    DEFINE TABLE visit SCHEMAFULL PERMISSIONS FULL;
    DEFINE FIELD due ON visit TYPE datetime;
    DEFINE FIELD paid ON visit TYPE option<decimal>;
    DEFINE FIELD by ON visit TYPE record<user>;
    DEFINE FIELD code ON visit TYPE uuid;
    DEFINE FIELD place ON visit TYPE object;
    DEFINE FIELD place.at ON visit TYPE option<geometry<point>>;
    DEFINE FIELD reminders ON visit TYPE array<duration>;
    CREATE user:marty SET name = 'marty';
    CREATE user:biff SET name = 'biff';
    CREATE shown:it SET price = 120;
    CREATE note:mine SET owner = user:marty, text = 'mine', rank = 5, secret = 'flux';
    CREATE note:his SET owner = user:biff, text = 'his', rank = 5;
    DEFINE USER viewer ON DATABASE PASSWORD 'flux' ROLES VIEWER;";

/// The database by a record user's connection, and by a client that may do anything: over WebSocket, and in process.
async fn marty() -> [(SurrealDb, Surreal<Any>); 2] {
    let (server, database) = remote_raw().await;
    server.query(SCHEMA).await.unwrap().check().unwrap();
    let connecting = SurrealDb::connect(SERVER.url()).record_user("account", vars! { name: "marty" });
    let remote = connecting.database(database).await.unwrap();

    let here = raw().await;
    here.query(SCHEMA).await.unwrap().check().unwrap();
    let client = here.clone();
    client.use_ns("bakery").use_db("hill_valley").await.unwrap();
    let account = surrealdb::opt::auth::Record {
        namespace: "bakery".into(),
        database: "hill_valley".into(),
        access: "account".into(),
        params: vars! { name: "marty" },
    };
    client.signin(account).await.unwrap();
    [(remote, server), (SurrealDb::from_client(client), here)]
}

/// The database by the connection of a user who may read everything and write nothing.
async fn viewer() -> (SurrealDb, Surreal<Any>) {
    let (server, database) = remote_raw().await;
    server.query(SCHEMA).await.unwrap().check().unwrap();
    let db = SurrealDb::connect(SERVER.url()).database_user("viewer", "flux").database(database).await.unwrap();
    (db, server)
}

async fn ask(raw: &Surreal<Any>, text: &str) -> Value {
    raw.query(text).await.unwrap().take(0).unwrap()
}

#[track_caller]
fn assert_denied(error: &ValueError, fields: &[&str]) {
    let ValueErrorKind::Rejected { fields: named, message } = &error.kind else { panic!("{error:?}") };
    assert!(message.starts_with("this user is not allowed to "), "{message}");
    assert_eq!(*named, fields.iter().map(|name| Path::from(name.to_string())).collect::<Vec<_>>(), "{message}");
}

async fn everything_is_denied(db: &SurrealDb, raw: &Surreal<Any>) {
    let shown = db.table("shown");
    let (it, new) = (Id::from("it"), Id::from("new"));
    let (patch, seen) = (Patch::new().set("price", 130), Guard::Exists.and("price", Some(json!(120))));
    let rows = || vec![(it.clone(), record(json!({"price": 1}))), (new.clone(), record(json!({"price": 1})))];

    for guard in [Guard::Nothing, Guard::Exists, seen.clone()] {
        assert_denied(&shown.write(&it, &patch, &guard).await.unwrap_err(), &[]);
    }
    assert_denied(&shown.write(&new, &patch, &Guard::Nothing).await.unwrap_err(), &[]);
    assert_denied(&shown.insert_id_value(&new, record(json!({"price": 1}))).await.unwrap_err(), &[]);
    assert_denied(&shown.insert_value(record(json!({"price": 1})), None).await.unwrap_err(), &[]);
    for (id, record) in rows() {
        assert_denied(&shown.replace_id_value(&id, record).await.unwrap_err(), &[]);
    }
    assert_denied(&shown.delete_id(&it, &seen).await.unwrap_err(), &[]);
    assert_denied(&shown.delete_all().await.unwrap_err(), &[]);
    for answer in shown.replace_id_values(rows()).await {
        assert_denied(&answer.unwrap_err(), &[]);
    }
    for answer in shown.delete_ids(vec![(it.clone(), Guard::Exists)]).await {
        assert_denied(&answer.unwrap_err(), &[]);
    }

    assert_eq!(shown.get_values().await.unwrap(), [(it, record(json!({"price": 120})))]);
    assert_eq!(ask(raw, "RETURN array::len(SELECT * FROM shown)").await, Value::Number(1.into()));
}

#[tokio::test]
async fn what_a_record_user_may_not_write_is_rejected_and_never_gone() {
    for (db, raw) in marty().await {
        everything_is_denied(&db, &raw).await;
    }
}

#[tokio::test]
async fn what_a_viewer_may_not_write_is_rejected_and_never_gone() {
    let (db, raw) = viewer().await;
    everything_is_denied(&db, &raw).await;
}

#[tokio::test]
async fn a_guard_that_fails_is_refused_whether_or_not_the_write_would_be_allowed() {
    for (db, _) in marty().await {
        let shown = db.table("shown");
        let other = Guard::Exists.and("price", Some(json!(1)));

        let write = shown.write(&Id::from("it"), &Patch::new().set("price", 130), &other).await.unwrap();
        let delete = shown.delete_id(&Id::from("it"), &other).await.unwrap();

        assert_eq!(write, WriteOutcome::Refused(record(json!({"price": 120}))));
        assert_eq!(delete, DeleteOutcome::Refused(record(json!({"price": 120}))));
        let none = shown.write(&Id::from("none"), &Patch::new().set("price", 1), &Guard::Exists).await.unwrap();
        assert_eq!(none, WriteOutcome::Gone);
    }
}

#[tokio::test]
async fn a_field_that_may_not_be_written_is_named_and_nothing_else_is_written() {
    for (db, raw) in marty().await {
        let (notes, mine) = (db.table("note"), Id::from("mine"));
        let patch = Patch::new().set("text", "ours").set("rank", 6);

        let single = notes.write(&mine, &patch, &Guard::Exists).await.unwrap_err();
        let batch = notes.write_many(vec![(mine.clone(), patch.clone(), Guard::Nothing)]).await;

        assert_denied(&single, &["rank"]);
        assert_denied(batch[0].as_ref().unwrap_err(), &["rank"]);
        assert_eq!(ask(&raw, "RETURN note:mine.text").await, Value::String("mine".into()));
        let unchanged = Patch::new().set("text", "ours").set("rank", 5);
        let written = notes.write(&mine, &unchanged, &Guard::Exists).await.unwrap();
        assert!(matches!(written, WriteOutcome::Written(after) if after["text"] == "ours"));
    }
}

#[tokio::test]
async fn what_may_be_written_is_written_whatever_the_guard() {
    for (db, _) in marty().await {
        let (notes, mine, new) = (db.table("note"), Id::from("mine"), Id::from("new"));
        let ours = |guard| (Patch::new().set("text", "ours"), guard);

        for (patch, guard) in [Guard::Nothing, Guard::Exists, Guard::Exists.and("text", Some(json!("ours")))].map(ours)
        {
            let written = notes.write(&mine, &patch, &guard).await.unwrap();
            assert!(matches!(written, WriteOutcome::Written(after) if after["text"] == "ours"), "{guard:?}");
        }
        let made = json!({"owner": "user:marty", "text": "new", "rank": 1});
        let whole = notes.replace_id_value(&mine, record(json!({"owner": "user:marty", "rank": 5}))).await.unwrap();
        assert_eq!(whole, record(json!({"owner": "user:marty", "rank": 5})));
        assert_eq!(notes.insert_id_value(&new, record(made.clone())).await.unwrap(), record(made));
        assert_eq!(notes.delete_id(&new, &Guard::Exists).await.unwrap(), DeleteOutcome::Deleted);
        assert_eq!(notes.delete_all().await.unwrap(), 1, "of those that can be seen");
    }
}

#[tokio::test]
async fn a_field_that_may_be_written_and_not_read_is_written() {
    for (db, raw) in marty().await {
        let notes = db.table("note");

        let written = notes.patch_id(&Id::from("mine"), &Patch::new().set("secret", "capacitor")).await.unwrap();

        assert_eq!(written.get("secret"), None, "it stays out of sight");
        assert_eq!(ask(&raw, "RETURN note:mine.secret").await, Value::String("capacitor".into()));
    }
}

#[tokio::test]
async fn what_cannot_be_seen_is_not_there_and_stays_as_it_is() {
    for (db, raw) in marty().await {
        let (notes, his) = (db.table("note"), Id::from("his"));
        let patch = Patch::new().set("text", "ours");

        assert_eq!(notes.get_values().await.unwrap().len(), 1);
        assert_eq!(notes.get_id_value(&his).await.unwrap(), None);
        assert_eq!(notes.write(&his, &patch, &Guard::Exists).await.unwrap(), WriteOutcome::Gone);
        assert_eq!(notes.delete_id(&his, &Guard::Exists).await.unwrap(), DeleteOutcome::Gone);
        assert_denied(&notes.write(&his, &patch, &Guard::Nothing).await.unwrap_err(), &[]);
        assert_denied(&notes.replace_id_value(&his, record(json!({"text": "ours"}))).await.unwrap_err(), &[]);
        let mine = record(json!({"owner": "user:marty", "rank": 1}));
        let taken = notes.replace_id_value(&his, mine).await.unwrap_err();
        assert_eq!(taken.kind, ValueErrorKind::AlreadyExists, "{taken}");

        assert_eq!(ask(&raw, "RETURN note:his.text").await, Value::String("his".into()));
    }
}

#[tokio::test]
async fn a_write_that_takes_the_record_out_of_sight_is_rejected_and_not_done() {
    for (db, raw) in marty().await {
        let away = Patch::new().set("owner", "user:biff");

        let error = db.table("note").write(&Id::from("mine"), &away, &Guard::Exists).await.unwrap_err();

        assert_denied(&error, &[]);
        assert_eq!(ask(&raw, "RETURN <string> note:mine.owner").await, Value::String("user:marty".into()));
    }
}

#[tokio::test]
async fn of_many_inserts_the_one_that_is_not_allowed_is_rejected_and_the_others_made() {
    for (db, _) in marty().await {
        let notes = db.table("note");
        // What an owner is, such a user cannot be told, and sees from what is there.
        assert_eq!(notes.get_values().await.unwrap().len(), 1);
        let batch = [("a", "user:marty"), ("b", "user:biff"), ("c", "user:marty")];
        let batch = batch.map(|(id, owner)| (Id::from(id), record(json!({"owner": owner, "text": id})))).to_vec();

        let answers = notes.insert_id_values(batch).await;

        let kinds: Vec<_> = answers.into_iter().map(|answer| answer.map(drop).map_err(|error| error.kind)).collect();
        assert!(matches!(&kinds[..], [Ok(()), Err(ValueErrorKind::Rejected { .. }), Ok(())]), "{kinds:?}");
        assert_eq!(notes.count().await.unwrap(), 3);
    }
}

#[tokio::test]
async fn what_cannot_be_seen_inside_an_object_stays_when_something_beside_it_is_written_or_taken_away() {
    for (db, all) in marty().await {
        all.query("UPDATE note:mine SET inside = { a: 1, b: 2, secret: 'flux' }").await.unwrap().check().unwrap();
        let notes = db.table("note");
        let patch = Patch::new().set(Path::from_iter(["inside", "a"]), 5).unset(Path::from_iter(["inside", "b"]));

        let written = notes.write(&Id::from("mine"), &patch, &Guard::Exists).await.unwrap();

        assert!(matches!(&written, WriteOutcome::Written(now) if now["inside"] == json!({"a": 5})), "{written:?}");
        let stored = ask(&all, "RETURN note:mine.inside").await;
        assert_eq!(stored.into_json_value(), json!({"a": 5, "secret": "flux"}));
    }
}

#[tokio::test]
async fn what_cannot_be_seen_stays_also_where_something_else_of_the_patch_is_no_object() {
    for (db, all) in marty().await {
        let put = "UPDATE note:mine SET inside = { a: 1, secret: 'flux' }, place = (1.5, 2.5)";
        all.query(put).await.unwrap().check().unwrap();
        let patch = Patch::new()
            .set(Path::from_iter(["inside", "a"]), 5)
            .set(Path::from_iter(["place", "coordinates"]), json!([9.0, 8.0]))
            .set(Path::from_iter(["made", "new"]), true)
            .unset(Path::from_iter(["gone", "x"]));

        let written = db.table("note").write(&Id::from("mine"), &patch, &Guard::Exists).await.unwrap();

        assert!(matches!(&written, WriteOutcome::Written(now) if now["made"] == json!({"new": true})), "{written:?}");
        let stored = ask(&all, "RETURN [note:mine.inside, note:mine.place.coordinates, note:mine.gone]").await;
        assert_eq!(stored.into_json_value(), json!([{"a": 5, "secret": "flux"}, [9.0, 8.0], null]));
    }
}

#[tokio::test]
async fn where_a_user_sees_no_object_one_is_made() {
    for (db, all) in marty().await {
        let patch = Patch::new().set(Path::from_iter(["inside", "a"]), 5);

        let written = db.table("note").write(&Id::from("mine"), &patch, &Guard::Exists).await.unwrap();

        assert!(matches!(&written, WriteOutcome::Written(now) if now["inside"] == json!({"a": 5})), "{written:?}");
        let stored = ask(&all, "RETURN note:mine.inside").await;
        assert_eq!(stored.into_json_value(), json!({"a": 5}));
    }
}

#[tokio::test]
async fn of_an_object_that_cannot_be_seen_at_all_the_rest_stays() {
    for (db, all) in marty().await {
        let vault = |name| Path::from_iter(["vault", name]);
        for (patch, left) in [
            (Patch::new().set(vault("a"), 5), json!({"a": 5, "b": 2})),
            (Patch::new().unset(vault("a")), json!({"b": 2})),
            (Patch::new().set("text", "said").unset(vault("b")), json!({"a": 1})),
        ] {
            all.query("UPDATE note:mine SET vault = { a: 1, b: 2 }").await.unwrap().check().unwrap();

            let written = db.table("note").write(&Id::from("mine"), &patch, &Guard::Exists).await.unwrap();

            assert!(matches!(written, WriteOutcome::Written(_)), "{patch:?}: {written:?}");
            assert_eq!(ask(&all, "RETURN note:mine.vault").await.into_json_value(), left, "{patch:?}");
        }
    }
}

#[tokio::test]
async fn a_part_of_a_figure_is_not_taken_away_also_where_something_else_is_written() {
    for (db, all) in marty().await {
        let put = "UPDATE note:mine SET inside = { a: 1 }, place = (1.5, 2.5)";
        all.query(put).await.unwrap().check().unwrap();
        let patch =
            Patch::new().set(Path::from_iter(["inside", "a"]), 5).unset(Path::from_iter(["place", "coordinates"]));

        let error = db.table("note").write(&Id::from("mine"), &patch, &Guard::Exists).await.unwrap_err();

        assert!(matches!(error.kind, ValueErrorKind::Rejected { .. }), "{error}");
        assert_eq!(ask(&all, "RETURN note:mine.inside.a").await.into_json_value(), json!(1));
    }
}

#[tokio::test]
async fn what_a_record_user_writes_first_has_the_types_of_its_columns() {
    for (db, all) in marty().await {
        let (visits, id) = (db.table("visit"), Id::from("first"));
        let visit = record(json!({
            "due": "2015-10-21T07:28:00Z",
            "by": "user:marty",
            "code": "5f3759df-0000-4000-8000-000000000000",
            "place": {"at": {"type": "Point", "coordinates": [1.5, 2.5]}},
            "reminders": ["1h", "30m"],
        }));

        let made = visits.insert_id_value(&id, visit.clone()).await.unwrap();
        let paid = visits.write(&id, &Patch::new().set("paid", "12.50"), &Guard::Exists).await.unwrap();

        assert_eq!(made, visit);
        assert!(matches!(&paid, WriteOutcome::Written(now) if now["paid"] == "12.50"), "{paid:?}");
        let types = "SELECT VALUE [due, paid, by, code, place.at, reminders[0]].map(|$value| type::of($value)) FROM ONLY \
                     visit:first";
        let types = ask(&all, types).await.into_json_value();
        assert_eq!(types, json!(["datetime", "decimal", "record", "uuid", "geometry<point>", "duration"]));
        all.query("DEFINE FIELD OVERWRITE code ON visit TYPE string").await.unwrap().check().unwrap();
        let _ = visits.write(&id, &Patch::new().set("code", visit["code"].clone()), &Guard::Exists).await.unwrap();
        assert_eq!(ask(&all, "RETURN type::of(visit:first.code)").await.into_json_value(), json!("string"));
        let wrong = visits.write(&id, &Patch::new().set("due", "some day"), &Guard::Exists).await.unwrap_err();
        assert!(
            matches!(&wrong.kind, ValueErrorKind::Rejected { fields, .. } if *fields == [Path::from("due")]),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_type_is_learned_from_a_refusal_whatever_the_id_spells() {
    for id in
        [Id::from(7), Id::from("7"), Id::from("it's `a` \\ \"key\"\n\u{1f9c1}"), Id::from("` of `visit:x`: Expected")]
    {
        // What one table has learned, all of that database know.
        let [(db, _), _] = marty().await;
        let visit = json!({
            "due": "2015-10-21T07:28:00Z",
            "by": "user:marty",
            "code": "5f3759df-0000-4000-8000-000000000000",
            "place": {},
            "reminders": [],
        });

        let made = db.table("visit").insert_id_value(&id, record(visit)).await;

        assert!(made.is_ok(), "{id:?}: {made:?}");
    }
}

#[tokio::test]
async fn of_many_records_of_which_a_user_may_see_some_all_of_these_are_listed() {
    for (db, raw) in marty().await {
        let made = "FOR $n IN 0..600 { CREATE type::record('note', $n) \
                    SET owner = IF $n < 150 OR $n % 3 = 0 { user:marty } ELSE { user:biff } }";
        ask(&raw, made).await;

        let batches: Vec<_> = db.table("note").stream_values(1).map(Result::unwrap).collect().await;

        let seen: Vec<_> = batches.concat().into_iter().map(|(id, _)| id).collect();
        let his = (0..600).filter(|n| *n < 150 || n % 3 == 0).map(Id::from);
        assert_eq!(seen, his.chain([Id::from("mine")]).collect::<Vec<_>>());
    }
}
