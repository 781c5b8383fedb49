//! Ids: each is its own record's, whatever its characters look like.
//!
//! Text is required. Other kinds of ids, control characters, the empty text and ids of kibibytes may be more than a store
//! can hold: then it refuses them with `Rejected`, and never makes another id of them.

use serde_json::json;
use uuid::Uuid;

use super::Store;
use super::support::{assert_absent, assert_stored, expect, is_kept, record};
use super::values::HOSTILE_TEXT;
use crate::value::{DeleteOutcome, Guard, Id, Patch};

/// Puts every id through the life of a record, all of them standing in the store at the same time.
async fn assert_all_kept(store: &Store, ids: &[Id]) {
    for (n, id) in ids.iter().enumerate() {
        expect(&format!("inserting {id:?}"), store.insert_id_value(id, record(&json!({"n": n}))).await);
    }
    assert_live(store, ids).await;
}

/// The same, of those ids that the store does not refuse.
async fn assert_kept_or_refused(store: &Store, ids: &[Id]) {
    let mut kept = Vec::new();
    for id in ids {
        let what = format!("the id {id:?}");
        if is_kept(&what, store.insert_id_value(id, record(&json!({"n": kept.len()}))).await) {
            kept.push(id.clone());
        }
    }
    assert_live(store, &kept).await;
}

/// Reads, writes and deletes the records `{n: 0}`, `{n: 1}`, … of `ids`.
async fn assert_live(store: &Store, ids: &[Id]) {
    let mut listed: Vec<Id> = expect("reading all", store.get_values().await).into_iter().map(|(id, _)| id).collect();
    listed.sort();
    let mut wanted = ids.to_vec();
    wanted.sort();
    assert_eq!(listed, wanted, "the ids in the store");
    let found = expect("reading many", store.get_id_values(ids).await);
    assert_eq!(found.len(), ids.len(), "get_id_values finds all of {ids:?}");

    for (n, id) in ids.iter().enumerate() {
        assert_stored(store, id, &json!({"n": n})).await;
    }
    let patches = store.capabilities().patch;
    for (n, id) in ids.iter().enumerate().filter(|_| patches) {
        expect(&format!("patching {id:?}"), store.patch_id(id, &Patch::new().set("m", n)).await);
    }
    for (n, id) in ids.iter().enumerate() {
        assert_stored(store, id, &if patches { json!({"n": n, "m": n}) } else { json!({"n": n}) }).await;
    }
    for (n, id) in ids.iter().enumerate() {
        let answer = expect(&format!("deleting {id:?}"), store.delete_id(id, &Guard::Exists).await);
        assert_eq!(answer, DeleteOutcome::Deleted, "the delete of {id:?}");
        assert_absent(store, id).await;
        let left = expect("counting", store.count().await);
        assert_eq!(left, (ids.len() - n - 1) as u64, "what is left after the delete of {id:?}");
    }
}

fn text(ids: &[&str]) -> Vec<Id> {
    ids.iter().copied().map(Id::from).collect()
}

/// `1` and `"1"` are two ids, and so are `-1` and `"-1"`: neither finds the other's record.
pub async fn a_number_and_its_text_are_two_ids(store: &Store) {
    let one = text(&["1", "-1", "01", "1.0", "9223372036854775807"]);
    expect("inserting \"1\"", store.insert_id_value(&one[0], record(&json!({}))).await);

    // A store that has no integer ids may also refuse to look for one.
    if let Ok(found) = store.get_id_value(&Id::from(1)).await {
        assert_eq!(found, None, "`1` finds the record of `\"1\"`");
    }
    let answer = expect("deleting \"1\"", store.delete_id(&one[0], &Guard::Nothing).await);
    assert_eq!(answer, DeleteOutcome::Deleted);

    let numbers = [Id::from(1), Id::from(-1), Id::from(i64::MAX)];
    assert_kept_or_refused(store, &[&one[..], &numbers[..]].concat()).await;
}

/// A uuid and the text that spells it are two ids.
pub async fn a_uuid_and_its_text_are_two_ids(store: &Store) {
    let uuid = Uuid::from_u128(0x0190_b6f0_3d5c_7a3e_8f54_1234_5678_90ab);
    let spelled = text(&[&uuid.to_string(), &uuid.to_string().to_uppercase(), &uuid.simple().to_string()]);
    let uuids = [Id::from(uuid), Id::from(Uuid::nil()), Id::from(Uuid::max())];

    assert_kept_or_refused(store, &[&spelled[..], &uuids[..]].concat()).await;
}

/// An opaque id is in its store's own spelling, and never another name for a text: it does not find that text's record.
pub async fn an_opaque_id_is_not_the_same_text(store: &Store) {
    let text = Id::from("flux_cupcake");
    expect("the insert", store.insert_id_value(&text, record(&json!({"price": 120}))).await);

    // No store has to understand it, so an error is an answer too.
    if let Ok(found) = store.get_id_value(&Id::opaque("flux_cupcake")).await {
        assert_eq!(found, None, "the opaque id finds the record of the text");
    }
}

/// Integers of any size and sign are ids, or refused with `Rejected`.
pub async fn integers_of_every_size_are_kept_or_refused(store: &Store) {
    let integers = [0, 1, -1, 42, 9_007_199_254_740_993, -9_007_199_254_740_993, i64::MAX, i64::MIN];
    assert_kept_or_refused(store, &integers.map(Id::from)).await;
}

/// A text that looks like a number, a uuid, a record link or a call is that text.
pub async fn text_that_looks_like_something_else_is_text(store: &Store) {
    let lookalikes = [
        "0",
        "007",
        "1e3",
        "null",
        "NONE",
        "true",
        "product:flux_cupcake",
        "rand()",
        "ulid()",
        "uuid()",
        "[1, 2]",
        "{ a: 1 }",
        "..",
        "a..z",
        "⟨flux⟩",
        "`flux`",
        "u'0190b6f0-3d5c-7a3e-8f54-1234567890ab'",
        "{\"uuid\":\"x\"}",
    ];
    assert_all_kept(store, &text(&lookalikes)).await;
}

/// Quotes, separators, wildcards and whole statements are characters like any other.
pub async fn text_with_quotes_and_statements_is_kept(store: &Store) {
    let more =
        ["a:b", "a/b", "a.b", "a,b", "a%b", "a*", "a?b=c&d", "#", "\\", "'", "\"", "`", "$id", "⟩", "⟨", "--", "{}"];
    let printable = HOSTILE_TEXT.iter().copied().filter(|text| !text.contains(char::is_control));
    assert_all_kept(store, &text(&printable.chain(more).collect::<Vec<_>>())).await;
}

/// Letters of any script, emoji and joined characters are kept.
pub async fn text_of_any_script_is_kept(store: &Store) {
    assert_all_kept(store, &text(&["кекс", "蛋糕", "كعكة", "עוגה", "केक", "ケーキ", "🧁", "👩‍👩‍👧‍👦", "ß", "ﬁ", "𝔉𝔩𝔲𝔵"]))
        .await;
}

/// Case, spaces at the ends and the form of an accent make different ids.
pub async fn text_is_compared_to_the_last_character(store: &Store) {
    let close =
        ["flux", "Flux", "FLUX", "flux ", " flux", "flux\u{a0}", "fl ux", "e\u{301}", "\u{e9}", "e", "ss", "ß", " "];
    assert_all_kept(store, &text(&close)).await;
}

/// Line ends and other control characters are kept, or refused with `Rejected`.
pub async fn control_characters_are_kept_or_refused(store: &Store) {
    let control = ["a\nb", "a\r\nb", "a\tb", "\u{1}", "\u{7f}", "a\u{0}b", "a\u{0}", "\u{2028}", "\u{feff}a", "a"];
    assert_kept_or_refused(store, &text(&control)).await;
}

/// The empty text is an id, or refused with `Rejected`.
pub async fn the_empty_text_is_kept_or_refused(store: &Store) {
    assert_kept_or_refused(store, &text(&["", "''", "a"])).await;
}

/// An id of 200 characters is kept: no store may cut a text of this length.
pub async fn an_id_of_200_characters_is_kept(store: &Store) {
    let long = "x".repeat(199);
    assert_all_kept(store, &text(&[&format!("{long}a"), &format!("{long}b"), &long])).await;
}

/// An id of 4 KiB is kept to its last character, or refused with `Rejected`.
pub async fn an_id_of_4_kib_is_kept_or_refused(store: &Store) {
    let long = "x".repeat(4_095);
    let wide = "🧁".repeat(1_024);
    assert_kept_or_refused(store, &text(&[&format!("{long}a"), &format!("{long}b"), &long, &wide])).await;
}

/// A store does not know temporary ids: `temp_…` is text to it.
pub async fn a_temporary_id_is_an_id_like_any_other(store: &Store) {
    let temp = Id::temp(Uuid::from_u128(7));
    assert_all_kept(store, &[temp, Id::from("temp_"), Id::from("temp_x")]).await;
}

/// Integers come first, in the order of their size, then uuids, then text: in `get_values` and in the stream.
pub async fn kinds_come_in_the_order_of_the_ids(store: &Store) {
    use futures::TryStreamExt;

    let numbers = [10, 9, -1, 0, 100].map(Id::from);
    let uuids = [Id::from(Uuid::from_u128(2)), Id::from(Uuid::from_u128(1))];
    let mut wanted = Vec::new();
    for id in [&text(&["b", "10", "9", "a", "é", "z"])[..], &uuids[..], &numbers[..]].concat() {
        if is_kept(&format!("the id {id:?}"), store.insert_id_value(&id, record(&json!({}))).await) {
            wanted.push(id);
        }
    }
    wanted.sort();

    let listed = expect("reading all", store.get_values().await);
    let batches: Vec<_> = expect("streaming", store.stream_values(3).try_collect().await);
    let streamed = batches.concat();

    let ids = |rows: Vec<(Id, crate::Record)>| rows.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(ids(listed), wanted, "the order of get_values");
    assert_eq!(ids(streamed), wanted, "the order of the stream");
}
