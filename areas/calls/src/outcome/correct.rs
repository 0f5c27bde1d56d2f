//! A mistake is corrected by a row that follows, with the reason; nothing is overwritten (INV15).

use calls_rules::outcome::Code;
use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{
    Actor, ActorKind, AttemptId, CallRecordId, CampaignId, Event, EventKind, Fact, OutcomeId,
    PersonId, TeamId, UserId, local,
};

/// Outcomes that can stand for one another: each ends a talk. What else followed is when the list calls again, if an
/// administrator says so; a correction ends that.
pub const EXCHANGED: [Code; 4] =
    [Code::Joined, Code::Retained, Code::NotInterested, Code::Cancelled];

kernel::codes! {
    /// Why an outcome was wrong.
    pub enum Why {
        WrongKey = "wrong_key",
        HeardLater = "heard_later",
        Checked = "checked",
    }
}

/// What became of a correction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Corrected {
    Done,
    /// No such call, or not one of this agent.
    NotFound,
    /// This outcome has consequences; it is changed where those are.
    Cannot,
    /// Somebody corrected it at the same moment.
    Overtaken,
}

db::row! {
    struct Last {
        id: OutcomeId,
        kind: Code,
        person_id: PersonId,
        agent_id: UserId,
        team_id: Option<TeamId>,
        call_record_id: Option<CallRecordId>,
        campaign_id: Option<CampaignId>,
        started_at: Timestamp,
    }
}

/// Corrects the outcome of a call: an own one, or as team lead one of the team. The figures of that day follow.
pub async fn correct(
    tx: &mut Tx,
    attempt: AttemptId,
    to: Code,
    why: Why,
    leads: Option<TeamId>,
) -> Result<Corrected, Error> {
    let (by, now) = (tx.actor().user, tx.now());
    let last: Option<Last> = tx
        .one(
            "select o.id, o.kind, a.person_id, a.agent_id, u.team_id, a.call_record_id, r.campaign_id, a.started_at
               from attempts a
               join outcomes o on o.attempt_id = a.id
               join users u on u.id = a.agent_id
               left join call_records r on r.id = a.call_record_id
              where a.id = $1 order by o.id desc limit 1",
            args![attempt],
        )
        .await?;
    let may = |last: &Last| last.agent_id == by || (leads.is_some() && last.team_id == leads);
    let Some(last) = last.filter(may) else { return Ok(Corrected::NotFound) };
    if !EXCHANGED.contains(&last.kind) || !EXCHANGED.contains(&to) || last.kind == to {
        return Ok(Corrected::Cannot);
    }
    let corrected = tx
        .execute(
            "insert into outcomes (id, attempt_id, corrects_id, kind, logged_by, logged_at, reason)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            args![OutcomeId(new_id()), attempt, last.id, to, by, now, why],
        )
        .await?;
    if corrected == 0 {
        return Ok(Corrected::Overtaken);
    }
    // What was chosen by mistake brings nobody back: unless there was another call since, the record is done.
    tx.execute(
        "update call_records set state = 'done', rest_until_at = null, changed_at = $1
          where id = $2 and state in ('resting', 'exhausted')
            and not exists (select 1 from attempts a where a.call_record_id = call_records.id and a.id > $3)",
        args![now, last.call_record_id, attempt],
    )
    .await?;
    // The figure belongs to whoever called, on the day of the call; the log says who corrected it.
    let actor = tx.actor().clone();
    let kind = if last.agent_id == by { actor.kind } else { ActorKind::System };
    tx.act_as(Actor { kind, user: last.agent_id, team: last.team_id, command: None });
    let mut event = Event::new(EventKind::OutcomeCorrected, local(last.started_at).date())
        .about(last.person_id)
        .with("from", Fact::Code(last.kind.code()))
        .with("outcome", Fact::Code(to.code()))
        .with("reason", Fact::Code(why.code()))
        .with("by", Fact::Number(by.0))
        .with("attempt", Fact::Number(attempt.0));
    event.call_record = last.call_record_id;
    event.campaign = last.campaign_id;
    activity::record(tx, event).await?;
    tx.act_as(actor);
    Ok(Corrected::Done)
}
