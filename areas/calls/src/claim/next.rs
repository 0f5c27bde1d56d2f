//! The next person for an agent: own promises that are due first, then the lists.

use calls_rules::gate::Ground;
use db::{Error, Query, Tx, args};
use jiff::SignedDuration;
use kernel::{CallRecordId, CallbackId, CampaignId, PersonId, TeamId, UserId, local};

use super::store::{Claim, Taken, of_agent, release_expired, renew, take};
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
const PASSED_OVER_MAX: usize = 50;

/// Claims the next person for the acting agent.
///
/// Whoever is on the desk already stays there: asking twice gives the same person. A due promise of
/// one's own comes before any list (INV10); from a list, the gate is asked in the same step (INV4).
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
    if asked.campaign.is_none()
        && let Some(claim) = due_callback(tx, agent, asked).await?
    {
        return Ok(Some(claim));
    }
    let only_requested = rules.calendar.outbound_again_on(local(tx.now()).datetime()).is_some();
    for campaign in campaigns(tx, asked, only_requested).await? {
        if let Some(claim) = from_list(tx, campaign, asked.lease, rules).await? {
            return Ok(Some(claim));
        }
        // Somebody else's request of this agent was faster.
        if let Some(claim) = of_agent(tx, agent).await? {
            return Ok(Some(claim));
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

/// The promise that presses most: one's own before the team's, the one that ends first before others.
async fn due_callback(tx: &mut Tx, agent: UserId, asked: Asked) -> Result<Option<Claim>, Error> {
    let now = tx.now();
    let mut query = Query::new(
        "select b.id, b.person_id, b.call_record_id, r.campaign_id
           from callbacks b left join call_records r on r.id = b.call_record_id
          where b.ended_at is null and b.check_at <= ",
    );
    query
        .bind(now)
        .push(" and (b.owner_id = ")
        .bind(agent)
        .push(" or (b.owner_id is null and b.team_id = ")
        .bind(asked.team.unwrap_or(TeamId(0)))
        .push("))")
        .push(" and not exists (select 1 from claims c where c.person_id = b.person_id and c.released_at is null)")
        .push(" order by (b.owner_id is null), b.until_at, b.id limit ")
        .bind(5_i64);
    let due: Vec<Due> = tx.list(query).await?;
    for Due { id, person_id, call_record_id, campaign_id } in due {
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
    Ok(None)
}

db::row! {
    struct CampaignRow { id: CampaignId }
}

/// On some days only whoever asked for it is called.
async fn campaigns(
    tx: &mut Tx,
    asked: Asked,
    only_requested: bool,
) -> Result<Vec<CampaignId>, Error> {
    let mut query = Query::new(
        "select id from campaigns where state = 'active' and (team_id is null or team_id = ",
    );
    query.bind(asked.team.unwrap_or(TeamId(0))).push(")");
    if let Some(campaign) = asked.campaign {
        query.push(" and id = ").bind(campaign);
    }
    if only_requested {
        query.push(" and ground = ").bind(Ground::RequestedCall.code());
    }
    query.push(" order by priority desc, id limit ").bind(50_i64);
    let rows: Vec<CampaignRow> = tx.list(query).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

db::row! {
    struct Candidate { id: CallRecordId, person_id: PersonId }
}

async fn from_list(
    tx: &mut Tx,
    campaign: CampaignId,
    lease: SignedDuration,
    rules: &GateRules,
) -> Result<Option<Claim>, Error> {
    let now = tx.now();
    wake_rested(tx, campaign).await?;
    for _ in 0..PASSED_OVER_MAX {
        // Whoever is on a desk is passed over, in whatever campaign or promise that is (INV1).
        let mut query = Query::new(
            "select r.id, r.person_id from call_records r where r.state = 'waiting' and r.campaign_id = ",
        );
        query
            .bind(campaign)
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
        if !matches!(&judged.verdict, Ok(passed) if passed.from.is_none_or(|from| from <= now)) {
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

/// Records whose rest is over wait again.
async fn wake_rested(tx: &mut Tx, campaign: CampaignId) -> Result<(), Error> {
    let now = tx.now();
    let mut query = Query::new(
        "update call_records set state = 'waiting', rest_until_at = null, changed_at = ",
    );
    query
        .bind(now)
        .push(
            " where id in (select id from call_records where state = 'resting' and campaign_id = ",
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
