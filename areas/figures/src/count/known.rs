//! What is known of a member or an agreement as far as it counts, as it is kept.

use std::collections::{BTreeMap, BTreeSet};

use db::{Bulk, Error, Query, Tx, args};
use figures_rules::{Agreement, Member, Month, Place, Reach, Span, Stay, Universe};
use jiff::civil::Date;
use membership_rules::{Began, Ended};
use serde::{Deserialize, Serialize};

/// Short names: there are as many of these as members.
#[derive(Serialize, Deserialize)]
struct KeptMember {
    /// First day, last day, how it began, how it ended.
    s: Vec<(Option<Date>, Option<Date>, String, String)>,
    /// Months with a contact, months with a visit.
    c: Vec<u16>,
    v: Vec<u16>,
    /// From which month, sector, class.
    p: Vec<(u16, String, Option<i64>)>,
    /// E-mail, mobile, address.
    r: (bool, bool, bool),
    /// The days that were bridged when it was counted.
    g: i32,
}

fn months(numbers: &[u16]) -> BTreeSet<Month> {
    numbers.iter().map(|number| Month::from_number(*number)).collect()
}

fn numbers(months: &BTreeSet<Month>) -> Vec<u16> {
    months.iter().map(|month| month.number()).collect()
}

/// What was kept; nothing if it cannot be read, and then it is counted as if it were new and the recount says so.
fn read_member(known: &str) -> (Member, i32) {
    let Ok(kept) = serde_json::from_str::<KeptMember>(known) else {
        return (Member::default(), 0);
    };
    let stay =
        |(starts_on, ends_on, began, ended): (Option<Date>, Option<Date>, String, String)| Stay {
            starts_on,
            ends_on,
            began: began.parse().unwrap_or(Began::Joined),
            ended: ended.parse().unwrap_or(Ended::Cancelled),
        };
    let member = Member {
        stays: kept.s.into_iter().map(stay).collect(),
        contacts: months(&kept.c),
        visits: months(&kept.v),
        places: kept
            .p
            .into_iter()
            .map(|(from, sector, class)| Place { from: Month::from_number(from), sector, class })
            .collect(),
        reach: Reach { email: kept.r.0, mobile: kept.r.1, address: kept.r.2 },
    };
    (member, kept.g)
}

fn write_member(member: &Member, gap_days: i32) -> String {
    let kept = KeptMember {
        s: member
            .stays
            .iter()
            .map(|stay| {
                let (began, ended) = (stay.began.code().to_owned(), stay.ended.code().to_owned());
                (stay.starts_on, stay.ends_on, began, ended)
            })
            .collect(),
        c: numbers(&member.contacts),
        v: numbers(&member.visits),
        p: member
            .places
            .iter()
            .map(|place| (place.from.number(), place.sector.clone(), place.class))
            .collect(),
        r: (member.reach.email, member.reach.mobile, member.reach.address),
        g: gap_days,
    };
    serde_json::to_string(&kept).expect("days, numbers and words are JSON")
}

#[derive(Serialize, Deserialize)]
struct KeptAgreement {
    promised_on: Date,
    done_on: Option<Date>,
    dropped: bool,
    owner: Option<i64>,
    team: Option<i64>,
    sector: String,
    class: Option<i64>,
}

fn read_agreement(known: &str) -> Option<Agreement> {
    let KeptAgreement { promised_on, done_on, dropped, owner, team, sector, class } =
        serde_json::from_str(known).ok()?;
    Some(Agreement { promised_on, done_on, dropped, owner, team, sector, class })
}

fn write_agreement(agreement: &Agreement) -> String {
    let Agreement { promised_on, done_on, dropped, owner, team, sector, class } = agreement.clone();
    let kept = KeptAgreement { promised_on, done_on, dropped, owner, team, sector, class };
    serde_json::to_string(&kept).expect("days, numbers and words are JSON")
}

/// Something that is kept, with the day for which it was counted.
#[derive(Clone, Debug)]
pub(crate) struct Kept<T> {
    pub known: T,
    pub counted_on: Date,
    /// Of a member: the days that were bridged then.
    pub gap_days: i32,
}

db::row! { struct Row { id: i64, known: String, counted_on: Date } }

/// Members with these ids.
pub(crate) async fn stored_members(
    tx: &mut Tx,
    universe: Universe,
    ids: &[i64],
) -> Result<BTreeMap<i64, Kept<Member>>, Error> {
    let mut query =
        Query::new("select id, known, counted_on from figure_members where universe = ");
    query.bind(universe);
    let Some(rows) = rows_of(tx, query, ids).await? else { return Ok(BTreeMap::new()) };
    let kept = |row: Row| {
        let (known, gap_days) = read_member(&row.known);
        (row.id, Kept { known, counted_on: row.counted_on, gap_days })
    };
    Ok(rows.into_iter().map(kept).collect())
}

pub(super) async fn stored_agreements(
    tx: &mut Tx,
    ids: &[i64],
) -> Result<BTreeMap<i64, Kept<Agreement>>, Error> {
    let query = Query::new("select id, known, counted_on from figure_agreements where true");
    let Some(rows) = rows_of(tx, query, ids).await? else { return Ok(BTreeMap::new()) };
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let known = read_agreement(&row.known)?;
            Some((row.id, Kept { known, counted_on: row.counted_on, gap_days: 0 }))
        })
        .collect())
}

async fn rows_of(tx: &mut Tx, mut query: Query, ids: &[i64]) -> Result<Option<Vec<Row>>, Error> {
    let Some((first, more)) = ids.split_first() else { return Ok(None) };
    query.push(" and id in (").bind(*first);
    for id in more {
        query.push(", ").bind(*id);
    }
    query.push(")");
    tx.list(query).await.map(Some)
}

/// Ids of members that are kept, behind `after`, in order.
pub(crate) async fn kept_ids(
    tx: &mut Tx,
    universe: Universe,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, Error> {
    db::row! { struct Id { id: i64 } }

    let rows: Vec<Id> = tx
        .all(
            "select id from figure_members where universe = $1 and id > $2 order by id limit $3",
            args![universe, after, limit],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

pub(super) async fn put_members(
    tx: &mut Tx,
    universe: Universe,
    members: &[(i64, Member)],
    span: &Span,
) -> Result<(), Error> {
    let mut bulk = Bulk::new(
        "insert into figure_members (universe, id, known, counted_on) values",
        "on conflict (universe, id) do update set known = excluded.known, counted_on = excluded.counted_on",
    );
    for (id, member) in members {
        bulk.push(args![universe, *id, write_member(member, span.gap_days), span.today]);
    }
    bulk.write(tx).await.map(drop)
}

pub(super) async fn put_agreements(
    tx: &mut Tx,
    agreements: &[(i64, Agreement)],
    counted_on: Date,
) -> Result<(), Error> {
    let mut bulk = Bulk::new(
        "insert into figure_agreements (id, known, counted_on) values",
        "on conflict (id) do update set known = excluded.known, counted_on = excluded.counted_on",
    );
    for (id, agreement) in agreements {
        bulk.push(args![*id, write_agreement(agreement), counted_on]);
    }
    bulk.write(tx).await.map(drop)
}
