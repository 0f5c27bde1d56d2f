//! The little Markdown that a text may hold, and its placeholders. Pure.
//!
//! A value is put in after the Markdown is understood: a name with an asterisk in it stays a name, and nobody's words
//! become a link.

use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream, html};

use crate::shipped::{About, Kind};

/// Why a text cannot be used as it was typed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Wrong {
    NoTitle,
    TitleTooLong,
    NoBody,
    BodyTooLong,
    /// A placeholder that nothing is filled in for.
    Unknown(String),
    /// A placeholder that this text cannot do without.
    Missing(String),
    /// Pictures are fetched from elsewhere, and HTML shows differently in every mail program.
    NoPicturesOrHtml,
    /// A link that leads to no address that we know: `https:`, `mailto:`, `tel:` or a placeholder.
    Link(String),
}

/// In characters; a subject that is longer is cut off by most mail programs.
pub const TITLE_MAX: usize = 120;
pub const BODY_MAX: usize = 10_000;

/// What is wrong with a text for this purpose; empty if nothing is.
#[must_use]
pub fn check(about: &About, title: &str, body: &str) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if title.trim().is_empty() && matches!(about.kind(), Kind::Mail | Kind::Letter) {
        wrong.push(Wrong::NoTitle);
    }
    if title.chars().count() > TITLE_MAX || title.contains(['\r', '\n']) {
        wrong.push(Wrong::TitleTooLong);
    }
    if body.trim().is_empty() {
        wrong.push(Wrong::NoBody);
    }
    if body.chars().count() > BODY_MAX {
        wrong.push(Wrong::BodyTooLong);
    }
    let used: Vec<&str> = pieces(title).chain(pieces(body)).filter_map(Piece::name).collect();
    for name in &used {
        let unknown = Wrong::Unknown((*name).to_owned());
        if !about.knows(name) && !wrong.contains(&unknown) {
            wrong.push(unknown);
        }
    }
    let is_missing = |name: &&String| !used.contains(&name.as_str());
    wrong.extend(about.needs.iter().filter(is_missing).cloned().map(Wrong::Missing));
    for event in parse(body) {
        match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. }) => {
                wrong.push(Wrong::NoPicturesOrHtml);
            }
            Event::Start(Tag::Link { dest_url, .. }) if !leads_somewhere(&dest_url) => {
                wrong.push(Wrong::Link(dest_url.into_string()));
            }
            _ => {}
        }
    }
    wrong
}

fn leads_somewhere(address: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:", "{"].iter().any(|begin| address.starts_with(begin))
}

/// A part of a text: words, or the name of a placeholder.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Piece<'a> {
    Words(&'a str),
    Placeholder(&'a str),
}

impl<'a> Piece<'a> {
    fn name(self) -> Option<&'a str> {
        match self {
            Self::Placeholder(name) => Some(name),
            Self::Words(_) => None,
        }
    }
}

/// Takes a text apart. A brace that is never closed names what follows it, so that it is found as a mistake.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    text.split('{').enumerate().flat_map(|(nr, part)| {
        let (name, words) = match (nr, part.split_once('}')) {
            (0, _) => (None, part),
            (_, Some((name, words))) => (Some(Piece::Placeholder(name)), words),
            (_, None) => (Some(Piece::Placeholder(part)), ""),
        };
        name.into_iter().chain((!words.is_empty()).then_some(Piece::Words(words)))
    })
}

/// The values of a text by the names of its placeholders; `None` for one that has none.
pub(crate) trait Values: Copy + Fn(&str) -> Option<String> {}

impl<T: Copy + Fn(&str) -> Option<String>> Values for T {}

/// The text with its values, or the placeholder that has none.
pub(crate) fn put_in(text: &str, values: impl Values) -> Result<String, String> {
    pieces(text).try_fold(String::new(), |mut whole, piece| {
        match piece {
            Piece::Words(words) => whole.push_str(words),
            Piece::Placeholder(name) => {
                whole.push_str(&values(name).ok_or_else(|| name.to_owned())?);
            }
        }
        Ok(whole)
    })
}

/// What a line break is in a form is one in a letter too: an address has its lines.
fn parse(body: &str) -> impl Iterator<Item = Event<'_>> {
    let soft_is_hard = |event| if event == Event::SoftBreak { Event::HardBreak } else { event };
    TextMergeStream::new(Parser::new_ext(body, Options::empty()).map(soft_is_hard))
}

/// The events with the values in them; HTML is shown as what was typed, and a picture as its description.
fn filled(body: &str, values: impl Values) -> Result<Vec<Event<'_>>, String> {
    let put = |text: CowStr<'_>| put_in(&text, values).map(CowStr::from);
    let lead = |address: String| if leads_somewhere(&address) { address } else { String::new() };
    let fill = |event| {
        Ok(match event {
            Event::Text(text) => Event::Text(put(text)?),
            Event::Code(text) => Event::Code(put(text)?),
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(put(text)?),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => Event::Start(Tag::Link {
                link_type,
                dest_url: put_in(&dest_url, values).map(lead)?.into(),
                title,
                id,
            }),
            event => event,
        })
    };
    let is_shown = |event: &Event<'_>| {
        !matches!(event, Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image))
    };
    parse(body).filter(is_shown).map(fill).collect()
}

pub(crate) fn to_html(body: &str, values: impl Values) -> Result<String, String> {
    let mut page = String::new();
    html::push_html(&mut page, filled(body, values)?.into_iter());
    Ok(page)
}

/// As somebody would type it who has no bold: lists with dashes, and an address behind its words.
pub(crate) fn to_text(body: &str, values: impl Values) -> Result<String, String> {
    let mut text = String::new();
    let mut numbers: Vec<Option<u64>> = Vec::new();
    let mut link: Option<(String, usize)> = None;
    for event in filled(body, values)? {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::HardBreak => text.push('\n'),
            Event::Rule => text.push_str("--\n\n"),
            Event::Start(Tag::List(from)) => numbers.push(from),
            Event::End(TagEnd::List(_)) => {
                numbers.pop();
                if numbers.is_empty() {
                    text.push('\n');
                }
            }
            Event::Start(Tag::Item) => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                match numbers.last_mut() {
                    Some(Some(number)) => {
                        let _ = write!(text, "{number}. ");
                        *number += 1;
                    }
                    _ => text.push_str("- "),
                }
            }
            Event::End(TagEnd::Item) if !text.ends_with('\n') => text.push('\n'),
            Event::Start(Tag::Link { dest_url, .. }) => {
                link = Some((dest_url.into_string(), text.len()));
            }
            Event::End(TagEnd::Link) => {
                if let Some((address, begin)) = link.take()
                    && text[begin..] != address
                {
                    let _ = write!(text, ": {address}");
                }
            }
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock) => {
                text.push_str("\n\n");
            }
            _ => {}
        }
    }
    text.truncate(text.trim_end().len());
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(name: &str) -> Option<String> {
        Some(match name {
            "naam" => "*Jan* <b>&amp;".to_owned(),
            "link" => "https://wijland.example/b/1_2_3".to_owned(),
            _ => return None,
        })
    }

    #[test]
    fn what_is_filled_in_never_becomes_markup() {
        let html = to_html("Dag **{naam}**", values).unwrap();
        assert_eq!(html, "<p>Dag <strong>*Jan* &lt;b&gt;&amp;amp;</strong></p>\n");
        assert_eq!(to_text("Dag **{naam}**", values).unwrap(), "Dag *Jan* <b>&amp;");
    }

    #[test]
    fn a_letter_reads_well_without_html() {
        let body = "Geachte heer,\nEen regel.\n\n- één\n- twee\n\n1. a\n2. b\n\n[Bevestig]({link})\n\nGroet";
        let text = "Geachte heer,\nEen regel.\n\n- één\n- twee\n\n1. a\n2. b\n\nBevestig: https://wijland.example/b/1_2_3\n\nGroet";
        assert_eq!(to_text(body, values).unwrap(), text);
        let html = to_html(body, values).unwrap();
        assert!(
            html.contains("<a href=\"https://wijland.example/b/1_2_3\">Bevestig</a>"),
            "{html}"
        );
        assert!(html.contains("heer,<br />"), "{html}");
    }

    #[test]
    fn html_and_pictures_are_shown_as_words() {
        let html =
            to_html("<script>x</script> ![pixel](https://elders.example/p.gif)", values).unwrap();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        assert!(html.contains("pixel"), "{html}");
        let html = to_html("[klik](javascript:alert(1))", values).unwrap();
        assert!(!html.contains("javascript"), "{html}");
    }

    #[test]
    fn a_placeholder_without_a_value_is_named() {
        assert_eq!(put_in("Dag {wie}", values), Err("wie".into()));
        assert_eq!(put_in("Dag {naam", values), Ok(format!("Dag {}", values("naam").unwrap())));
    }

    #[test]
    fn an_address_of_another_kind_leads_nowhere() {
        for (address, leads) in [
            ("https://x.nl", true),
            ("mailto:a@b.nl", true),
            ("tel:+31", true),
            ("{link}", true),
            ("javascript:alert(1)", false),
            ("/pad", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(leads_somewhere(address), leads, "{address}");
        }
    }
}
