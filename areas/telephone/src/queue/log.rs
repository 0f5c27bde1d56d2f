//! The log of calls that came in: each change of state is one step with its event (state machines §4.2, inbound).
//!
//! queued → offered → connected, and back to queued when an offer is missed; or abandoned, to_callback, turned away.

use std::collections::BTreeMap;

use db::{Error, Tx, args, new_id};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Actor, ActorKind, CallbackId, Event, EventKind, Fact, PersonId, PhoneNumber, Pii, QueueId,
    QueuedCallId, TeamId, UserId, local,
};
use telephone_rules::agent::MissedBecause;
use telephone_rules::arrival::Because;
use telephone_rules::offer::{Offer, Why};
use telephone_rules::prefer::{Preference, Prefers};
use telephone_rules::waiting::{How, Missed, Ringing, Waiting};

/// A call as it comes in.
#[derive(Clone, Debug)]
pub struct NewCall {
    pub dialled: String,
    /// `None`: the caller hides it.
    pub number: Option<Pii<PhoneNumber>>,
    pub person: Option<PersonId>,
    pub queue: QueueId,
    pub prefers: Option<Prefers>,
    /// It was answered, and our side broke off.
    pub is_resumed: bool,
}

/// How a call waits, as the column says it: on the line, or hung up to be called back.
const ON_THE_LINE: &str = "line";

/// A call stands in line.
pub async fn queued(tx: &mut Tx, new: &NewCall) -> Result<QueuedCallId, Error> {
    let id = insert(tx, new, "queued").await?;
    let known = Fact::Code(if new.person.is_some() { "yes" } else { "no" });
    record(tx, id, EventKind::CallQueued, |event| event.with("known", known)).await?;
    Ok(id)
}

/// A call could not even stand in line.
pub async fn refused(tx: &mut Tx, new: &NewCall, because: Because) -> Result<QueuedCallId, Error> {
    let id = insert(tx, new, "turned_away").await?;
    record_turned_away(tx, id, because).await?;
    Ok(id)
}

async fn insert(tx: &mut Tx, new: &NewCall, state: &'static str) -> Result<QueuedCallId, Error> {
    let NewCall { dialled, number, person, queue, prefers, is_resumed } = new;
    let (id, now) = (QueuedCallId(new_id()), tx.now());
    let ended_at = (state == "turned_away").then_some(now);
    let (agent, because) = prefers.map(|prefers| (prefers.agent, prefers.because)).unzip();
    tx.change_one(
        "insert into queued_calls (id, dialled, number, person_id, queue_id, prefers_id, prefers_because, how,
                is_resumed, state, queued_at, entered_at, ended_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'line', $8, $9, $10, $11, $12)",
        args![
            id,
            dialled,
            number.clone(),
            *person,
            *queue,
            agent,
            because,
            *is_resumed,
            state,
            now,
            now,
            ended_at,
        ],
    )
    .await?;
    Ok(id)
}

/// Of several who share the number, or of nobody we knew, it is this one.
pub async fn recognised(
    tx: &mut Tx,
    call: QueuedCallId,
    person: PersonId,
    prefers: Option<Prefers>,
) -> Result<(), Error> {
    let (agent, because) = prefers.map(|prefers| (prefers.agent, prefers.because)).unzip();
    tx.change_one(
        "update queued_calls set person_id = $1, prefers_id = $2, prefers_because = $3 where id = $4",
        args![person, agent, because, call],
    )
    .await
}

/// A call rings at an agent. [`Error::Duplicate`] if something rings there already, or the call elsewhere.
pub async fn offered(tx: &mut Tx, offer: &Offer) -> Result<(), Error> {
    let Offer { call, agent, why, rings_until: _ } = *offer;
    let now = tx.now();
    tx.change_one(
        "insert into call_offers (id, call_id, agent_id, why, offered_at) values ($1, $2, $3, $4, $5)",
        args![new_id(), call, agent, why, now],
    )
    .await?;
    tx.change_one(
        "update queued_calls set state = 'offered' where id = $1 and state = 'queued'",
        args![call],
    )
    .await?;
    record(tx, call, EventKind::CallOffered, |event| {
        event.with("agent", Fact::Number(agent.0)).with("why", Fact::Code(why.code()))
    })
    .await
}

/// An agent let it ring: the call stands in its place again, and the agent is not rung again at once.
pub async fn missed(
    tx: &mut Tx,
    call: QueuedCallId,
    agent: UserId,
    because: MissedBecause,
) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update call_offers set ended_at = $1, ended_as = 'missed', missed_because = $2
          where call_id = $3 and agent_id = $4 and ended_at is null",
        args![now, because, call, agent],
    )
    .await?;
    back_in_line(tx, call).await?;
    let team: Option<TeamId> =
        tx.value("select team_id as value from users where id = $1", args![agent]).await?;
    // It counts with the agent who missed it, whoever found out.
    let actor = tx.actor().clone();
    tx.act_as(Actor { kind: ActorKind::System, user: agent, team, command: None });
    let recorded = record(tx, call, EventKind::OfferMissed, |mut event| {
        event.team = team;
        event.with("agent", Fact::Number(agent.0)).with("cause", Fact::Code(because.code()))
    })
    .await;
    tx.act_as(actor);
    recorded
}

/// It rings no longer, and nobody missed it: the agent's choice or the program's.
pub async fn withdrawn(tx: &mut Tx, call: QueuedCallId) -> Result<(), Error> {
    if end_offer(tx, call, "withdrawn").await? {
        back_in_line(tx, call).await?;
    }
    Ok(())
}

async fn back_in_line(tx: &mut Tx, call: QueuedCallId) -> Result<(), Error> {
    tx.change_one(
        "update queued_calls set state = 'queued' where id = $1 and state = 'offered'",
        args![call],
    )
    .await
}

/// Whether something rang.
async fn end_offer(tx: &mut Tx, call: QueuedCallId, how: &'static str) -> Result<bool, Error> {
    let now = tx.now();
    let ended = tx
        .execute(
            "update call_offers set ended_at = $1, ended_as = $2 where call_id = $3 and ended_at is null",
            args![now, how, call],
        )
        .await?;
    Ok(ended > 0)
}

/// The agent at whom it rang answers; of a kept place: the agent calls.
pub async fn answered(tx: &mut Tx, call: QueuedCallId, agent: UserId) -> Result<(), Error> {
    let now = tx.now();
    let why: Option<Rung> = tx
        .one(
            "select why from call_offers where call_id = $1 and agent_id = $2 and ended_at is null",
            args![call, agent],
        )
        .await?;
    let why = why.ok_or(Error::Raced)?.why;
    end_offer(tx, call, "answered").await?;
    tx.change_one(
        "update queued_calls set state = 'connected', answered_at = $1, answered_by = $2, ended_at = $3
          where id = $4 and state = 'offered'",
        args![now, agent, now, call],
    )
    .await?;
    let found = found(tx, call).await?;
    let waited = now.duration_since(found.queued_at).as_secs();
    let in_time = if waited <= found.answer_within_seconds { "yes" } else { "no" };
    // Whoever hung up and keeps the place does not wait on the line: that is no part of the service level.
    let on_line = if found.how == ON_THE_LINE { "yes" } else { "no" };
    record(tx, call, EventKind::CallAnswered, |mut event| {
        event.amount = Some(waited);
        event
            .with("why", Fact::Code(why.code()))
            .with("on_line", Fact::Code(on_line))
            .with("in_time", Fact::Code(in_time))
    })
    .await
}

db::row! {
    struct Rung { why: Why }
}

/// The caller hung up before anybody answered.
pub async fn abandoned(tx: &mut Tx, call: QueuedCallId) -> Result<(), Error> {
    end(tx, call, "abandoned", None).await?;
    let found = found(tx, call).await?;
    let waited = tx.now().duration_since(found.queued_at).as_secs();
    let short = if waited < found.abandoned_after_seconds { "yes" } else { "no" };
    record(tx, call, EventKind::CallAbandoned, |mut event| {
        event.amount = Some(waited);
        event.with("short", Fact::Code(short))
    })
    .await
}

/// A call that was answered stands in line again, before everybody else: the agent's side broke off. It goes on with that agent if
/// she is back by then.
pub async fn resumed(
    tx: &mut Tx,
    call: QueuedCallId,
    agent: UserId,
) -> Result<QueuedCallId, Error> {
    let before: Option<Answered> = tx
        .one(
            "select dialled, number, person_id, queue_id from queued_calls where id = $1 and state = 'connected'",
            args![call],
        )
        .await?;
    let Answered { dialled, number, person_id, queue_id } = before.ok_or(Error::Raced)?;
    let new = NewCall {
        dialled,
        number: number.map(Pii::new),
        person: person_id,
        queue: queue_id,
        prefers: Some(Prefers { agent, because: Preference::Dropped }),
        is_resumed: true,
    };
    queued(tx, &new).await
}

db::row! {
    struct Answered {
        dialled: String,
        number: Option<PhoneNumber>,
        person_id: Option<PersonId>,
        queue_id: QueueId,
    }
}

/// The caller hangs up and keeps the place.
pub async fn keeps_place(tx: &mut Tx, call: QueuedCallId) -> Result<(), Error> {
    withdrawn(tx, call).await?;
    tx.change_one(
        "update queued_calls set how = 'calls_back' where id = $1 and how = 'line' and ended_at is null",
        args![call],
    )
    .await?;
    record(tx, call, EventKind::PlaceKept, |event| event).await
}

/// The call cannot stay in its queue and stands in another; its place goes along.
pub async fn moved(
    tx: &mut Tx,
    call: QueuedCallId,
    to: QueueId,
    because: Because,
) -> Result<(), Error> {
    let (from, now) = (found(tx, call).await?.queue_id, tx.now());
    tx.change_one(
        "update queued_calls set queue_id = $1, entered_at = $2 where id = $3 and state = 'queued'",
        args![to, now, call],
    )
    .await?;
    record(tx, call, EventKind::CallMoved, |event| {
        event.with("from", Fact::Number(from.0)).with("because", Fact::Code(because.code()))
    })
    .await
}

/// It became a promise with a day and somebody who is responsible.
pub async fn to_callback(
    tx: &mut Tx,
    call: QueuedCallId,
    callback: CallbackId,
) -> Result<(), Error> {
    end(tx, call, "to_callback", Some(callback)).await?;
    record(tx, call, EventKind::CallToCallback, |event| {
        event.with("callback", Fact::Number(callback.0))
    })
    .await
}

/// It heard why it cannot be answered, and the line was closed.
pub async fn turned_away(tx: &mut Tx, call: QueuedCallId, because: Because) -> Result<(), Error> {
    end(tx, call, "turned_away", None).await?;
    record_turned_away(tx, call, because).await
}

async fn record_turned_away(
    tx: &mut Tx,
    call: QueuedCallId,
    because: Because,
) -> Result<(), Error> {
    record(tx, call, EventKind::CallTurnedAway, |event| {
        event.with("because", Fact::Code(because.code()))
    })
    .await
}

async fn end(
    tx: &mut Tx,
    call: QueuedCallId,
    state: &'static str,
    callback: Option<CallbackId>,
) -> Result<(), Error> {
    end_offer(tx, call, "withdrawn").await?;
    let now = tx.now();
    tx.change_one(
        "update queued_calls set state = $1, ended_at = $2, callback_id = $3 where id = $4 and ended_at is null",
        args![state, now, callback, call],
    )
    .await
}

db::row! {
    struct Found {
        queue_id: QueueId,
        person_id: Option<PersonId>,
        queued_at: Timestamp,
        how: String,
        version: i64,
        team_id: TeamId,
        answer_within_seconds: i64,
        abandoned_after_seconds: i64,
    }
}

/// The call, with what its queue says now.
async fn found(tx: &mut Tx, call: QueuedCallId) -> Result<Found, Error> {
    let found = tx
        .one(
            "select c.queue_id, c.person_id, c.queued_at, c.how, v.version, v.team_id, v.answer_within_seconds,
                    v.abandoned_after_seconds
               from queued_calls c
               join queue_versions v on v.queue_id = c.queue_id
                and v.version = (select max(w.version) from queue_versions w where w.queue_id = c.queue_id)
              where c.id = $1",
            args![call],
        )
        .await?;
    found.ok_or(Error::Raced)
}

async fn record(
    tx: &mut Tx,
    call: QueuedCallId,
    kind: EventKind,
    with: impl FnOnce(Event) -> Event,
) -> Result<(), Error> {
    let found = found(tx, call).await?;
    let mut event = Event::new(kind, local(tx.now()).date())
        .with("call", Fact::Number(call.0))
        .with("queue", Fact::Number(found.queue_id.0));
    event.person = found.person_id;
    event.team = Some(found.team_id);
    event.rule = Some(format!("queue.{}@{}", found.queue_id, found.version));
    activity::record(tx, with(event)).await
}

db::row! {
    struct Row {
        id: QueuedCallId,
        queue_id: QueueId,
        person_id: Option<PersonId>,
        prefers_id: Option<UserId>,
        prefers_because: Option<Preference>,
        queued_at: Timestamp,
        entered_at: Timestamp,
        how: String,
        is_resumed: bool,
    }
}

db::row! {
    struct OfferRow {
        call_id: QueuedCallId,
        agent_id: UserId,
        offered_at: Timestamp,
        ended_at: Option<Timestamp>,
        is_missed: bool,
    }
}

/// Every call that waits, as the rules want to see it: what the loop begins with, also after a restart.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>, Error> {
    let calls: Vec<Row> = tx
        .all(
            "select id, queue_id, person_id, prefers_id, prefers_because, queued_at, entered_at, how, is_resumed
               from queued_calls where ended_at is null order by queued_at, id",
            args![],
        )
        .await?;
    let offers: Vec<OfferRow> = tx
        .all(
            "select o.call_id, o.agent_id, o.offered_at, o.ended_at, (o.ended_as is not null and o.ended_as = 'missed') as is_missed
               from call_offers o join queued_calls c on c.id = o.call_id where c.ended_at is null order by o.offered_at",
            args![],
        )
        .await?;
    Ok(calls.iter().map(|row| as_waiting(row, &offers)).collect())
}

fn as_waiting(row: &Row, offers: &[OfferRow]) -> Waiting {
    let own = || offers.iter().filter(|offer| offer.call_id == row.id);
    let missed = |offer: &OfferRow| {
        let at = offer.ended_at.filter(|_| offer.is_missed)?;
        Some(Missed { agent: offer.agent_id, at })
    };
    let ringing = own().find(|offer| offer.ended_at.is_none());
    Waiting {
        call: row.id,
        queue: row.queue_id,
        person: row.person_id,
        prefers: row
            .prefers_id
            .zip(row.prefers_because)
            .map(|(agent, because)| Prefers { agent, because }),
        since: row.queued_at,
        entered: row.entered_at,
        how: if row.how == ON_THE_LINE { How::OnTheLine } else { How::CallsBack },
        is_resumed: row.is_resumed,
        ringing: ringing.map(|offer| Ringing { agent: offer.agent_id, since: offer.offered_at }),
        missed: own().filter_map(missed).collect(),
    }
}

/// The program began again: whoever was on the line is gone, whoever keeps a place keeps it. Gives how many were lost.
pub async fn lost_lines(tx: &mut Tx) -> Result<usize, Error> {
    let open = waiting(tx).await?;
    let mut lost = 0;
    for call in open {
        match call.how {
            How::OnTheLine => {
                abandoned(tx, call.call).await?;
                lost += 1;
            }
            How::CallsBack => withdrawn(tx, call.call).await?,
        }
    }
    Ok(lost)
}

/// How long a talk took on average today; `None` if there was none yet. What an expected wait is said from.
pub async fn handling(tx: &mut Tx) -> Result<Option<SignedDuration>, Error> {
    let today = local(tx.now()).date();
    let counts = activity::counts(tx, activity::Dim::All, 0, today, today).await?;
    let talks = counts.get("talking").filter(|(n, _)| *n > 0);
    Ok(talks.map(|(n, seconds)| SignedDuration::from_secs(seconds / n)))
}

db::row! {
    struct InARow { agent_id: UserId, n: u16 }
}

/// How many offers each agent missed in a row today: since the last answer, or since coming back. What was missed
/// yesterday keeps nobody from working.
pub async fn missed_in_a_row(tx: &mut Tx) -> Result<BTreeMap<UserId, u16>, Error> {
    let today = local(tx.now()).start_of_day().map_or(tx.now(), |midnight| midnight.timestamp());
    let rows: Vec<InARow> = tx
        .all(
            "select o.agent_id, count(*) as n from call_offers o
              where o.ended_as = 'missed' and o.ended_at >= $1
                and not exists (select 1 from call_offers a
                     where a.agent_id = o.agent_id and a.ended_as = 'answered' and a.ended_at >= o.ended_at)
                and not exists (select 1 from agent_returns r
                     where r.agent_id = o.agent_id and r.returned_at >= o.ended_at)
              group by o.agent_id",
            args![today],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.agent_id, row.n)).collect())
}

/// The actor, at whom nothing rang any more, is back.
pub async fn returned(tx: &mut Tx) -> Result<(), Error> {
    let (agent, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into agent_returns (id, agent_id, returned_at) values ($1, $2, $3)",
        args![new_id(), agent, now],
    )
    .await?;
    activity::record(tx, Event::new(EventKind::AgentReturned, local(now).date())).await
}
