use db::{Error, Tx, args, new_id};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Actor, ActorKind, CallRecordId, CallbackId, CampaignId, ClaimId, Event, EventKind, Fact, Fence,
    PersonId, TeamId, UserId, local,
};

db::row! {
    /// Somebody on an agent's desk.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Claim {
        pub id: ClaimId,
        pub person_id: PersonId,
        pub agent_id: UserId,
        pub call_record_id: Option<CallRecordId>,
        pub callback_id: Option<CallbackId>,
        pub campaign_id: Option<CampaignId>,
        pub fence: Fence,
        pub claimed_at: Timestamp,
        pub lease_until_at: Timestamp,
        /// In a call, or waiting for its outcome: it does not end with the lease.
        pub busy: bool,
    }
}

const CLAIM: &str =
    "select c.id, c.person_id, c.agent_id, c.call_record_id, c.callback_id, r.campaign_id,
        c.fence, c.claimed_at, c.lease_until_at, c.busy
   from claims c left join call_records r on r.id = c.call_record_id
  where c.released_at is null";

/// Whom this agent has on the desk.
pub async fn of_agent(tx: &mut Tx, agent: UserId) -> Result<Option<Claim>, Error> {
    let mut query = db::Query::new(CLAIM);
    query.push(" and c.agent_id = ").bind(agent);
    Ok(tx.list(query).await?.pop())
}

/// The person on the agent's desk, if the page that asks is not an old one: a fence only counts together
/// with its person (INV12).
pub async fn held(tx: &mut Tx, person: PersonId, fence: Fence) -> Result<Option<Claim>, Error> {
    let agent = tx.actor().user;
    let claim = of_agent(tx, agent).await?;
    Ok(claim.filter(|claim| claim.person_id == person && claim.fence == fence))
}

/// Who has this person on the desk.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Option<Claim>, Error> {
    let mut query = db::Query::new(CLAIM);
    query.push(" and c.person_id = ").bind(person);
    Ok(tx.list(query).await?.pop())
}

/// What is taken.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub person: PersonId,
    pub record: Option<CallRecordId>,
    pub callback: Option<CallbackId>,
    pub campaign: Option<CampaignId>,
}

/// Puts a person on the agent's desk. `None` if the person is on somebody's desk already, or the agent
/// has somebody: the two unique indexes decide, whoever asks first. Nor while the agent still speaks with whom the outcome
/// was logged of.
///
/// Leases that ended are cleared away first, so an old claim never stands in the way.
pub async fn take(
    tx: &mut Tx,
    taken: Taken,
    lease: SignedDuration,
) -> Result<Option<Claim>, Error> {
    let Taken { person, record, callback, campaign } = taken;
    let (agent, now) = (tx.actor().user, tx.now());
    let made = tx
        .execute(
            "insert into claims (id, person_id, agent_id, call_record_id, callback_id, fence, claimed_at,
                                 lease_until_at, busy)
             select $1, $2, $3, $4, $5, coalesce(max(fence), 0) + 1, $6, $7, false
               from claims where person_id = $8
             having not exists (select 1 from attempts where agent_id = $9 and ended_at is null)
             on conflict do nothing",
            args![ClaimId(new_id()), person, agent, record, callback, now, now + lease, person, agent],
        )
        .await?;
    if made == 0 {
        return Ok(None);
    }
    let claim = of_agent(tx, agent).await?.ok_or(Error::Raced)?;
    let mut event = Event::new(EventKind::RecordClaimed, local(now).date())
        .about(person)
        .with("fence", Fact::Number(claim.fence.0));
    event.call_record = record;
    event.campaign = campaign;
    activity::record(tx, event).await?;
    Ok(Some(claim))
}

/// Keeps the person on the desk for another lease; `false` if the claim is gone.
pub async fn renew(
    tx: &mut Tx,
    person: PersonId,
    fence: Fence,
    lease: SignedDuration,
) -> Result<bool, Error> {
    let (agent, now) = (tx.actor().user, tx.now());
    let renewed = tx
        .execute(
            "update claims set lease_until_at = $1
              where agent_id = $2 and person_id = $3 and fence = $4 and released_at is null",
            args![now + lease, agent, person, fence],
        )
        .await?;
    Ok(renewed == 1)
}

db::row! {
    struct Expired {
        id: ClaimId,
        person_id: PersonId,
        agent_id: UserId,
        agent_team: Option<TeamId>,
        /// The agent is signed out by now.
        is_gone: bool,
        call_record_id: Option<CallRecordId>,
        campaign_id: Option<CampaignId>,
    }
}

kernel::codes! {
    /// Why an offer was missed: nobody looked at the person in time.
    pub enum Missed {
        PageClosed = "page_closed",
        SignedOut = "signed_out",
        /// The account ended.
        Left = "left",
    }
}

/// Brings back everybody whose lease ended: nobody stays claimed past it, whatever became of the page.
pub async fn release_expired(tx: &mut Tx) -> Result<usize, Error> {
    let now = tx.now();
    let mut query = db::Query::new(
        "select c.id, c.person_id, c.agent_id, c.call_record_id,
                (select u.team_id from users u where u.id = c.agent_id) as agent_team,
                exists (select 1 from presence s where s.user_id = c.agent_id and s.intent = 'signed_out') as is_gone,
                (select r.campaign_id from call_records r where r.id = c.call_record_id) as campaign_id
           from claims c
          where c.released_at is null and not c.busy and c.lease_until_at <= ",
    );
    query.bind(now).push(" order by c.id limit ").bind(100_i64).push(tx.lock_and_skip());
    let expired: Vec<Expired> = tx.list(query).await?;
    for claim in &expired {
        let missed = if claim.is_gone { Missed::SignedOut } else { Missed::PageClosed };
        back_to_the_list(tx, claim, missed).await?;
    }
    Ok(expired.len())
}

/// Whom somebody who leaves has on the desk goes back to the list at once.
pub(crate) async fn let_go(tx: &mut Tx, agent: UserId) -> Result<(), Error> {
    let left: Vec<Expired> = tx
        .all(
            "select c.id, c.person_id, c.agent_id, c.call_record_id,
                    (select u.team_id from users u where u.id = c.agent_id) as agent_team, true as is_gone,
                    (select r.campaign_id from call_records r where r.id = c.call_record_id) as campaign_id
               from claims c
              where c.released_at is null and not c.busy and c.agent_id = $1",
            args![agent],
        )
        .await?;
    for claim in &left {
        back_to_the_list(tx, claim, Missed::Left).await?;
    }
    Ok(())
}

/// Somebody rings whom the acting user answers: whoever was only looked at goes back to the list, and nobody passed this person by.
pub async fn put_back(tx: &mut Tx) -> Result<(), Error> {
    let (agent, now) = (tx.actor().user, tx.now());
    let Some(claim) = of_agent(tx, agent).await?.filter(|claim| !claim.busy) else { return Ok(()) };
    release(tx, claim.id, "put_back").await?;
    if let Some(record) = claim.call_record_id {
        back_to_waiting(tx, record).await?;
    }
    let mut event = Event::new(EventKind::RecordSkipped, local(now).date())
        .about(claim.person_id)
        .with("reason", Fact::Code("call_came_in"));
    event.call_record = claim.call_record_id;
    event.campaign = claim.campaign_id;
    activity::record(tx, event).await
}

async fn back_to_the_list(tx: &mut Tx, claim: &Expired, missed: Missed) -> Result<(), Error> {
    let now = tx.now();
    release(tx, claim.id, "lease_ended").await?;
    if let Some(record) = claim.call_record_id {
        back_to_waiting(tx, record).await?;
    }
    let mut event = Event::new(EventKind::LeaseEnded, local(now).date())
        .about(claim.person_id)
        .with("cause", Fact::Code(missed.code()))
        .with("agent", Fact::Number(claim.agent_id.0));
    event.call_record = claim.call_record_id;
    event.campaign = claim.campaign_id;
    // It counts with the agent who missed it, whoever found out.
    let actor = tx.actor().clone();
    let (user, team) = (claim.agent_id, claim.agent_team);
    tx.act_as(Actor { kind: ActorKind::System, user, team, command: None });
    activity::record(tx, event).await?;
    tx.act_as(actor);
    Ok(())
}

async fn release(tx: &mut Tx, claim: ClaimId, how: &'static str) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update claims set released_at = $1, released_as = $2, busy = false
          where id = $3 and released_at is null",
        args![now, how, claim],
    )
    .await
}

async fn back_to_waiting(tx: &mut Tx, record: CallRecordId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update call_records set state = 'waiting', changed_at = $1 where id = $2 and state = 'claimed'",
        args![now, record],
    )
    .await
    .map(drop)
}

kernel::codes! {
    /// Why an agent passes somebody by.
    pub enum SkipReason {
        NotNow = "not_now",
        KnowThem = "know_them",
        DataWrong = "data_wrong",
    }
}

/// What became of a skip.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Skipped {
    Done,
    /// The page was old: the person is no longer on this desk.
    ClaimEnded,
    /// A call was made; it needs its outcome.
    InCall,
}

/// Passes the person by; the list offers this person again after `rests`, to whoever is next then.
pub async fn skip(
    tx: &mut Tx,
    person: PersonId,
    fence: Fence,
    reason: SkipReason,
    rests: SignedDuration,
) -> Result<Skipped, Error> {
    let now = tx.now();
    let Some(claim) = held(tx, person, fence).await? else {
        return Ok(Skipped::ClaimEnded);
    };
    if claim.busy {
        return Ok(Skipped::InCall);
    }
    release(tx, claim.id, "skipped").await?;
    if let Some(record) = claim.call_record_id
        && claim.callback_id.is_none()
    {
        let agent = claim.agent_id;
        // Passed by a second time, by somebody else: the team lead looks what is the matter.
        tx.execute(
            "update call_records set changed_at = $1, skips = skips + 1, skipped_by = $2,
                    state = case when skipped_by <> $3 then 'blocked' else 'resting' end,
                    blocked_why = case when skipped_by <> $4 then 'skipped' end,
                    rest_until_at = case when skipped_by <> $5 then null else $6 end
              where id = $7 and state = 'claimed'",
            args![now, agent, agent, agent, agent, now + rests, record],
        )
        .await?;
    }
    let mut event = Event::new(EventKind::RecordSkipped, local(now).date())
        .about(claim.person_id)
        .with("reason", Fact::Code(reason.code()));
    event.call_record = claim.call_record_id;
    event.campaign = claim.campaign_id;
    activity::record(tx, event).await?;
    access::presence::desk_cleared(tx).await?;
    Ok(Skipped::Done)
}

/// Makes a claim one that does not end with its lease: a call began.
pub(crate) async fn make_busy(tx: &mut Tx, claim: &Claim) -> Result<(), Error> {
    tx.change_one(
        "update claims set busy = true where id = $1 and fence = $2 and released_at is null",
        args![claim.id, claim.fence],
    )
    .await
}
