//! What kept members who gave the same reason: counted over decided cases, as it was known when enough time had passed.

use std::collections::HashMap;

use db::{Error, Query, Tx};
use jiff::ToSpan as _;
use jiff::civil::Date;
use retention_rules::advice::Tally;

db::row! {
    struct Row { argument_nr: i64, cases: i64, stayed: i64 }
}

/// So far back cases still say something about today.
const MONTHS: i64 = 12;

/// Of a case, that the member stayed: a member still on the day that counts, and did not give notice on or before it.
const STAYED: &str = "sum(case when (m.ends_on is null or m.ends_on >= c.stays_on)
            and not exists (select 1 from cancellation_cases n where n.membership_id = c.membership_id
                            and n.state = 'ended' and n.decided_on <= c.stays_on)
       then 1 else 0 end)";

/// For each argument how many cases with this reason (of the first level) it was brought forward in, and how many of those members
/// were still members after the days of the rule. Only of cases for which those days are over; of one kind of member, if named.
pub(crate) async fn tallies(
    tx: &mut Tx,
    top: i64,
    kind: Option<&str>,
    today: Date,
) -> Result<HashMap<i64, Tally>, Error> {
    let since = today.checked_sub(MONTHS.months()).unwrap_or(Date::MIN);
    let mut query = Query::new("select a.argument_nr, count(*) as cases, ");
    query.push(STAYED).push(
        " as stayed
           from cancellation_cases c
           join case_arguments a on a.case_id = c.id
           join memberships m on m.id = c.membership_id
          where c.reason_nr in (select r.nr from leave_reasons r where r.nr = ",
    );
    query.bind(top).push(" or r.parent_nr = ").bind(top);
    query.push(") and c.decided_on is not null and c.ended_as is distinct from 'deceased' and c.stays_on < ");
    query.bind(today).push(" and c.stays_on >= ").bind(since);
    if let Some(kind) = kind {
        query.push(" and c.member_kind = ").bind(kind);
    }
    query.push(" group by a.argument_nr");
    let rows: Vec<Row> = tx.list(query).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.argument_nr, Tally { cases: row.cases, stayed: row.stayed }))
        .collect())
}

/// How many of the cases of a period were kept: when they were decided, after the days of the rule and after a year.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Saved {
    pub at_decision: Tally,
    pub after_days: Tally,
    pub after_year: Tally,
}

db::row! {
    struct SavedRow { cases: i64, kept: i64, due: i64, stayed: i64, year_due: i64, year_stayed: i64 }
}

/// Over the cases that were decided from `from` until `until`, deaths left out. What cannot be known yet is not in its tally.
pub(crate) async fn saved(
    tx: &mut Tx,
    (from, until): (Date, Date),
    by: Option<kernel::UserId>,
    today: Date,
) -> Result<Saved, Error> {
    const GAVE_NOTICE: &str =
        "exists (select 1 from cancellation_cases n where n.membership_id = c.membership_id
                     and n.state = 'ended' and n.decided_on <= ";
    let mut query = Query::new(
        "select count(*) as cases, coalesce(sum(case when c.state = 'kept' or c.state = 'taken_back' then 1 else 0 end), 0) as kept,
                coalesce(sum(case when c.stays_on < ",
    );
    query.bind(today).push(" then 1 else 0 end), 0) as due, coalesce(sum(case when c.stays_on < ");
    query.bind(today).push(" and (m.ends_on is null or m.ends_on >= c.stays_on) and not ");
    query
        .push(GAVE_NOTICE)
        .push("c.stays_on) then 1 else 0 end), 0) as stayed, coalesce(sum(case when c.year_on < ");
    query
        .bind(today)
        .push(" then 1 else 0 end), 0) as year_due, coalesce(sum(case when c.year_on < ");
    query.bind(today).push(" and (m.ends_on is null or m.ends_on >= c.year_on) and not ");
    query.push(GAVE_NOTICE).push("c.year_on) then 1 else 0 end), 0) as year_stayed");
    query.push(
        " from cancellation_cases c join memberships m on m.id = c.membership_id
          where c.ended_as is distinct from 'deceased' and c.decided_on >= ",
    );
    query.bind(from).push(" and c.decided_on <= ").bind(until);
    if let Some(user) = by {
        query.push(" and c.decided_by = ").bind(user);
    }
    let found: Vec<SavedRow> = tx.list(query).await?;
    let Some(row) = found.into_iter().next() else { return Ok(Saved::default()) };
    let tally = |cases, stayed| Tally { cases, stayed };
    Ok(Saved {
        at_decision: tally(row.cases, row.kept),
        after_days: tally(row.due, row.stayed),
        after_year: tally(row.year_due, row.year_stayed),
    })
}
