//! A statement of SurrealQL in the making: its text, and the values that are bound to it.
//!
//! Invariant: nothing that comes from data stands in the text but field names, and those are quoted.

use surrealdb::types::{Object, SurrealValue, Value, Variables};

/// The programmer's own condition, with the values that it binds.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) text: String,
    pub(super) bindings: Variables,
}

/// A statement in the making.
pub(super) struct Statement {
    text: String,
    bindings: Variables,
    prefix: String,
    bound: usize,
    filter: Option<String>,
}

impl Statement {
    /// An empty statement on a set with this filter.
    pub(super) fn new(filter: Option<&Filter>) -> Self {
        let bindings = filter.map_or_else(Variables::new, |filter| filter.bindings.clone());
        let mut prefix = "v".to_owned();
        while bindings.iter().any(|(name, _)| name.starts_with(&prefix)) {
            prefix.push('_');
        }
        // The line break ends a comment that the programmer's text may end with.
        let filter = filter.map(|filter| format!("({}\n)", filter.text));
        Statement { text: String::new(), bindings, prefix, bound: 0, filter }
    }

    /// Binds a value and answers with the parameter that stands for it.
    pub(super) fn bind(&mut self, value: impl SurrealValue) -> String {
        let name = self.name();
        let parameter = format!("${name}");
        self.bindings.insert(name, value.into_value());
        parameter
    }

    /// A parameter for the statement's own use, bound to nothing yet.
    pub(super) fn fresh(&mut self) -> String {
        format!("${}", self.name())
    }

    fn name(&mut self) -> String {
        self.bound += 1;
        format!("{}{}", self.prefix, self.bound)
    }

    /// Where what passes the filter and meets `conditions`: ` WHERE …`, or nothing.
    pub(super) fn filtered(&self, conditions: &[String]) -> String {
        let all: Vec<String> = self.filter.iter().chain(conditions).cloned().collect();
        if all.is_empty() { String::new() } else { format!(" WHERE {}", conjunction(&all)) }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The finished text and its bindings.
    pub(super) fn finish(self) -> Query {
        Query { text: self.text, bindings: self.bindings }
    }
}

/// A finished statement.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) text: String,
    pub(super) bindings: Variables,
}

impl Query {
    pub(super) fn bindings_value(self) -> Value {
        Value::Object(Object::from(self.bindings))
    }
}

/// How many conditions are chained with `AND`: a chain is as deep as it is long, and the server bounds the depth.
const CHAIN: usize = 16;

/// The condition that all of these hold.
pub(super) fn conjunction(conditions: &[String]) -> String {
    match conditions {
        [] => "true".to_owned(),
        [one] => one.clone(),
        few if few.len() <= CHAIN => format!("({})", few.join(" AND ")),
        many => format!("array::all([{}])", many.join(", ")),
    }
}

/// A name as an identifier, whatever characters it is made of.
pub(super) fn quote(name: &str) -> String {
    escape(name, '`')
}

/// A name as the key of an object.
pub(super) fn quote_key(name: &str) -> String {
    escape(name, '"')
}

fn escape(name: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(name.len() + 2);
    quoted.push(quote);
    for char in name.chars() {
        match char {
            '\0' => quoted.push_str("\\0"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\x08' => quoted.push_str("\\u{8}"),
            '\x0c' => quoted.push_str("\\f"),
            '\\' => quoted.push_str("\\\\"),
            char if char == quote => quoted.extend(['\\', char]),
            char => quoted.push(char),
        }
    }
    quoted.push(quote);
    quoted
}

/// The names of a path as an idiom.
pub(super) fn idiom<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|name| quote(name.as_ref())).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_one_identifier() {
        assert_eq!(quote("a`; REMOVE TABLE b; --"), "`a\\`; REMOVE TABLE b; --`");
        assert_eq!(quote("a\\"), "`a\\\\`");
        assert_eq!(idiom(&["a.b", ""]), "`a.b`.``");
    }

    #[test]
    fn a_parameter_never_takes_the_name_of_one_of_the_filter() {
        let bindings = Variables::from_iter([("v1".to_owned(), Value::Null)]);
        let filter = Filter { text: "price < $v1 -- cheap".into(), bindings };

        let mut statement = Statement::new(Some(&filter));

        assert_eq!(statement.bind(1_i64), "$v_1");
        assert_eq!(statement.filtered(&[]), " WHERE (price < $v1 -- cheap\n)");
    }
}
