use db::{Error, Query, Tx};
use jiff::Timestamp;
use kernel::local;
use serde::Serialize;
use utoipa::ToSchema;

use super::Campaign;
use crate::settings::GateRules;

kernel::codes! {
    /// Where somebody in a campaign stands: each person stands in one of them.
    pub enum Bucket {
        Eligible = "eligible",
        Later = "later",
        Claimed = "claimed",
        Resting = "resting",
        Promised = "promised",
        Budget = "budget",
        Skipped = "skipped",
        NoGround = "no_ground",
        Referred = "referred",
        Objection = "objection",
        NoNumber = "no_number",
        TooYoung = "too_young",
        Deceased = "deceased",
        Done = "done",
        Exhausted = "exhausted",
        Withdrawn = "withdrawn",
    }
}

/// Why a list is empty, or how full it is. The numbers add up to `people`.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, ToSchema)]
pub struct Funnel {
    pub people: i64,
    /// Can be offered now.
    pub eligible: i64,
    /// Later today, or as soon as these calls may be made at all.
    pub later: i64,
    /// If these calls may not be made at this hour: from when they may.
    #[schema(value_type = Option<String>)]
    pub opens_at: Option<Timestamp>,
    /// Resting until another day.
    pub resting: i64,
    /// Somebody promised to call back.
    pub promised: i64,
    /// On somebody's desk.
    pub claimed: i64,
    pub done: i64,
    /// Tried as often as allowed.
    pub exhausted: i64,
    /// Called or spoken to as often as allowed, over all campaigns.
    pub budget: i64,
    /// Passed by twice; the team lead decides.
    pub skipped: i64,
    pub no_ground: i64,
    /// Known through somebody else only.
    pub referred: i64,
    pub objection: i64,
    pub no_number: i64,
    pub deceased: i64,
    pub too_young: i64,
    pub withdrawn: i64,
}

impl Funnel {
    #[must_use]
    pub fn count(&self, bucket: Bucket) -> i64 {
        *self.clone().place(bucket)
    }

    fn place(&mut self, bucket: Bucket) -> &mut i64 {
        match bucket {
            Bucket::Eligible => &mut self.eligible,
            Bucket::Later => &mut self.later,
            Bucket::Claimed => &mut self.claimed,
            Bucket::Resting => &mut self.resting,
            Bucket::Promised => &mut self.promised,
            Bucket::Budget => &mut self.budget,
            Bucket::Skipped => &mut self.skipped,
            Bucket::NoGround => &mut self.no_ground,
            Bucket::Referred => &mut self.referred,
            Bucket::Objection => &mut self.objection,
            Bucket::NoNumber => &mut self.no_number,
            Bucket::TooYoung => &mut self.too_young,
            Bucket::Deceased => &mut self.deceased,
            Bucket::Done => &mut self.done,
            Bucket::Exhausted => &mut self.exhausted,
            Bucket::Withdrawn => &mut self.withdrawn,
        }
    }
}

/// Pushes the bucket of the call record `r` as an expression: the number and the people behind it are found
/// by the same words.
pub(super) fn push_bucket(query: &mut Query, now: Timestamp, is_open: bool) {
    let tomorrow = local(now).tomorrow().and_then(|day| day.start_of_day());
    let tomorrow = tomorrow.map_or(now, |day| day.timestamp());
    query
        .push(
            "case when r.state = 'waiting' or (r.rest_until_at is not null and r.rest_until_at <= ",
        )
        .bind(now)
        .push(if is_open { ") then 'eligible'" } else { ") then 'later'" })
        .push(" when r.state = 'resting' and r.rest_until_at < ")
        .bind(tomorrow)
        .push(
            " then 'later'
              when r.state = 'blocked' then r.blocked_why
              when r.state in ('claimed', 'in_attempt', 'outcome_due') then 'claimed'
              else r.state end",
        );
}

/// If the calls of this campaign may not be made now: from when they may; `None` inside if never.
pub(super) fn closed(
    campaign: &Campaign,
    now: Timestamp,
    rules: &GateRules,
) -> Result<(), Option<Timestamp>> {
    let own = campaign.own();
    rules.hours.closed_for(campaign.ground, own, local(now).datetime()).map_err(|again| {
        let again = again.and_then(|at| at.in_tz(kernel::AMSTERDAM).ok());
        again.map(|at| at.timestamp())
    })
}

db::row! {
    struct Row { bucket: Bucket, n: i64 }
}

pub async fn funnel(tx: &mut Tx, campaign: &Campaign, rules: &GateRules) -> Result<Funnel, Error> {
    let now = tx.now();
    let closed = closed(campaign, now, rules);
    let mut query = Query::new("select bucket, count(*) as n from (select ");
    push_bucket(&mut query, now, closed.is_ok());
    query.push(" as bucket from call_records r where r.campaign_id = ").bind(campaign.id);
    query.push(") as found group by bucket");
    let rows: Vec<Row> = tx.list(query).await?;
    let mut funnel = Funnel { opens_at: closed.err().flatten(), ..Funnel::default() };
    for Row { bucket, n } in rows {
        funnel.people += n;
        *funnel.place(bucket) += n;
    }
    Ok(funnel)
}
