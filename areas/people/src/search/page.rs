use askama::Template;
use texts::Texts;

use crate::organisation::Listed;
use crate::person::Found;

/// The list under the search field, alone.
#[derive(Template)]
#[template(path = "search_list.html")]
pub(super) struct SearchList<'a> {
    pub t: &'a Texts,
    pub found: &'a [Found],
    pub organisations: &'a [Listed],
}

impl SearchList<'_> {
    fn status(&self, person: &Found) -> String {
        status(self.t, person)
    }
}

/// Member, former member, or not a member.
pub(crate) fn status(t: &Texts, person: &Found) -> String {
    t.get(match (person.is_member, person.was_member) {
        (true, _) => "people-status-member",
        (false, true) => "people-status-former",
        (false, false) => "people-status-none",
    })
}
