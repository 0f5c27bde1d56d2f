//! What the telephone shows: whoever rings, the calls that go on, or the person on the desk; without sound also what an own phone
//! needs to take over.

use std::collections::BTreeMap;

use askama::Template;
use calls::attempt::{self, Attempt, Channel};
use calls::claim::{self, Claim};
use db::Tx;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, PhoneNumber, RecordingPolicyId, UserId};
use people::check::require;
use people::person::Found;
use people::representative::Scope;
use telephone_rules::offer::Why;
use telephony_proto::record::{Pause, State};
use texts::Texts;
use web::{App, PartFuture, User};

use crate::exchange::{Call, Party, Stage, Step};
use crate::outside::Outside;
use crate::queue::log;
use crate::recording;
use crate::telephone::{Stand, Telephone};

#[derive(Template)]
#[template(path = "phone.html")]
struct Phone<'a> {
    t: &'a Texts,
    now: Timestamp,
    is_connected: bool,
    /// On more than one device.
    has_several: bool,
    rings: Option<Other>,
    /// The one that is heard first.
    calls: Vec<Other>,
    is_together: bool,
    desk: Option<Desk>,
    /// The next own promise, if it is near.
    soon: Option<String>,
    /// So many offers were missed in a row that nothing rings here any more.
    missed: Option<i64>,
    /// Who else has sound, and no call.
    free: Vec<(UserId, String)>,
    /// Who may ring in the demo.
    callers: Vec<String>,
}

/// The other end of a call.
struct Other {
    title: String,
    /// Under it: where somebody works or lives.
    details: String,
    number: Option<PhoneNumber>,
    /// Member or not, of a person.
    member: Option<bool>,
    kind: Kind,
    stage: Stage,
    is_held: bool,
    /// It is the user's own to hold and to pass on.
    is_own: bool,
    since: Option<Timestamp>,
    attempt: Option<kernel::AttemptId>,
    /// Why it rings here.
    why: Option<Why>,
    /// More than one has this number, or nobody whom we know: who is it?
    asks_who: bool,
    candidates: Vec<Found>,
    recording: Option<Recording>,
}

/// How it stands with recording a call.
struct Recording {
    step: Step,
    state: State,
    may_refuse: bool,
    /// What the agent is to say before, in Dutch and in English.
    words: Option<(String, String)>,
}

impl Recording {
    fn is_to_be_told(&self) -> bool {
        self.step == Step::ToBeTold
    }

    fn is_on(&self) -> bool {
        matches!(self.step, Step::On(_))
    }

    fn is_running(&self) -> bool {
        self.is_on() && self.state == State::On
    }

    /// By the agent, who goes on with the same key.
    fn is_paused_by_agent(&self) -> bool {
        matches!(self.state, State::Paused(against) if against.has(Pause::Agent))
    }

    fn can_be_refused(&self) -> bool {
        self.may_refuse && !matches!(self.step, Step::Refused | Step::Lost)
    }
}

/// What kind of call it is, as its badge says.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    In,
    Out,
    /// Nobody is on the line yet: it is dialled once it is taken.
    CallBack,
    Colleague,
}

/// The person on the desk.
struct Desk {
    claim: Claim,
    person: Found,
    number: Option<PhoneNumber>,
    attempt: Option<Attempt>,
    /// Why this person is not called at this hour, if so.
    not_now: Option<String>,
}

impl Phone<'_> {
    fn title(&self, desk: &Desk) -> String {
        people::person::formal(self.t, &desk.person)
    }

    fn short(&self, desk: &Desk) -> String {
        calls::desk::short_formal(self.t, &desk.person)
    }

    fn person_title(&self, person: &Found) -> String {
        people::person::formal(self.t, person)
    }

    fn seconds_since(&self, since: &Timestamp) -> i64 {
        self.now.duration_since(*since).as_secs().max(0)
    }

    fn seconds(&self, attempt: &Attempt) -> i64 {
        let from = attempt.answered_at.unwrap_or(attempt.started_at);
        let until = attempt.ended_at.unwrap_or(self.now);
        until.duration_since(from).as_secs().max(0)
    }

    fn lasted(&self, attempt: &Attempt) -> String {
        self.t.duration(self.seconds(attempt))
    }

    fn duration_since(&self, since: &Timestamp) -> String {
        self.t.duration(self.seconds_since(since))
    }

    /// Nobody answered, and why, as the line said it.
    fn result(&self, attempt: &Attempt) -> String {
        use attempt::EndedAs as E;
        self.t.get(match (attempt.channel, attempt.result) {
            (Channel::OwnPhone, _) | (_, None | Some(E::Spoken)) => "telephone-outcome-due",
            (_, Some(E::NoAnswer)) => "telephone-ended-no-answer",
            (_, Some(E::Busy)) => "telephone-ended-busy",
            (_, Some(E::Rejected)) => "telephone-ended-rejected",
            (_, Some(E::InvalidNumber)) => "telephone-ended-invalid-number",
            (_, Some(E::Refused)) => "telephone-ended-refused",
            (_, Some(E::Network)) => "telephone-ended-network",
            (_, Some(E::CancelledByAgent)) => "telephone-ended-cancelled",
            (_, Some(E::System)) => "telephone-ended-system",
        })
    }

    /// Why it rings here, in words.
    fn why(&self, call: &Other) -> Option<String> {
        Some(self.t.get(&format!("telephone-why-{}", call.why?.code().replace('_', "-"))))
    }

    /// Where somebody whom we do not know is written down, with the number that the network told.
    fn new_person(&self, call: &Other) -> String {
        let digits = call.number.as_ref().and_then(|number| number.e164().strip_prefix('+'));
        digits.map_or_else(
            || "/leden/nieuw".to_owned(),
            |digits| format!("/leden/nieuw?telefoon=%2B{digits}"),
        )
    }

    fn is_own_phone(&self, attempt: &Attempt) -> bool {
        attempt.channel == Channel::OwnPhone
    }

    fn stage(&self, call: &Other) -> String {
        self.t.get(match (call.stage, call.is_held) {
            (Stage::Dials, _) => "telephone-stage-dials",
            (Stage::RingsThere, _) => "telephone-stage-rings",
            (Stage::Early, _) => "telephone-stage-early",
            (Stage::RingsHere, _) => "telephone-stage-rings-here",
            (Stage::Speaks, true) => "telephone-stage-held",
            (Stage::Speaks, false) => "telephone-stage-speaks",
        })
    }

    /// It is answered: it can be held, passed on, and thought along about.
    fn can_be_worked(&self, call: &Other) -> bool {
        call.is_own && call.stage == Stage::Speaks
    }

    fn is_outside(&self, call: &Other) -> bool {
        call.kind != Kind::Colleague
    }

    fn can_be_passed_on(&self, call: &Other) -> bool {
        self.is_outside(call) && self.can_be_worked(call)
    }

    fn badge(&self, call: &Other) -> (&'static str, String) {
        let (icon, text) = match call.kind {
            Kind::In => ("phone-in", "telephone-in"),
            Kind::Out | Kind::CallBack => ("phone-out", "telephone-out"),
            Kind::Colleague => ("talk", "telephone-colleague"),
        };
        (icon, self.t.get(text))
    }

    /// How it stands with the recording, as a screen reader says it when it changes.
    fn recording(&self, recording: &Recording) -> String {
        self.t.get(match (recording.step, recording.state) {
            (Step::ToBeTold, _) => "telephone-record-tell",
            (Step::Plays { .. }, _) => "telephone-record-plays",
            (Step::Refused, _) => "telephone-record-refused",
            (Step::Lost, _) => "telephone-record-lost",
            (Step::On(_), State::On | State::Off) => "telephone-record-runs",
            (Step::On(_), State::Paused(against)) => match against.iter().next() {
                Some(Pause::Hold) => "telephone-record-stands-hold",
                Some(Pause::Form) => "telephone-record-stands-form",
                Some(Pause::Agent) | None => "telephone-record-stands-agent",
            },
        })
    }

    fn has_two(&self) -> bool {
        self.calls.len() == 2 && self.calls.iter().all(|call| self.can_be_worked(call))
    }
}

pub(crate) fn part(app: App, user: User) -> PartFuture {
    Box::pin(async move {
        if !user.may(kernel::Action::WorkCalls) {
            return Ok(String::new());
        }
        let t = app.texts(user.language);
        let now = app.now();
        let telephone = app.state::<Telephone>();
        let stand = telephone.stand(user.id);
        let free = telephone.look(|exchange| {
            let mut free = exchange.reachable();
            free.retain(|other| *other != user.id && exchange.is_free(*other));
            free
        });
        let rules = calls::gate_rules(&app.rulebook(), now.date()).ok();
        let early = rules.as_ref().map_or(SignedDuration::ZERO, |rules| rules.promise_early);
        let shown: Vec<PersonId> =
            stand.known.values().flat_map(|known| known.persons.clone()).take(20).collect();
        let colleagues: Vec<UserId> =
            stand.calls.iter().flat_map(Call::users).chain(free.iter().copied()).collect();
        let missed_max = crate::queue::queue_rules(&app.rulebook(), now.date())
            .map_or(u16::MAX, |rules| rules.thresholds.missed_max);
        let (missed, words, (desk, soon, persons, names)) = app
            .db()
            .read(user.actor(), async |tx| {
                let missed = if stand.is_connected {
                    log::missed_in_a_row(tx).await?.remove(&user.id)
                } else {
                    None
                };
                let missed = missed.filter(|missed| *missed >= missed_max).map(i64::from);
                let words = words(tx, &stand).await?;
                let names = access::users::names(tx, &colleagues).await?;
                let persons = persons(tx, &shown, now.date()).await?;
                let Some(claim) = claim::of_agent(tx, user.id).await? else {
                    let near = calls::callback::near(tx, user.id, early).await?;
                    return Ok::<_, db::Error>((missed, words, (None, near, persons, names)));
                };
                let Some(mut person) =
                    people::person::find(tx, claim.person_id, now.date()).await?
                else {
                    return Ok((missed, words, (None, None, persons, names)));
                };
                if require(tx, claim.person_id, Scope::Information).await?.is_err() {
                    calls::desk::conceal(&mut person);
                }
                let number = attempt::usable_number(tx, claim.person_id).await?;
                let attempt = attempt::of_claim(tx, claim.id).await?;
                let ground = attempt::campaign_ground(tx, &claim).await?;
                let not_now = rules.as_ref().zip(ground).and_then(|(rules, ground)| {
                    let again = rules.hours.closed(ground, now.datetime()).err()?;
                    Some(calls::desk::not_now(&t, again))
                });
                let desk = Desk { claim, person, number, attempt, not_now };
                Ok((missed, words, (Some(desk), None, persons, names)))
            })
            .await?;
        let soon = soon.map(|near| {
            let who = calls::desk::listed(&t, &near.name(), near.sex);
            t.with2("calls-phone-soon", "time", t.time(near.from_time), "who", who)
        });
        let view = View {
            t: &t,
            user: user.id,
            stand: &stand,
            persons: &persons,
            names: &names,
            words: &words,
        };
        let (rings, calls) = view.calls();
        let name = |id: &UserId| names.get(id).cloned().unwrap_or_default();
        let callers = app
            .settings()
            .demo
            .as_ref()
            .filter(|_| stand.is_connected && app.state::<Outside>().desk().is_some());
        let phone = Phone {
            t: &t,
            now: now.timestamp(),
            is_connected: stand.is_connected,
            has_several: telephone.look(|exchange| exchange.has_several(user.id)),
            rings,
            calls,
            is_together: stand.is_together,
            desk,
            soon,
            missed,
            free: free.iter().map(|id| (*id, name(id))).collect(),
            callers: callers
                .iter()
                .flat_map(|demo| &demo.callers)
                .map(|one| one.name.clone())
                .collect(),
        };
        Ok(phone.render().unwrap_or_default())
    })
}

/// Those who are on a call, as far as they may be shown.
async fn persons(
    tx: &mut Tx,
    shown: &[PersonId],
    today: Date,
) -> Result<BTreeMap<PersonId, Found>, db::Error> {
    let mut persons = BTreeMap::new();
    for id in shown {
        if let Some(mut person) = people::person::find(tx, *id, today).await? {
            let town = std::mem::take(&mut person.town);
            if require(tx, *id, Scope::Information).await?.is_err() {
                calls::desk::conceal(&mut person);
            }
            // Name, place and being a member are known as soon as it rings.
            person.town = town;
            persons.insert(*id, person);
        }
    }
    Ok(persons)
}

/// What is to be said before recording, of each policy of hers.
async fn words(
    tx: &mut Tx,
    stand: &Stand,
) -> Result<BTreeMap<RecordingPolicyId, (String, String)>, db::Error> {
    let mut words = BTreeMap::new();
    let records = stand.calls.iter().filter_map(|call| call.record);
    for record in records.filter(|record| record.step == Step::ToBeTold) {
        let said = recording::words(tx, record.policy).await?;
        words.extend(said.map(|said| (record.policy, said)));
    }
    Ok(words)
}

/// What is needed to say who is on a call.
struct View<'a> {
    t: &'a Texts,
    user: UserId,
    stand: &'a Stand,
    persons: &'a BTreeMap<PersonId, Found>,
    names: &'a BTreeMap<UserId, String>,
    words: &'a BTreeMap<RecordingPolicyId, (String, String)>,
}

impl View<'_> {
    /// Whoever rings, and the calls that go on, the one that is heard first.
    fn calls(&self) -> (Option<Other>, Vec<Other>) {
        let rings_here = |call: &&Call| match call.with {
            Party::Outside(_) => call.stage == Stage::RingsHere,
            Party::Colleague(to) => to == self.user && call.stage == Stage::RingsThere,
        };
        let rings = self.stand.calls.iter().find(rings_here).map(|call| self.other(call));
        let going_on = self.stand.calls.iter().filter(|call| !rings_here(call));
        let mut calls: Vec<Other> = going_on.map(|call| self.other(call)).collect();
        calls.sort_by_key(|call| call.is_held);
        (rings, calls)
    }

    fn other(&self, call: &Call) -> Other {
        let mut other = Other {
            title: String::new(),
            details: String::new(),
            number: None,
            member: None,
            kind: if call.rang_us { Kind::In } else { Kind::Out },
            stage: call.stage,
            is_held: call.is_held,
            is_own: call.of == self.user,
            since: None,
            attempt: call.attempt,
            why: None,
            asks_who: false,
            candidates: Vec::new(),
            recording: call.record.filter(|_| call.of == self.user).map(|record| Recording {
                step: record.step,
                state: self.stand.recording.get(&call.nr).copied().unwrap_or(State::Off),
                may_refuse: record.may_refuse,
                words: self.words.get(&record.policy).cloned(),
            }),
        };
        match call.with {
            Party::Colleague(to) => {
                let who = if to == self.user { call.of } else { to };
                other.title = self.names.get(&who).cloned().unwrap_or_default();
                other.kind = Kind::Colleague;
            }
            Party::Outside(leg) => self.outside(call, leg, &mut other),
        }
        other
    }

    fn outside(&self, call: &Call, leg: telephony_engine::LegId, other: &mut Other) {
        let Some(known) = self.stand.known.get(&leg) else { return };
        let found: Vec<&Found> =
            known.persons.iter().filter_map(|id| self.persons.get(id)).collect();
        other.number.clone_from(&known.number);
        other.since = known.answered;
        other.why = known.why;
        if known.wants_call_back {
            other.kind = Kind::CallBack;
        }
        match found[..] {
            [person] => {
                other.title = people::person::formal(self.t, person);
                // Before the caller check nobody hears more than a name and a place.
                let is_checked = !call.rang_us || call.attempt.is_some();
                let employer = if is_checked { person.employer.as_str() } else { "" };
                let details = [employer, person.town.as_str()];
                let details = details.into_iter().filter(|text| !text.is_empty());
                other.details = details.collect::<Vec<_>>().join(", ");
                other.member = Some(person.is_member);
            }
            [] => {
                let number = known.number.as_ref().map(PhoneNumber::display);
                other.title = number.unwrap_or_else(|| self.t.get("telephone-anonymous"));
            }
            _ => {
                let many = i64::try_from(found.len()).unwrap_or(i64::MAX);
                other.title = self.t.with("telephone-several", "count", many);
            }
        }
        other.asks_who = call.rang_us && call.attempt.is_none() && call.stage == Stage::Speaks;
        if other.asks_who {
            other.candidates = found.into_iter().cloned().collect();
        }
    }
}
