//! A field's documentation where it is copied to: links say the struct's name for `Self`, which is another type there, and
//! examples are shown without being tested once more.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// The documentation as it stands at a copy. What is no text, such as `include_str!`, stays as it is. Where it cannot be told
/// for sure what is code, only the first paragraph is copied: no example may fail that does not fail at the struct.
pub fn copied<'a>(docs: impl Iterator<Item = &'a Attribute>, of: &Ident) -> Vec<Attribute> {
    let (docs, name) = (docs.cloned().collect::<Vec<_>>(), of.unraw().to_string());
    let mut reader = Reader::default();
    let copies = docs.iter().cloned().filter_map(|doc| rewritten(doc, |line| reader.line(line, &name))).collect();
    if reader.is_sure() {
        return copies;
    }
    let mut paragraph = Paragraph::default();
    docs.into_iter().filter_map(|doc| rewritten(doc, |line| paragraph.line(line, &name))).collect()
}

/// The doc comment with the lines that `copied` makes of its own, unless it makes none.
fn rewritten(mut doc: Attribute, copied: impl FnMut(&str) -> Option<String>) -> Option<Attribute> {
    let Some(text) = text(&mut doc) else { return Some(doc) };
    let given = text.value();
    let lines: Vec<_> = given.split('\n').filter_map(copied).collect();
    let copied = lines.join("\n");
    if copied != given {
        *text = LitStr::new(&copied, text.span());
    }
    (!lines.is_empty()).then_some(doc)
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

/// A fence that is open: its ticks or tildes, how far it is indented, and whether Rust is inside.
struct Fence {
    mark: char,
    count: usize,
    indent: usize,
    is_rust: bool,
}

/// Reads line by line what is code.
#[derive(Default)]
struct Reader {
    open: Option<Fence>,
    has_fence: bool,
    has_html: bool,
    /// A fence may be one, or not, for what is around it.
    in_doubt: bool,
}

impl Reader {
    /// The line, or nothing where rustdoc would hide it.
    fn line(&mut self, line: &str, name: &str) -> Option<String> {
        let inside = line.trim_start();
        let indent = line.len() - inside.len();
        let Some(Fence { mark, count, indent: opened, is_rust }) = self.open else {
            return Some(self.outside(line, name));
        };
        // A list ends where a line is indented less, and what is open in it.
        self.in_doubt |= !inside.is_empty() && indent < opened;
        let ticks = inside.trim_end();
        if ticks.len() >= count && ticks.trim_start_matches(mark).is_empty() {
            self.in_doubt |= indent > opened + 3;
            self.open = None;
            return Some(line.to_owned());
        }
        match inside {
            _ if !is_rust => Some(line.to_owned()),
            "#" => None,
            _ if inside.starts_with("# ") => None,
            _ if inside.starts_with("##") => Some(line.replacen("##", "#", 1)),
            _ => Some(line.to_owned()),
        }
    }

    fn outside(&mut self, line: &str, name: &str) -> String {
        let inside = line.trim_start();
        let indent = line.len() - inside.len();
        self.has_html |= inside.starts_with('<');
        // What stands before a fence in a list or a quotation.
        let behind = inside.trim_start_matches(|char: char| " -+*>.)".contains(char) || char.is_ascii_digit());
        self.in_doubt |= behind.len() < inside.len() && fence(behind).is_some();
        let Some((mark, count, info)) = fence(inside) else { return with_name(line, name) };
        // With so much before it, or a tab, it is code already unless it is in a list.
        self.in_doubt |= indent > 4 || line.starts_with(|char: char| char.is_whitespace() && char != ' ');
        let is_rust = is_rust(info);
        self.has_fence = true;
        self.open = Some(Fence { mark, count, indent, is_rust });
        if is_rust { format!("{}text", line.strip_suffix(info).unwrap_or(line)) } else { line.to_owned() }
    }

    fn is_sure(&self) -> bool {
        !self.in_doubt && self.open.is_none() && !(self.has_fence && self.has_html)
    }
}

/// The mark of a fence that is opened here, how many there are, and what it says of its inside.
fn fence(inside: &str) -> Option<(char, usize, &str)> {
    let mark = inside.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let info = inside.trim_start_matches(mark);
    let count = inside.len() - info.len();
    // Code within a line has its ticks behind it as well.
    (count >= 3 && !(mark == '`' && info.contains('`'))).then_some((mark, count, info))
}

/// Takes the first paragraph, and where its links go.
#[derive(Default)]
struct Paragraph {
    has_begun: bool,
    has_ended: bool,
}

impl Paragraph {
    fn line(&mut self, line: &str, name: &str) -> Option<String> {
        let inside = line.trim_start();
        let has_code = inside.contains("```") || inside.contains("~~~");
        self.has_ended |= has_code || self.has_begun && inside.is_empty();
        self.has_begun |= !inside.is_empty();
        let is_target = inside.starts_with('[') && inside.contains("]:");
        // A target stands behind an empty line.
        (!self.has_ended || inside.is_empty() || is_target && !has_code).then(|| with_name(line, name))
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
        let opened = without_kind(done.trim_end_matches('`')).trim_end_matches('`');
        let target = opened.trim_end_matches('<').trim_end();
        let is_target = target.ends_with("](") || target.ends_with("]:");
        let is_link = opened.ends_with(['[', '(']) || is_target;
        let is_whole = after.is_empty()
            || after.starts_with("::")
            || after.starts_with(['`', ']', ')'])
            || is_target && after.trim_start().starts_with([')', '>']);
        done.push_str(if is_link && is_whole { name } else { "Self" });
        rest = after;
    }
    done + rest
}

/// Without the `method@` or the like that tells of what a link is one to.
fn without_kind(opened: &str) -> &str {
    opened.strip_suffix('@').map_or(opened, |kind| kind.trim_end_matches(|char: char| char.is_ascii_lowercase()))
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
            (" [method@Self::name], [`field@Self::name`]", " [method@Row::name], [`field@Row::name`]"),
            (" [struct@Self], a@Self", " [struct@Row], a@Self"),
            (" [A](  Self::a  ), [B](<Self::a>), [C](<Self>)", " [A](  Row::a  ), [B](<Row::a>), [C](<Row>)"),
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
    fn a_fence_is_closed_by_a_longer_one() {
        let lines = [" ```", " # a", " `````", " # Title", " [`Self::a`]"];

        assert_eq!(copies(&lines), [" ```text", " `````", " # Title", " [`Row::a`]"]);
    }

    #[test]
    fn where_code_begins_or_ends_in_doubt_the_first_paragraph_is_copied() {
        let cases: &[&[&str]] = &[
            &[" - ```", "   a", "   ```", " it's"],
            &[" 1. ```json", "    a", "    ```"],
            &[" > ```", " > a", " > ```"],
            &[" - a", "   ```", "   b", " it's", " ```", " c();", " ```"],
            &["     ```", "     a", "     ```"],
            &["\t```", "\ta", "\t```"],
            &[" <pre>", " ```", " </pre>", " ```"],
            &[" ```", " a"],
            &[" ```", " let a = \"", "       ```", " \";", " ```"],
        ];

        for lines in cases {
            let around = [&[" First [a],", " [`Self::b`].", ""], *lines, &["", " [a]: Self::a", " last"]].concat();
            let copied = copies(&around);
            assert_eq!(copied.join("\n").trim_end(), " First [a],\n [`Row::b`].\n\n\n [a]: Row::a", "{lines:?}");
        }
        assert_eq!(copies(&[" - ```", "   a", "   ```"]), [""; 0]);
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
