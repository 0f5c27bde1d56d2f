//! What a line of ours says of a call: it rang, somebody answered, held, it ended, and why. Never what somebody typed.

use calls_rules::outcome::call_ended;
use db::{Error, Tx, args, new_id};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Actor, ActorKind, AttemptId, CallRecordId, CampaignId, ClaimId, Event, EventKind, Fact, LineId,
    PersonId, TeamId, UserId, local,
};

use crate::claim::{Taken, take};

kernel::codes! {
    /// Why a call on a line ended. Source: state machines §4.2.
    pub enum EndedAs {
        /// Somebody, or a machine, had answered.
        Spoken = "spoken",
        NoAnswer = "no_answer",
        Busy = "busy",
        Rejected = "rejected",
        InvalidNumber = "invalid_number",
        /// A rule says that such a number is not dialled.
        Refused = "refused",
        /// The trunk or the way to it failed.
        Network = "network",
        CancelledByAgent = "cancelled_by_agent",
        /// The program ended while it went on.
        System = "system",
    }
}

db::row! {
    /// A call that goes on, on a line.
    #[derive(Clone, Debug)]
    pub struct Live {
        pub id: AttemptId,
        pub claim_id: Option<ClaimId>,
        pub person_id: PersonId,
        pub agent_id: UserId,
        pub team_id: Option<TeamId>,
        pub call_record_id: Option<CallRecordId>,
        pub campaign_id: Option<CampaignId>,
        pub answered_at: Option<Timestamp>,
    }
}

const LIVE: &str = "select a.id, a.claim_id, a.person_id, a.agent_id, u.team_id, a.call_record_id, r.campaign_id, a.answered_at
   from attempts a join users u on u.id = a.agent_id left join call_records r on r.id = a.call_record_id
  where a.ended_at is null";

/// It goes on, if so.
async fn live(tx: &mut Tx, attempt: AttemptId) -> Result<Option<Live>, Error> {
    let mut query = db::Query::new(LIVE);
    query.push(" and a.id = ").bind(attempt);
    Ok(tx.list(query).await?.pop())
}

/// What goes on, on this line.
pub async fn on_line(tx: &mut Tx, line: LineId) -> Result<Vec<Live>, Error> {
    let mut query = db::Query::new(LIVE);
    query.push(" and a.line = ").bind(line).push(" order by a.id");
    tx.list(query).await
}

/// It rings at the other side.
pub async fn rang(tx: &mut Tx, attempt: AttemptId) -> Result<(), Error> {
    let now = tx.now();
    let sql =
        "update attempts set rang_at = $1 where id = $2 and rang_at is null and ended_at is null";
    tx.execute(sql, args![now, attempt]).await.map(drop)
}

/// Somebody, or a machine, answered.
pub async fn answered(tx: &mut Tx, attempt: AttemptId) -> Result<(), Error> {
    let now = tx.now();
    let sql = "update attempts set answered_at = $1
                where id = $2 and answered_at is null and ended_at is null";
    if tx.execute(sql, args![now, attempt]).await? == 1
        && let Some(live) = live(tx, attempt).await?
    {
        begin_leg(tx, attempt, live.agent_id).await?;
    }
    Ok(())
}

async fn begin_leg(tx: &mut Tx, attempt: AttemptId, user: UserId) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "insert into attempt_legs (id, attempt_id, user_id, from_at) values ($1, $2, $3, $4)",
        args![new_id(), attempt, user, now],
    )
    .await
}

/// The other side is on hold from now on.
pub async fn held(tx: &mut Tx, attempt: AttemptId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into attempt_holds (id, attempt_id, from_at)
         select $1, id, $2 from attempts where id = $3 and ended_at is null on conflict do nothing",
        args![new_id(), now, attempt],
    )
    .await
    .map(drop)
}

pub async fn resumed(tx: &mut Tx, attempt: AttemptId) -> Result<(), Error> {
    let now = tx.now();
    let sql = "update attempt_holds set until_at = $1 where attempt_id = $2 and until_at is null";
    tx.execute(sql, args![now, attempt]).await.map(drop)
}

/// The line is down; the outcome is due. Nothing happens to a call that ended before.
pub async fn ended(tx: &mut Tx, attempt: AttemptId, result: EndedAs) -> Result<(), Error> {
    let Some(live) = live(tx, attempt).await? else { return Ok(()) };
    let now = tx.now();
    // Whoever had answered was spoken to, whatever ended it; a crash is told apart.
    let result = match (live.answered_at, result) {
        (Some(_), EndedAs::System) => EndedAs::System,
        (Some(_), _) => EndedAs::Spoken,
        (None, result) => result,
    };
    tx.change_one(
        "update attempts set ended_at = $1, result = $2 where id = $3 and ended_at is null",
        args![now, result, attempt],
    )
    .await?;
    resumed(tx, attempt).await?;
    let sql = "update attempt_legs set until_at = $1 where attempt_id = $2 and until_at is null";
    tx.execute(sql, args![now, attempt]).await?;
    if let Some(record) = live.call_record_id {
        tx.execute(
            "update call_records set state = 'outcome_due', changed_at = $1
              where id = $2 and state = 'in_attempt'",
            args![now, record],
        )
        .await?;
    }
    let mut event = Event::new(EventKind::CallEnded, local(now).date())
        .about(live.person_id)
        .with("result", Fact::Code(result.code()));
    event.call_record = live.call_record_id;
    event.campaign = live.campaign_id;
    // It counts with whoever was on the line; nobody pressed anything.
    let (user, team) = (live.agent_id, live.team_id);
    tx.act_as(Actor { kind: ActorKind::System, user, team, command: None });
    activity::record(tx, call_ended(event, live.answered_at.unwrap_or(now), now)).await
}

/// Why a call cannot be passed on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotHandedOver {
    /// It ended meanwhile.
    Ended,
    /// Its outcome was logged: there is nothing more to do about it.
    Logged,
    /// The colleague has somebody else on the desk.
    DeskNotEmpty,
}

/// The call goes on with a colleague, on whose desk the person is from now on: she says what came of it.
pub async fn hand_over(
    tx: &mut Tx,
    attempt: AttemptId,
    to: UserId,
    lease: SignedDuration,
) -> Result<Result<(), NotHandedOver>, Error> {
    let Some(live) = live(tx, attempt).await? else { return Ok(Err(NotHandedOver::Ended)) };
    let now = tx.now();
    let Some(claim) = live.claim_id else { return Ok(Err(NotHandedOver::Logged)) };
    let released = tx
        .execute(
            "update claims set released_at = $1, released_as = 'handed_over', busy = false
              where id = $2 and released_at is null",
            args![now, claim],
        )
        .await?;
    if released == 0 {
        return Ok(Err(NotHandedOver::Logged));
    }
    let callback: Option<kernel::CallbackId> = tx
        .value("select max(callback_id) as value from attempts where id = $1", args![attempt])
        .await?;
    let team: Option<TeamId> =
        tx.value("select max(team_id) as value from users where id = $1", args![to]).await?;
    tx.act_as(Actor { kind: ActorKind::System, user: to, team, command: None });
    // Whom she only looked at goes back to the list.
    crate::claim::put_back(tx).await?;
    let taken = Taken {
        person: live.person_id,
        record: live.call_record_id,
        callback,
        campaign: live.campaign_id,
    };
    let Some(claim) = take(tx, taken, lease).await? else {
        return Ok(Err(NotHandedOver::DeskNotEmpty));
    };
    crate::claim::make_busy(tx, &claim).await?;
    tx.change_one(
        "update attempts set claim_id = $1, agent_id = $2, fence = $3 where id = $4 and ended_at is null",
        args![claim.id, to, claim.fence, attempt],
    )
    .await?;
    tx.execute("update notes set claim_id = $1 where attempt_id = $2", args![claim.id, attempt])
        .await?;
    let sql = "update attempt_legs set until_at = $1 where attempt_id = $2 and until_at is null";
    tx.execute(sql, args![now, attempt]).await?;
    begin_leg(tx, attempt, to).await?;
    Ok(Ok(()))
}

/// The process that has this line lives.
pub async fn seen(tx: &mut Tx, line: LineId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "insert into lines (id, seen_at) values ($1, $2)
         on conflict (id) do update set seen_at = excluded.seen_at",
        args![line, now],
    )
    .await
    .map(drop)
}

/// Whether no other line is known to live.
pub async fn is_alone(tx: &mut Tx, line: LineId) -> Result<bool, Error> {
    let others: i64 =
        tx.value("select count(*) as value from lines where id <> $1", args![line]).await?;
    Ok(others == 0)
}

/// Ends the calls of lines that were not seen since then: their process is gone, and says so no more. Those that it was.
pub async fn gone(tx: &mut Tx, since: Timestamp) -> Result<Vec<Live>, Error> {
    let mut query = db::Query::new(LIVE);
    query
        .push(" and a.line in (select id from lines where seen_at < ")
        .bind(since)
        .push(") order by a.id limit ")
        .bind(200_i64);
    let found: Vec<Live> = tx.list(query).await?;
    for live in &found {
        ended(tx, live.id, EndedAs::System).await?;
    }
    tx.execute("delete from lines where seen_at < $1", args![since]).await?;
    Ok(found)
}
