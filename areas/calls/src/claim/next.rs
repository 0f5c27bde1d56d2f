//! The next person for an agent: own promises that are due first, then the lists.

use calls_rules::gate::{Ground, Passed};
use calls_rules::hours::Own;
use db::{Error, Query, Tx, args};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use kernel::{CallRecordId, CallbackId, CampaignId, PersonId, TeamId, UserId, local};

use super::store::{Claim, Taken, of_agent, release_expired, renew, take};
use crate::attempt;
use crate::campaign::{apply, judge_record};
use crate::settings::GateRules;

/// Who asks, and from which campaign; `None`: from all that the team works on.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub team: Option<TeamId>,
    pub campaign: Option<CampaignId>,
    pub lease: SignedDuration,
}

/// How many people who may not be offered are passed over in one step; the next step goes on.
const PASSED_OVER_MAX: i64 = 50;

/// Claims the next person for the acting agent.
///
/// Whoever is on the desk already stays there: asking twice gives the same person. A due promise of
/// one's own comes before any list (INV10); from a list, the gate and the budget are asked in the same
/// step (INV4, INV6), and once more when the call begins: only then does the claim keep others away.
///
/// `None` if there is nobody now.
pub async fn next(tx: &mut Tx, asked: Asked, rules: &GateRules) -> Result<Option<Claim>, Error> {
    let agent = tx.actor().user;
    release_expired(tx).await?;
    if let Some(claim) = of_agent(tx, agent).await? {
        renew(tx, claim.person_id, claim.fence, asked.lease).await?;
        return Ok(Some(claim));
    }
    // Whoever is at lunch, or goes there after this call, gets nobody.
    if !access::presence::takes_records(tx, agent).await? {
        return Ok(None);
    }
    if let Some(claim) = due_callback(tx, agent, asked, rules).await? {
        return Ok(Some(claim));
    }
    // A call from a list would probably run over the time of an own promise.
    if comes_soon(tx, agent, rules.promise_guard).await?.is_some() {
        return Ok(None);
    }
    for campaign in campaigns(tx, asked, rules).await? {
        if campaign.has_rested {
            wake_rested(tx, campaign.id).await?;
        }
        for whose in [Whose::Own, Whose::Nobodys] {
            if let Some(claim) = from_list(tx, campaign.id, whose, asked.lease, rules).await? {
                return Ok(Some(claim));
            }
            // Somebody else's request of this agent was faster.
            if let Some(claim) = of_agent(tx, agent).await? {
                return Ok(Some(claim));
            }
        }
    }
    Ok(None)
}

db::row! {
    struct Due {
        id: CallbackId,
        person_id: PersonId,
        call_record_id: Option<CallRecordId>,
        campaign_id: Option<CampaignId>,
    }
}

/// The promise that presses most: an own one, then one for which the agent stands in, then one of the team
/// (INV10: to the team only what is the team's, or what climbed to it).
///
/// Passed over is one that may not be kept at this hour, or not any more: it stays on the list and climbs, and is
/// looked at again after a while or when something about the person changes. So is one that this agent passed by
/// just now; a colleague gets it at once.
async fn due_callback(
    tx: &mut Tx,
    agent: UserId,
    asked: Asked,
    rules: &GateRules,
) -> Result<Option<Claim>, Error> {
    let now = tx.now();
    for whose in [Promised::Own, Promised::StandIn, Promised::Team] {
        let mut query = Query::new(
            "select b.id, b.person_id, b.call_record_id, r.campaign_id
               from callbacks b left join call_records r on r.id = b.call_record_id
              where b.ended_at is null and b.check_at <= ",
        );
        query
            .bind(now)
            .push(" and (b.held_until_at is null or b.held_until_at <= ")
            .bind(now)
            .push(")");
        match (whose, asked.team) {
            (Promised::Own, _) => query.push(" and b.owner_id = ").bind(agent),
            (Promised::StandIn, _) => {
                query.push(" and b.level >= 1 and b.stand_in_id = ").bind(agent)
            }
            (Promised::Team, Some(team)) => {
                query.push(" and (b.owner_id is null or b.level >= 2) and b.team_id = ").bind(team)
            }
            (Promised::Team, None) => continue,
        };
        query
            .push(
                " and not exists (select 1 from claims c where c.person_id = b.person_id
                    and (c.released_at is null or (c.callback_id = b.id and c.released_as = 'skipped'
                         and c.agent_id = ",
            )
            .bind(agent)
            .push(" and c.released_at > ")
            .bind(now - rules.promise_early)
            .push("))) order by b.until_at, b.id limit ")
            .bind(PASSED_OVER_MAX);
        let due: Vec<Due> = tx.list(query).await?;
        for Due { id, person_id, call_record_id, campaign_id } in due {
            if let Err(refused) = attempt::of_promise(tx, person_id, id, rules).await? {
                hold(tx, id, &refused).await?;
                continue;
            }
            let taken = Taken {
                person: person_id,
                record: call_record_id,
                callback: Some(id),
                campaign: campaign_id,
            };
            if let Some(claim) = take(tx, taken, asked.lease).await? {
                return Ok(Some(claim));
            }
        }
    }
    Ok(None)
}

/// So long at most a promise is not looked at again that may not be kept: rules change meanwhile.
const HELD_MAX: SignedDuration = SignedDuration::from_mins(30);

/// Holds a promise until it may be kept, as far as that is known.
async fn hold(tx: &mut Tx, promise: CallbackId, refused: &attempt::Refused) -> Result<(), Error> {
    let latest = tx.now() + HELD_MAX;
    let until = match refused {
        attempt::Refused::NotNow { again: Some(again) } => {
            again.in_tz(kernel::AMSTERDAM).map_or(latest, |again| again.timestamp().min(latest))
        }
        _ => latest,
    };
    tx.execute(
        "update callbacks set held_until_at = $1 where id = $2 and ended_at is null",
        args![until, promise],
    )
    .await
    .map(drop)
}

#[derive(Clone, Copy, Debug)]
enum Promised {
    Own,
    StandIn,
    Team,
}

/// When the next own promise begins, if that is within `guard` from now.
pub async fn comes_soon(
    tx: &mut Tx,
    agent: UserId,
    guard: SignedDuration,
) -> Result<Option<Timestamp>, Error> {
    let now = tx.now();
    tx.value(
        "select min(check_at) as value from callbacks
          where owner_id = $1 and ended_at is null and check_at > $2 and check_at <= $3",
        args![agent, now, now + guard],
    )
    .await
}

db::row! {
    struct CampaignRow {
        id: CampaignId,
        ground: Ground,
        starts_on: Option<Date>,
        ends_on: Option<Date>,
        from_time: Option<Time>,
        until_time: Option<Time>,
        has_rested: bool,
    }
}

impl CampaignRow {
    fn own(&self) -> Own {
        Own::new((self.starts_on, self.ends_on), (self.from_time, self.until_time))
    }
}

/// The campaigns that have somebody for this agent, the most urgent first, less those whose people may not
/// be called at this hour.
async fn campaigns(
    tx: &mut Tx,
    asked: Asked,
    rules: &GateRules,
) -> Result<Vec<CampaignRow>, Error> {
    let (agent, now) = (tx.actor().user, tx.now());
    let mut query = Query::new(
        "select * from (
           select c.id, c.ground, c.priority, c.starts_on, c.ends_on, c.from_time, c.until_time,
                  exists (select 1 from call_records r where r.campaign_id = c.id and r.rest_until_at <= ",
    );
    query
        .bind(now)
        .push(
            " and r.rest_until_at is not null) as has_rested,
                  exists (select 1 from call_records r
                    where r.campaign_id = c.id and r.state = 'waiting' and r.owner_id is null) as has_waiting,
                  exists (select 1 from call_records r
                    where r.campaign_id = c.id and r.state = 'waiting' and r.owner_id is not null and r.owner_id = ",
        )
        .bind(agent)
        .push(
            ") as has_own
             from campaigns c
            where c.state = 'active' and (c.team_id is null or c.team_id = ",
        )
        .bind(asked.team.unwrap_or(TeamId(0)))
        .push(")");
    if let Some(campaign) = asked.campaign {
        query.push(" and c.id = ").bind(campaign);
    }
    query
        .push(") as found where has_rested or has_waiting or has_own order by priority desc, id limit ")
        .bind(50_i64);
    let mut found: Vec<CampaignRow> = tx.list(query).await?;
    let at = local(now).datetime();
    found.retain(|campaign| rules.hours.closed_for(campaign.ground, campaign.own(), at).is_ok());
    Ok(found)
}

/// An agent's own people come before those who belong to nobody; a colleague's people come to nobody else.
#[derive(Clone, Copy, Debug)]
enum Whose {
    Own,
    Nobodys,
}

db::row! {
    struct Candidate { id: CallRecordId, person_id: PersonId }
}

async fn from_list(
    tx: &mut Tx,
    campaign: CampaignId,
    whose: Whose,
    lease: SignedDuration,
    rules: &GateRules,
) -> Result<Option<Claim>, Error> {
    let (agent, now) = (tx.actor().user, tx.now());
    for _ in 0..PASSED_OVER_MAX {
        // Whoever is on a desk is passed over, in whatever campaign or promise that is (INV1).
        let mut query = Query::new(
            "select r.id, r.person_id from call_records r where r.state = 'waiting' and r.campaign_id = ",
        );
        query.bind(campaign);
        match whose {
            Whose::Own => query.push(" and r.owner_id is not null and r.owner_id = ").bind(agent),
            Whose::Nobodys => query.push(" and r.owner_id is null"),
        };
        query
            .push(
                " and not exists (select 1 from claims c where c.person_id = r.person_id and c.released_at is null)
                  order by r.priority desc, r.id limit ",
            )
            .bind(1_i64)
            .push(tx.lock_and_skip());
        let Some(Candidate { id, person_id }) = tx.list(query).await?.pop() else {
            return Ok(None);
        };
        let judged = judge_record(tx, id, rules).await?.ok_or(Error::Raced)?;
        let is_free = |passed: &Passed| passed.from.is_none_or(|from| from <= now);
        if !judged.verdict.as_ref().is_ok_and(is_free) {
            apply(tx, [judged]).await?;
            continue;
        }
        let taken =
            Taken { person: person_id, record: Some(id), callback: None, campaign: Some(campaign) };
        return match take(tx, taken, lease).await? {
            Some(claim) => {
                tx.change_one(
                    "update call_records set state = 'claimed', changed_at = $1 where id = $2 and state = 'waiting'",
                    args![now, id],
                )
                .await?;
                Ok(Some(claim))
            }
            None => Ok(None),
        };
    }
    Ok(None)
}

/// Records whose rest is over, or whose budget has room again, wait again.
async fn wake_rested(tx: &mut Tx, campaign: CampaignId) -> Result<(), Error> {
    let now = tx.now();
    let mut query = Query::new(
        "update call_records set state = 'waiting', blocked_why = null, rest_until_at = null, changed_at = ",
    );
    query
        .bind(now)
        .push(
            " where id in (select id from call_records where state in ('resting', 'blocked') and rest_until_at is not null and campaign_id = ",
        )
        .bind(campaign)
        .push(" and rest_until_at <= ")
        .bind(now)
        .push(" order by rest_until_at limit ")
        .bind(100_i64)
        .push(tx.lock_and_skip())
        .push(")");
    tx.execute_query(query).await?;
    Ok(())
}
