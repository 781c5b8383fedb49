//! Where errors stand, and that all of a struct's come at once. What they say in full is in `ui-tests`.

use quote::ToTokens;
use syn::{Attribute, Fields, Ident, Item};

use crate::steps::{derive, output, read};

/// The source under each error of `source`, and the message.
fn told(source: &str) -> Vec<(String, String)> {
    let input = syn::parse_str(source).expect("the source is an item");
    read(&input, true).1.told()
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
        ("struct Row { #[serde(flatten)] rest: Rest }", "flatten"),
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
fn a_message_says_what_the_struct_at_hand_needs() {
    let cases = [
        ("#[serde(remote = \"Self\")] struct Row { name: String }", "serde's two derives are the impls"),
        ("#[serde(remote = \"Other\")] struct Row { name: String }", "a struct of your own"),
        ("#[serde(try_from = \"Raw\")] struct Row { name: String }", "derive `LiveEntity` on `Raw`"),
        ("struct Row<'a> { name: &'a str }", "hold `String` in place of `&'a str`"),
        ("struct Row<'a> { name: Option<Cow<'a, str>> }", "write `'static` in its place in a `Cow`"),
        ("struct Row<'a> { name: &'a str, of: Cow<'a, str> }", "in place of `&'a str`, and write `'static`"),
        ("struct Row { name: String, #[serde(flatten)] rest: Rest }", "record: add `#[live(nested)]`"),
        ("struct Row { name: String, #[serde(flatten)] rest: Option<Rest> }", "take the `Option` away and add"),
        ("struct Row { name: String, #[serde(skip_deserializing)] id: i64 }", "`#[live(id)]`"),
        ("struct Row { name: String, #[serde(skip_serializing)] seen: i64 }", "put `#[live(readonly)]` in place"),
        ("struct Row { name: String, #[live(readonly)] #[serde(skip_serializing)] seen: i64 }", "take `skip_ser"),
    ];

    for (source, advice) in cases {
        let told = told(source);
        assert!(told.len() == 1 && told[0].1.contains(advice), "{source}: {told:?}");
    }
    let second = told("struct Row { #[live(id)] key: i64, name: String, #[serde(skip_deserializing)] id: i64 }");
    assert!(!second[0].1.contains("live(id)"), "an entity has one id: {second:?}");
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
        "struct Row<T> { name: T, #[live(nested)] inner: other::T }",
        "struct Row { name: String, #[live(nested)] inner: inner_of!(Row) }",
        "struct Row<Item> { name: Item, #[live(nested)] inner: Inner<dyn Iterator<Item = u8>> }",
        "struct Row { name: String, of: PhantomData<fn(Rc<u8>)> }",
        "#[live()] #[serde(deny_unknown_fields, default, bound = \"\")] struct Row<T> { name: T }",
    ];

    for source in sources {
        assert_eq!(told(source), [], "{source}");
    }
}

#[test]
fn a_field_that_is_declared_twice_is_left_to_the_compiler() {
    assert_eq!(told("struct Row { name: String, r#type: i64, name: String, r#type: i64 }"), []);
}

#[test]
fn what_is_generated_can_be_read_by_the_compiler_whatever_it_was_made_of() {
    let sources = [
        // The type needs parentheses behind a `&`.
        "struct Row { name: String, callback: dyn Fn(&str) + Send }",
        // The name begins with what only goes on one.
        "struct Row { _\u{301}: i64 }",
        // The name of a generated type is a word of the language, and makes way for that of a field's.
        "#[live(change = r#type)] struct Row { name: r#type }",
    ];

    for source in sources {
        let (generated, _) = derive(&syn::parse_str(source).expect("the source is an item"), true);
        let read = syn::parse2::<syn::File>(generated.clone());
        assert!(read.is_ok(), "{source}: {:?} in {generated}", read.err());
    }
}

#[test]
fn a_nested_option_may_be_left_out_where_it_is_none_however_that_is_spelled() {
    let refused = |rule: &str| {
        let field = format!("#[live(nested)] #[serde(skip_serializing_if = \"{rule}\")] inner: Option<Inner>");
        !told(&format!("struct Row {{ name: String, {field} }}")).is_empty()
    };

    for rule in [
        "Option::is_none",
        "Option::<Inner>::is_none",
        "std::option::Option::is_none",
        "core::option::Option::<Inner>::is_none",
    ] {
        assert!(!refused(rule), "{rule}");
    }
    for rule in [
        "is_none",
        "Other::is_none",
        "Option::is_some",
        "Option::<Inner>::is_some",
        "Vec::<Inner>::is_none",
        "my::is_none",
    ] {
        assert!(refused(rule), "{rule}");
    }
}

#[test]
fn a_field_with_an_attribute_of_serdes_that_is_not_known_is_compared() {
    // A later serde may take it, and so may who writes its impls by hand.
    let source = "struct Row { name: String, #[serde(brand_new)] unit_price: i64 }";
    let tokens = output(source.parse().expect("the source is tokens")).to_string();

    let compared = tokens.split("fn diff").nth(1).and_then(|rest| rest.split("fn copy_fields").next());
    let compared = compared.expect("the entity compares");
    assert!(compared.contains("self . unit_price"), "{compared}");
    assert!(!compared.contains("false"), "{compared}");
}

#[test]
fn an_entity_has_at_most_256_fields() {
    let of = |count: usize| {
        let fields = (0..count).map(|n| format!("f{n}: i64")).collect::<Vec<_>>().join(", ");
        told(&format!("struct Row {{ {fields} }}"))
    };

    assert_eq!(of(256), []);
    assert_eq!(of(257).len(), 1);
}

#[test]
fn what_is_said_of_the_use_of_a_struct_holds_for_its_types() {
    let source = "/// Of the past.\n #[deprecated] #[doc(alias = \"line\", hidden)] struct Row { name: String }";
    let tokens = source.parse().expect("the source is tokens");
    let file: syn::File = syn::parse2(output(tokens)).expect("what is generated can be read");

    let types = file.items.iter().filter_map(|item| match item {
        Item::Enum(item) => Some(&item.attrs),
        Item::Struct(item) => Some(&item.attrs),
        _ => None,
    });
    let is_note =
        |attr: &&Attribute| ["# [deprecated]", "# [doc (hidden)]"].contains(&&*attr.to_token_stream().to_string());
    let noted = types.map(|attrs| attrs.iter().filter(is_note).count());
    assert_eq!(noted.collect::<Vec<_>>(), [2; 5]);
}

/// The names that the generated types have for the fields of `source`, each with its attributes.
fn generated_names(source: &str) -> Vec<(Ident, Vec<Attribute>)> {
    let tokens = source.parse().expect("the source is tokens");
    let file: syn::File = syn::parse2(output(tokens)).expect("what is generated can be read");
    let names = file.items.into_iter().flat_map(|item| match item {
        Item::Enum(item) => item.variants.into_iter().map(|variant| (variant.ident, variant.attrs)).collect(),
        Item::Struct(item) => match item.fields {
            Fields::Named(fields) => fields.named.into_iter().filter_map(|f| Some((f.ident?, f.attrs))).collect(),
            Fields::Unnamed(_) | Fields::Unit => Vec::new(),
        },
        _ => Vec::new(),
    });
    names.collect()
}

fn is_price(ident: &Ident) -> bool {
    ident == "UnitPrice" || ident == "unit_price"
}

#[test]
fn every_name_made_from_a_field_stands_at_the_field() {
    let source = "struct Row { name: String, unit_price: i64, #[live(nested)] r#type: Inner }";

    let names = generated_names(source);

    assert_eq!(names.len(), 5 * 3, "a name per field in each of the five types");
    for (name, _) in &names {
        let at = name.span().source_text();
        assert!(matches!(at.as_deref(), Some("name" | "unit_price" | "r#type")), "{name} stands at {at:?}");
    }
    let prices: Vec<_> =
        names.iter().filter(|(name, _)| is_price(name)).map(|(name, _)| name.span().source_text()).collect();
    assert_eq!(prices, vec![Some("unit_price".to_owned()); 5]);
}

#[test]
fn every_name_made_from_a_field_has_its_documentation() {
    let source = "struct Row { name: String, /// In cents.\n #[deprecated] #[doc(hidden)] unit_price: i64 }";

    let names = generated_names(source);

    for (name, attrs) in names.iter().filter(|(name, _)| is_price(name)) {
        let attrs: Vec<_> = attrs.iter().map(|attr| attr.to_token_stream().to_string()).collect();
        let of_the_field = ["# [doc = \" In cents.\"]", "# [deprecated]", "# [doc (hidden)]"];
        assert_eq!(attrs, of_the_field, "{name}");
    }
}

#[test]
fn a_struct_that_is_still_being_typed_has_its_other_fields() {
    let cases = [
        "struct Row { name: String, unit_price: i64, wei }",
        "struct Row { name: String, pub wei pub unit_price: i64 }",
        "#[live(table = \"rows\")] struct Row { name: String, wei pub unit_price: i64 }",
        "struct Row { name: String, weight: , unit_price: i64 }",
        "struct Row { name: String, weight: Vec<, unit_price: i64, }",
        "struct Row { name: String, #[live(nestd)] unit_price: i64 }",
    ];

    for source in cases {
        let names = generated_names(source);
        assert_eq!(names.iter().filter(|(name, _)| is_price(name)).count(), 5, "{source}");
        let tokens: proc_macro2::TokenStream = source.parse().expect("the source is tokens");
        assert!(output(tokens).to_string().contains("compile_error"), "{source}: something is wrong with it");
    }
}
