//! What a record can hold: every JSON value comes back as the value it was.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Store;
use super::support::{assert_stored, is_kept, record, seed};
use crate::value::Record;

/// Text that a store may take for syntax or mangle on the way.
pub(super) const HOSTILE_TEXT: &[&str] = &[
    "it's",
    r#"say "hi""#,
    "`backticks`",
    r"a\b\\c\n\u0041",
    "'; DROP TABLE product; --",
    "1 OR 1=1",
    "/* comment */ // another # third",
    "$var $price $1 ${x} {{x}} %s %d :name ?",
    "⟨angle⟩ ⟩; REMOVE TABLE product; ⟨",
    "tab\tnewline\ncarriage\rreturn\r\nend",
    "\u{1}\u{7f}\u{85}\u{2028}\u{2029}\u{feff}\u{200b}",
    " leading and trailing ",
    "Кекс 蛋糕 كعكة עוגה",
    "🧁👩‍👩‍👧‍👦🏴\u{e0067}\u{e007f}",
    "e\u{301} is not \u{e9}",
    "<b>&amp;</b>",
];

/// Text that looks like a value of another kind.
const LOOKALIKES: &[&str] = &[
    "null",
    "NONE",
    "true",
    "120",
    "1.50",
    "1e3",
    "-0",
    "NaN",
    "2026-02-28T12:30:00Z",
    "2026-02-28",
    "1h30m",
    "0190b6f0-3d5c-7a3e-8f54-1234567890ab",
    "product:flux_cupcake",
    "product:1",
    "{\"a\":1}",
    "[1,2]",
    "0xff",
    "99.9dec",
    "/a.*/",
    "time::now()",
];

async fn assert_kept(store: &Store, value: &Value) {
    let id = seed(store, "flux_cupcake", value).await;
    assert_stored(store, &id, value).await;
}

/// An object with a field for each value.
fn fields<T: Into<Value>>(values: impl IntoIterator<Item = T>) -> Value {
    let numbered = values.into_iter().enumerate();
    numbered.map(|(i, value)| (format!("f{i}"), value.into())).collect::<Record>().into()
}

/// `null` stays `null`; a field that is not there does not come back as one.
pub async fn null_is_kept_and_is_not_absent(store: &Store) {
    assert_kept(store, &json!({"note": null, "inner": {"note": null}, "list": [null, 1, null]})).await;
}

/// A record without fields, an empty object, an empty array and an empty text are kept as what they are.
pub async fn what_is_empty_is_kept_as_it_is(store: &Store) {
    assert_kept(store, &json!({"object": {}, "array": [], "text": "", "nested": {"object": {}, "array": [[], {}]}}))
        .await;
    let bare = seed(store, "sea_pie", &json!({})).await;
    assert_stored(store, &bare, &json!({})).await;
}

/// Integers come back exactly, also where a float would round them.
pub async fn integers_keep_every_digit(store: &Store) {
    let beyond_floats = [9_007_199_254_740_993_i64, -9_007_199_254_740_993, i64::MAX, i64::MIN, i64::MAX - 1];
    assert_kept(store, &fields(beyond_floats.into_iter().chain([0, 1, -1, 2_147_483_648, 4_294_967_296]))).await;
}

/// An integer that only fits without a sign comes back exactly, or is refused with `Rejected`.
pub async fn a_number_beyond_64_bits_with_a_sign_is_kept_or_refused(store: &Store) {
    let wanted = json!({"count": u64::MAX});

    let answer = store.insert_value(record(&wanted), None).await;

    let id = answer.as_ref().ok().map(|(id, _)| id.clone());
    if is_kept("u64::MAX", answer) {
        assert_stored(store, &id.expect("it was kept"), &wanted).await;
    }
}

/// Floats come back with the value they had: the smallest, the largest, and those that no decimal ends.
pub async fn fractions_keep_their_value(store: &Store) {
    let odd = [0.1, 1.0 / 3.0, 2.5, -7.25, 5e-324, 123_456_789.123_456_79];
    let large = [f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::EPSILON, 1e21, 1e300, -0.0];
    assert_kept(store, &fields(odd.into_iter().chain(large))).await;
}

/// `true` and `false` stay booleans and do not become numbers.
pub async fn booleans_stay_booleans(store: &Store) {
    assert_kept(store, &json!({"yes": true, "no": false, "list": [true, 1, false, 0]})).await;
}

/// Text comes back character by character: quotes, backslashes, control characters, statements, any script.
pub async fn hostile_text_is_kept_to_the_last_character(store: &Store) {
    assert_kept(store, &fields(HOSTILE_TEXT.iter().copied())).await;
}

/// Text with a NUL character is kept to its end, or refused with `Rejected`: not every database has it.
pub async fn text_with_a_nul_is_kept_or_refused(store: &Store) {
    for text in ["\0", "flux\0cupcake", "flux cupcake\0"] {
        let wanted = json!({"name": text});

        let answer = store.insert_value(record(&wanted), None).await;

        let id = answer.as_ref().ok().map(|(id, _)| id.clone());
        if is_kept(&format!("{text:?}"), answer) {
            assert_stored(store, &id.expect("it was kept"), &wanted).await;
        }
    }
}

/// Text stays text, whatever kind of value its characters would make: a time, a number, a record link.
pub async fn text_that_looks_like_something_else_stays_text(store: &Store) {
    assert_kept(store, &fields(LOOKALIKES.iter().copied())).await;
}

/// A text of 100 KiB is kept.
pub async fn long_text_is_kept(store: &Store) {
    assert_kept(store, &json!({"description": "Kuchen 🧁 ".repeat(8_192)})).await;
}

/// Arrays keep their order, their repetitions, and the kind of each element.
pub async fn arrays_keep_their_order_and_their_kinds(store: &Store) {
    assert_kept(store, &json!({"list": [3, 1, 2, 1, "1", null, true, 1.5, [2, [1]], {"a": [{}]}, []]})).await;
}

/// Objects within objects, and arrays within arrays, keep their shape twenty levels down.
pub async fn twenty_levels_of_nesting_are_kept(store: &Store) {
    let mut objects = json!("the bottom");
    let mut arrays = json!(["the bottom"]);
    for _ in 0..20 {
        objects = json!({"inner": objects, "beside": 1});
        arrays = json!([1, arrays]);
    }
    assert_kept(store, &json!({"objects": objects, "arrays": arrays})).await;
}

/// A record of 500 fields keeps all of them.
pub async fn a_record_may_have_many_fields(store: &Store) {
    let mut wanted = Record::new();
    for i in 0..500 {
        let mut name = String::from("field_");
        write!(name, "{i}").expect("writing to a string");
        wanted.insert(name, json!(i));
    }
    assert_kept(store, &wanted.into()).await;
}
