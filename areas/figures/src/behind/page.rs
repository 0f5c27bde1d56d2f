use std::collections::BTreeMap;

use askama::Template;
use jiff::civil::Date;
use kernel::UserId;
use texts::Texts;

use super::Count;
use super::store::{Member, Row};

/// `/mijn-dag/leden` and `/team/leden`
#[derive(Template)]
#[template(path = "behind.html")]
pub(super) struct BehindPage<'a> {
    pub t: &'a Texts,
    /// Of the page with the counts.
    pub path: &'static str,
    pub day: Date,
    pub is_team: bool,
    pub shown: Count,
    /// kind → (number, seconds)
    pub counts: BTreeMap<String, (i64, i64)>,
    pub rows: Vec<Row>,
    /// Of whom this user may see.
    pub names: BTreeMap<Member, String>,
    pub colleagues: BTreeMap<UserId, String>,
}

impl BehindPage<'_> {
    fn title(&self) -> String {
        self.t.get(if self.is_team { "figures-behind-team" } else { "figures-behind-own" })
    }

    /// `/mijn-dag` of that day; the board of a team is about now.
    fn back(&self) -> String {
        if self.is_team { self.path.into() } else { format!("{}?dag={}", self.path, self.day) }
    }

    /// The counts one can choose, with their number.
    fn choices(&self) -> Vec<(Count, String)> {
        let n = |count: &Count| self.counts.get(count.code()).map_or(0, |(n, _)| *n);
        let words = |count: &Count| {
            let key = match count {
                Count::New => "figures-behind-new",
                Count::Retained => "figures-behind-retained",
                Count::Withdrawn => "figures-behind-withdrawn",
                Count::Lapsed => "figures-behind-lapsed",
            };
            self.t.with(key, "n", n(count))
        };
        Count::ALL.iter().map(|count| (*count, words(count))).collect()
    }

    fn is_shown(&self, count: &Count) -> bool {
        *count == self.shown
    }

    fn href(&self, member: &Member) -> String {
        match member {
            Member::Person(id) => format!("/leden/{id}"),
            Member::Organisation(id) => format!("/organisaties/{id}"),
        }
    }

    fn colleague(&self, row: &Row) -> &str {
        self.colleagues.get(&row.colleague).map_or("–", String::as_str)
    }

    /// Those whose files this user may not open, or that are not there any more.
    fn hidden(&self) -> i64 {
        let hidden = self.rows.iter().filter(|row| !self.names.contains_key(&row.member));
        i64::try_from(hidden.count()).unwrap_or(i64::MAX)
    }
}
