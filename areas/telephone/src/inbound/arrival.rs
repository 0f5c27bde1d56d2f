//! A call comes in: the queue of its number takes it, or says why not.

use std::sync::Arc;
use std::time::Duration;

use calls::callback::{self, Plan, Purpose};
use db::Tx;
use jiff::Timestamp;
use kernel::{Actor, PersonId, PhoneNumber, Pii, QueueId, QueuedCallId, local};
use telephone_rules::arrival::{Because, End, arrive};
use telephone_rules::settings::Announcement;
use telephone_rules::waiting::{Promise, Responsible, may_be_called_back, promise};
use telephony_engine::{Command, Incoming, LegId, Sound};
use texts::Language;
use web::App;

use super::{OnLine, persons_of};
use crate::queue::log::{self, NewCall};
use crate::queue::{self, QueueRules};
use crate::settings;
use crate::telephone::{Known, Telephone};

/// Where a call came to stand.
enum Stands {
    Waits(QueuedCallId),
    /// With what it hears of it, if somebody spoke that.
    TurnedAway(Option<Arc<[u8]>>),
    /// Nobody answers this number.
    NoSuchNumber,
}

pub(crate) async fn arrives(app: &App, telephone: &Telephone, call: Incoming) {
    let number: Option<PhoneNumber> = call.from.parse().ok();
    let persons = match &number {
        Some(number) => persons_of(app, number).await,
        None => Vec::new(),
    };
    let since = app.db().clock().now();
    let known = Known {
        number: number.clone(),
        persons: persons.clone(),
        since,
        answered: None,
        why: None,
        queued: None,
    };
    let rules = match queue::queue_rules(&app.rulebook(), local(since).date()) {
        Ok(rules) => rules,
        Err(error) => {
            tracing::error!(%error, "a call came in and no rule says where to");
            return telephone.send(call.leg, Command::Reject(503));
        }
    };
    let is_shown = settings::is_shown(app, &call.to);
    let stands = app
        .db()
        .write(Actor::SYSTEM, async |tx| {
            stands(tx, &rules, (&call.to, is_shown), number.clone(), &persons, since).await
        })
        .await;
    match stands {
        Ok(Stands::Waits(id)) => {
            telephone.knows(call.leg, Known { queued: Some(id), ..known });
            telephone.send(call.leg, Command::Ring);
            let line = OnLine { leg: call.leg, is_answered: false };
            telephone.waiting().calls().insert(id, line);
            telephone.waiting().look_again();
        }
        Ok(Stands::TurnedAway(words)) => turns_away(telephone, call.leg, false, words),
        Ok(Stands::NoSuchNumber) => telephone.send(call.leg, Command::Reject(404)),
        Err(error) => {
            tracing::error!(%error, "a call that came in was not written");
            telephone.send(call.leg, Command::Reject(503));
        }
    }
}

async fn stands(
    tx: &mut Tx,
    rules: &QueueRules,
    (dialled, is_shown): (&str, bool),
    number: Option<PhoneNumber>,
    persons: &[PersonId],
    now: Timestamp,
) -> Result<Stands, db::Error> {
    let leads = queue::for_number(tx, dialled).await?.map(|leads| leads.queue);
    let settings = queue::settings(tx, rules, now).await?;
    // The number that everybody sees leads somewhere, also before anybody said where: to whom it matters most.
    let first = || settings.queues.iter().min_by_key(|(_, queue)| queue.priority);
    let shown = || first().filter(|_| is_shown).map(|(id, _)| *id);
    let Some(leads) = leads.or_else(shown) else { return Ok(Stands::NoSuchNumber) };
    let waiting = log::waiting(tx).await?;
    let arrived = arrive(&settings, leads, &waiting, local(now).datetime());
    let person = if let [person] = persons { Some(*person) } else { None };
    let prefers = match person {
        Some(person) => queue::preferred(tx, person, &rules.thresholds).await?,
        None => None,
    };
    let new = |queue| NewCall {
        dialled: dialled.to_owned(),
        number: number.clone().map(Pii::new),
        person,
        queue,
        prefers,
        is_resumed: false,
    };
    match arrived.end {
        End::Waits(queue) => Ok(Stands::Waits(log::queued(tx, &new(queue)).await?)),
        // Whoever would have to be asked first is not on the line yet: it is said why, and that is all.
        End::HangsUp(queue) | End::AskedToBeCalledBack(queue) => {
            let because = arrived.passed.last().map_or(Because::Closed, |(_, because)| *because);
            log::refused(tx, &new(queue), because).await?;
            Ok(Stands::TurnedAway(words(tx, queue, because.into()).await?))
        }
    }
}

/// What somebody spoke for this moment; Dutch is what most callers of a Dutch number expect.
pub(super) async fn words(
    tx: &mut Tx,
    queue: QueueId,
    kind: Announcement,
) -> Result<Option<Arc<[u8]>>, db::Error> {
    Ok(queue::spoken(tx, queue, kind, Language::Dutch).await?.map(Into::into))
}

/// Says why, if somebody spoke it, and closes the line.
pub(super) fn turns_away(
    telephone: &Telephone,
    leg: LegId,
    is_answered: bool,
    words: Option<Arc<[u8]>>,
) {
    let Some(words) = words else {
        let end = if is_answered { Command::HangUp } else { Command::Reject(480) };
        return telephone.send(leg, end);
    };
    let lasts = Duration::from_millis(u64::try_from(words.len() / 8).unwrap_or(u64::MAX));
    telephone.send(leg, Command::Answer(Sound::Silence));
    telephone.send(leg, Command::Say(words));
    let telephone = telephone.clone();
    tokio::spawn(async move {
        tokio::time::sleep(lasts).await;
        telephone.send(leg, Command::HangUp);
    });
}

/// Pressed by whoever wants to be called back instead of waiting.
const CALL_ME_BACK: char = '1';

/// A caller who waits pressed a key: whoever waited long enough may be called back instead, by a promise with a day and somebody
/// who is responsible.
pub(crate) async fn presses(app: &App, telephone: &Telephone, leg: LegId, key: char) {
    let Some(call) = telephone.waiting().on(leg).filter(|_| key == CALL_ME_BACK) else { return };
    let now = app.db().clock().now();
    let Ok(rules) = queue::queue_rules(&app.rulebook(), local(now).date()) else { return };
    let taken =
        app.db().write(Actor::SYSTEM, async |tx| take_promise(tx, &rules, call, now).await).await;
    match taken {
        Ok(Some(words)) => {
            telephone.waiting().calls().remove(&call);
            turns_away(telephone, leg, true, words);
            telephone.waiting().look_again();
        }
        // It is too early for it, it rings at somebody, or nobody knows whom to call back.
        Ok(None) | Err(db::Error::Raced) => {}
        Err(error) => tracing::error!(%error, "a call was not turned into a promise"),
    }
}

async fn take_promise(
    tx: &mut Tx,
    rules: &QueueRules,
    call: QueuedCallId,
    now: Timestamp,
) -> Result<Option<Option<Arc<[u8]>>>, db::Error> {
    let settings = queue::settings(tx, rules, now).await?;
    let waiting = log::waiting(tx).await?;
    let found = waiting.iter().find(|waiting| waiting.call == call);
    let Some(found) = found.filter(|found| found.ringing.is_none()) else { return Ok(None) };
    let Some(person) = found.person.filter(|_| may_be_called_back(&settings, found, now)) else {
        return Ok(None);
    };
    let wall = local(now).datetime();
    let Some(promise) = promise(&settings, found, rules.office, wall) else { return Ok(None) };
    if let Responsible::Team(team) = promise.responsible {
        // What belongs to nobody in particular belongs to the team of whoever makes it.
        tx.act_as(Actor { team: Some(team), ..Actor::SYSTEM });
    }
    let plan = plan(promise, now)?;
    let callback = callback::make(tx, person, None, Purpose::Service, &plan).await?;
    log::to_callback(tx, call, callback).await?;
    words(tx, found.queue, Announcement::CallMeBackTaken).await.map(Some)
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
