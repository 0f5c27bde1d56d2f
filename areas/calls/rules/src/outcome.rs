//! What logging the outcome of a call brings about.

use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use kernel::{
    AttemptId, CallRecordId, CampaignId, Event, EventKind, Fact, Fence, PersonId, PhoneNumber,
    UserId, Window, WorkCalendar,
};

use crate::callback::{self, OpenCallback, Plan, Retries, Tried, Wish};
use crate::choice::{Chosen, Made, Then};
use crate::gate::Ground;

kernel::codes! {
    /// What an outcome counts as, here and for whoever reads the API; how the desk names it, and which reasons
    /// it offers, is the association's own tree ([`crate::choice`]).
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
    pub line: Line,
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

/// What a call goes over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line {
    /// The agent's own telephone, of which we know what the agent says.
    OwnPhone,
    /// A line of ours, which says itself whether somebody answered and when it ended.
    Ours { answered: bool },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OpenRecord {
    pub id: CallRecordId,
    pub campaign: CampaignId,
    /// Tries before this one.
    pub tries: u16,
    pub own: OwnRetries,
}

/// What a campaign says instead of the rules: how often somebody is tried, and how long somebody rests who did not
/// answer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct OwnRetries {
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
    /// Set if it was still going on, on an own telephone.
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
    /// What was chosen from the tree: a result, and a reason under it.
    pub result: Option<Made>,
    pub reason: Option<Made>,
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
    #[error("it still rings; hang up first")]
    StillRings,
    #[error("nobody answered")]
    NobodyAnswered,
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
    let answered = || Err(Refused::SomebodyAnswered { seconds: lasted.as_secs() });
    let is_unanswered = matches!(code, Code::NoAnswer | Code::Busy);
    match (open.line, open.ended_at) {
        (Line::OwnPhone, _) if is_unanswered && lasted > RINGS_AT_MOST => answered(),
        (Line::Ours { answered: true }, _) if is_unanswered => answered(),
        (Line::Ours { answered: false }, None) => Err(Refused::StillRings),
        (Line::Ours { answered: false }, Some(_))
            if !is_unanswered && code != Code::WrongNumber =>
        {
            Err(Refused::NobodyAnswered)
        }
        _ => Ok(()),
    }
}

/// Whether the agent has to say in this call that an objection is possible.
///
/// Source: Telecommunicatiewet art. 11.7 lid 2; domain facts §3.4, `objection.offer_each_call`.
#[must_use]
pub fn must_offer_objection(ground: Option<Ground>, settings: &Settings) -> bool {
    ground.is_some_and(|ground| settings.offer_objection_on.contains(&ground))
}

/// What the agent says besides the outcome.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The person heard that an objection is possible.
    pub objection_offered: bool,
    /// What was chosen from the tree; a code alone means what the rules say.
    pub chosen: Option<Chosen>,
}

/// Logs `outcome` on a call and decides what follows from it.
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
    said: &Said,
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
            let (to, rule) = next_state(open, record, (code, said), callback, now, settings);
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

    // A line of ours ends when it does: the outcome may be said while they still say goodbye.
    let ends_now = open.ended_at.is_none() && open.line == Line::OwnPhone;
    let end_call = ends_now.then_some(EndCall { attempt: open.attempt, at });
    // Whoever objects knew it.
    let objection_offered = (code.is_reached() && must_offer_objection(open.ground, settings))
        .then_some(said.objection_offered || code == Code::Objection);
    let outcome = NewOutcome {
        attempt: open.attempt,
        code,
        by: open.agent,
        at,
        objection_offered,
        result: said.chosen.as_ref().map(|chosen| chosen.result),
        reason: said.chosen.as_ref().and_then(|chosen| chosen.reason),
    };
    let events = events(open, &outcome, end_call, rule, callback, plan.as_ref(), now);
    Ok(Logged {
        outcome,
        end_call,
        release: Release { person: open.person, fence: open.fence, at },
        record,
        callback,
        plan,
        consequence,
        events,
    })
}

/// When the list offers somebody again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Again {
    pub minutes: i64,
    pub tries_max: i64,
    /// Whoever did not answer in the morning may in the afternoon.
    pub in_another_part: bool,
    /// Which rule or choice says so, with its version.
    pub rule: String,
}

/// When the list offers somebody again after this outcome; `None`: not by itself. What was chosen says more than
/// the rules do; how often at most, the campaign says before both.
#[must_use]
pub fn again(code: Code, then: Then, own: OwnRetries, settings: &Settings) -> Option<Again> {
    let in_another_part = code == Code::NoAnswer;
    let usual = match code {
        Code::NoAnswer => Some(&settings.no_answer),
        Code::Busy => Some(&settings.busy),
        Code::Voicemail => Some(&settings.voicemail),
        Code::OtherLanguage => Some(&settings.other_language),
        _ => None,
    };
    let (minutes, tries_max, rule) = match then {
        Then::AsUsual => {
            let Retry { minutes, tries_max, rule } = usual?;
            let own = own.rest_minutes.filter(|_| code == Code::NoAnswer);
            (own.unwrap_or(*minutes), *tries_max, rule.clone())
        }
        Then::Again { minutes, tries_max } => (minutes, tries_max, String::new()),
        Then::Done => return None,
    };
    Some(Again { minutes, tries_max: own.tries_max.unwrap_or(tries_max), in_another_part, rule })
}

/// Whether a try is the last one, after so many before it.
#[must_use]
pub fn is_last_try(tries: u16, tries_max: i64) -> bool {
    i64::from(tries) + 1 >= tries_max
}

/// Where the call record goes, and by which rule.
fn next_state(
    open: &OpenCall,
    record: OpenRecord,
    (code, said): (Code, &Said),
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
    let chosen = said.chosen.as_ref().filter(|chosen| chosen.then != Then::AsUsual);
    let then = chosen.map_or(Then::AsUsual, |chosen| chosen.then);
    let to = match code {
        Code::Callback => RecordState::Promised,
        Code::WrongNumber if open.other_number => RecordState::Resting { until: at },
        Code::WrongNumber => RecordState::BlockedNoNumber,
        Code::Objection => RecordState::BlockedByObjection,
        Code::Deceased => RecordState::BlockedDeceased,
        Code::Joined
        | Code::Retained
        | Code::NotInterested
        | Code::Cancelled
        | Code::NoAnswer
        | Code::Busy
        | Code::Voicemail
        | Code::OtherLanguage => {
            let again = again(code, then, record.own, settings);
            let rule = chosen.map(|chosen| chosen.rule.clone());
            let Some(Again { minutes, tries_max, in_another_part, rule: usual }) = again else {
                return (RecordState::Done, rule);
            };
            let until = if in_another_part {
                let retries = Retries { tries_max, minutes, office_hours: settings.office_hours };
                callback::in_another_part(now, retries, &settings.calendar)
            } else {
                at + SignedDuration::from_mins(minutes)
            };
            let to = if is_last_try(record.tries, tries_max) {
                RecordState::Exhausted
            } else {
                RecordState::Resting { until }
            };
            return (to, Some(rule.unwrap_or(usual)));
        }
    };
    (to, None)
}

fn events(
    open: &OpenCall,
    outcome: &NewOutcome,
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
    let NewOutcome { code, objection_offered, result, reason, .. } = *outcome;
    let mut logged = about(EventKind::OutcomeLogged)
        .with("outcome", Fact::Code(code.code()))
        .with("reached", yes(code.is_reached()))
        .with("attempt", Fact::Number(open.attempt.0));
    if let Some(offered) = objection_offered {
        logged = logged.with("objection_offered", yes(offered));
    }
    for (name, chosen) in [("result", result), ("reason", reason)] {
        if let Some(chosen) = chosen {
            logged = logged.with(name, Fact::Number(chosen.nr));
        }
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
pub(crate) mod tests {
    use jiff::civil::DateTime;
    use kernel::{CallbackId, OutcomeChoiceId};

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

    pub(crate) fn settings() -> Settings {
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
                own: OwnRetries::default(),
            }),
            callback: None,
            fence: Fence(5),
            claim: Some(Fence(5)),
            saved: None,
            inbound: false,
            line: Line::OwnPhone,
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
        log_outcome(open, outcome, &Said::default(), &now(), &settings())
    }

    /// What an association says of a result goes before the rules; the campaign's number of tries before both.
    #[test]
    fn what_is_chosen_says_when_somebody_is_called_again() {
        let day = SignedDuration::from_hours(24);
        let after = |code, then, tries_max| {
            let said = Said {
                chosen: Some(Chosen {
                    result: Made { id: OutcomeChoiceId(50), nr: 5 },
                    reason: Some(Made { id: OutcomeChoiceId(60), nr: 6 }),
                    then,
                    rule: "outcome.choice.6@2".into(),
                }),
                ..Said::default()
            };
            let mut open = open();
            let record = open.record.as_mut().unwrap();
            record.own.tries_max = tries_max;
            let outcome = Outcome::Plain(code);
            let logged = super::log_outcome(&open, outcome, &said, &now(), &settings()).unwrap();
            assert_eq!(logged.outcome.reason.map(|reason| reason.nr), Some(6));
            (logged.record.unwrap().to, logged.events[1].rule.clone())
        };
        let again = Then::Again { minutes: 1440, tries_max: 2 };
        let tomorrow = RecordState::Resting { until: now().timestamp() + day };
        let says = Some("outcome.choice.6@2".to_owned());
        assert_eq!(after(Code::NotInterested, again, None), (tomorrow, says.clone()));
        assert_eq!(after(Code::Busy, again, None), (tomorrow, says.clone()));
        assert_eq!(after(Code::Busy, again, Some(1)), (RecordState::Exhausted, says.clone()));
        assert_eq!(after(Code::Busy, Then::Done, None), (RecordState::Done, says));
        let usual = after(Code::Busy, Then::AsUsual, None);
        assert_eq!(usual.1, Some("retry@30".into()));
        // The law is not to be chosen.
        assert_eq!(after(Code::Objection, again, None).0, RecordState::BlockedByObjection);
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
                own: OwnRetries::default(),
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
            let said = Said { objection_offered: offered, chosen: None };
            let logged = super::log_outcome(open, outcome, &said, &now(), &settings()).unwrap();
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
    fn what_the_line_says_is_not_contradicted() {
        let ended_at = Some(now().timestamp());
        let ours = |answered| OpenCall { line: Line::Ours { answered }, ..open() };
        let rings = ours(false);
        let unanswered = OpenCall { ended_at, ..rings.clone() };
        for code in [Code::NoAnswer, Code::Busy, Code::WrongNumber] {
            assert_eq!(log(&rings, code), Err(Refused::StillRings));
            assert!(log(&unanswered, code).is_ok(), "{code}");
        }
        for code in [Code::Joined, Code::Voicemail, Code::Objection, Code::Deceased] {
            assert_eq!(log(&unanswered, code), Err(Refused::NobodyAnswered), "{code}");
        }
        let answered = OpenCall { ended_at, ..ours(true) };
        assert!(matches!(log(&answered, Code::NoAnswer), Err(Refused::SomebodyAnswered { .. })));
        assert!(log(&answered, Code::Voicemail).is_ok(), "by a machine");
        // They still say goodbye: the line says when that is over.
        let logged = log(&ours(true), Code::Joined).unwrap();
        assert_eq!((logged.end_call, logged.events[0].kind), (None, EventKind::OutcomeLogged));
    }

    #[test]
    fn a_wrong_number_goes_on_with_the_next_number() {
        let other = OpenCall { other_number: true, ..open() };
        let to = log(&other, Code::WrongNumber).unwrap().record.unwrap().to;
        assert_eq!(to, RecordState::Resting { until: now().timestamp() });
    }
}
