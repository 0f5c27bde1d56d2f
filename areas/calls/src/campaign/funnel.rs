use db::{Error, Tx, args};
use kernel::CampaignId;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a list is empty, or how full it is. The numbers add up to `people`.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, ToSchema)]
pub struct Funnel {
    pub people: i64,
    /// Can be offered now.
    pub eligible: i64,
    /// Resting, and free again later today or another day.
    pub resting: i64,
    /// Somebody promised to call back.
    pub promised: i64,
    /// On somebody's desk.
    pub claimed: i64,
    pub done: i64,
    /// Tried as often as allowed.
    pub exhausted: i64,
    pub no_ground: i64,
    pub objection: i64,
    pub no_number: i64,
    pub deceased: i64,
    pub too_young: i64,
    pub withdrawn: i64,
}

db::row! {
    struct Row { state: String, blocked_why: Option<String>, n: i64 }
}

pub async fn funnel(tx: &mut Tx, campaign: CampaignId) -> Result<Funnel, Error> {
    let now = tx.now();
    let rows: Vec<Row> = tx
        .all(
            "select case when state = 'resting' and rest_until_at <= $1 then 'waiting' else state end as state,
                    blocked_why, count(*) as n
               from call_records where campaign_id = $2 group by 1, 2",
            args![now, campaign],
        )
        .await?;
    let mut funnel = Funnel::default();
    for Row { state, blocked_why, n } in rows {
        funnel.people += n;
        *match (state.as_str(), blocked_why.as_deref()) {
            ("waiting", _) => &mut funnel.eligible,
            ("resting", _) => &mut funnel.resting,
            ("promised", _) | (_, Some("promised")) => &mut funnel.promised,
            ("claimed" | "in_attempt" | "outcome_due", _) => &mut funnel.claimed,
            ("done", _) => &mut funnel.done,
            ("exhausted", _) => &mut funnel.exhausted,
            (_, Some("objection")) => &mut funnel.objection,
            (_, Some("no_number")) => &mut funnel.no_number,
            (_, Some("deceased")) => &mut funnel.deceased,
            (_, Some("too_young")) => &mut funnel.too_young,
            (_, Some(_)) => &mut funnel.no_ground,
            _ => &mut funnel.withdrawn,
        } += n;
    }
    Ok(funnel)
}
