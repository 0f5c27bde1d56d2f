//! Puts everything that may go into a run, some thousand at a time: each step is whole, and a run that was broken off goes
//! on where it was.

use std::collections::{BTreeMap, BTreeSet};

use db::{Bulk, Db, Error, Query, Tx, args};
use dues_rules::amount::{Kind, Purpose};
use dues_rules::mandate::State as MandateState;
use dues_rules::run::{Account, Candidate, LeftOut, Mandate, State, Taken, decide};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{AccountId, Actor, Cents, DueId, MandateId, OrganisationId, PaymentRunId, PersonId};
use rulebook::Rulebook;
use texts::{Language, Texts};
use web::App;

use super::release::Failed;
use super::store::{PaymentRun, by_id, record, unfinished};
use crate::Broken;
use crate::settings::run_rules;

const AT_ONCE: i64 = 5_000;

/// Fills a run to its end.
pub async fn fill(app: &App, id: PaymentRunId) -> Result<(), Failed> {
    // What the bank and the member read is in the language of the association.
    let t = app.texts(Language::Dutch);
    fill_with(app.db(), &app.rulebook(), &t, id).await
}

/// As [`fill`], for every run that is not full: a program that ended left it so.
pub async fn fill_unfinished(app: &App) -> Result<(), Failed> {
    let found = app.db().read(Actor::SYSTEM, async |tx| unfinished(tx).await).await?;
    for id in found {
        fill(app, id).await?;
    }
    Ok(())
}

async fn fill_with(db: &Db, book: &Rulebook, t: &Texts, id: PaymentRunId) -> Result<(), Failed> {
    loop {
        let done = db.write(Actor::SYSTEM, async |tx| step(tx, book, t, id).await).await?;
        if done {
            return Ok(());
        }
    }
}

db::row! {
    /// An amount beside what decides about it.
    struct Row {
        id: DueId,
        person_id: Option<PersonId>,
        organisation_id: Option<OrganisationId>,
        period: String,
        purpose: Purpose,
        cents: Cents,
        due_on: Date,
        announced_on: Option<Date>,
        member_number: Option<String>,
        death_reported_at: Option<Timestamp>,
        town: Option<String>,
        home: Option<String>,
        mandate_id: Option<MandateId>,
        mandate_state: Option<MandateState>,
        signed_on: Option<Date>,
        given_on: Option<Date>,
        last_used_on: Option<Date>,
        is_amended: Option<bool>,
        blocked_at: Option<Timestamp>,
        account_id: Option<AccountId>,
        account_country: Option<String>,
    }
}

const ROWS: &str = "select d.id, d.person_id, d.organisation_id, d.period, d.purpose, d.cents, d.due_on, d.announced_on, p.member_number, p.death_reported_at,
       coalesce(p.town, o.town) as town, coalesce(p.country, o.country) as home, m.id as mandate_id,
       m.state as mandate_state, m.signed_on, m.given_on, m.last_used_on, m.told_account_id <> m.account_id as is_amended,
       m.blocked_at, a.id as account_id, a.country as account_country
  from dues d
  left join mandates m on d.kind = 'collection' and m.membership_id = d.membership_id and m.ended_at is null
                      and m.creditor_code = ";

const ROWS_ON: &str = "
  left join accounts a on a.id = coalesce(d.account_id, m.account_id)
  left join people p on p.id = d.person_id
  left join organisations o on o.id = d.organisation_id
 where d.state = 'due' and d.kind = ";

/// Decides about everything between two ids, in their order.
async fn decided(
    tx: &mut Tx,
    run: &PaymentRun,
    book: &Rulebook,
    after: DueId,
    until: DueId,
) -> Result<Vec<Decided>, Broken> {
    let rules = run_rules(book, run.day)?;
    let eea: BTreeSet<String> = book.words("sdd.eea", run.day)?.into_iter().collect();
    let code: String = tx
        .value("select creditor_code as value from creditors where id = $1", args![run.creditor_id])
        .await?;
    let mut query = Query::new(ROWS);
    query.bind(code).push(ROWS_ON).bind(run.kind).push(" and d.due_on <= ").bind(run.day);
    query.push(" and d.id > ").bind(after).push(" and d.id <= ").bind(until).push(" order by d.id");
    let rows: Vec<Row> = tx.list(query).await?;
    let decided = rows.into_iter().map(|row| {
        let candidate = candidate(&row, run.kind, &eea);
        let taken = decide(&candidate, run.day, &rules);
        Decided { row, is_outside: candidate.account == Account::Outside, taken }
    });
    Ok(decided.collect())
}

/// A town, and a country in the two letters of banks.
fn has_address(row: &Row) -> bool {
    let town = row.town.as_deref().unwrap_or_default();
    let country = row.home.as_deref().unwrap_or_default();
    !crate::file::folded(town, 35).is_empty()
        && country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
}

struct Decided {
    row: Row,
    /// The account is outside the European Economic Area: its bank wants an address.
    is_outside: bool,
    taken: Result<Taken, LeftOut>,
}

fn candidate(row: &Row, kind: Kind, eea: &BTreeSet<String>) -> Candidate {
    let mandate = row.mandate_state.zip(row.given_on).map(|(state, given_on)| Mandate {
        state,
        last_used_on: row.last_used_on.or(row.signed_on).unwrap_or(given_on),
        was_used: row.last_used_on.is_some(),
        is_amended: row.is_amended == Some(true),
        is_blocked: row.blocked_at.is_some(),
    });
    let account = match &row.account_country {
        None => Account::None,
        Some(country) if eea.contains(country) => Account::Inside,
        Some(_) => Account::Outside,
    };
    Candidate {
        kind,
        due_on: row.due_on,
        announced_on: row.announced_on,
        mandate,
        account,
        has_address: has_address(row),
        died: row.death_reported_at.is_some(),
    }
}

/// The next some thousand; whether the run is full.
async fn step(tx: &mut Tx, book: &Rulebook, t: &Texts, id: PaymentRunId) -> Result<bool, Failed> {
    db::row! { struct Id { id: DueId } }

    // Two programs that fill the same run take turns.
    tx.execute(
        "update payment_runs set row_count = row_count where id = $1 and state = 'filling'",
        args![id],
    )
    .await?;
    let Some(run) = by_id(tx, id).await?.filter(|run| run.state == State::Filling) else {
        return Ok(true);
    };
    let mut query = Query::new("select id from dues where state = 'due' and kind = ");
    query.bind(run.kind).push(" and due_on <= ").bind(run.day).push(" and id > ");
    query.bind(run.filled_until).push(" order by id limit ").bind(AT_ONCE);
    query.push(tx.lock_and_skip());
    let ids: BTreeSet<DueId> =
        tx.list::<Id>(query).await?.into_iter().map(|found| found.id).collect();
    let Some(last) = ids.last().copied() else {
        tx.change_one(
            "update payment_runs set state = 'made' where id = $1 and state = 'filling'",
            args![id],
        )
        .await?;
        record(tx, &run, "made").await?;
        return Ok(true);
    };
    let decided = decided(tx, &run, book, DueId(run.filled_until), last).await?;
    let mut rows = Bulk::new(
        "insert into payment_rows (run_id, due_id, end_to_end, account_id, mandate_id, sequence, amended, cents, remittance,
                                   signed_on, town, country) values",
        "",
    );
    let (mut taken_rows, mut taken_cents) = (0_i64, Cents(0));
    let mut left_out: BTreeMap<LeftOut, (i64, Cents)> = BTreeMap::new();
    // What another step holds at this moment is not ours.
    for Decided { row, is_outside, taken } in
        decided.into_iter().filter(|it| ids.contains(&it.row.id))
    {
        match (taken, row.account_id) {
            (Ok(taken), Some(account)) => {
                let at_home = |part: &Option<String>| part.clone().filter(|_| is_outside);
                rows.push(args![
                    id,
                    row.id,
                    format!("{}-{}", crate::base36(id.0), crate::base36(row.id.0)),
                    account,
                    row.mandate_id,
                    taken.sequence,
                    taken.amended,
                    row.cents,
                    remittance(t, &row),
                    row.signed_on.or(row.given_on),
                    at_home(&row.town),
                    at_home(&row.home),
                ]);
                taken_rows += 1;
                taken_cents = taken_cents + row.cents;
            }
            (Err(why), _) => {
                let sum = left_out.entry(why).or_default();
                *sum = (sum.0 + 1, sum.1 + row.cents);
            }
            (Ok(_), None) => unreachable!("what has no account stays out"),
        }
    }
    rows.write(tx).await?;
    let changed = tx
        .execute(
            "update dues set state = 'in_run', run_id = $1 where state = 'due' and id in
                (select due_id from payment_rows where run_id = $2 and due_id > $3 and ended_as is null)",
            args![id, id, run.filled_until],
        )
        .await?;
    if i64::try_from(changed).ok() != Some(taken_rows) {
        return Err(Error::Raced.into());
    }
    for (why, (n, cents)) in left_out {
        tx.execute(
            "insert into payment_left_out (run_id, why, row_count, cents) values ($1, $2, $3, $4)
             on conflict (run_id, why) do update
                set row_count = payment_left_out.row_count + excluded.row_count, cents = payment_left_out.cents + excluded.cents",
            args![id, why, n, cents],
        )
        .await?;
    }
    tx.change_one(
        "update payment_runs set filled_until = $1, row_count = row_count + $2, cents = cents + $3
          where id = $4 and state = 'filling'",
        args![last, taken_rows, taken_cents, id],
    )
    .await?;
    Ok(false)
}

/// What stands on the statement of the member: for what, and under which number we know her; nothing that tells a bank
/// more than that.
fn remittance(t: &Texts, row: &Row) -> String {
    let what = crate::words::what(t, row.purpose, &row.period);
    match &row.member_number {
        Some(number) => t.with2("dues-remittance", "what", what, "number", number.as_str()),
        None => what,
    }
}

/// Somebody whose amount stayed out of a run, and why.
#[derive(Clone, Debug)]
pub struct Left {
    pub due: DueId,
    pub person: Option<PersonId>,
    pub organisation: Option<OrganisationId>,
    pub cents: Cents,
    pub why: LeftOut,
}

/// What a run of this day would leave out now, behind `after`: a page of at most some thousand that were looked at, and
/// where the next begins.
pub async fn left_out_of(
    tx: &mut Tx,
    book: &Rulebook,
    run: &PaymentRun,
    after: DueId,
) -> Result<(Vec<Left>, Option<DueId>), Broken> {
    let last: Option<DueId> = tx
        .value(
            "select max(id) as value from (select id from dues where state = 'due' and kind = $1 and due_on <= $2 and id > $3
                                            order by id limit $4) page",
            args![run.kind, run.day, after, AT_ONCE],
        )
        .await?;
    let Some(last) = last else { return Ok((vec![], None)) };
    let left = decided(tx, run, book, after, last).await?.into_iter().filter_map(|decided| {
        let Row { id, person_id, organisation_id, cents, .. } = decided.row;
        let why = decided.taken.err()?;
        Some(Left { due: id, person: person_id, organisation: organisation_id, cents, why })
    });
    Ok((left.collect(), Some(last)))
}
