use askama::Template;
use dues_rules::amount::Kind;
use dues_rules::run::{LeftOut, Refused, State};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Cents, DueId, OrganisationId, PersonId, PersonName};
use texts::Texts;

use super::fill::Left;
use super::store::PaymentRun;
use crate::creditor::Creditor;
use crate::words::{money, place};

pub(super) fn state_text(state: State) -> &'static str {
    match state {
        State::Filling => "dues-run-filling",
        State::Made => "dues-run-made",
        State::Released => "dues-run-released",
        State::Withdrawn => "dues-run-withdrawn",
    }
}

fn tone(state: State) -> &'static str {
    match state {
        State::Filling => "badge--info",
        State::Made => "badge--next",
        State::Released => "badge--good",
        State::Withdrawn => "badge--line",
    }
}

pub(super) fn left_out_text(why: LeftOut) -> &'static str {
    match why {
        LeftOut::NoMandate => "dues-left-no-mandate",
        LeftOut::NotSigned => "dues-left-not-signed",
        LeftOut::Expired => "dues-left-expired",
        LeftOut::Blocked => "dues-left-blocked",
        LeftOut::NotAnnounced => "dues-left-not-announced",
        LeftOut::NoticeTooShort => "dues-left-notice-too-short",
        LeftOut::NoAccount => "dues-left-no-account",
        LeftOut::NoAddress => "dues-left-no-address",
        LeftOut::Died => "dues-left-died",
        LeftOut::NotYet => "dues-left-not-yet",
    }
}

/// A refusal in a sentence that says what to do.
pub(super) fn refused_text(t: &Texts, refused: Refused) -> String {
    match refused {
        Refused::BankClosed { next } => t.with("dues-refused-bank-closed", "day", t.date(next)),
        Refused::TooSoon { first } => t.with("dues-refused-too-soon", "day", t.date(first)),
        Refused::Empty => t.get("dues-refused-empty"),
        Refused::OwnRun => t.get("dues-refused-own-run"),
        Refused::AlreadyReleased => t.get("dues-refused-already-released"),
        Refused::Withdrawn => t.get("dues-refused-withdrawn"),
        Refused::NotFilled => t.get("dues-refused-not-filled"),
        Refused::Differs { file, run } => t.with2("dues-refused-differs", "file", file, "run", run),
    }
}

#[derive(Template)]
#[template(path = "runs.html")]
pub(super) struct RunsPage<'a> {
    pub t: &'a Texts,
    pub kind: Kind,
    pub runs: Vec<PaymentRun>,
    /// How much waits for a run, and how many amounts came back or go back and wait for somebody.
    pub due: (i64, Cents),
    pub waiting: i64,
    pub goes_back: i64,
    pub may_change: bool,
    /// The month whose contribution can be made by one press, and from when it is collected.
    pub offered: Option<(Date, Date)>,
    pub now: Timestamp,
}

impl RunsPage<'_> {
    fn make_month(&self, day: &Date) -> String {
        self.t.with("dues-period-make", "month", self.t.month_name(*day))
    }

    fn is_collection(&self) -> bool {
        self.kind == Kind::Collection
    }

    fn place(&self) -> &'static str {
        place(self.kind)
    }

    fn title(&self) -> String {
        self.t.get(if self.is_collection() { "dues-collections" } else { "dues-pay-outs" })
    }

    fn hint(&self) -> String {
        let what = if self.is_collection() { "dues-due-hint" } else { "dues-pay-due-hint" };
        self.t.with2(what, "n", self.due.0, "sum", money(self.t, self.due.1))
    }

    fn state(&self, run: &PaymentRun) -> String {
        self.t.get(state_text(run.state))
    }

    fn tone(&self, run: &PaymentRun) -> &'static str {
        tone(run.state)
    }

    fn sum(&self, run: &PaymentRun) -> String {
        money(self.t, run.cents)
    }

    fn day(&self, run: &PaymentRun) -> String {
        self.t.date(run.day)
    }

    fn rows(&self, run: &PaymentRun) -> String {
        self.t.number(run.row_count)
    }
}

#[derive(Template)]
#[template(path = "run_new.html")]
pub(super) struct NewPage<'a> {
    pub t: &'a Texts,
    pub kind: Kind,
    pub day: &'a str,
    pub creditor: &'a str,
    pub creditors: Vec<Creditor>,
    pub wrong: Option<String>,
}

impl NewPage<'_> {
    fn place(&self) -> &'static str {
        place(self.kind)
    }

    fn title(&self) -> String {
        let is_collection = self.kind == Kind::Collection;
        self.t.get(if is_collection { "dues-run-new" } else { "dues-pay-run-new" })
    }

    fn is_chosen(&self, creditor: &Creditor) -> bool {
        creditor.id.to_string() == self.creditor
    }
}

db::row! {
    /// A line of a run.
    pub(super) struct Line {
        pub due_id: DueId,
        pub person_id: Option<PersonId>,
        pub organisation_id: Option<OrganisationId>,
        pub initials: Option<String>,
        pub first_name: Option<String>,
        pub call_name: Option<String>,
        pub prefix: Option<String>,
        pub surname: Option<String>,
        pub organisation: Option<String>,
        pub remittance: String,
        pub cents: Cents,
        pub ended_as: Option<String>,
        pub amended: bool,
    }
}

impl Line {
    fn name(&self) -> String {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        match &self.organisation {
            Some(name) => name.clone(),
            None => PersonName {
                initials: text(&self.initials),
                first_name: text(&self.first_name),
                call_name: text(&self.call_name),
                prefix: text(&self.prefix),
                surname: text(&self.surname),
            }
            .sorted(),
        }
    }

    fn href(&self) -> String {
        crate::words::file(self.person_id, self.organisation_id)
    }
}

#[derive(Template)]
#[template(path = "run.html")]
pub(super) struct RunPage<'a> {
    pub t: &'a Texts,
    pub run: &'a PaymentRun,
    pub left_out: Vec<(LeftOut, i64, Cents)>,
    /// None for who may not open files.
    pub lines: Option<Vec<Line>>,
    /// Behind this one the next page begins.
    pub next: Option<DueId>,
    pub is_mine: bool,
    pub may_change: bool,
    pub now: Timestamp,
    pub wrong: Option<String>,
    pub notice: Option<String>,
}

impl RunPage<'_> {
    fn place(&self) -> &'static str {
        place(self.run.kind)
    }

    fn is_collection(&self) -> bool {
        self.run.kind == Kind::Collection
    }

    fn all(&self) -> String {
        self.t.get(if self.is_collection() { "dues-collections" } else { "dues-pay-outs" })
    }

    fn title(&self) -> String {
        let title = if self.is_collection() { "dues-run-of" } else { "dues-pay-run-of" };
        self.t.with(title, "day", self.t.date(self.run.day))
    }

    fn state(&self) -> String {
        self.t.get(state_text(self.run.state))
    }

    fn tone(&self) -> &'static str {
        tone(self.run.state)
    }

    fn is(&self, state: &str) -> bool {
        self.run.state.code() == state
    }

    fn money(&self, cents: &Cents) -> String {
        money(self.t, *cents)
    }

    fn made(&self) -> String {
        let who = self.run.maker.clone().unwrap_or_default();
        self.t.with2("dues-by-at", "who", who, "at", self.t.moment(self.run.made_at, self.now))
    }

    fn released(&self) -> Option<String> {
        let who = self.run.releaser.clone()?;
        let at = self.t.moment(self.run.released_at?, self.now);
        Some(self.t.with2("dues-by-at", "who", who, "at", at))
    }

    fn left_out_why(&self, why: &LeftOut) -> String {
        self.t.get(left_out_text(*why))
    }

    /// Some were not told yet: here somebody says that they were.
    fn has_unannounced(&self) -> bool {
        self.left_out.iter().any(|(why, ..)| *why == LeftOut::NotAnnounced)
    }

    fn hash(&self) -> &str {
        self.run.hash.as_deref().unwrap_or_default()
    }

    fn can_withdraw(&self) -> bool {
        matches!(self.run.state, State::Filling | State::Made)
    }
}

/// Those who stay out of a run, by name.
#[derive(Template)]
#[template(path = "run_left.html")]
pub(super) struct LeftPage<'a> {
    pub t: &'a Texts,
    pub run: &'a PaymentRun,
    pub left: Vec<Named>,
    pub next: Option<DueId>,
}

pub(super) struct Named {
    pub left: Left,
    pub name: String,
}

impl LeftPage<'_> {
    fn place(&self) -> &'static str {
        place(self.run.kind)
    }

    fn href(&self, named: &Named) -> String {
        crate::words::file(named.left.person, named.left.organisation)
    }

    fn why(&self, named: &Named) -> String {
        self.t.get(left_out_text(named.left.why))
    }

    fn money(&self, named: &Named) -> String {
        money(self.t, named.left.cents)
    }
}
