use askama::Template;
use jiff::Timestamp;
use people::forced::Forced;
use texts::Texts;
use web::ui::Html;

#[derive(Template)]
#[template(path = "forced.html")]
pub(super) struct ForcedPage<'a> {
    pub t: &'a Texts,
    pub list: Html,
    pub done: bool,
}

/// The list alone: it is asked for again when another file was forced.
#[derive(Template)]
#[template(path = "forced_list.html")]
pub(super) struct ForcedList<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub forced: Vec<Forced>,
}
