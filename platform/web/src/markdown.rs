//! The words of colleagues with a little Markdown in them, as HTML that is safe to show.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::ui::{Html, rendered};

/// Headings, lists, bold and links; no HTML of its own, no pictures, and links only to where a browser may go.
#[must_use]
pub fn markdown(text: &str) -> Html {
    let events = Parser::new_ext(text, Options::empty()).filter_map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if may_lead(&dest_url) { dest_url } else { CowStr::from("#") };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        event => Some(event),
    });
    let mut shown = String::new();
    html::push_html(&mut shown, events);
    rendered(shown)
}

/// An address of ours, or one that cannot run anything.
fn may_lead(address: &str) -> bool {
    let own = address.starts_with('/') && !address.starts_with("//");
    own || ["https://", "mailto:", "tel:"].iter().any(|scheme| address.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn words_are_shown_and_nothing_runs() {
        let shown = markdown(
            "**Vet** en <script>alert(1)</script> en [hier](javascript:alert(1)) en [daar](/kennis/1) ![x](https://a.example/x.png)",
        )
        .to_string();
        assert!(shown.contains("<strong>Vet</strong>"), "{shown}");
        assert!(shown.contains("&lt;script&gt;"), "{shown}");
        assert!(shown.contains("<a href=\"#\">hier</a>"), "{shown}");
        assert!(shown.contains("<a href=\"/kennis/1\">daar</a>"), "{shown}");
        assert!(!shown.contains("<img"), "{shown}");
    }
}
