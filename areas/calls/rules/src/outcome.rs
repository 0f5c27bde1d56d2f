//! What logging the outcome of a call brings about.

use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use kernel::{
    AttemptId, CallRecordId, CampaignId, Event, EventKind, Fact, Fence, PersonId, PhoneNumber,
    UserId, Window, WorkCalendar,
};

use crate::callback::{self, OpenCallback, Plan, Retries, Tried, Wish};
use crate::gate::Ground;

kernel::codes! {
    /// The outcomes that the desk offers; an administrator's own tree comes later.
    pub enum Code {
        Joined = "joined",
        Retained = "retained",
        Callback = "callback",
        NotInterested = "not_interested",
        NoAnswer = "no_answer",
        Busy = "busy",
        Voicemail = "voicemail",
        WrongNumber = "wrong_number",
        OtherLanguage = "other_language",
        Objection = "objection",
        Cancelled = "cancelled",
        Deceased = "deceased",
    }
}

impl Code {
    /// Whether the person was spoken to. A stranger on a wrong number is not this person.
    #[must_use]
    pub fn is_reached(self) -> bool {
        !matches!(
            self,
            Self::NoAnswer | Self::Busy | Self::Voicemail | Self::WrongNumber | Self::Deceased
        )
    }

    /// Whether it was a talk of the kind that nobody wants twice a month; without a common language it was none.
    #[must_use]
    pub fn is_conversation(self) -> bool {
        self.is_reached() && self != Self::OtherLanguage
    }
}

/// An outcome with what belongs to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Everything but a callback.
    Plain(Code),
    Callback(Wish),
}

impl Outcome {
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Plain(code) => *code,
            Self::Callback(_) => Code::Callback,
        }
    }
}

/// What the rule needs to know; the store fills it in one query.
#[derive(Clone, Debug)]
pub struct OpenCall {
    pub attempt: AttemptId,
    pub person: PersonId,
    pub agent: UserId,
    pub record: Option<OpenRecord>,
    pub callback: Option<OpenCallback>,
    /// The claim under which this attempt was made.
    pub fence: Fence,
    /// The claim on the person that is open now, if it is this agent's.
    pub claim: Option<Fence>,
    pub saved: Option<Saved>,
    pub inbound: bool,
    /// On which ground we called.
    pub ground: Option<Ground>,
    pub started_at: Timestamp,
    /// `None` while the line is open.
    pub ended_at: Option<Timestamp>,
    pub number: Option<PhoneNumber>,
    /// Whether another number of this person can be tried.
    pub other_number: bool,
    pub objection: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OpenRecord {
    pub id: CallRecordId,
    pub campaign: CampaignId,
    /// Tries before this one.
    pub tries: u16,
    /// What the campaign says instead of the rules: how often, and how long somebody rests who did not answer.
    pub tries_max: Option<i64>,
    pub rest_minutes: Option<i64>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Saved {
    pub by: UserId,
    pub at: Timestamp,
}

/// When to try again after nobody was reached, and how often at most. Rule data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Retry {
    pub minutes: i64,
    pub tries_max: i64,
    /// Which rule this is, with its version.
    pub rule: String,
}

/// The rule data that an outcome depends on, as valid today.
#[derive(Clone, Debug)]
pub struct Settings {
    pub no_answer: Retry,
    pub busy: Retry,
    pub voicemail: Retry,
    pub other_language: Retry,
    pub callback_tries_max: i64,
    pub callback_retry_minutes: i64,
    /// Grounds on which whoever is called hears that an objection is possible.
    pub offer_objection_on: Vec<Ground>,
    pub office_hours: Window,
    pub calendar: WorkCalendar,
}

/// Everything that must be stored, in one transaction.
#[must_use]
#[derive(Debug, Eq, PartialEq)]
pub struct Logged {
    pub outcome: NewOutcome,
    /// Set if the line was still open.
    pub end_call: Option<EndCall>,
    pub release: Release,
    pub record: Option<MoveRecord>,
    pub callback: Option<MoveCallback>,
    pub plan: Option<Plan>,
    pub consequence: Option<Consequence>,
    pub events: Vec<Event>,
}

/// Always a new row: a mistake is corrected by a row that follows, never overwritten.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewOutcome {
    pub attempt: AttemptId,
    pub code: Code,
    pub by: UserId,
    pub at: Timestamp,
    /// Whether the agent said that an objection is possible; `None` where nobody needed to hear it.
    pub objection_offered: Option<bool>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EndCall {
    pub attempt: AttemptId,
    pub at: Timestamp,
}

/// Lets the person go. If the claim was taken over meanwhile, nothing of this happens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Release {
    pub person: PersonId,
    pub fence: Fence,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MoveRecord {
    pub id: CallRecordId,
    pub to: RecordState,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RecordState {
    Done,
    Promised,
    Resting { until: Timestamp },
    Exhausted,
    BlockedByObjection,
    BlockedNoNumber,
    BlockedDeceased,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MoveCallback {
    pub open: OpenCallback,
    pub tried: Tried,
}

/// What else follows, in another area's tables.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Consequence {
    Objection,
    NumberIsWrong(PhoneNumber),
    Death,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("outcome was already logged by user {by} at {at}")]
    AlreadyLogged { by: UserId, at: Timestamp },
    #[error("the claim ended; somebody else may be calling this person")]
    ClaimEnded,
    #[error("after {seconds} seconds somebody must have answered")]
    SomebodyAnswered { seconds: i64 },
    #[error("whoever calls us was reached")]
    TheyCalledUs,
    #[error(transparent)]
    Callback(#[from] callback::Refused),
}

/// So long a telephone may ring, walking to it included; after that, somebody answered.
pub const RINGS_AT_MOST: SignedDuration = SignedDuration::from_secs(180);

/// Whether this outcome can be true of the call as it went. Used to offer and to refuse alike.
pub fn can_be_true(open: &OpenCall, code: Code, now: Timestamp) -> Result<(), Refused> {
    if open.inbound
        && matches!(code, Code::NoAnswer | Code::Busy | Code::Voicemail | Code::WrongNumber)
    {
        return Err(Refused::TheyCalledUs);
    }
    let lasted = open.ended_at.unwrap_or(now).duration_since(open.started_at);
    if matches!(code, Code::NoAnswer | Code::Busy) && lasted > RINGS_AT_MOST {
        return Err(Refused::SomebodyAnswered { seconds: lasted.as_secs() });
    }
    Ok(())
}

/// Whether the agent has to say in this call that an objection is possible.
///
/// Source: Telecommunicatiewet art. 11.7 lid 2; domain facts §3.4, `objection.offer_each_call`.
#[must_use]
pub fn must_offer_objection(ground: Option<Ground>, settings: &Settings) -> bool {
    ground.is_some_and(|ground| settings.offer_objection_on.contains(&ground))
}

/// Logs `outcome` on a call and decides what follows from it. `offered`: the agent says that the person heard
/// that an objection is possible.
///
/// `now` is wall time at the office. Source: state machines §4.1 (outcome saved) and §4.3 (reached,
/// not reached).
///
/// # Errors
///
/// [`Refused`] is part of normal work; the page shows it beside the field it is about.
pub fn log_outcome(
    open: &OpenCall,
    outcome: Outcome,
    offered: bool,
    now: &ZonedDateTime,
    settings: &Settings,
) -> Result<Logged, Refused> {
    if let Some(Saved { by, at }) = open.saved {
        return Err(Refused::AlreadyLogged { by, at });
    }
    if open.claim != Some(open.fence) {
        return Err(Refused::ClaimEnded);
    }
    let at = now.timestamp();
    let code = outcome.code();
    can_be_true(open, code, at)?;

    let plan = match outcome {
        Outcome::Callback(wish) => {
            let Settings { calendar, office_hours, .. } = settings;
            Some(callback::plan(wish, open.agent, open.objection, now, calendar, *office_hours)?)
        }
        Outcome::Plain(_) => None,
    };
    let callback = open.callback.map(|callback| MoveCallback {
        open: callback,
        tried: callback::tried(
            &callback,
            code.is_reached(),
            open.started_at,
            now,
            Retries {
                tries_max: settings.callback_tries_max,
                minutes: settings.callback_retry_minutes,
                office_hours: settings.office_hours,
            },
            &settings.calendar,
        ),
    });
    let (record, rule) = match open.record {
        Some(record) => {
            let (to, rule) = next_state(open, record, code, callback, now, settings);
            (Some(MoveRecord { id: record.id, to }), rule)
        }
        None => (None, None),
    };
    let consequence = match code {
        Code::Objection => Some(Consequence::Objection),
        Code::WrongNumber => open.number.clone().map(Consequence::NumberIsWrong),
        Code::Deceased => Some(Consequence::Death),
        _ => None,
    };

    let end_call = open.ended_at.is_none().then_some(EndCall { attempt: open.attempt, at });
    // Whoever objects knew it.
    let objection_offered = (code.is_reached() && must_offer_objection(open.ground, settings))
        .then_some(offered || code == Code::Objection);
    let said = (code, objection_offered);
    let events = events(open, said, end_call, rule, callback, plan.as_ref(), now);
    Ok(Logged {
        outcome: NewOutcome { attempt: open.attempt, code, by: open.agent, at, objection_offered },
        end_call,
        release: Release { person: open.person, fence: open.fence, at },
        record,
        callback,
        plan,
        consequence,
        events,
    })
}

/// Where the call record goes, and by which rule.
fn next_state(
    open: &OpenCall,
    record: OpenRecord,
    code: Code,
    callback: Option<MoveCallback>,
    now: &ZonedDateTime,
    settings: &Settings,
) -> (RecordState, Option<String>) {
    let at = now.timestamp();
    // Not reached on a promise: the record waits for the promise, and ends with it.
    if let Some(MoveCallback { tried, .. }) = callback
        && matches!(code, Code::NoAnswer | Code::Busy | Code::Voicemail)
    {
        return match tried {
            Tried::ClosedUnreached => (RecordState::Exhausted, None),
            _ => (RecordState::Promised, None),
        };
    }
    let retry = |retry: &Retry| {
        let tries_max = record.tries_max.unwrap_or(retry.tries_max);
        let until = if code == Code::NoAnswer {
            let minutes = record.rest_minutes.unwrap_or(retry.minutes);
            let retries = Retries { tries_max, minutes, office_hours: settings.office_hours };
            callback::in_another_part(now, retries, &settings.calendar)
        } else {
            at + SignedDuration::from_mins(retry.minutes)
        };
        let to = if i64::from(record.tries) + 1 >= tries_max {
            RecordState::Exhausted
        } else {
            RecordState::Resting { until }
        };
        (to, Some(retry.rule.clone()))
    };
    match code {
        Code::Joined | Code::Retained | Code::NotInterested | Code::Cancelled => {
            (RecordState::Done, None)
        }
        Code::Callback => (RecordState::Promised, None),
        Code::NoAnswer => retry(&settings.no_answer),
        Code::Busy => retry(&settings.busy),
        Code::Voicemail => retry(&settings.voicemail),
        Code::OtherLanguage => retry(&settings.other_language),
        Code::WrongNumber if open.other_number => (RecordState::Resting { until: at }, None),
        Code::WrongNumber => (RecordState::BlockedNoNumber, None),
        Code::Objection => (RecordState::BlockedByObjection, None),
        Code::Deceased => (RecordState::BlockedDeceased, None),
    }
}

fn events(
    open: &OpenCall,
    (code, objection_offered): (Code, Option<bool>),
    end_call: Option<EndCall>,
    rule: Option<String>,
    callback: Option<MoveCallback>,
    plan: Option<&Plan>,
    now: &ZonedDateTime,
) -> Vec<Event> {
    let about = |kind| {
        let mut event = Event::new(kind, now.date()).about(open.person);
        event.call_record = open.record.map(|record| record.id);
        event.campaign = open.record.map(|record| record.campaign);
        event
    };
    let yes = |yes| Fact::Code(if yes { "yes" } else { "no" });
    let mut events = Vec::new();
    if let Some(EndCall { at, .. }) = end_call {
        events.push(call_ended(about(EventKind::CallEnded), open.started_at, at));
    }
    let mut logged = about(EventKind::OutcomeLogged)
        .with("outcome", Fact::Code(code.code()))
        .with("reached", yes(code.is_reached()))
        .with("attempt", Fact::Number(open.attempt.0));
    if let Some(offered) = objection_offered {
        logged = logged.with("objection_offered", yes(offered));
    }
    logged.rule = rule;
    events.push(logged);
    events.extend(callback.map(|MoveCallback { open: callback, tried }| {
        let event = match tried {
            Tried::Kept { on_time } => about(EventKind::CallbackKept).with("on_time", yes(on_time)),
            Tried::Again { .. } => about(EventKind::CallbackTried)
                .with("try", Fact::Number(i64::from(callback.tries) + 1)),
            Tried::ClosedUnreached => {
                about(EventKind::CallbackEnded).with("how", Fact::Code("closed_unreached"))
            }
        };
        event.with("callback", Fact::Number(callback.id.0))
    }));
    events.extend(plan.map(|plan| {
        let made = about(EventKind::CallbackMade).with("due_on", Fact::Day(plan.from.date()));
        match plan.warmth {
            Some(warmth) => made.with("warmth", Fact::Code(warmth.code())),
            None => made,
        }
    }));
    events
}

/// Completes the event of a call that ended: its seconds count as talking time.
#[must_use]
pub fn call_ended(mut event: Event, started_at: Timestamp, ended_at: Timestamp) -> Event {
    event.amount = Some(ended_at.duration_since(started_at).as_secs().max(0));
    event
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;
    use kernel::CallbackId;

    use super::*;
    use crate::callback::{Owner, When};

    const MARIT: UserId = UserId(7);

    fn at_the_office(wall_time: &str) -> ZonedDateTime {
        let wall_time: DateTime = wall_time.parse().unwrap();
        wall_time.in_tz("Europe/Amsterdam").unwrap()
    }

    fn now() -> ZonedDateTime {
        at_the_office("2026-11-24T08:52")
    }

    fn settings() -> Settings {
        let retry =
            |minutes, tries_max| Retry { minutes, tries_max, rule: format!("retry@{minutes}") };
        Settings {
            no_answer: retry(240, 4),
            busy: retry(30, 4),
            voicemail: retry(1440, 3),
            other_language: retry(1440, 2),
            callback_tries_max: 3,
            callback_retry_minutes: 120,
            offer_objection_on: vec![Ground::Consent, Ground::Exception],
            office_hours: Window::parse("9:00", "17:00").unwrap(),
            calendar: WorkCalendar::default(),
        }
    }

    /// Marit called somebody two minutes ago, for the first time.
    fn open() -> OpenCall {
        OpenCall {
            attempt: AttemptId(3),
            person: PersonId(2),
            agent: MARIT,
            record: Some(OpenRecord {
                id: CallRecordId(1),
                campaign: CampaignId(9),
                tries: 0,
                tries_max: None,
                rest_minutes: None,
            }),
            callback: None,
            fence: Fence(5),
            claim: Some(Fence(5)),
            saved: None,
            inbound: false,
            ground: Some(Ground::RequestedCall),
            started_at: now().timestamp() - SignedDuration::from_mins(2),
            ended_at: None,
            number: Some("0612345678".parse().unwrap()),
            other_number: false,
            objection: None,
        }
    }

    fn promise(tries: u16) -> OpenCallback {
        OpenCallback {
            id: CallbackId(4),
            record: Some(CallRecordId(1)),
            from: at_the_office("2026-11-24T08:30").timestamp(),
            until: at_the_office("2026-11-24T09:00").timestamp(),
            tries,
        }
    }

    fn log(open: &OpenCall, code: Code) -> Result<Logged, Refused> {
        let outcome = match code {
            Code::Callback => Outcome::Callback(Wish {
                when: When::InWorkingDays(3),
                window: None,
                owner: Owner::Me,
                words: None,
                warmth: None,
                opening: None,
            }),
            code => Outcome::Plain(code),
        };
        log_outcome(open, outcome, false, &now(), &settings())
    }

    /// Every outcome: where the record goes, what else follows, what is counted.
    #[test]
    fn every_outcome_leads_somewhere() {
        let mut table = String::new();
        for code in Code::ALL {
            let logged = log(&open(), *code).unwrap();
            let state = match logged.record.unwrap().to {
                RecordState::Resting { until } => {
                    format!("resting {} min", until.duration_since(now().timestamp()).as_mins())
                }
                state => format!("{state:?}"),
            };
            let kinds: Vec<_> = logged.events.iter().map(|event| event.kind.code()).collect();
            let reached = logged.events[1].code("reached").unwrap();
            let consequence = match logged.consequence {
                Some(Consequence::Objection) => " objection",
                Some(Consequence::NumberIsWrong(_)) => " number",
                Some(Consequence::Death) => " death",
                None => "",
            };
            table += &format!(
                "{code}: {state}, reached {reached}, {}{consequence}\n",
                kinds[1..].join("+")
            );
        }
        let expected = "\
joined: Done, reached yes, outcome_logged
retained: Done, reached yes, outcome_logged
callback: Promised, reached yes, outcome_logged+callback_made
not_interested: Done, reached yes, outcome_logged
no_answer: resting 248 min, reached no, outcome_logged
busy: resting 30 min, reached no, outcome_logged
voicemail: resting 1440 min, reached no, outcome_logged
wrong_number: BlockedNoNumber, reached no, outcome_logged number
other_language: resting 1440 min, reached yes, outcome_logged
objection: BlockedByObjection, reached yes, outcome_logged objection
cancelled: Done, reached yes, outcome_logged
deceased: BlockedDeceased, reached no, outcome_logged death
";
        assert_eq!(table, expected);
    }

    #[test]
    fn an_outcome_is_logged_once_and_only_under_the_open_claim() {
        let saved = Saved { by: MARIT, at: now().timestamp() };
        let again = log(&OpenCall { saved: Some(saved), claim: None, ..open() }, Code::Joined);
        assert_eq!(again, Err(Refused::AlreadyLogged { by: MARIT, at: now().timestamp() }));
        for claim in [None, Some(Fence(6))] {
            assert_eq!(log(&OpenCall { claim, ..open() }, Code::Joined), Err(Refused::ClaimEnded));
        }
    }

    #[test]
    fn tries_come_to_an_end() {
        for (code, tries, exhausted) in [
            (Code::NoAnswer, 2, false),
            (Code::NoAnswer, 3, true),
            (Code::Voicemail, 2, true),
            (Code::OtherLanguage, 1, true),
        ] {
            let record = Some(OpenRecord {
                id: CallRecordId(1),
                campaign: CampaignId(9),
                tries,
                tries_max: None,
                rest_minutes: None,
            });
            let to = log(&OpenCall { record, ..open() }, code).unwrap().record.unwrap().to;
            assert_eq!(to == RecordState::Exhausted, exhausted, "{code} after {tries}");
        }
    }

    #[test]
    fn a_promise_is_kept_by_reaching_the_person_and_tried_again_otherwise() {
        let kept =
            log(&OpenCall { callback: Some(promise(0)), ..open() }, Code::NotInterested).unwrap();
        assert_eq!(kept.callback.unwrap().tried, Tried::Kept { on_time: true });
        assert_eq!(kept.events[2].kind, EventKind::CallbackKept);
        assert_eq!(kept.record.unwrap().to, RecordState::Done);

        let again =
            log(&OpenCall { callback: Some(promise(1)), ..open() }, Code::NoAnswer).unwrap();
        assert!(matches!(again.callback.unwrap().tried, Tried::Again { .. }));
        assert_eq!(again.record.unwrap().to, RecordState::Promised);

        let closed = log(&OpenCall { callback: Some(promise(2)), ..open() }, Code::Busy).unwrap();
        assert_eq!(closed.callback.unwrap().tried, Tried::ClosedUnreached);
        assert_eq!(closed.record.unwrap().to, RecordState::Exhausted);

        // Promised again in the same call: the old one is kept, a new one stands.
        let next = log(&OpenCall { callback: Some(promise(0)), ..open() }, Code::Callback).unwrap();
        assert_eq!(next.callback.unwrap().tried, Tried::Kept { on_time: true });
        assert!(next.plan.is_some() && next.record.unwrap().to == RecordState::Promised);
    }

    #[test]
    fn what_cannot_be_true_is_refused() {
        let long_ago = now().timestamp() - SignedDuration::from_mins(4);
        let long = OpenCall { started_at: long_ago, ..open() };
        assert_eq!(log(&long, Code::NoAnswer), Err(Refused::SomebodyAnswered { seconds: 240 }));
        assert!(log(&long, Code::Voicemail).is_ok());
        // Hung up after half a minute, the outcome came later.
        let ended_at = Some(long_ago + SignedDuration::from_secs(30));
        assert!(log(&OpenCall { ended_at, ..long }, Code::NoAnswer).is_ok());
        assert_eq!(
            log(&OpenCall { inbound: true, ..open() }, Code::Busy),
            Err(Refused::TheyCalledUs)
        );
    }

    #[test]
    fn whoever_is_called_on_consent_hears_that_an_objection_is_possible() {
        let consent = OpenCall { ground: Some(Ground::Consent), ..open() };
        for (open, code, offered, kept) in [
            (&consent, Code::NotInterested, true, Some(true)),
            (&consent, Code::NotInterested, false, Some(false)),
            (&consent, Code::Objection, false, Some(true)),
            (&consent, Code::NoAnswer, false, None),
            (&open(), Code::NotInterested, true, None),
        ] {
            let outcome = Outcome::Plain(code);
            let logged = super::log_outcome(open, outcome, offered, &now(), &settings()).unwrap();
            assert_eq!(logged.outcome.objection_offered, kept, "{code} {offered}");
            let fact = logged.events.iter().flat_map(|event| &event.payload);
            assert_eq!(
                fact.filter(|(name, _)| *name == "objection_offered").count(),
                usize::from(kept.is_some())
            );
        }
    }

    #[test]
    fn the_call_ends_with_its_outcome_at_the_latest() {
        let logged = log(&open(), Code::Joined).unwrap();
        assert_eq!(logged.events[0].amount, Some(120));
        let ended_at = Some(now().timestamp());
        let logged = log(&OpenCall { ended_at, ..open() }, Code::Joined).unwrap();
        assert_eq!((logged.end_call, logged.events[0].kind), (None, EventKind::OutcomeLogged));
    }

    #[test]
    fn a_wrong_number_goes_on_with_the_next_number() {
        let other = OpenCall { other_number: true, ..open() };
        let to = log(&other, Code::WrongNumber).unwrap().record.unwrap().to;
        assert_eq!(to, RecordState::Resting { until: now().timestamp() });
    }
}
