//! A call comes in: the queue of its number takes it, or says why not.

use std::sync::Arc;
use std::time::Duration;

use db::Tx;
use jiff::Timestamp;
use kernel::{Actor, PersonId, PhoneNumber, Pii, QueueId, QueuedCallId, local};
use telephone_rules::arrival::{Because, End, arrive};
use telephone_rules::settings::Announcement;
use telephony_engine::{Command, Incoming, LegId, Sound};
use texts::Language;
use web::App;

use super::{OnLine, kept, persons_of};
use crate::queue::log::{self, NewCall};
use crate::queue::{self, QueueRules};
use crate::settings;
use crate::telephone::{Known, Telephone};

/// Where a call came to stand.
enum Stands {
    Waits(QueuedCallId),
    /// It cannot wait, and is asked whether it wants to be called back.
    Asked(QueuedCallId, Because, Arc<[u8]>),
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
        wants_call_back: false,
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
            let line = OnLine::rings(call.leg);
            telephone.waiting().calls().insert(id, line);
            telephone.waiting().look_again();
        }
        Ok(Stands::Asked(id, because, words)) => {
            telephone.knows(call.leg, Known { queued: Some(id), ..known });
            telephone.waiting().calls().insert(id, OnLine::rings(call.leg));
            kept::asks(telephone, id, because, words, since);
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
        End::HangsUp(queue) | End::AskedToBeCalledBack(queue) => {
            let because = arrived.passed.last().map_or(Because::Closed, |(_, because)| *because);
            if matches!(arrived.end, End::AskedToBeCalledBack(_))
                && let Some(question) = kept::question(tx, queue, person, because).await?
            {
                return Ok(Stands::Asked(log::queued(tx, &new(queue)).await?, because, question));
            }
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
