//! The outcome form as the browser sends it, and why it was refused, in the words of the desk.

use std::collections::{BTreeSet, HashMap};

use calls_rules::guide::Answered;
use calls_rules::outcome::Refused;
use jiff::civil::DateTime;
use kernel::{Fence, GuideVersionId, OutcomeChoiceId, PersonId, Pii};
use serde::Deserialize;
use texts::Texts;

use super::page::blocked_text;
use crate::outcome::{CallbackForm, WrongForm};
use crate::{attempt, guide};

/// The outcome form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OutcomeForm {
    pub person: String,
    pub fence: String,
    pub outcome: String,
    pub note: Pii<String>,
    pub day: String,
    pub date: String,
    pub time: String,
    pub from: String,
    pub until: String,
    pub owner: String,
    pub colleague: String,
    pub warmth: String,
    pub opening: Pii<String>,
    pub words: Pii<String>,
    /// Ticked: the person heard that an objection is possible.
    pub verzet: String,
    /// The latest choice that was on the page: what was chosen means what it meant there.
    pub keuzes: String,
    /// `reden-<outcome>`: the reason that was chosen under each outcome.
    #[serde(flatten)]
    pub rest: HashMap<String, String>,
}

impl OutcomeForm {
    /// What the dialog opens with: over three working days, myself.
    pub(super) fn fresh(days: i64) -> Self {
        Self { day: days.to_string(), time: "dag".into(), owner: "ik".into(), ..Self::default() }
    }

    pub(super) fn callback(&self) -> CallbackForm {
        let owner = if self.owner == "collega" { &self.colleague } else { &self.owner };
        CallbackForm {
            day: self.day.clone(),
            date: self.date.clone(),
            time: self.time.clone(),
            from: self.from.clone(),
            until: self.until.clone(),
            owner: owner.clone(),
            warmth: self.warmth.clone(),
            opening: self.opening.clone(),
            words: self.words.clone(),
        }
    }

    /// The reason that was chosen under the outcome that was chosen.
    pub(super) fn reason(&self) -> &str {
        self.reason_under(&self.outcome)
    }

    pub(super) fn reason_under(&self, outcome: &str) -> &str {
        self.rest.get(&reason_field(outcome)).map_or("", String::as_str)
    }

    /// The version of the guide that was on the page, if it asked something, and what was answered.
    pub(super) fn answers(&self) -> Option<(GuideVersionId, BTreeSet<Answered>)> {
        let version = self.rest.get("lijn")?.parse().ok()?;
        Some((version, guide::read(&self.rest)))
    }

    pub(super) fn choices(&self) -> Option<OutcomeChoiceId> {
        self.keuzes.parse().ok()
    }

    pub(super) fn on_line(&self) -> Option<(PersonId, Fence)> {
        Some((self.person.parse().ok()?, Fence(self.fence.parse().ok()?)))
    }
}

pub(super) fn reason_field(outcome: &str) -> String {
    format!("reden-{outcome}")
}

/// Why the desk says no, in the words of the desk.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Form(WrongForm),
    Refused(Refused),
    Call(attempt::Refused),
    /// The page was old, and nothing of it could be saved; what was typed comes back.
    Old,
}

impl Wrong {
    /// The `name` of the input it is about.
    pub(super) fn field(&self) -> &'static str {
        use calls_rules::callback::Refused as R;

        match self {
            Self::Form(wrong) => wrong.field(),
            Self::Refused(Refused::Callback(R::TodayNeedsLaterWindow)) => "time",
            Self::Refused(Refused::Callback(R::Objected { .. })) => "words",
            Self::Refused(Refused::Callback(_)) => "day",
            Self::Refused(_) | Self::Call(_) | Self::Old => "outcome",
        }
    }

    /// Whether it is about the promise, so that its dialog opens again.
    pub(super) fn is_about_callback(&self) -> bool {
        !matches!(self.field(), "outcome")
    }

    pub(super) fn text(&self, t: &Texts) -> String {
        match self {
            Self::Form(wrong) => t.get(wrong.text_id()),
            Self::Old => t.get("calls-wrong-old"),
            Self::Refused(refused) => match refused {
                Refused::AlreadyLogged { .. } => t.get("calls-wrong-already-logged"),
                Refused::ClaimEnded => t.get("calls-wrong-old"),
                Refused::SomebodyAnswered { .. } => t.get("calls-wrong-somebody-answered"),
                Refused::TheyCalledUs => t.get("calls-wrong-they-called-us"),
                Refused::StillRings => t.get("calls-wrong-still-rings"),
                Refused::NobodyAnswered => t.get("calls-wrong-nobody-answered"),
                Refused::Callback(refused) => refusal_text(t, *refused),
            },
            Self::Call(refused) => match refused {
                attempt::Refused::ClaimEnded => t.get("calls-wrong-old"),
                attempt::Refused::Blocked(why) => t.get(blocked_text(*why)),
                attempt::Refused::NumberBusy => t.get("calls-wrong-number-busy"),
                attempt::Refused::OnAnotherDesk { .. } => t.get("calls-wrong-another-desk"),
                attempt::Refused::DeskNotEmpty => t.get("calls-wrong-desk-not-empty"),
                attempt::Refused::NoGround => t.get("calls-blocked-no-ground"),
                attempt::Refused::NotNow { again } => not_now(t, *again),
                attempt::Refused::InCall => t.get("calls-wrong-in-call"),
                attempt::Refused::CampaignStopped => t.get("calls-wrong-campaign-stopped"),
            },
        }
    }
}

/// Why a promise cannot be made, as a sentence.
pub(crate) fn refusal_text(t: &Texts, refused: calls_rules::callback::Refused) -> String {
    use calls_rules::callback::Refused as R;
    match refused {
        R::Objected { at } => {
            t.with("calls-wrong-objected", "day", t.date(kernel::local(at).date()))
        }
        R::TodayNeedsLaterWindow => t.get("calls-wrong-later-today"),
        R::DayHasPassed => t.get("calls-wrong-day-passed"),
        R::NobodyWorksThatDay { next } => t.with("calls-wrong-closed", "day", t.day(next)),
        R::TooFarAhead => t.get("calls-wrong-too-far"),
    }
}

/// When calls that nobody asked for go on.
pub fn not_now(t: &Texts, again: Option<DateTime>) -> String {
    match again {
        Some(at) => t.fill(
            "calls-wrong-not-now",
            [("day", t.day(at.date()).into()), ("time", t.time(at.time()).into())],
        ),
        None => t.get("calls-wrong-never-now"),
    }
}
