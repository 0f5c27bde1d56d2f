//! Whoever hangs up and keeps the place is called back when it is due: the turn comes to an agent, and the agent's yes dials. A
//! place that is still kept when its queue closes becomes a promise, so that nobody who was told so is forgotten.

use std::sync::Arc;

use calls::attempt::{self, EndedAs, Inbound, Over, Refused};
use calls::callback::{self, Plan, Purpose};
use calls::request::{self, NewRequest};
use db::Tx;
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, PersonId, PhoneNumber, QueueId, QueuedCallId, local};
use telephone_rules::arrival::Because;
use telephone_rules::offer::Offer;
use telephone_rules::settings::Announcement;
use telephone_rules::waiting::{Promise, Responsible, Waiting, may_be_called_back, promise};
use telephony_engine::{Command, LegId, Sound};
use texts::Language;
use web::App;

use super::arrival::{turns_away, words};
use super::{Asked, OnLine};
use crate::exchange::CallNr;
use crate::line::{on_desk, to_dial};
use crate::queue::{self, QueueRules, log};
use crate::telephone::{Known, Said, Telephone};

/// Pressed by whoever wants to be called back instead of waiting.
const CALL_ME_BACK: char = '1';

/// So long somebody may think about it, once the question was heard.
const THINKS_FOR: SignedDuration = SignedDuration::from_secs(15);

/// What is asked of somebody who cannot wait: why not, and whether to be called back. None where nobody spoke the question, or
/// nobody knows whom to call.
pub(super) async fn question(
    tx: &mut Tx,
    queue: QueueId,
    person: Option<PersonId>,
    because: Because,
) -> Result<Option<Arc<[u8]>>, db::Error> {
    if person.is_none() {
        return Ok(None);
    }
    let Some(question) = words(tx, queue, Announcement::OfferCallMeBack).await? else {
        return Ok(None);
    };
    let why = words(tx, queue, because.into()).await?.unwrap_or_default();
    Ok(Some([&why[..], &question[..]].concat().into()))
}

/// Asks it of whoever is on the line.
pub(super) fn asks(
    telephone: &Telephone,
    call: QueuedCallId,
    because: Because,
    words: Arc<[u8]>,
    now: Timestamp,
) {
    // A-law is eight bytes a millisecond.
    let lasts = SignedDuration::from_millis(i64::try_from(words.len() / 8).unwrap_or(i64::MAX));
    let mut calls = telephone.waiting().calls();
    if let Some(line) = calls.get_mut(&call) {
        line.asked = Some(Asked { because, until: now + lasts + THINKS_FOR });
        telephone.send(line.leg, Command::Answer(Sound::Silence));
        telephone.send(line.leg, Command::Play(Sound::Silence));
        telephone.send(line.leg, Command::Say(words));
        line.is_answered = true;
    }
    drop(calls);
    telephone.waiting().look_again();
}

/// A caller who waits pressed a key: whoever waited long enough, or was asked, hangs up and keeps the place.
pub(crate) async fn presses(app: &App, telephone: &Telephone, leg: LegId, key: char) {
    let Some(call) = telephone.waiting().on(leg).filter(|_| key == CALL_ME_BACK) else { return };
    let is_asked = telephone.waiting().calls().get(&call).is_some_and(|line| line.asked.is_some());
    let now = app.db().clock().now();
    let Ok(rules) = queue::queue_rules(&app.rulebook(), local(now).date()) else { return };
    let subject = app.texts(Language::Dutch).get("telephone-call-back-subject");
    let kept = app
        .db()
        .write(Actor::SYSTEM, async |tx| keep(tx, &rules, (call, is_asked), subject).await)
        .await;
    match kept {
        Ok(Some(words)) => {
            telephone.waiting().calls().remove(&call);
            telephone.waiting().keeps_a_place();
            turns_away(telephone, leg, true, words);
            telephone.waiting().look_again();
        }
        // It is too early for it, it rings at somebody, or nobody knows whom to call back.
        Ok(None) | Err(db::Error::Raced) => {}
        Err(error) => tracing::error!(%error, "a place was not kept"),
    }
}

/// Its own wish is the ground of the call (domain facts §3.3, P2). Gives what is heard of it.
async fn keep(
    tx: &mut Tx,
    rules: &QueueRules,
    (call, is_asked): (QueuedCallId, bool),
    subject: String,
) -> Result<Option<Option<Arc<[u8]>>>, db::Error> {
    let now = tx.now();
    let settings = queue::settings(tx, rules, now).await?;
    let waiting = log::waiting(tx).await?;
    let found = waiting.iter().find(|waiting| waiting.call == call);
    let Some(found) = found.filter(|found| found.ringing.is_none()) else { return Ok(None) };
    let may = is_asked || may_be_called_back(&settings, found, now);
    let Some(person) = found.person.filter(|_| may) else { return Ok(None) };
    let source = "queue".to_owned();
    request::add(tx, NewRequest { person, subject, source, asked_at: now, from: now }).await?;
    log::keeps_place(tx, call).await?;
    words(tx, found.queue, Announcement::CallMeBackTaken).await.map(Some)
}

/// The turn of a kept place came to an agent.
pub(super) async fn rings(
    app: &App,
    telephone: &Telephone,
    waits: &Waiting,
    offer: Offer,
) -> Result<(), db::Error> {
    let Some(leg) = telephone.new_leg() else { return Ok(()) };
    let number: Option<PhoneNumber> = app
        .db()
        .read(Actor::SYSTEM, async |tx| match waits.person {
            Some(person) => attempt::usable_number(tx, person).await,
            None => Ok(None),
        })
        .await?;
    telephone.knows(
        leg,
        Known {
            number,
            persons: waits.person.into_iter().collect(),
            since: waits.since,
            answered: None,
            why: None,
            wants_call_back: true,
            queued: Some(offer.call),
        },
    );
    let line = OnLine { is_answered: true, is_kept: true, ..OnLine::rings(leg) };
    telephone.waiting().calls().insert(offer.call, line);
    super::round::ring(app, telephone, offer).await?;
    // Where somebody else was first, it rings there.
    if telephone.look(|exchange| exchange.on(leg).is_none()) {
        rings_no_more(telephone, offer.call);
        telephone.forget(leg);
    }
    Ok(())
}

/// What rings to be called back has no line of its own; `false` where somebody is on the line.
pub(super) fn rings_no_more(telephone: &Telephone, call: QueuedCallId) -> bool {
    let mut calls = telephone.waiting().calls();
    let is_kept = calls.get(&call).is_some_and(|line| line.is_kept);
    if is_kept {
        calls.remove(&call);
    }
    is_kept
}

/// The agent takes it: the person is on the desk, and is dialled. Where that may not be, or the desk is not empty, the place
/// becomes a promise; `false`.
pub(super) async fn taken(
    app: &App,
    telephone: &Telephone,
    actor: Actor,
    (nr, leg): (CallNr, LegId),
    call: QueuedCallId,
) -> bool {
    let began = match begin(app, telephone, &actor, call).await {
        Ok(began) => began,
        Err(error) => {
            tracing::error!(%error, "somebody who asked to be called back was not");
            Err(Refused::ClaimEnded)
        }
    };
    let dialled = match began {
        Ok(dialled) => dialled,
        Err(why) => {
            tracing::info!(?why, "somebody who asked to be called back is called later");
            telephone.change(app.hub(), |exchange| exchange.withdraw(nr));
            telephone.forget(leg);
            later(app, call).await;
            return false;
        }
    };
    let dials = to_dial(app, actor.user, &dialled).await.and_then(|to| {
        let dials = telephone.calls_back(app, (nr, leg), &to, dialled.attempt);
        dials.then_some(()).ok_or(EndedAs::Network)
    });
    if let Err(how) = dials {
        telephone.change(app.hub(), |exchange| exchange.withdraw(nr));
        telephone.forget(leg);
        telephone.log(app, dialled.attempt, Said::Ended(how)).await;
    }
    true
}

async fn begin(
    app: &App,
    telephone: &Telephone,
    actor: &Actor,
    call: QueuedCallId,
) -> Result<Result<attempt::Dialled, Refused>, db::Error> {
    let today = app.now().date();
    let broken = |error: rulebook::Missing| {
        tracing::error!(%error, "nobody can be called back");
        db::Error::Raced
    };
    let gate = calls::gate_rules(&app.rulebook(), today).map_err(broken)?;
    let lease = calls::lease(&app.rulebook(), today).map_err(broken)?;
    let over = Over::Line { line: telephone.line(), caller: None };
    app.db()
        .write(actor.clone(), async |tx| {
            let now = tx.now();
            let Some(person) = of(tx, call).await? else { return Ok(Err(Refused::ClaimEnded)) };
            let grounds = match attempt::of_person(tx, person, now, &gate).await? {
                Ok(grounds) => grounds,
                Err(why) => return Ok(Err(why)),
            };
            let (outbound, over) = (Some(grounds), over.clone());
            let begun = Inbound { person, outbound, started_at: now, lease, over };
            let dialled = on_desk(tx, begun).await?;
            if dialled.is_ok() {
                let agent = tx.actor().user;
                log::answered(tx, call, agent).await?;
            }
            Ok(dialled)
        })
        .await
}

async fn of(tx: &mut Tx, call: QueuedCallId) -> Result<Option<PersonId>, db::Error> {
    let waiting = log::waiting(tx).await?;
    Ok(waiting.iter().find(|waiting| waiting.call == call).and_then(|waiting| waiting.person))
}

/// A place that cannot be kept any more becomes a promise.
async fn later(app: &App, call: QueuedCallId) {
    let now = app.db().clock().now();
    let Ok(rules) = queue::queue_rules(&app.rulebook(), local(now).date()) else { return };
    let promised = app
        .db()
        .write(Actor::SYSTEM, async |tx| {
            let settings = queue::settings(tx, &rules, now).await?;
            let waiting = log::waiting(tx).await?;
            match waiting.iter().find(|waiting| waiting.call == call) {
                Some(found) => {
                    match promise(&settings, found, rules.office, local(now).datetime()) {
                        Some(promise) => becomes_promise(tx, found, promise).await,
                        None => Ok(()),
                    }
                }
                None => Ok(()),
            }
        })
        .await;
    if let Err(error) = promised {
        tracing::error!(%error, "a kept place did not become a promise");
    }
}

/// A dated callback, with somebody who is responsible.
pub(super) async fn becomes_promise(
    tx: &mut Tx,
    call: &Waiting,
    promise: Promise,
) -> Result<(), db::Error> {
    let Some(person) = call.person else { return Ok(()) };
    let now = tx.now();
    if let Responsible::Team(team) = promise.responsible {
        // What belongs to nobody in particular belongs to the team of whoever makes it.
        tx.act_as(Actor { team: Some(team), ..Actor::SYSTEM });
    }
    let plan = plan(promise, now)?;
    let callback = callback::make(tx, person, None, Purpose::Service, &plan).await?;
    log::to_callback(tx, call.call, callback).await
}

fn plan(promise: Promise, now: Timestamp) -> Result<Plan, db::Error> {
    let Promise { day, window, responsible } = promise;
    let owner = match responsible {
        Responsible::Agent(user) => Some(user),
        Responsible::Team(_) => None,
    };
    let from = day
        .to_datetime(window.from)
        .in_tz(kernel::AMSTERDAM)
        .map_err(|_| db::Error::Column("from_time"))?;
    let until = window.until;
    Ok(Plan { owner, from, until, made_at: now, words: None, warmth: None, opening: None })
}
