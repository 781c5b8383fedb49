//! Where errors stand, and that all of a struct's come at once. What they say in full is in `ui-tests`.

use crate::{derive, read};

/// The source under each error of `source`, and the message.
fn told(source: &str) -> Vec<(String, String)> {
    let input = syn::parse_str(source).expect("the source is an item");
    read(&input).1.told()
}

fn places(source: &str) -> Vec<String> {
    told(source).into_iter().map(|(place, _)| place).collect()
}

#[test]
fn an_error_stands_at_what_the_user_can_change() {
    let cases = [
        ("enum Shape { Round }", "enum"),
        ("struct Pair(i64, i64);", "(i64, i64)"),
        ("struct Nothing;", "Nothing"),
        ("struct Empty {}", "Empty"),
        ("struct Row<'a> { name: &'a str }", "'a"),
        ("#[live(tabel = \"products\")] struct Row { name: String }", "tabel"),
        ("#[live] struct Row { name: String }", "#[live]"),
        ("#[live(table = products)] struct Row { name: String }", "table"),
        ("#[live(dirty = RowField)] struct Row { name: String }", "RowField"),
        ("#[live(conflict = crate)] struct Row { name: String }", "crate"),
        ("#[live(field = Self)] struct Row { name: String }", "Self"),
        ("#[live(crate = live::<i64>)] struct Row { name: String }", "live::<i64>"),
        ("#[live(crate = Self::live)] struct Row { name: String }", "Self::live"),
        ("#[serde(transparent)] struct Row { name: String }", "transparent"),
        ("#[serde(rename_all(serialize = \"camelCase\"))] struct Row { name: String }", "rename_all"),
        ("struct Row { #[live(id)] id: i64, #[live(skip, id)] name: String, age: i64 }", "id"),
        ("struct Row { #[live(nestd)] name: String }", "nestd"),
        ("struct Row { #[live(eq = \"same\")] name: String }", "\"same\""),
        ("struct Row { #[live(label = \" \")] name: String }", "\" \""),
        ("struct Row { foo_bar: i64, fooBar: i64 }", "fooBar"),
        ("struct Row { name: String, __: i64 }", "__"),
        ("struct Row { name: String, #[live(id)] _: i64 }", "_"),
        ("struct Row { name: String, #[serde(flatten)] rest: Rest }", "flatten"),
        ("struct Row { name: String, #[serde(rename = \"name\")] title: String }", "rename"),
        ("struct Row<T> { name: String, #[live(nested)] inner: Inner<T> }", "nested"),
    ];

    for (source, place) in cases {
        assert_eq!(places(source).first().map(String::as_str), Some(place), "{source}: {:?}", told(source));
    }
}

#[test]
fn all_errors_of_a_struct_come_at_once() {
    let source = r#"
        #[live(tabel = "rows", crate = 3)]
        struct Row<'a> {
            #[live(id, skip)] id: i64,
            #[live(version)] first: i64,
            #[live(version)] second: i64,
            #[live(nested, eq = same)] inner: Inner,
            #[serde(flatten)] rest: Rest,
            #[live(merge = max)] name: &'a str,
        }
    "#;

    assert_eq!(places(source), ["tabel", "3", "merge", "'a", "version", "skip", "eq", "flatten"]);
}

#[test]
fn a_message_is_one_sentence_without_capital_and_full_stop() {
    let sources = [
        "enum Shape { Round }",
        "struct Row { #[live(nestd)] name: String }",
        "struct Row { #[live(id)] one: i64, #[live(id)] two: i64, name: String }",
        "struct Row { #[live(nested)] #[serde(with = \"x\")] name: String }",
    ];

    for (_, message) in sources.into_iter().flat_map(told) {
        let first = message.chars().next();
        assert!(first.is_some_and(|first| first.is_lowercase() || first == '`'), "{message}");
        assert!(!message.ends_with('.') && !message.contains(". "), "{message}");
    }
}

#[test]
fn what_is_right_is_not_refused() {
    let sources = [
        "struct Row { #[live(id)] #[serde(skip)] id: String, name: String }",
        "struct Row { #[live(id)] #[serde(rename = \"_id\", skip_serializing)] id: String, name: String }",
        "struct Row { #[serde(skip)] ui: Ui, name: String }",
        "struct Row { #[live(skip)] #[serde(skip_deserializing)] ui: Ui, name: String }",
        "struct Row { #[live(readonly, nested, label = \"Totals\")] totals: Totals }",
        "struct Row { #[live(readonly, version)] version: i64, name: String }",
        "#[serde(rename_all(serialize = \"camelCase\", deserialize = \"camelCase\"))] struct Row { first_name: String }",
        "struct Row { #[serde(rename(serialize = \"n\", deserialize = \"n\"), alias = \"name\")] name: String }",
        "#[live(crate = crate::live, table = \"rows\", field = Column)] struct Row { name: String }",
        "#[live()] #[serde(deny_unknown_fields, default, bound = \"\")] struct Row<T> { name: T }",
    ];

    for source in sources {
        assert_eq!(told(source), [], "{source}");
    }
}

#[test]
fn what_is_generated_can_be_read_by_the_compiler_whatever_it_was_made_of() {
    let sources = [
        // The type needs parentheses behind a `&`.
        "struct Row { name: String, callback: dyn Fn(&str) + Send }",
        // The name begins with what only goes on one.
        "struct Row { _\u{301}: i64 }",
    ];

    for source in sources {
        let generated = derive(&syn::parse_str(source).expect("the source is an item"));
        let read = syn::parse2::<syn::File>(generated.clone());
        assert!(read.is_ok(), "{source}: {:?} in {generated}", read.err());
    }
}
