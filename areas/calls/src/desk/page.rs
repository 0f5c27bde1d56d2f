use std::collections::BTreeSet;

use askama::Template;
use calls_rules::choice::{self, About, Choice, Then};
use calls_rules::gate::Blocked;
use calls_rules::guide::Answered;
use calls_rules::note::Doubt;
use calls_rules::outcome::{Code, OpenCall, Settings, can_be_true};
use calls_rules::score::Reason;
use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};
use kernel::{GuideId, OutcomeChoiceId, UserId, WorkCalendar};
use people::contact::Moment;
use texts::Texts;
use web::ui::{Html, rendered};

use super::form::{OutcomeForm, Wrong, reason_field};
use super::list::{WorkList, short_formal};
use super::person::{OnDesk, reason, touched_words};
use crate::attempt::Attempt;
use crate::choice::{follows_in_words, label};
use crate::guide::{self, Closing, GuidePart, Saves};

/// Why a person is not called, as a sentence.
pub(crate) fn blocked_text(why: Blocked) -> &'static str {
    match why {
        Blocked::NoGround => "calls-blocked-no-ground",
        Blocked::Objection => "calls-blocked-objection",
        Blocked::NoNumber => "calls-blocked-no-number",
        Blocked::Deceased => "calls-blocked-deceased",
        Blocked::Promised => "calls-blocked-promised",
        Blocked::TooYoung => "calls-blocked-too-young",
        Blocked::Referred => "calls-blocked-referred",
        Blocked::Budget => "calls-blocked-budget",
        Blocked::Skipped => "calls-blocked-skipped",
    }
}

/// What is said about a note that holds what it should not.
pub(super) fn doubt_text(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Bsn => "calls-note-bsn",
        Doubt::Health => "calls-note-health",
    }
}

fn reason_text(reason: Reason) -> &'static str {
    match reason {
        Reason::RecentRequest => "calls-score-recent-request",
        Reason::Request => "calls-score-request",
        Reason::Meeting => "calls-score-meeting",
        Reason::FreshConsent => "calls-score-fresh-consent",
    }
}

/// The guide of the call on the desk, and what was answered so far.
#[derive(Default)]
pub(super) struct OnGuide {
    /// `None`: the one that the program comes with.
    pub own: Option<guide::Stored>,
    pub given: BTreeSet<Answered>,
    /// All that the team can choose from.
    pub all: Vec<(GuideId, String)>,
}

impl OnGuide {
    fn others(&self) -> Vec<(GuideId, String)> {
        let own = self.own.as_ref().map(|own| own.id);
        self.all.iter().filter(|(id, _)| Some(*id) != own).cloned().collect()
    }
}

#[derive(Template)]
#[template(path = "desk.html")]
pub(super) struct DeskPage<'a> {
    pub t: &'a Texts,
    pub now: &'a ZonedDateTime,
    pub first_name: &'a str,
    pub work: WorkList<'a>,
    pub desk: Option<OnDesk>,
    /// The form of the caller check, as long as it has to be passed.
    pub check: Option<Html>,
    pub form: &'a OutcomeForm,
    /// What was typed about somebody who is not on this desk any more, to take over by hand.
    pub old_note: Option<String>,
    pub wrong: Option<Wrong>,
    pub notice: Option<String>,
    pub calendar: &'a WorkCalendar,
    pub colleagues: Vec<(UserId, String)>,
    pub has_team: bool,
    pub guide: OnGuide,
    /// What the agent can choose after the call.
    pub tree: &'a [Choice],
    pub settings: &'a Settings,
    /// Whether the agent has to say in this call that an objection is possible.
    pub offers_objection: bool,
    /// When the lines open, if they are still closed.
    pub opens: Option<String>,
}

/// One outcome as a button; one that cannot be true keeps its place and says why.
pub(super) struct OutcomeButton {
    /// What the form calls it.
    pub name: String,
    pub label: String,
    pub key: String,
    pub cannot: Option<String>,
    /// What follows from it, in words.
    pub follows: String,
    /// The name of the field with its reason.
    pub field: String,
    pub reasons: Vec<ReasonChip>,
}

pub(super) struct ReasonChip {
    pub nr: i64,
    pub label: String,
    /// Only if that is not what follows from the result.
    pub follows: Option<String>,
    pub is_chosen: bool,
}

/// A day that the dialog offers.
pub(super) struct DayChoice {
    pub days: u16,
    pub name: String,
    pub date: String,
    pub says: String,
}

impl DeskPage<'_> {
    fn work_html(&self) -> askama::Result<Html> {
        Ok(rendered(self.work.render()?))
    }

    fn title(&self, desk: &OnDesk) -> String {
        people::person::formal(self.t, &desk.person)
    }

    fn short(&self, desk: &OnDesk) -> String {
        short_formal(self.t, &desk.person)
    }

    fn reason(&self, desk: &OnDesk) -> String {
        reason(self.t, desk, self.now)
    }

    fn is_in_call(&self) -> bool {
        self.desk.as_ref().is_some_and(|desk| {
            desk.attempt.as_ref().is_some_and(|attempt| attempt.ended_at.is_none())
        })
    }

    fn was_called(&self) -> bool {
        self.desk.as_ref().is_some_and(|desk| desk.attempt.is_some())
    }

    fn status(&self, desk: &OnDesk) -> String {
        self.t.get(match (desk.person.is_member, desk.person.was_member) {
            (true, _) => "calls-status-member",
            (false, true) => "calls-status-former",
            (false, false) => "calls-status-none",
        })
    }

    /// Why this person may be called.
    fn ground(&self, desk: &OnDesk) -> String {
        use calls_rules::gate::Ground as G;
        if desk.attempt.as_ref().is_some_and(Attempt::is_inbound) {
            return self.t.get("calls-ground-inbound");
        }
        if !desk.arrears.is_empty() {
            return self.t.get("calls-ground-service");
        }
        if desk.promise.is_some() || desk.request.is_some() {
            return self.t.get("calls-ground-requested-call");
        }
        self.t.get(match desk.ground {
            Some(G::Consent) => "calls-ground-consent",
            Some(G::RequestedCall) => "calls-ground-requested-call",
            Some(G::LegalPerson) => "calls-ground-legal-person",
            Some(G::Exception) => "calls-ground-exception",
            Some(G::Service) | None => "calls-ground-service",
        })
    }

    /// Under the name: which talk this is, and what was asked.
    fn subtitle(&self, desk: &OnDesk) -> String {
        let first = match desk.last_call {
            None => self.t.get("calls-first-call"),
            Some(at) => {
                self.t.with("calls-last-call", "when", self.t.moment(at, self.now.timestamp()))
            }
        };
        let asked = desk.request.as_ref().map(|request| {
            let from = kernel::local(request.from_at);
            self.t.with("calls-asked-for", "time", self.t.time(from.time()))
        });
        let arrears = desk.arrears.iter().map(|arrears| {
            let what = dues::what_text(self.t, arrears.purpose, &arrears.period);
            let code = arrears.returned_code.clone().unwrap_or_default();
            self.t.with2("calls-arrears", "what", what, "code", code)
        });
        std::iter::once(first).chain(asked).chain(arrears).collect::<Vec<_>>().join(" ")
    }

    /// With what to begin instead of the guide's first sentence: what was agreed, what the campaign says, or what
    /// one says to whoever calls.
    fn opening(&self, desk: &OnDesk, has_own_guide: bool) -> Option<String> {
        let known = desk.promise.as_ref().filter(|_| desk.closed.is_none());
        let agreed = known.and_then(|promise| promise.opening.clone());
        let inbound = desk.attempt.as_ref().is_some_and(Attempt::is_inbound);
        let otherwise = || match (inbound, has_own_guide) {
            (true, false) => Some(self.t.get("calls-guide-say-inbound")),
            (true, true) => None,
            (false, _) => desk.campaign_opening.clone(),
        };
        agreed.or_else(otherwise)
    }

    /// Why this person comes now: `vroeg kort geleden iets, gaf pas toestemming`.
    fn why_now(&self, desk: &OnDesk) -> Option<String> {
        let words: Vec<String> =
            desk.reasons.iter().map(|reason| self.t.get(reason_text(*reason))).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Before the call: somebody was in touch a few days ago.
    fn touched(&self, desk: &OnDesk) -> Option<String> {
        let touched = desk.touched.as_ref().filter(|_| desk.attempt.is_none())?;
        Some(touched_words(self.t, touched, self.now))
    }

    fn words(&self, desk: &OnDesk) -> Option<String> {
        desk.promise.as_ref()?.words.clone()
    }

    fn note(&self, desk: &OnDesk) -> String {
        // What was typed on an old page wins over what was saved: it is what the agent sees last.
        let typed = self.form.note.reveal();
        if typed.is_empty() { desk.note.text.clone() } else { typed.clone() }
    }

    fn note_saved(&self, desk: &OnDesk) -> Option<String> {
        desk.note.saved_at.map(|at| self.t.with("calls-note-saved", "time", self.t.clock(at)))
    }

    fn icon(&self, moment: &Moment) -> Html {
        web::icon(people::contact::icon(&moment.what))
    }

    fn what(&self, moment: &Moment) -> String {
        people::contact::words(self.t, &moment.what)
    }

    fn when(&self, moment: &Moment) -> String {
        people::contact::when(self.t, moment, self.now)
    }

    fn outcomes(&self, desk: &OnDesk) -> Vec<OutcomeButton> {
        self.buttons(desk, |result| !result.is_folded && result.code != Code::Objection)
    }

    fn more_outcomes(&self, desk: &OnDesk) -> Vec<OutcomeButton> {
        self.buttons(desk, |result| result.is_folded && result.code != Code::Objection)
    }

    /// Always in sight, wherever an administrator puts the rest.
    fn objection(&self, desk: &OnDesk) -> Vec<OutcomeButton> {
        self.buttons(desk, |result| result.code == Code::Objection)
    }

    fn buttons(&self, desk: &OnDesk, is_meant: impl Fn(&Choice) -> bool) -> Vec<OutcomeButton> {
        let is_result =
            |result: &&Choice| result.parent.is_none() && result.is_offered && is_meant(result);
        self.tree.iter().filter(is_result).map(|result| self.button(desk, result)).collect()
    }

    fn button(&self, desk: &OnDesk, result: &Choice) -> OutcomeButton {
        let name = choice::name(self.tree, result);
        let is_reason = |reason: &&Choice| reason.parent == Some(result.nr) && reason.is_offered;
        let chosen = self.form.reason_under(&name);
        let reasons = self.tree.iter().filter(is_reason).map(|reason| ReasonChip {
            nr: reason.nr,
            label: label(self.t, reason).to_owned(),
            follows: (reason.then != Then::AsUsual).then(|| self.follows(desk, reason)),
            is_chosen: chosen == reason.nr.to_string(),
        });
        OutcomeButton {
            label: label(self.t, result).to_owned(),
            key: result.key.clone(),
            cannot: self.cannot(desk, result.code),
            follows: self.follows(desk, result),
            reasons: reasons.collect(),
            field: reason_field(&name),
            name,
        }
    }

    /// What follows, said before it is saved.
    fn follows(&self, desk: &OnDesk, choice: &Choice) -> String {
        let about = About {
            own: desk.own_retries,
            tries: desk.tries,
            promise_tries: desk.promise.as_ref().map(|promise| promise.tries),
        };
        let follows = choice::follows(choice.code, choice.then, about, self.settings);
        follows_in_words(self.t, &follows)
    }

    /// The guide, with the ways out of its last step that the desk offers.
    fn guide_html(&self, desk: &OnDesk) -> askama::Result<Html> {
        let t = self.t;
        let person = &desk.person;
        let fence = desk.claim.fence;
        // What is clicked while getting ready is no answer of anybody.
        let asking = self.guide.own.as_ref().filter(|own| own.asks() && self.was_called());
        let saves = asking.map(|own| Saves { person: person.id, fence, version: own.version_id });
        let first = if person.is_member {
            ("retained", "calls-guide-yes-stay")
        } else {
            ("joined", "calls-guide-yes")
        };
        let ways = [(first, "check", true), (("callback", "calls-guide-think"), "back", false)];
        let closing = ways.into_iter().filter_map(|((outcome, text), icon, is_next)| {
            let key = self.offered(outcome)?.key.clone();
            Some(Closing { outcome, icon, label: t.get(text), key, is_next })
        });
        let employer = if person.employer.is_empty() {
            t.get("calls-guide-your-employer")
        } else {
            person.employer.clone()
        };
        let shipped = guide::shipped(t, person.is_member);
        let own = self.guide.own.as_ref();
        let part = GuidePart {
            t,
            guide: own.map_or(&shipped, |own| &own.guide),
            given: &self.guide.given,
            opening: self.opening(desk, own.is_some()),
            fields: [short_formal(t, person), employer, self.first_name.to_owned()],
            saves,
            on_line: Some((person.id, fence)),
            // The check is the next step before the guide has one.
            in_call: self.is_in_call() && desk.closed.is_none(),
            closing: closing.collect(),
            name: own.map(|own| own.name.as_str()),
            others: self.guide.others(),
        };
        Ok(rendered(part.render()?))
    }

    /// The latest choice on this page.
    fn choices(&self) -> OutcomeChoiceId {
        self.tree.iter().map(|choice| choice.id).max().unwrap_or(OutcomeChoiceId(0))
    }

    /// Whether the outcome of a call can be given, or what was typed for it comes back.
    fn shows_form(&self) -> bool {
        self.was_called()
            || self.wrong.as_ref().is_some_and(|wrong| !matches!(wrong, Wrong::Call(_)))
    }

    /// The result by this name, if the desk offers it.
    fn offered(&self, name: &str) -> Option<&Choice> {
        let is_it = |result: &&Choice| {
            result.is_offered && result.parent.is_none() && choice::name(self.tree, result) == *name
        };
        self.tree.iter().find(is_it)
    }

    /// Why an outcome does not apply: because of how the call went, by the same rule that refuses it,
    /// or because of who this is.
    fn cannot(&self, desk: &OnDesk, code: Code) -> Option<String> {
        let Some(attempt) = &desk.attempt else {
            return Some(self.t.get("calls-cannot-before-call"));
        };
        let open = OpenCall {
            attempt: attempt.id,
            person: desk.person.id,
            agent: desk.claim.agent_id,
            record: None,
            callback: None,
            fence: desk.claim.fence,
            claim: Some(desk.claim.fence),
            saved: None,
            inbound: attempt.is_inbound(),
            line: attempt.line(),
            ground: attempt.ground,
            started_at: attempt.started_at,
            ended_at: attempt.ended_at,
            number: attempt.number.clone(),
            other_number: false,
            objection: None,
        };
        if let Err(refused) = can_be_true(&open, code, self.now.timestamp()) {
            return Some(Wrong::Refused(refused).text(self.t));
        }
        match code {
            Code::Retained if !desk.person.is_member => Some(self.t.get("calls-cannot-no-member")),
            Code::Cancelled if !desk.person.is_member => Some(self.t.get("calls-cannot-no-member")),
            Code::Joined if desk.person.is_member => Some(self.t.get("calls-cannot-is-member")),
            _ => None,
        }
    }

    fn is_outcome(&self, button: &OutcomeButton) -> bool {
        self.form.outcome == button.name
    }

    fn wrong_text(&self) -> Option<String> {
        self.wrong.as_ref().map(|wrong| wrong.text(self.t))
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.as_ref().is_some_and(|wrong| wrong.field() == field)
    }

    fn opens_dialog(&self) -> bool {
        self.wrong.as_ref().is_some_and(Wrong::is_about_callback)
    }

    fn days(&self) -> Vec<DayChoice> {
        let today = self.now.date();
        (1..=4)
            .map(|days| {
                let day = self.calendar.working_days_after(today, days);
                DayChoice {
                    days,
                    name: self.day_name(today, day),
                    date: self.t.short_day(day),
                    says: self.t.with("calls-callback-says", "day", self.t.day(day)),
                }
            })
            .collect()
    }

    fn day_name(&self, today: Date, day: Date) -> String {
        let ahead = today.until(day).map_or(0, |span| span.get_days());
        match ahead {
            1 => self.t.get("calls-day-tomorrow"),
            2 => self.t.get("calls-day-after-tomorrow"),
            _ => kernel::capital(self.t.weekday(day.weekday())),
        }
    }

    fn is_day(&self, days: &u16) -> bool {
        self.form.day == days.to_string()
    }

    fn times(&self) -> [(&'static str, String); 9] {
        let hours = |from: i8, until: i8| format!("{from}:00–{until}:00");
        [
            ("dag", self.t.get("calls-time-day")),
            ("ochtend", self.t.get("calls-time-morning")),
            ("middag", self.t.get("calls-time-afternoon")),
            ("9:00-10:00", hours(9, 10)),
            ("10:00-11:00", hours(10, 11)),
            ("11:00-12:00", hours(11, 12)),
            ("13:00-14:00", hours(13, 14)),
            ("14:00-15:00", hours(14, 15)),
            ("15:00-16:00", hours(15, 16)),
        ]
    }

    fn first_promise(&self) -> Option<String> {
        let first = self.work.callbacks.first()?;
        let is_due = first.check_at <= self.now.timestamp();
        let text = if is_due { "calls-ready-promise" } else { "calls-ready-promise-later" };
        Some(self.t.with2(text, "who", self.work.who(first), "when", self.work.when(first)))
    }
}

/// The word of an outcome on its button.
pub(crate) fn code_text(code: Code) -> &'static str {
    match code {
        Code::Joined => "calls-outcome-joined",
        Code::Retained => "calls-outcome-retained",
        Code::Callback => "calls-outcome-callback",
        Code::NotInterested => "calls-outcome-not-interested",
        Code::NoAnswer => "calls-outcome-no-answer",
        Code::Busy => "calls-outcome-busy",
        Code::Voicemail => "calls-outcome-voicemail",
        Code::WrongNumber => "calls-outcome-wrong-number",
        Code::OtherLanguage => "calls-outcome-other-language",
        Code::Objection => "calls-outcome-objection",
        Code::Cancelled => "calls-outcome-cancelled",
        Code::Deceased => "calls-outcome-deceased",
    }
}

/// `Bewaard 8:52.`, for the module that saves the note.
pub(super) fn saved_at(t: &Texts, at: Timestamp) -> String {
    t.with("calls-note-saved", "time", t.clock(at))
}
