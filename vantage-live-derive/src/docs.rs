//! A field's documentation where it is copied to: links say the struct's name for `Self`, which is another type there, and no
//! example is tested once more.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// The documentation as it stands at a copy. What is no text, such as `include_str!`, stays as it is. Where there may be code in
/// it, only the first paragraph is copied, and where its links go: an example is tested where it is written.
pub fn copied<'a>(docs: impl Iterator<Item = &'a Attribute>, of: &Ident) -> Vec<Attribute> {
    let (mut docs, name) = (docs.cloned().collect::<Vec<_>>(), of.unraw().to_string());
    let has_code = docs.iter_mut().filter_map(text).any(|text| text.value().split('\n').any(may_be_code));
    let mut paragraph = Paragraph { is_all: !has_code, ..Paragraph::default() };
    let copied = docs.into_iter().filter_map(|doc| rewritten(doc, |line| paragraph.line(line, &name)));
    let mut copied: Vec<_> = copied.collect();
    let is_blank = |doc: &mut Attribute| text(doc).is_some_and(|text| text.value().trim().is_empty());
    if copied.iter_mut().all(is_blank) { Vec::new() } else { copied }
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

/// Whether a block of code may begin here: behind a fence, wherever that stands, or as far to the right as Markdown wants it,
/// behind the space that a doc comment begins with.
fn may_be_code(line: &str) -> bool {
    line.contains("```") || line.contains("~~~") || line.contains('\t') || line.starts_with("    ")
}

/// Takes the first paragraph, or all, and where the links go.
#[derive(Default)]
struct Paragraph {
    is_all: bool,
    has_begun: bool,
    has_ended: bool,
}

impl Paragraph {
    fn line(&mut self, line: &str, name: &str) -> Option<String> {
        let inside = line.trim_start();
        self.has_ended |= may_be_code(line) || self.has_begun && inside.is_empty();
        self.has_begun |= !inside.is_empty();
        let is_target = inside.starts_with('[') && inside.contains("]:") && !may_be_code(line);
        // A target stands behind an empty line.
        (self.is_all || !self.has_ended || inside.is_empty() || is_target).then(|| with_name(line, name))
    }
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
    fn what_has_no_code_is_copied_whole() {
        let lines = [" First.", "", " # Title", " - [`Self::a`]", "   - b `c`"];

        assert_eq!(copies(&lines), [" First.", "", " # Title", " - [`Row::a`]", "   - b `c`"]);
    }

    #[test]
    fn where_there_may_be_code_the_first_paragraph_is_copied_and_where_its_links_go() {
        let cases: &[&[&str]] = &[
            &[" ```", " a", " ```"],
            &[" ~~~~", " a", " ~~~~"],
            &[" - ```", "   a", "   ```", " it's"],
            &[" > ```", " > a", " > ```"],
            &["     a();"],
            &["\ta();"],
            &[" <pre>", " ```", " </pre>"],
            &[" ```", " a"],
        ];

        for lines in cases {
            let around = [&[" First [a],", " [`Self::b`].", ""], *lines, &["", " [a]: Self::a", " last"]].concat();
            let copied = copies(&around);
            assert_eq!(copied.join("\n").trim_end(), " First [a],\n [`Row::b`].\n\n\n [a]: Row::a", "{lines:?}");
        }
        assert_eq!(copies(&[" ```", " a", " ```"]), [""; 0]);
        assert_eq!(copies(&["", " ```", " a", " ```"]), [""; 0]);
        assert_eq!(copies(&[" First.\n\n ```\n a\n ```\n c"]), [" First.\n"]);
    }
}
