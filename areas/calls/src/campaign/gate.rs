//! Asks the gate: fills its facts from the tables, in one query for one person or many.

use calls_rules::gate::{Blocked, Facts, Ground, Passed, Request, gate};
use db::{Db, Error, Query, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Actor, CallRecordId, CampaignId, EventId, PersonId, local};
use web::App;

use crate::settings::{GateRules, gate_rules};

db::row! {
    struct Row {
        record_id: Option<CallRecordId>,
        ground: Ground,
        objected_at: Option<Timestamp>,
        consents: bool,
        lid5: bool,
        asked_at: Option<Timestamp>,
        asked_from: Option<Timestamp>,
        is_member: bool,
        at_legal_person: bool,
        has_number: bool,
        deceased: bool,
        open_callback: bool,
        birth_date: Option<Date>,
    }
}

/// One record, judged.
pub(crate) struct Judged {
    pub record: Option<CallRecordId>,
    pub verdict: Result<Passed, Blocked>,
}

/// The facts of every person that `from` names: a `from` clause with `p` for people and expressions
/// `ground` and `purpose` in scope.
fn facts_query(today: Date, rules: &GateRules, record: &'static str, from: &'static str) -> Query {
    let mut query = Query::new("select ");
    query.push(record).push(
        " as record_id, c.ground,
                (select max(o.made_at) from objections o
                  where o.person_id = p.id and o.channel = 'phone' and o.withdrawn_at is null) as objected_at,
                exists (select 1 from consents s
                  where s.person_id = p.id and s.channel = 'phone' and s.basis = 'consent'
                        and s.withdrawn_at is null and (s.purpose = c.purpose or s.purpose = 'any')) as consents,
                exists (select 1 from consents s
                  where s.person_id = p.id and s.channel = 'phone' and s.basis <> 'consent'
                        and s.withdrawn_at is null) as lid5,
                (select max(q.asked_at) from call_requests q
                  where q.person_id = p.id and q.used_at is null) as asked_at,
                (select min(q.from_at) from call_requests q
                  where q.person_id = p.id and q.used_at is null) as asked_from,
                exists (select 1 from memberships m where m.person_id = p.id
                        and (m.starts_on is null or m.starts_on <= ",
    );
    query.bind(today).push(") and (m.ends_on is null or m.ends_on >= ").bind(today).push(
        ")) as is_member,
                exists (select 1 from contact_persons k join organisations g on g.id = k.organisation_id
                  where k.person_id = p.id and k.until_on is null and g.legal_form in (",
    );
    for (nr, form) in rules.forms_without_ground.iter().enumerate() {
        query.push(if nr == 0 { "" } else { ", " }).bind(form.as_str());
    }
    query.push(
        ")) as at_legal_person,
                exists (select 1 from phones n
                  where n.person_id = p.id and n.number is not null and n.unusable_at is null) as has_number,
                (p.death_reported_at is not null) as deceased,
                exists (select 1 from callbacks b
                  where b.person_id = p.id and b.purpose = c.purpose and b.ended_at is null) as open_callback,
                p.birth_date
           from ",
    );
    query.push(from);
    query
}

fn judge(row: &Row, today: Date, rules: &GateRules) -> Judged {
    let request =
        row.asked_at.zip(row.asked_from).map(|(asked_at, from)| Request { asked_at, from });
    let facts = Facts {
        ground: row.ground,
        objection: row.objected_at,
        consents: row.consents,
        lid5: row.lid5,
        request,
        is_member: row.is_member,
        at_legal_person: row.at_legal_person,
        has_number: row.has_number,
        deceased: row.deceased,
        open_callback: row.open_callback,
        birth_date: row.birth_date,
    };
    Judged { record: row.record_id, verdict: gate(&facts, today, rules.min_age) }
}

async fn judged(
    tx: &mut Tx,
    query: Query,
    today: Date,
    rules: &GateRules,
) -> Result<Vec<Judged>, Error> {
    let rows: Vec<Row> = tx.list(query).await?;
    Ok(rows.into_iter().map(|row| judge(&row, today, rules)).collect())
}

const RECORDS: &str =
    "call_records r join campaigns c on c.id = r.campaign_id join people p on p.id = r.person_id";

/// One record, judged now. `None` if there is no such record.
pub(crate) async fn judge_record(
    tx: &mut Tx,
    record: CallRecordId,
    rules: &GateRules,
) -> Result<Option<Judged>, Error> {
    let today = local(tx.now()).date();
    let mut query = facts_query(today, rules, "r.id", RECORDS);
    query.push(" where r.id = ").bind(record);
    Ok(judged(tx, query, today, rules).await?.pop())
}

/// Whether this person may be called on this ground, outside any campaign.
pub async fn may_be_called(
    tx: &mut Tx,
    person: PersonId,
    ground: Ground,
    purpose: super::Purpose,
    rules: &GateRules,
) -> Result<Result<Passed, Blocked>, Error> {
    let today = local(tx.now()).date();
    // The ground and the purpose of a campaign of this one call.
    let mut query = facts_query(today, rules, "cast(null as bigint)", "people p, (select ");
    query
        .push("cast(")
        .bind(ground)
        .push(" as text) as ground, cast(")
        .bind(purpose)
        .push(" as text) as purpose) c where p.id = ")
        .bind(person);
    let judged = judged(tx, query, today, rules).await?.pop().ok_or(Error::Raced)?;
    Ok(judged.verdict)
}

/// How many records are judged in one step.
const AT_ONCE: i64 = 1_000;

/// Judges people of a campaign behind `after` who are waiting or blocked, and moves those whose
/// verdict changed. Returns the last one looked at, `None` at the end.
async fn reconsider_some(
    tx: &mut Tx,
    campaign: CampaignId,
    after: CallRecordId,
    rules: &GateRules,
) -> Result<Option<CallRecordId>, Error> {
    let today = local(tx.now()).date();
    let mut query = facts_query(today, rules, "r.id", RECORDS);
    query
        .push(" where r.campaign_id = ")
        .bind(campaign)
        .push(" and r.state in ('waiting', 'blocked') and r.id > ")
        .bind(after)
        .push(" order by r.id limit ")
        .bind(AT_ONCE);
    let judged = judged(tx, query, today, rules).await?;
    let last = judged.last().and_then(|judged| judged.record);
    apply(tx, judged).await?;
    Ok(last)
}

/// Where a verdict brings a record that is waiting or blocked.
#[derive(Clone, Copy, Eq, PartialEq)]
enum To {
    Blocked(Blocked),
    Resting(Timestamp),
    Waiting,
}

/// Writes verdicts over records that are waiting or blocked, in one statement for all that end alike.
pub(crate) async fn apply(
    tx: &mut Tx,
    judged: impl IntoIterator<Item = Judged>,
) -> Result<(), Error> {
    let now = tx.now();
    let mut alike: Vec<(To, Vec<CallRecordId>)> = Vec::new();
    for Judged { record, verdict } in judged {
        let Some(record) = record else { continue };
        let to = match verdict {
            Err(why) => To::Blocked(why),
            Ok(Passed { from: Some(from), .. }) if from > now => To::Resting(from),
            Ok(_) => To::Waiting,
        };
        match alike.iter_mut().find(|(other, _)| *other == to) {
            Some((_, records)) => records.push(record),
            None => alike.push((to, vec![record])),
        }
    }
    for (to, records) in alike {
        let mut update = Query::new("update call_records set changed_at = ");
        update.bind(now);
        let from = match to {
            To::Blocked(why) => {
                update.push(", state = 'blocked', blocked_why = ").bind(why);
                " where state in ('waiting', 'blocked')"
            }
            To::Resting(until) => {
                update
                    .push(", state = 'resting', blocked_why = null, rest_until_at = ")
                    .bind(until);
                " where state in ('waiting', 'blocked')"
            }
            To::Waiting => {
                update.push(", state = 'waiting', blocked_why = null");
                " where state = 'blocked'"
            }
        };
        update.push(from);
        if let To::Blocked(why) = to {
            update.push(" and (blocked_why is null or blocked_why <> ").bind(why).push(")");
        }
        update.push(" and id in (");
        for (nr, record) in records.into_iter().enumerate() {
            update.push(if nr == 0 { "" } else { ", " }).bind(record);
        }
        update.push(")");
        tx.execute_query(update).await?;
    }
    Ok(())
}

/// Judges a whole campaign again, in steps that let others write in between.
pub(crate) async fn reconsider_campaign(
    db: &Db,
    campaign: CampaignId,
    rules: &GateRules,
) -> Result<(), Error> {
    let mut after = CallRecordId(0);
    loop {
        let last = db
            .write(Actor::SYSTEM, async |tx| reconsider_some(tx, campaign, after, rules).await)
            .await?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Judges one person again, in every campaign: something about the person changed.
async fn reconsider_person(tx: &mut Tx, person: PersonId, rules: &GateRules) -> Result<(), Error> {
    let today = local(tx.now()).date();
    let mut query = facts_query(today, rules, "r.id", RECORDS);
    query
        .push(" where r.person_id = ")
        .bind(person)
        .push(" and r.state in ('waiting', 'blocked') order by r.id limit ")
        .bind(AT_ONCE);
    let judged = judged(tx, query, today, rules).await?;
    apply(tx, judged).await
}

/// What in the log can open or close the gate for a person.
const CHANGES_THE_GATE: [&str; 9] = [
    "consent_given",
    "consent_withdrawn",
    "objection_made",
    "objection_withdrawn",
    "call_requested",
    "person_changed",
    "death_reported",
    "membership_changed",
    "callback_ended",
];

/// Follows the log and judges again whom it concerns; runs as long as the program. The claim judges
/// as well, so nobody is offered wrongly while this is behind; it is what brings people back.
pub async fn follow(app: App) {
    let db = app.db().clone();
    let mut commits = db.commits();
    let mut last = match db.read(Actor::SYSTEM, async |tx| activity::latest(tx).await).await {
        Ok(last) => last,
        Err(error) => {
            tracing::error!(%error, "changes of people do not reach their campaigns");
            return;
        }
    };
    while commits.changed().await.is_ok() {
        match follow_once(&app, last).await {
            Ok(reached) => last = reached,
            Err(error) => tracing::warn!(%error, "changes of people reach their campaigns later"),
        }
    }
}

async fn follow_once(app: &App, last: EventId) -> Result<EventId, web::Broken> {
    let lines = app
        .db()
        .read(Actor::SYSTEM, async |tx| activity::after(tx, last, 1_000).await)
        .await
        .map_err(web::Broken::new)?;
    let reached = lines.last().map_or(last, |line| line.id);
    let rules = gate_rules(&app.rulebook(), app.now().date()).map_err(web::Broken::new)?;
    for line in &lines {
        if let Some(person) = line.person_id
            && CHANGES_THE_GATE.contains(&line.kind.as_str())
        {
            app.db()
                .write(Actor::SYSTEM, async |tx| reconsider_person(tx, person, &rules).await)
                .await
                .map_err(web::Broken::new)?;
        }
    }
    if lines.iter().any(|line| line.kind == "import_done" || line.kind == "import_undone") {
        let active = app
            .db()
            .read(Actor::SYSTEM, async |tx| super::list(tx, None).await)
            .await
            .map_err(web::Broken::new)?;
        for campaign in active.into_iter().filter(|campaign| campaign.state == super::State::Active)
        {
            reconsider_campaign(app.db(), campaign.id, &rules).await.map_err(web::Broken::new)?;
        }
    }
    Ok(reached)
}
