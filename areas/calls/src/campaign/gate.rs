//! Asks the gate: fills its facts from the tables, in one query for one person or many.

use calls_rules::gate::{Facts, Ground, Passed, Proof, Refusal, Request, Standing, gate};
use calls_rules::outcome::Code;
use db::{Db, Error, Query, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Actor, CallRecordId, CampaignId, EventId, PersonId, local};
use web::App;

use super::fill::{complete_begun, order, renew};
use super::people::release_absent;
use super::score::score_person;
use super::segment::Today;
use super::{Filter, Purpose};
use crate::settings::{GateRules, gate_rules};

db::row! {
    struct Row {
        record_id: Option<CallRecordId>,
        ground: Ground,
        standing: Option<i64>,
        referred: bool,
        proofs: Option<String>,
        objected_at: Option<Timestamp>,
        asked_at: Option<Timestamp>,
        asked_from: Option<Timestamp>,
        at_legal_person: bool,
        has_number: bool,
        has_free_number: bool,
        deceased: bool,
        open_callback: bool,
        birth_date: Option<Date>,
        nth_attempt: Option<Timestamp>,
        nth_conversation: Option<Timestamp>,
    }
}

/// One record, judged; with what was known of the person then.
pub(crate) struct Judged {
    pub record: Option<CallRecordId>,
    pub facts: Facts,
    pub verdict: Result<Passed, Refusal>,
}

/// Objections of `o` that cover the purpose of the campaign `c`.
const OBJECTS: &str = "o.channel = 'phone' and o.withdrawn_at is null
                        and (o.purpose = 'any' or o.purpose = c.purpose)";

/// Whether anybody but the holder of the number `n` objected on it.
const NOBODY_OBJECTS: &str =
    "not exists (select 1 from phones n2 join objections o on o.person_id = n2.person_id
                        where n2.number = n.number and n2.person_id <> n.person_id and ";

/// The facts of every person that `from` names: a `from` clause with `p` for people and expressions
/// `ground` and `purpose` in scope.
///
/// Once for everybody in a campaign: each fact is read from an index that begins with the person.
fn facts_query(
    now: Timestamp,
    rules: &GateRules,
    record: &'static str,
    from: &'static str,
) -> Query {
    let today = local(now).date();
    let stale = months_before(now, rules.first_call_months);
    let budget = &rules.budget;
    let mut query = Query::new("select ");
    query.push(record).push(
        " as record_id, c.ground,
                (select max(case when (m.starts_on is null or m.starts_on <= ",
    );
    query.bind(today).push(") and (m.ends_on is null or m.ends_on >= ").bind(today);
    query.push(
        ") then 2 else 1 end) from memberships m where m.person_id = p.id) as standing,
                (lower(p.source) in (",
    );
    bind_all(&mut query, &rules.referral_sources);
    query.push(
        ")) as referred,
                (select string_agg(s.basis || ' ' || s.id, ',') from consents s
                  where s.person_id = p.id and s.channel = 'phone' and s.withdrawn_at is null
                    and (s.until_on is null or s.until_on >= ",
    );
    query.bind(today).push(
        ") and (s.basis not in ('consent', 'published') or s.purpose = c.purpose or s.purpose = 'any')
                   and (s.basis <> 'consent' or s.until_on is not null or s.first_used_at is not null
                        or s.given_at >= ",
    );
    query.bind(stale).push(
        ") and (s.basis <> 'published' or exists (select 1 from phones n
                    where n.person_id = p.id and n.number = s.number and n.unusable_at is null and ",
    );
    query.push(NOBODY_OBJECTS).push(OBJECTS).push(
        ")))) as proofs,
                (select max(o.made_at) from objections o where o.person_id = p.id and ",
    );
    query.push(OBJECTS).push(
        ") as objected_at,
                (select max(q.asked_at) from call_requests q
                  where q.person_id = p.id and q.used_at is null) as asked_at,
                (select min(q.from_at) from call_requests q
                  where q.person_id = p.id and q.used_at is null) as asked_from,
                exists (select 1 from contact_persons k join organisations g on g.id = k.organisation_id
                  where k.person_id = p.id and k.until_on is null and g.legal_form in (",
    );
    bind_all(&mut query, &rules.forms_without_ground);
    query.push(
        ")) as at_legal_person,
                exists (select 1 from phones n
                  where n.person_id = p.id and n.number is not null and n.unusable_at is null) as has_number,
                exists (select 1 from phones n
                  where n.person_id = p.id and n.number is not null and n.unusable_at is null and ",
    );
    query.push(NOBODY_OBJECTS).push(OBJECTS).push(
        ")) as has_free_number,
                (p.death_reported_at is not null) as deceased,
                exists (select 1 from callbacks b
                  where b.person_id = p.id and b.purpose = c.purpose and b.ended_at is null) as open_callback,
                p.birth_date,
                (select a.started_at from attempts a
                  where a.person_id = p.id and a.direction = 'out' and a.callback_id is null
                    and a.ground not in (",
    );
    bind_all(&mut query, rules.matrix.outside_budget.iter().map(|ground| ground.code()));
    query.push(") and a.started_at > ").bind(budget.attempts_since(now));
    query.push(" order by a.started_at desc limit 1 offset ").bind(nth(budget.attempts));
    query.push(
        ") as nth_attempt,
                (select a.started_at from attempts a join outcomes t on t.attempt_id = a.id
                  where a.person_id = p.id and t.corrects_id is null and t.kind in (",
    );
    let talks = Code::ALL.iter().filter(|code| code.is_conversation());
    bind_all(&mut query, talks.map(|code| code.code()));
    query.push(") and a.started_at > ").bind(budget.conversations_since(now));
    query.push(" order by a.started_at desc limit 1 offset ").bind(nth(budget.conversations));
    query.push(") as nth_conversation from ").push(from);
    query
}

/// A list between brackets; an empty one holds nothing, and says so in SQL of both engines.
fn bind_all(query: &mut Query, words: impl IntoIterator<Item = impl AsRef<str>>) {
    let mut is_empty = true;
    for word in words {
        query.push(if is_empty { "" } else { ", " }).bind(word.as_ref());
        is_empty = false;
    }
    if is_empty {
        query.push("''");
    }
}

/// Behind how many the one lies that uses the budget up.
fn nth(budget: u16) -> i64 {
    i64::from(budget) - 1
}

fn months_before(now: Timestamp, months: i64) -> Timestamp {
    let before = local(now).checked_sub(jiff::Span::new().months(months));
    before.map_or(Timestamp::MIN, |at| at.timestamp())
}

fn facts(row: &Row, rules: &GateRules) -> Facts {
    let standing = match (row.standing, row.referred) {
        (Some(2), _) => Standing::Member,
        (Some(_), _) => Standing::Former,
        (None, true) => Standing::Referred,
        (None, false) => Standing::Prospect,
    };
    Facts {
        ground: row.ground,
        standing,
        proofs: row.proofs.as_deref().map(proofs).unwrap_or_default(),
        objection: row.objected_at,
        request: row
            .asked_at
            .zip(row.asked_from)
            .map(|(asked_at, from)| Request { asked_at, from }),
        at_legal_person: row.at_legal_person,
        has_number: row.has_number,
        has_free_number: row.has_free_number,
        deceased: row.deceased,
        open_callback: row.open_callback,
        birth_date: row.birth_date,
        budget_until: rules.budget.used_until(row.nth_attempt, row.nth_conversation),
    }
}

/// `consent 12,event 14`
fn proofs(listed: &str) -> Vec<Proof> {
    let read = |one: &str| {
        let (basis, id) = one.split_once(' ')?;
        Some(Proof { evidence: basis.parse().ok()?, id: id.parse().ok()? })
    };
    listed.split(',').filter_map(read).collect()
}

async fn judged(
    tx: &mut Tx,
    query: Query,
    today: Date,
    rules: &GateRules,
) -> Result<Vec<Judged>, Error> {
    let rows: Vec<Row> = tx.list(query).await?;
    let judge = |row: &Row| {
        let facts = facts(row, rules);
        let verdict = gate(&facts, today, &rules.matrix);
        Judged { record: row.record_id, facts, verdict }
    };
    Ok(rows.iter().map(judge).collect())
}

const RECORDS: &str =
    "call_records r join campaigns c on c.id = r.campaign_id join people p on p.id = r.person_id";

/// One record, judged now. `None` if there is no such record.
pub(crate) async fn judge_record(
    tx: &mut Tx,
    record: CallRecordId,
    rules: &GateRules,
) -> Result<Option<Judged>, Error> {
    let now = tx.now();
    let mut query = facts_query(now, rules, "r.id", RECORDS);
    query.push(" where r.id = ").bind(record);
    Ok(judged(tx, query, local(now).date(), rules).await?.pop())
}

/// What a call to somebody outside a list has to do with a promise.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Promise {
    None,
    /// It keeps one that the person asked for.
    Asked(Request),
    /// It keeps one that we proposed.
    Proposed,
}

/// One person, judged for a call on this ground outside any campaign. A promise that it keeps is no reason
/// to wait for that promise, and no budget stands in its way.
pub(crate) async fn judge_person(
    tx: &mut Tx,
    person: PersonId,
    ground: Ground,
    purpose: Purpose,
    promise: Promise,
    rules: &GateRules,
) -> Result<Judged, Error> {
    let now = tx.now();
    // The ground and the purpose of a campaign of this one call.
    let mut query = facts_query(now, rules, "cast(null as bigint)", "people p, (select ");
    query
        .push("cast(")
        .bind(ground)
        .push(" as text) as ground, cast(")
        .bind(purpose)
        .push(" as text) as purpose) c where p.id = ")
        .bind(person);
    let today = local(now).date();
    let mut found = judged(tx, query, today, rules).await?.pop().ok_or(Error::Raced)?;
    if let Promise::Asked(_) | Promise::Proposed = promise {
        found.facts.open_callback = false;
        found.facts.budget_until = None;
        if let Promise::Asked(request) = promise {
            found.facts.request = Some(request);
        }
        found.verdict = gate(&found.facts, today, &rules.matrix);
    }
    Ok(found)
}

/// How many of the first people that a filter means could be called now on this ground: judged, and passed. A team
/// lead sees it before a campaign begins.
pub(super) async fn judge_first(
    tx: &mut Tx,
    filter: &Filter,
    (ground, purpose): (Ground, Purpose),
    rules: &GateRules,
) -> Result<(usize, usize), Error> {
    const FIRST: i64 = 500;
    let now = tx.now();
    let today = local(now).date();
    let mut query = facts_query(now, rules, "cast(null as bigint)", "people p, (select ");
    query
        .push("cast(")
        .bind(ground)
        .push(" as text) as ground, cast(")
        .bind(purpose)
        .push(" as text) as purpose) c where p.id in (select p.id from people p where true");
    filter.push(&mut query, &Today::load(tx).await?);
    query.push(" order by p.id limit ").bind(FIRST).push(")");
    let judged = judged(tx, query, today, rules).await?;
    let passed = judged.iter().filter(|judged| judged.verdict.is_ok()).count();
    Ok((judged.len(), passed))
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
    let now = tx.now();
    let mut query = facts_query(now, rules, "r.id", RECORDS);
    query
        .push(" where r.campaign_id = ")
        .bind(campaign)
        .push(" and r.state in ('waiting', 'blocked') and coalesce(r.blocked_why, '') <> 'skipped' and r.id > ")
        .bind(after)
        .push(" order by r.id limit ")
        .bind(AT_ONCE);
    let judged = judged(tx, query, local(now).date(), rules).await?;
    let last = judged.last().and_then(|judged| judged.record);
    apply(tx, judged).await?;
    Ok(last)
}

/// Where a verdict brings a record that is waiting or blocked.
#[derive(Clone, Copy, Eq, PartialEq)]
enum To {
    Blocked(Refusal),
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
    for Judged { record, facts: _, verdict } in judged {
        let Some(record) = record else { continue };
        let to = match verdict {
            Err(refusal) => To::Blocked(refusal),
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
            To::Blocked(Refusal { why, until }) => {
                update.push(", state = 'blocked', blocked_why = ").bind(why);
                update.push(", rest_until_at = ").bind(until);
                " where state in ('waiting', 'blocked')"
            }
            To::Resting(until) => {
                update
                    .push(", state = 'resting', blocked_why = null, rest_until_at = ")
                    .bind(until);
                " where state in ('waiting', 'blocked')"
            }
            To::Waiting => {
                update.push(", state = 'waiting', blocked_why = null, rest_until_at = null");
                " where state = 'blocked'"
            }
        };
        update.push(from);
        if let To::Blocked(Refusal { why, until: None }) = to {
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

/// Judges one person again, in every campaign: something about the person changed. A promise that may not be
/// kept any more ends first.
async fn reconsider_person(tx: &mut Tx, person: PersonId, rules: &GateRules) -> Result<(), Error> {
    crate::callback::end_forbidden(tx, Some(person)).await?;
    crate::callback::look_again(tx, person).await?;
    score_person(tx, person, rules.weights).await?;
    let now = tx.now();
    let mut query = facts_query(now, rules, "r.id", RECORDS);
    query
        .push(" where r.person_id = ")
        .bind(person)
        .push(" and r.state in ('waiting', 'blocked') and coalesce(r.blocked_why, '') <> 'skipped' order by r.id limit ")
        .bind(AT_ONCE);
    let judged = judged(tx, query, local(now).date(), rules).await?;
    apply(tx, judged).await
}

/// What in the log can open or close the gate for a person.
const CHANGES_THE_GATE: [&str; 12] = [
    "consent_given",
    "consent_withdrawn",
    "objection_made",
    "objection_withdrawn",
    "call_requested",
    "person_changed",
    "death_reported",
    "membership_changed",
    "callback_made",
    "callback_kept",
    "callback_ended",
    // A call uses up what others may call.
    "outcome_logged",
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
    // What changed while nobody followed.
    if let Err(error) =
        db.write(Actor::SYSTEM, async |tx| crate::callback::end_forbidden(tx, None).await).await
    {
        tracing::warn!(%error, "promises that may not be kept end later");
    }
    if let Err(error) = go_on(&app).await {
        tracing::warn!(%error, "a campaign is filled further when the program starts again");
    }
    let mut day = app.now().date();
    loop {
        let changed = tokio::time::timeout(LOOKS_EVERY, commits.changed()).await;
        if matches!(changed, Ok(Err(_))) {
            return;
        }
        match rejudge_since(&app, last).await {
            Ok(reached) => last = reached,
            Err(error) => tracing::warn!(%error, "changes of people reach their campaigns later"),
        }
        // With the day change ages, memberships, terms of consents and the rules themselves.
        let today = app.now().date();
        if today != day {
            match rejudge_all(&app).await {
                Ok(()) => day = today,
                Err(error) => tracing::warn!(%error, "the new day reaches campaigns later"),
            }
        }
    }
}

/// What a program that was stopped left half done.
async fn go_on(app: &App) -> Result<(), web::Broken> {
    let rules = gate_rules(&app.rulebook(), app.now().date()).map_err(web::Broken::new)?;
    complete_begun(app, &rules).await
}

/// So often is looked whether it is another day, if nothing else happens.
const LOOKS_EVERY: std::time::Duration = std::time::Duration::from_mins(1);

/// Judges again whom the log concerns behind `last`; gives how far it came.
pub async fn rejudge_since(app: &App, last: EventId) -> Result<EventId, web::Broken> {
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
    if lines.iter().any(|line| CHANGES_EVERYBODY.contains(&line.kind.as_str())) {
        // Another process may have changed the rule.
        app.reload_rules().await.map_err(web::Broken::new)?;
        rejudge_all(app).await?;
    }
    Ok(reached)
}

/// What in the log can open or close the gate for many people at once.
const CHANGES_EVERYBODY: [&str; 3] = ["import_done", "import_undone", "rule_changed"];

/// Judges everybody in every campaign that runs, and frees the people of whoever is absent for long.
async fn rejudge_all(app: &App) -> Result<(), web::Broken> {
    let days = app.rulebook().number("call.owner_release_days", app.now().date());
    let days = days.map_err(web::Broken::new)?;
    app.db()
        .write(Actor::SYSTEM, async |tx| release_absent(tx, days).await)
        .await
        .map_err(web::Broken::new)?;
    let rules = gate_rules(&app.rulebook(), app.now().date()).map_err(web::Broken::new)?;
    let all = app
        .db()
        .read(Actor::SYSTEM, async |tx| super::list(tx, None).await)
        .await
        .map_err(web::Broken::new)?;
    for campaign in all.into_iter().filter(|campaign| campaign.state == super::State::Active) {
        if campaign.living
            && let Ok(source) = serde_json::from_str(&campaign.source)
        {
            renew(app.db(), campaign.id, &source).await.map_err(web::Broken::new)?;
        }
        order(app.db(), campaign.id, rules.weights).await.map_err(web::Broken::new)?;
        reconsider_campaign(app.db(), campaign.id, &rules).await.map_err(web::Broken::new)?;
    }
    Ok(())
}
