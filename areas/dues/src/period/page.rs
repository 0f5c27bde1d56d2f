use askama::Template;
use dues_rules::period::{NotAsked, Refused};
use jiff::Timestamp;
use texts::Texts;

use super::store::{DuePeriod, State};
use crate::words::money;

fn not_asked_text(why: NotAsked) -> &'static str {
    match why {
        NotAsked::Already => "dues-not-already",
        NotAsked::Exempt => "dues-not-exempt",
        NotAsked::Introduction => "dues-not-introduction",
        NotAsked::NoTariff => "dues-not-no-tariff",
        NotAsked::Died => "dues-not-died",
    }
}

/// A refusal in a sentence that says what to do.
pub(super) fn refused_text(t: &Texts, refused: Refused) -> String {
    match refused {
        Refused::NotTheFirst => t.get("dues-refused-not-the-first"),
        Refused::TooFarAhead { last } => {
            t.with("dues-refused-too-far-ahead", "month", t.month_of(last))
        }
        Refused::CollectedBefore => t.get("dues-refused-collected-before"),
    }
}

/// What was made, and what can be made.
#[derive(Template)]
#[template(path = "periods.html")]
pub(super) struct PeriodsPage<'a> {
    pub t: &'a Texts,
    pub periods: Vec<DuePeriod>,
    /// As typed: the first of a month, and from when it is collected.
    pub day: &'a str,
    pub due_on: &'a str,
    pub wrong: Option<String>,
    pub now: Timestamp,
}

impl PeriodsPage<'_> {
    fn month(&self, period: &DuePeriod) -> String {
        self.t.month_of(period.day)
    }

    fn sum(&self, period: &DuePeriod) -> String {
        money(self.t, period.cents)
    }

    fn rows(&self, period: &DuePeriod) -> String {
        self.t.number(period.row_count)
    }

    fn is_filling(&self, period: &DuePeriod) -> bool {
        period.state == State::Filling
    }
}

/// Somebody without a price, by name.
pub(super) struct Named {
    pub name: String,
    pub href: String,
}

/// What one press did.
#[derive(Template)]
#[template(path = "period.html")]
pub(super) struct PeriodPage<'a> {
    pub t: &'a Texts,
    pub period: &'a DuePeriod,
    pub left: Vec<(NotAsked, i64)>,
    pub unpriced: Vec<Named>,
    pub now: Timestamp,
}

impl PeriodPage<'_> {
    fn title(&self) -> String {
        self.t.with("dues-period-of", "month", self.t.month_of(self.period.day))
    }

    fn is_filling(&self) -> bool {
        self.period.state == State::Filling
    }

    fn sum(&self) -> String {
        money(self.t, self.period.cents)
    }

    fn made(&self) -> String {
        let who = self.period.maker.clone().unwrap_or_default();
        self.t.with2("dues-by-at", "who", who, "at", self.t.moment(self.period.made_at, self.now))
    }

    fn from(&self) -> String {
        self.t.date(self.period.due_on)
    }

    fn begun_from(&self) -> Option<String> {
        let earlier = self.period.begun_from < self.period.day;
        earlier.then(|| self.t.date(self.period.begun_from))
    }

    fn why(&self, why: &NotAsked) -> String {
        self.t.get(not_asked_text(*why))
    }

    fn number(&self, n: &i64) -> String {
        self.t.number(*n)
    }
}
