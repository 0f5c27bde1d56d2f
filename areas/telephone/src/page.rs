use std::collections::BTreeMap;
use std::net::SocketAddr;

use askama::Template;
use kernel::UserId;
use texts::Texts;

use crate::exchange::Stand;

/// `/geluid`
#[derive(Template)]
#[template(path = "sound_test.html")]
pub(crate) struct TestPage<'a> {
    pub t: &'a Texts,
    /// Where a softphone on this machine calls, in the demo.
    pub outside: Option<SocketAddr>,
}

/// Who can be called, and what goes on: asked again when something changes.
#[derive(Template)]
#[template(path = "colleagues.html")]
pub(crate) struct ColleaguesPart<'a> {
    pub t: &'a Texts,
    pub stand: Stand,
    pub others: Vec<UserId>,
    pub names: BTreeMap<UserId, String>,
}

impl ColleaguesPart<'_> {
    fn name(&self, user: &UserId) -> &str {
        self.names.get(user).map_or("–", String::as_str)
    }
}
