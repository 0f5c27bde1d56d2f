use activity::Why;
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;
use texts::Texts;

use super::store::{Read, Wanted};

/// What the page was asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    pub collega: String,
    pub lidnummer: String,
    pub van: String,
    pub tot: String,
    pub voor: String,
}

impl Filter {
    /// `None` if a day cannot be read: then it is not known which part of the log is wanted.
    pub(super) fn wanted(&self) -> Option<Wanted<'_>> {
        if is_no_day(&self.van) || is_no_day(&self.tot) {
            return None;
        }
        Some(Wanted {
            colleague: &self.collega,
            member_number: &self.lidnummer,
            from: kernel::parse_day(&self.van),
            until: kernel::parse_day(&self.tot),
            before: self.voor.parse().ok(),
        })
    }
}

/// Whether something was typed that is no day.
fn is_no_day(typed: &str) -> bool {
    !typed.trim().is_empty() && kernel::parse_day(typed).is_none()
}

#[derive(Template)]
#[template(path = "read_log.html")]
pub(super) struct ReadLogPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub filter: &'a Filter,
    pub reads: Vec<Read>,
    pub next: Option<i64>,
}

impl ReadLogPage<'_> {
    fn why(&self, read: &Read) -> String {
        self.t.get(why_text(read.why))
    }
}

pub(super) fn why_text(why: Why) -> &'static str {
    match why {
        Why::Call => "admin-why-call",
        Why::File => "admin-why-file",
        Why::Organisation => "admin-why-organisation",
        Why::Wish => "admin-why-wish",
        Why::Visit => "admin-why-visit",
        Why::Account => "admin-why-account",
        Why::Dues => "admin-why-dues",
        Why::Referral => "admin-why-referral",
        Why::Recording => "admin-why-recording",
        Why::Api => "admin-why-api",
        Why::Figure => "admin-why-figure",
        Why::Forced => "admin-why-forced",
    }
}
