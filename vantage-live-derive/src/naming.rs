//! Names made from names: variants, labels, tables, and what serde makes of a field's name.

use proc_macro2::Span;
use syn::Ident;

/// The variant of the field `name`: `updated_at` gives `UpdatedAt`. `None` where nothing but underscores is left.
pub fn variant(name: &str, span: Span) -> Option<Ident> {
    let pascal: String = name.split('_').map(capitalised).collect();
    match pascal.chars().next()? {
        // `_1` cannot stand without its underscore, `Self` is a word of the language, and `ALL` would hide the constant.
        first if !unicode_ident::is_xid_start(first) => Some(Ident::new(&format!("_{pascal}"), span)),
        _ if ["Self", "ALL"].contains(&pascal.as_str()) => Some(Ident::new(&format!("{pascal}_"), span)),
        _ => Some(Ident::new(&pascal, span)),
    }
}

/// The field's name for a person: `updated_at` gives `Updated at`.
pub fn label(name: &str) -> String {
    capitalised(snake_case(name).replace('_', " ").trim())
}

/// `ProductGroup` gives `product_group`, `HttpAPIKey` gives `http_api_key`.
pub fn snake_case(name: &str) -> String {
    let (mut snake, mut last) = (String::new(), None);
    let mut chars = name.chars().peekable();
    while let Some(char) = chars.next() {
        if char.is_uppercase() && last.is_some_and(|last| starts_word(last, chars.peek().copied())) {
            snake.push('_');
        }
        snake.extend(char.to_lowercase());
        last = Some(char);
    }
    snake
}

fn starts_word(before: char, after: Option<char>) -> bool {
    before.is_lowercase() || before.is_numeric() || before.is_uppercase() && after.is_some_and(char::is_lowercase)
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// serde's rules for a field's name: `#[serde(rename_all = "…")]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameRule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl RenameRule {
    /// The rule that serde knows by this name.
    pub fn parse(rule: &str) -> Option<Self> {
        Some(match rule {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return None,
        })
    }

    /// What serde makes of the field `name`. It takes for granted that the name is in snake case, and knows ASCII only.
    pub fn apply(self, name: &str) -> String {
        match self {
            Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_ascii_uppercase(),
            Self::Pascal => name.split('_').map(|word| with_first(word, char::to_ascii_uppercase)).collect(),
            Self::Camel => with_first(&Self::Pascal.apply(name), char::to_ascii_lowercase),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn with_first(word: &str, change: fn(&char) -> char) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| std::iter::once(change(&first)).chain(chars).collect())
}

/// The name of something generated, where that stands which it is made from: as the derive has written it, no lint is for the
/// user.
pub fn generated(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(Span::call_site().located_at(name.span()));
    name
}

/// The field's name so that it is one in the derive's own edition, in which `gen` is a word of the language. What is one since
/// 2018, serde does not take in a program of 2015 either.
pub fn of_any_edition(name: Ident) -> Ident {
    if name == "gen" { Ident::new_raw("gen", name.span()) } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variant_of(name: &str) -> Option<String> {
        variant(name, Span::call_site()).map(|ident| ident.to_string())
    }

    #[test]
    fn a_variant_is_the_name_in_pascal_case() {
        let cases = [
            ("price", "Price"),
            ("updated_at", "UpdatedAt"),
            ("_private", "Private"),
            ("fooBar", "FooBar"),
            ("URL", "URL"),
            ("line_2", "Line2"),
            ("größe", "Größe"),
            ("_1", "_1"),
            ("self_", "Self_"),
            ("a_l_l", "ALL_"),
        ];

        for (name, expected) in cases {
            assert_eq!(variant_of(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(variant_of("__"), None);
    }

    #[test]
    fn every_name_of_the_language_gives_a_variant() {
        // An accent or a middle dot may stand in a name, but not at its beginning.
        assert_eq!(variant_of("_·").as_deref(), Some("_·"));
        for char in ('\0'..=char::MAX).filter(|char| unicode_ident::is_xid_continue(*char) && *char != '_') {
            let name = format!("_{char}");
            let variant = variant_of(&name).unwrap_or_else(|| panic!("{name:?} gives no variant"));
            syn::parse_str::<Ident>(&variant).unwrap_or_else(|_| panic!("{name:?} gives {variant:?}"));
        }
    }

    #[test]
    fn a_label_is_the_name_in_words() {
        for (name, expected) in
            [("price", "Price"), ("updated_at", "Updated at"), ("_hidden", "Hidden"), ("fooBar", "Foo bar")]
        {
            assert_eq!(label(name), expected);
        }
    }

    #[test]
    fn a_table_is_the_struct_in_snake_case() {
        for (name, expected) in [
            ("Product", "product"),
            ("ProductGroup", "product_group"),
            ("HttpAPIKey", "http_api_key"),
            ("V2Row", "v2_row"),
        ] {
            assert_eq!(snake_case(name), expected);
        }
    }

    #[test]
    fn every_rename_rule_does_what_serde_does() {
        // The names are what serde 1.0.229 writes; `ui-tests/pass/renames.rs` asks serde itself.
        let cases = [
            ("lowercase", ["outcome", "very_tasty", "a", "z42", "_lead", "two__bars"]),
            ("UPPERCASE", ["OUTCOME", "VERY_TASTY", "A", "Z42", "_LEAD", "TWO__BARS"]),
            ("PascalCase", ["Outcome", "VeryTasty", "A", "Z42", "Lead", "TwoBars"]),
            ("camelCase", ["outcome", "veryTasty", "a", "z42", "lead", "twoBars"]),
            ("snake_case", ["outcome", "very_tasty", "a", "z42", "_lead", "two__bars"]),
            ("SCREAMING_SNAKE_CASE", ["OUTCOME", "VERY_TASTY", "A", "Z42", "_LEAD", "TWO__BARS"]),
            ("kebab-case", ["outcome", "very-tasty", "a", "z42", "-lead", "two--bars"]),
            ("SCREAMING-KEBAB-CASE", ["OUTCOME", "VERY-TASTY", "A", "Z42", "-LEAD", "TWO--BARS"]),
        ];
        let names = ["outcome", "very_tasty", "a", "z42", "_lead", "two__bars"];

        for (rule, expected) in cases {
            let rule = RenameRule::parse(rule).expect(rule);
            assert_eq!(names.map(|name| rule.apply(name)), expected, "{rule:?}");
        }
        assert_eq!(RenameRule::parse("Train-Case"), None);
    }
}
