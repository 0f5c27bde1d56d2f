use std::collections::{BTreeSet, HashMap};

use askama::Template;
use calls_rules::choice::{self, About, Choice, Then};
use calls_rules::gate::Blocked;
use calls_rules::guide::Answered;
use calls_rules::note::Doubt;
use calls_rules::outcome::{Code, OpenCall, Refused, Settings, can_be_true};
use calls_rules::score::Reason;
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ZonedDateTime};
use kernel::{
    Fence, GuideId, GuideVersionId, OutcomeChoiceId, PersonId, PersonName, Pii, Sex, UserId,
    WorkCalendar,
};
use people::contact::Moment;
use people::person::Found;
use serde::Deserialize;
use texts::Texts;
use web::ui::{Html, rendered, warmth_bars};

use super::person::{OnDesk, reason, touched_words};
use crate::attempt::{self, Attempt};
use crate::callback::Callback;
use crate::choice::{follows_in_words, label};
use crate::guide::{self, Closing, GuidePart, Saves};
use crate::outcome::{CallbackForm, WrongForm};

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

    fn reason_under(&self, outcome: &str) -> &str {
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

fn reason_field(outcome: &str) -> String {
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
pub(super) fn not_now(t: &Texts, again: Option<DateTime>) -> String {
    match again {
        Some(at) => t.fill(
            "calls-wrong-not-now",
            [("day", t.day(at.date()).into()), ("time", t.time(at.time()).into())],
        ),
        None => t.get("calls-wrong-never-now"),
    }
}

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

/// A campaign with how many people it can still offer: a number, no names.
pub(super) struct CampaignLine {
    pub name: String,
    pub eligible: i64,
}

#[derive(Template)]
#[template(path = "desk.html")]
pub(super) struct DeskPage<'a> {
    pub t: &'a Texts,
    pub now: &'a ZonedDateTime,
    pub first_name: &'a str,
    pub work: WorkList<'a>,
    pub desk: Option<OnDesk>,
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

/// The list beside the person; alone, it is what live updates ask for.
#[derive(Template)]
#[template(path = "desk_list.html")]
pub(super) struct WorkList<'a> {
    pub t: &'a Texts,
    pub now: &'a ZonedDateTime,
    pub current: Option<(String, String)>,
    pub in_call: bool,
    pub current_callback: Option<kernel::CallbackId>,
    pub callbacks: Vec<Callback>,
    pub campaigns: Vec<CampaignLine>,
    pub done: i64,
}

impl WorkList<'_> {
    fn to_go(&self) -> i64 {
        let promises = i64::try_from(self.promises().count()).unwrap_or(0);
        promises + self.campaigns.iter().map(|campaign| campaign.eligible).sum::<i64>()
    }

    /// Without the one that is on the desk.
    fn promises(&self) -> impl Iterator<Item = &Callback> {
        self.callbacks.iter().filter(|callback| Some(callback.id) != self.current_callback)
    }

    fn is_late(&self, callback: &Callback) -> bool {
        matches!(callback.state(self.now.timestamp()).as_str(), "overdue" | "escalated")
    }

    fn when(&self, callback: &Callback) -> String {
        if self.is_late(callback) {
            self.t.get("calls-list-late")
        } else if callback.tries > 0 {
            self.t.clock(callback.check_at)
        } else {
            self.t.time(callback.from_time)
        }
    }

    fn who(&self, callback: &Callback) -> String {
        listed(self.t, &callback.name(), callback.sex)
    }

    fn about(&self, callback: &Callback) -> String {
        match (callback.tries, &callback.opening) {
            (0, Some(opening)) => opening.clone(),
            (0, None) => {
                self.t.with("calls-list-promised", "day", self.t.short_day(callback.due_on))
            }
            (tries, _) => self.t.with("calls-list-try", "n", i64::from(tries) + 1),
        }
    }

    fn warmth(&self, callback: &Callback) -> Option<(Html, String)> {
        callback.warmth.map(|warmth| (warmth_bars(bars(warmth)), self.t.get(warmth_text(warmth))))
    }
}

/// Three bars for warm, one for cool.
#[must_use]
pub fn bars(warmth: calls_rules::callback::Warmth) -> u8 {
    use calls_rules::callback::Warmth as W;
    match warmth {
        W::Warm => 3,
        W::Lukewarm => 2,
        W::Cool => 1,
    }
}

#[must_use]
pub fn warmth_text(warmth: calls_rules::callback::Warmth) -> &'static str {
    use calls_rules::callback::Warmth as W;
    match warmth {
        W::Warm => "calls-warmth-warm",
        W::Lukewarm => "calls-warmth-lukewarm",
        W::Cool => "calls-warmth-cool",
    }
}

/// `Mevr. Arslan`, in a list.
pub(super) fn listed(t: &Texts, name: &PersonName, sex: Option<Sex>) -> String {
    match sex {
        Some(Sex::Female) => t.with("calls-short-f", "name", name.after_title()),
        Some(Sex::Male) => t.with("calls-short-m", "name", name.after_title()),
        _ => name.spoken(),
    }
}

/// `mevrouw Arslan`, inside a sentence.
pub(crate) fn short_formal(t: &Texts, person: &Found) -> String {
    let name = person.name().after_title();
    match person.sex {
        Some(Sex::Female) => t.with("calls-formal-f", "name", name),
        Some(Sex::Male) => t.with("calls-formal-m", "name", name),
        _ => person.name().spoken(),
    }
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
    fn work_html(&self) -> Html {
        rendered(self.work.render().unwrap_or_default())
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
        std::iter::once(first).chain(asked).collect::<Vec<_>>().join(" ")
    }

    /// With what to begin instead of the guide's first sentence: what was agreed, what the campaign says, or what
    /// one says to whoever calls.
    fn opening(&self, desk: &OnDesk, has_own_guide: bool) -> Option<String> {
        let agreed = desk.promise.as_ref().and_then(|promise| promise.opening.clone());
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
    fn guide_html(&self, desk: &OnDesk) -> Html {
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
            in_call: self.is_in_call(),
            closing: closing.collect(),
            name: own.map(|own| own.name.as_str()),
            others: self.guide.others(),
        };
        rendered(part.render().unwrap_or_default())
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
            _ => {
                let name = self.t.weekday(day.weekday());
                let (first, rest) = name.split_at(1);
                first.to_uppercase() + rest
            }
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
