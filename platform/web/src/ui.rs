//! Small pieces of HTML that many pages show.

use std::fmt;

use crate::asset_path;

/// HTML that is safe as it stands: made here, of our own words only.
#[derive(Clone, Debug, Default)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// An icon of the sprite, hidden from screen readers: the words beside it carry the meaning.
#[must_use]
pub fn icon(name: &'static str) -> Html {
    let path = asset_path("icons.svg");
    Html(format!(
        r#"<svg class="icon" aria-hidden="true"><use href="{path}#i-{name}"></use></svg>"#
    ))
}

/// What somebody is doing, as a shape: colour alone would not be enough.
#[must_use]
pub fn presence_shape(shape: PresenceShape) -> Html {
    let (class, inner) = match shape {
        PresenceShape::Free => ("p-free", r#"<circle cx="6" cy="6" r="5.5" fill="currentColor"/>"#),
        PresenceShape::Call => (
            "p-call",
            r#"<rect x=".5" y=".5" width="11" height="11" rx="2.5" fill="currentColor"/>"#,
        ),
        PresenceShape::After => {
            ("p-after", r#"<path d="M6 .3 11.7 6 6 11.7 .3 6z" fill="currentColor"/>"#)
        }
        PresenceShape::Break => {
            ("p-break", r#"<path d="M2 1h3v10H2zM7 1h3v10H7z" fill="currentColor"/>"#)
        }
        PresenceShape::Coach => ("p-coach", r#"<path d="M6 .5 11.8 11H.2z" fill="currentColor"/>"#),
        PresenceShape::Away => (
            "p-away",
            r#"<circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="2"/>"#,
        ),
    };
    Html(format!(r#"<svg class="{class}" viewBox="0 0 12 12" aria-hidden="true">{inner}</svg>"#))
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PresenceShape {
    Free,
    Call,
    After,
    Break,
    Coach,
    Away,
}

/// One to three bars; the word stands beside it.
#[must_use]
pub fn warmth_bars(bars: u8) -> Html {
    let on = |nr: u8| if nr <= bars { "on" } else { "off" };
    Html(format!(
        r#"<svg viewBox="0 0 17 10" aria-hidden="true"><rect class="{}" x="0" y="6" width="4.5" height="4" rx="1"/><rect class="{}" x="6" y="3" width="4.5" height="7" rx="1"/><rect class="{}" x="12" y="0" width="4.5" height="10" rx="1"/></svg>"#,
        on(1),
        on(2),
        on(3)
    ))
}

/// HTML that another template of ours rendered.
#[must_use]
pub fn rendered(html: String) -> Html {
    Html(html)
}
