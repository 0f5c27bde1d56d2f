use std::collections::BTreeMap;
use std::net::SocketAddr;

use askama::Template;
use kernel::UserId;
use texts::Texts;
use web::ui::Html;

/// `/geluid`
#[derive(Template)]
#[template(path = "sound_test.html")]
pub(crate) struct TestPage<'a> {
    pub t: &'a Texts,
    /// Where a softphone on this machine calls, in the demo.
    pub outside: Option<SocketAddr>,
    /// Who can be called, rendered.
    pub colleagues: Html,
}

/// Who can be called: asked again when something changes.
#[derive(Template)]
#[template(path = "colleagues.html")]
pub(crate) struct ColleaguesPart<'a> {
    pub t: &'a Texts,
    /// With those who have a call.
    pub others: Vec<(UserId, bool)>,
    pub names: BTreeMap<UserId, String>,
}

impl ColleaguesPart<'_> {
    fn name(&self, user: &UserId) -> &str {
        self.names.get(user).map_or("–", String::as_str)
    }
}
