//! A field's documentation where it is copied to: links say the struct's name for `Self`, which is another type there, and
//! examples are shown without being tested once more.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// The documentation as it stands at a copy. What is no text, such as `include_str!`, stays as it is.
pub fn copied<'a>(docs: impl Iterator<Item = &'a Attribute>, of: &Ident) -> Vec<Attribute> {
    let (mut fence, name) = (None, of.unraw().to_string());
    docs.filter_map(|doc| {
        let mut doc = doc.clone();
        let Some(text) = text(&mut doc) else { return Some(doc) };
        let given = text.value();
        let lines: Vec<_> = given.split('\n').filter_map(|line| copied_line(line, &name, &mut fence)).collect();
        let copied = lines.join("\n");
        if copied != given {
            *text = LitStr::new(&copied, text.span());
        }
        (!lines.is_empty()).then_some(doc)
    })
    .collect()
}

fn text(doc: &mut Attribute) -> Option<&mut LitStr> {
    match &mut doc.meta {
        Meta::NameValue(meta) => match &mut meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
            _ => None,
        },
        Meta::Path(_) | Meta::List(_) => None,
    }
}

/// A fence that is open: its ticks or tildes, and whether Rust is inside.
struct Fence {
    marks: String,
    is_rust: bool,
}

/// The line, or nothing where rustdoc would hide it.
fn copied_line(line: &str, name: &str, fence: &mut Option<Fence>) -> Option<String> {
    let inside = line.trim_start();
    match fence {
        Some(Fence { marks, .. }) if inside.trim_end().trim_start_matches(marks.as_str()).is_empty() => {
            // Not only spaces: as many marks as it was opened with.
            if inside.starts_with(marks.as_str()) {
                *fence = None;
            }
            Some(line.to_owned())
        }
        Some(Fence { is_rust: true, .. }) if inside == "#" || inside.starts_with("# ") => None,
        Some(Fence { is_rust: true, .. }) if inside.starts_with("##") => Some(line.replacen("##", "#", 1)),
        Some(_) => Some(line.to_owned()),
        None => {
            let mark = inside.chars().next().filter(|mark| matches!(mark, '`' | '~'));
            let info = mark.map_or(inside, |mark| inside.trim_start_matches(mark));
            let marks = inside.strip_suffix(info).unwrap_or_default();
            // Code within a line has its ticks behind it as well.
            if marks.len() < 3 || info.contains('`') {
                return Some(with_name(line, name));
            }
            let is_rust = is_rust(info);
            *fence = Some(Fence { marks: marks.to_owned(), is_rust });
            Some(if is_rust { format!("{}text", line.strip_suffix(info).unwrap_or(line)) } else { line.to_owned() })
        }
    }
}

/// Whether rustdoc takes what a fence says of its inside for an example in Rust.
fn is_rust(info: &str) -> bool {
    let is_known = |word: &str| {
        let is_code = word.strip_prefix('E').is_some_and(|code| code.len() == 4 && code.parse::<u16>().is_ok());
        ["rust", "should_panic", "no_run", "compile_fail", "test_harness", "standalone_crate"].contains(&word)
            || word.starts_with("ignore")
            || word.starts_with("edition")
            || is_code
    };
    let mut words = info.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    words.clone().any(|word| word == "rust") || words.all(is_known)
}

/// The line with `name` for `Self`, where a link goes there.
fn with_name(line: &str, name: &str) -> String {
    let (mut done, mut rest) = (String::new(), line);
    while let Some((before, after)) = rest.split_once("Self") {
        done.push_str(before);
        let opened = done.trim_end_matches('`');
        let is_link = opened.ends_with(['[', '(']) || opened.trim_end().ends_with("]:");
        let is_whole = after.is_empty() || after.starts_with("::") || after.starts_with(['`', ']', ')']);
        done.push_str(if is_link && is_whole { name } else { "Self" });
        rest = after;
    }
    done + rest
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::parse_quote;

    use super::*;

    fn copies(lines: &[&str]) -> Vec<String> {
        let docs: Vec<Attribute> = lines.iter().map(|line| parse_quote!(#[doc = #line])).collect();
        let mut copied = copied(docs.iter(), &Ident::new("Row", Span::call_site()));
        copied.iter_mut().filter_map(|doc| Some(text(doc)?.value())).collect()
    }

    #[test]
    fn a_link_to_self_goes_to_the_struct() {
        let cases = [
            (" See [`Self::name`].", " See [`Row::name`]."),
            (" See [Self::name] and [`Self`].", " See [Row::name] and [`Row`]."),
            (" See [the name](Self::name).", " See [the name](Row::name)."),
            (" [name]: Self::name", " [name]: Row::name"),
            (" `Self::name`, Self, [Selfish], [MySelf::name]", " `Self::name`, Self, [Selfish], [MySelf::name]"),
            (" In cents.", " In cents."),
        ];

        for (line, expected) in cases {
            assert_eq!(copies(&[line]), [expected]);
        }
    }

    #[test]
    fn an_example_is_shown_and_not_tested() {
        let cases: &[(&[&str], &[&str])] = &[
            (&[" ```", " let a = 1;", " ```"], &[" ```text", " let a = 1;", " ```"]),
            (&[" ```rust,no_run", " a();", " ```", " [`Self::a`]"], &[" ```text", " a();", " ```", " [`Row::a`]"]),
            (&[" ```", " # hidden();", " ## shown", " #", " #[a]", " ```"], &[" ```text", " # shown", " #[a]", " ```"]),
            (&[" ~~~~", " ~~~", " # hidden", " ~~~~", " # title"], &[" ~~~~text", " ~~~", " ~~~~", " # title"]),
            (
                &[" ```sql", " # all", " ```", " ```", " a", " ```"],
                &[" ```sql", " # all", " ```", " ```text", " a", " ```"],
            ),
            (&[" ```\n a\n # b\n ```\n c"], &[" ```text\n a\n ```\n c"]),
            (&[" ```", "", " a", " ```"], &[" ```text", "", " a", " ```"]),
            (&[" ```a``` is code", " # title"], &[" ```a``` is code", " # title"]),
        ];

        for (lines, expected) in cases {
            assert_eq!(copies(lines), *expected, "{lines:?}");
        }
    }

    #[test]
    fn what_rustdoc_tests_is_known() {
        for info in ["", "rust", "ignore", "should_panic", "compile_fail,E0277", "edition2021", "rust,other"] {
            assert!(is_rust(info), "{info}");
        }
        for info in ["text", "sql", "json", "E1", "no_run,console"] {
            assert!(!is_rust(info), "{info}");
        }
    }
}
