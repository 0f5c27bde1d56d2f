//! Words that pages of wishes and of agreements share.

use kernel::UserId;
use service_rules::ladder::Level;
use texts::Texts;

/// In the language of the reader; the association gives both.
pub(crate) fn theme_name(t: &Texts, nl: &str, en: &str) -> String {
    let name = if t.language().code() == "nl" || en.is_empty() { nl } else { en };
    name.to_owned()
}

/// `ik`, a colleague or a team.
pub(crate) fn owner_name(
    t: &Texts,
    owner: Option<UserId>,
    name: Option<&str>,
    me: UserId,
) -> String {
    if owner == Some(me) { t.get("service-me") } else { name.unwrap_or_default().to_owned() }
}

/// Where it climbed to, if it is overdue.
pub(crate) fn climbed(t: &Texts, level: i64, is_overdue: bool) -> Option<String> {
    if !is_overdue {
        return None;
    }
    let text = match Level::of(level) {
        Level::Owner => "service-late",
        Level::Lead => "service-climbed-lead",
        Level::Director => "service-climbed-director",
    };
    Some(t.get(text))
}
