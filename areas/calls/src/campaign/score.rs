//! Orders the people of a campaign: what each is worth today, by the rule that also says why.

use std::collections::BTreeMap;

use calls_rules::score::{Moments, Weights, score};
use db::{Error, Query, Tx};
use jiff::Timestamp;
use kernel::{CallRecordId, CampaignId, PersonId};

/// The latest request, meeting and consent of the person `p`.
const MOMENTS: &str = "(select max(k.happened_at) from contacts k where k.person_id = p.id
                          and k.kind in ('brochure', 'question', 'web_form')) as request,
                       (select max(k.happened_at) from contacts k where k.person_id = p.id
                          and k.kind = 'meeting') as meeting,
                       (select max(s.given_at) from consents s where s.person_id = p.id
                          and s.channel = 'phone' and s.basis = 'consent' and s.withdrawn_at is null) as consent";

db::row! {
    struct Row {
        record_id: CallRecordId,
        priority: i64,
        request: Option<Timestamp>,
        meeting: Option<Timestamp>,
        consent: Option<Timestamp>,
    }
}

db::row! {
    struct One { request: Option<Timestamp>, meeting: Option<Timestamp>, consent: Option<Timestamp> }
}

/// What is known of one person.
pub(crate) async fn moments(tx: &mut Tx, person: PersonId) -> Result<Moments, Error> {
    let mut query = Query::new("select ");
    query.push(MOMENTS).push(" from people p where p.id = ").bind(person);
    let found: Option<One> = tx.list(query).await?.pop();
    Ok(found.map_or_else(Moments::default, |One { request, meeting, consent }| Moments {
        request,
        meeting,
        consent,
    }))
}

/// How many in one step.
const AT_ONCE: i64 = 2_000;

/// Orders the people of a campaign behind `after`; gives the last one looked at, `None` at the end.
pub(super) async fn score_some(
    tx: &mut Tx,
    campaign: CampaignId,
    after: CallRecordId,
    weights: Weights,
) -> Result<Option<CallRecordId>, Error> {
    let mut query = from();
    query.push(" where r.campaign_id = ").bind(campaign).push(" and r.id > ").bind(after);
    query.push(" order by r.id limit ").bind(AT_ONCE);
    write(tx, query, weights).await
}

/// Orders one person again in every campaign.
pub(super) async fn score_person(
    tx: &mut Tx,
    person: PersonId,
    weights: Weights,
) -> Result<(), Error> {
    let mut query = from();
    query.push(" where r.person_id = ").bind(person).push(" order by r.id");
    write(tx, query, weights).await.map(drop)
}

fn from() -> Query {
    let mut query = Query::new("select r.id as record_id, r.priority, ");
    query.push(MOMENTS).push(" from call_records r join people p on p.id = r.person_id");
    query
}

/// One statement for all that are worth the same.
async fn write(tx: &mut Tx, query: Query, weights: Weights) -> Result<Option<CallRecordId>, Error> {
    let now = tx.now();
    let rows: Vec<Row> = tx.list(query).await?;
    let last = rows.last().map(|row| row.record_id);
    let mut changed: BTreeMap<i64, Vec<CallRecordId>> = BTreeMap::new();
    for Row { record_id, priority, request, meeting, consent } in rows {
        let worth = score(Moments { request, meeting, consent }, now, weights);
        if worth != priority {
            changed.entry(worth).or_default().push(record_id);
        }
    }
    for (worth, records) in changed {
        let mut update = Query::new("update call_records set priority = ");
        update.bind(worth).push(" where id in (");
        for (nr, record) in records.into_iter().enumerate() {
            update.push(if nr == 0 { "" } else { ", " }).bind(record);
        }
        update.push(")");
        tx.execute_query(update).await?;
    }
    Ok(last)
}
