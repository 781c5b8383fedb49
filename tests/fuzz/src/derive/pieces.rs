//! Items put together of what stands in items: names, types, parameters and attributes, right, wrong and strange.

use arbitrary::{Result, Unstructured};

const NAMES: &[&str] = &[
    "name",
    "price",
    "updated_at",
    "fooBar",
    "foo_bar",
    "r#type",
    "_",
    "__",
    "_1",
    "self_",
    "größe",
    "ß",
    "ǆ",
    "ŉame",
    "_é",
    "_e\u{301}",
    "_\u{301}",
    "_·",
    "_٣",
    "ⅷ",
    "ﬁ",
    "名前",
    "r#fn",
    "field",
    "Self",
    "crate",
    "union",
    "e",
    "from",
    "bits",
    "other",
    "T",
    "N",
    "id",
];

const TYPES: &[&str] = &[
    "i64",
    "String",
    "f64",
    "T",
    "Self",
    "Row<T>",
    "&'a str",
    "[u8; N]",
    "[T; { N + 1 }]",
    "()",
    "(T, i64)",
    "_",
    "!",
    "fn(T) -> Self",
    "dyn Fn(&T) + Send",
    "impl Copy",
    "<T as Tr>::X",
    "T::Item",
    "<Self as Tr>::X",
    "m!(T)",
    "m!{}",
    "*const T",
    "for<'b> fn(&'b T)",
    "[u8; Self::LEN]",
    "a::b::C",
    "::std::vec::Vec<u8>",
    "r#type",
    "crate::X",
    "'a",
    "Inner",
    "unsafe extern \"C\" fn(...)",
    "(T)",
    "a::Self",
    "Self::X<Self>",
    "[Self; 0]",
    "Option<Box<Self>>",
];

const PARAMETERS: &[&str] = &[
    "T",
    "T: Clone",
    "T: Tr<U>",
    "U: ?Sized + 'static",
    "T = i64",
    "T: Clone = Self",
    "'a",
    "'a: 'b",
    "const N: usize",
    "const N: usize = 3",
    "const N: bool = { true }",
    "#[cfg(x)] T",
    "r#type",
    "T: for<'b> Fn(&'b U) -> N",
    "T:",
    "U: T",
];

const CLAUSES: &[&str] = &[
    "T: Clone",
    "Self: Sized",
    "'a: 'b",
    "for<'b> T: Tr<'b>",
    "Vec<T>: Clone",
    "[u8; N]: Copy",
    "T:",
    "U: Tr<X = T>",
    "Inner: LiveEntity",
    "T: ?Sized",
];

const KEYS: &[&str] = &[
    "id",
    "skip",
    "readonly",
    "version",
    "nested",
    "label",
    "eq",
    "table",
    "crate",
    "field",
    "dirty",
    "change",
    "conflicts",
    "conflict",
    "merge",
    "rename",
    "rename_all",
    "transparent",
    "tag",
    "content",
    "untagged",
    "from",
    "into",
    "try_from",
    "remote",
    "flatten",
    "skip_serializing",
    "skip_deserializing",
    "with",
    "serialize_with",
    "deserialize_with",
    "skip_serializing_if",
    "default",
    "alias",
    "bound",
    "serialize",
    "deserialize",
    "nestd",
    "r#id",
    "a::b",
    "_",
];

const VALUES: &[&str] = &[
    "\"name\"",
    "\"\"",
    "\" \"",
    "\"camelCase\"",
    "\"SCREAMING-KEBAB-CASE\"",
    "\"no rule\"",
    "path",
    "a::b",
    "::a::b",
    "a::<T>::b",
    "a::b::<T>",
    "<T as Tr>::f",
    "self",
    "super",
    "crate",
    "Self",
    "r#type",
    "Row",
    "RowField",
    "Taken",
    "_",
    "1",
    "-1",
    "true",
    "'c'",
    "b\"x\"",
    "c\"x\"",
    "\"x\"suffix",
    "1.0f64",
    "|a, b| a == b",
    "m!()",
    "(path)",
    "{ path }",
    "[1]",
    "a + b",
    "&a",
    "a.b",
    "f()",
    "if a { b }",
    "r\"raw\"",
    "\"a\\\"b\"",
    "\"\\u{301}\"",
    "\"a.b\"",
    "Row::<T>",
    "async {}",
    "x?",
    "..",
];

const DOCS: &[&str] = &[
    "/// said",
    "#[doc = \"said\"]",
    "#[doc(hidden)]",
    "#[cfg(any())]",
    "#[doc = m!()]",
    "/** said */",
    "#[allow(x)]",
    "#[deprecated]",
    "#[doc]",
    "#[doc = 1]",
];

/// An item, nearly always one that the compiler would show to a derive.
pub fn item(input: &mut Unstructured<'_>) -> Result<String> {
    let attributes = attributes(input)?;
    let kind = *input.choose(&["struct", "struct", "struct", "struct", "struct", "struct", "enum", "union"])?;
    let visibility = visibility(input)?;
    let name = if input.ratio(3, 4)? { "Row".to_owned() } else { name(input)? };
    let parameters = some(input, 3, |input| one_of(input, PARAMETERS))?;
    let parameters = if parameters.is_empty() { parameters } else { format!("<{parameters}>") };
    let clauses = some(input, 3, |input| one_of(input, CLAUSES))?;
    let clauses = if clauses.is_empty() { clauses } else { format!("where {clauses}") };
    let body = match (kind, input.int_in_range(0..=15)?) {
        ("enum", _) => format!("{clauses} {{ {} }}", some(input, 2, name_of_variant)?),
        (_, 0) => format!("({}) {clauses};", some(input, 3, |input| ty(input, 2))?),
        (_, 1) => format!("{clauses};"),
        // Near the most that an entity may have.
        (_, 2) => {
            let many: Vec<_> = (0..input.int_in_range(250..=260)?).map(|at| format!("f{at}: i64")).collect();
            format!("{clauses} {{ {} }}", many.join(", "))
        }
        _ => format!("{clauses} {{ {} }}", some(input, 5, field)?),
    };
    Ok(format!("{attributes} {visibility} {kind} {name}{parameters} {body}"))
}

/// Some of them, with commas between.
fn some(
    input: &mut Unstructured<'_>,
    most: usize,
    mut one: impl FnMut(&mut Unstructured<'_>) -> Result<String>,
) -> Result<String> {
    let mut all = Vec::new();
    for _ in 0..input.int_in_range(0..=most)? {
        all.push(one(input)?);
    }
    let mut all = all.join(", ");
    if !all.is_empty() && input.ratio(1, 4)? {
        all.push(',');
    }
    Ok(all)
}

fn one_of(input: &mut Unstructured<'_>, all: &[&str]) -> Result<String> {
    input.choose(all).map(|one| (*one).to_owned())
}

fn name(input: &mut Unstructured<'_>) -> Result<String> {
    if input.ratio(1, 8)? { input.arbitrary() } else { one_of(input, NAMES) }
}

fn name_of_variant(input: &mut Unstructured<'_>) -> Result<String> {
    Ok(format!("{} {}", attributes(input)?, name(input)?))
}

fn visibility(input: &mut Unstructured<'_>) -> Result<String> {
    one_of(input, &["", "", "pub", "pub(crate)", "pub(in crate::a)", "pub(self)"])
}

fn ty(input: &mut Unstructured<'_>, depth: u32) -> Result<String> {
    Ok(match (depth, input.int_in_range(0..=9)?) {
        (1.., 0) => format!("Option<{}>", ty(input, depth - 1)?),
        (1.., 1) => format!("({}, {})", ty(input, depth - 1)?, ty(input, depth - 1)?),
        (1.., 2) => format!("Vec<{}>", ty(input, depth - 1)?),
        (1.., 3) => format!("&{}", ty(input, depth - 1)?),
        (1.., 4) => format!("a::Map<{}, X = {}>", ty(input, depth - 1)?, ty(input, depth - 1)?),
        _ => one_of(input, TYPES)?,
    })
}

fn field(input: &mut Unstructured<'_>) -> Result<String> {
    Ok(format!("{} {} {}: {}", attributes(input)?, visibility(input)?, name(input)?, ty(input, 2)?))
}

fn attributes(input: &mut Unstructured<'_>) -> Result<String> {
    let mut all = String::new();
    for _ in 0..input.int_in_range(0..=2)? {
        all.push_str(&attribute(input)?);
        all.push('\n');
    }
    Ok(all)
}

fn attribute(input: &mut Unstructured<'_>) -> Result<String> {
    let path = if input.ratio(1, 3)? { "serde" } else { "live" };
    Ok(match input.int_in_range(0..=15)? {
        0 | 1 => one_of(input, DOCS)?,
        2 => format!("#[{path}]"),
        3 => format!("#[{path} = {}]", one_of(input, VALUES)?),
        4 => format!("#[{path}{{{}}}]", some(input, 2, |input| entry(input, 1))?),
        5 => format!("#[{path}[{}]]", some(input, 2, |input| entry(input, 1))?),
        6 => format!("#[{path}({})]", input.arbitrary::<String>()?),
        _ => format!("#[{path}({})]", some(input, 3, |input| entry(input, 2))?),
    })
}

fn entry(input: &mut Unstructured<'_>, depth: u32) -> Result<String> {
    let key = one_of(input, KEYS)?;
    Ok(match (depth, input.int_in_range(0..=7)?) {
        (_, 0..=2) => key,
        (1.., 3) => format!("{key}({})", some(input, 2, |input| entry(input, depth - 1))?),
        (_, 4) => format!("{key} {}", one_of(input, VALUES)?),
        (_, 5) => format!("{key} = {} {}", one_of(input, VALUES)?, one_of(input, VALUES)?),
        _ => format!("{key} = {}", one_of(input, VALUES)?),
    })
}
