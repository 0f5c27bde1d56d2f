//! Asks every membership, a thousand at a time: each step is whole, nobody else waits long, and one that was broken off goes
//! on where it was.

use std::collections::{BTreeMap, HashMap};

use db::{Error, Query, Tx, args};
use dues_rules::period::{Asked, NotAsked, ask, collect_from};
use kernel::{Actor, Cents, DueId, DuePeriodId, MembershipId};
use membership::tariff::{HolderKind, Owed, owed};
use web::App;

use super::store::{self, DuePeriod, State, by_id, record, unfinished};
use crate::Broken;
use crate::amount::{self, NewDue, Notices, Priced, due, tell};

const AT_ONCE: i64 = 1_000;

/// Looks at everybody.
pub async fn fill(app: &App, id: DuePeriodId) -> Result<(), Broken> {
    let notices = Notices::today(app)?;
    while !app.db().write(Actor::SYSTEM, async |tx| step(tx, &notices, id).await).await? {}
    Ok(())
}

/// As [`fill`], for every one that is not full: a program that ended left it so.
pub async fn fill_unfinished(app: &App) -> Result<(), Broken> {
    for id in app.db().read(Actor::SYSTEM, async |tx| unfinished(tx).await).await? {
        fill(app, id).await?;
    }
    Ok(())
}

/// The next thousand; whether everybody was looked at.
async fn step(tx: &mut Tx, notices: &Notices, id: DuePeriodId) -> Result<bool, Broken> {
    // Two programs that fill the same take turns.
    tx.execute(
        "update due_periods set row_count = row_count where id = $1 and state = 'filling'",
        args![id],
    )
    .await?;
    let Some(period) = by_id(tx, id).await?.filter(|period| period.state == State::Filling) else {
        return Ok(true);
    };
    let (asked, after) = (period.asked(), period.filled_until);
    let (found, last) = owed(tx, period.holder, asked, after, AT_ONCE).await?;
    let Some(last) = last else { return end(tx, &period).await };
    let known = known(tx, period.holder, after, last).await?;
    let mut done = Done::default();
    for owed in &found {
        let Some(known) = known.get(&owed.membership) else { continue };
        match write(tx, &period, owed, known).await? {
            Ok((id, cents)) => {
                done.rows += 1;
                done.cents = done.cents + cents;
                done.told += i64::from(known.has_mandate && tell(tx, notices, id).await?);
            }
            Err(why) => {
                *done.left.entry(why).or_default() += 1;
                if why == NotAsked::NoTariff {
                    done.unpriced.push(owed.membership);
                }
            }
        }
    }
    done.keep(tx, id, last).await?;
    Ok(false)
}

/// Behind the last person come the organisations, and behind the last of those it is made.
async fn end(tx: &mut Tx, period: &DuePeriod) -> Result<bool, Broken> {
    if period.holder == HolderKind::Person {
        tx.change_one(
            "update due_periods set holder = 'organisation', filled_until = 0 where id = $1",
            args![period.id],
        )
        .await?;
        return Ok(false);
    }
    tx.change_one("update due_periods set state = 'made' where id = $1", args![period.id]).await?;
    record(tx, period).await?;
    Ok(true)
}

db::row! {
    struct Known { id: MembershipId, has_mandate: bool, died: bool }
}

/// What besides the tariff decides about the memberships between two ids.
async fn known(
    tx: &mut Tx,
    holder: HolderKind,
    after: MembershipId,
    until: MembershipId,
) -> Result<HashMap<MembershipId, Known>, Error> {
    let mut query = Query::new(
        "select m.id, (p.death_reported_at is not null) as died,
                exists (select 1 from mandates d where d.membership_id = m.id and d.ended_at is null) as has_mandate
           from memberships m left join people p on p.id = m.person_id where m.id > ",
    );
    query.bind(after).push(" and m.id <= ").bind(until).push(match holder {
        HolderKind::Person => " and m.person_id is not null",
        HolderKind::Organisation => " and m.organisation_id is not null",
    });
    let found: Vec<Known> = tx.list(query).await?;
    Ok(found.into_iter().map(|known| (known.id, known)).collect())
}

/// Asks one membership for one period.
async fn write(
    tx: &mut Tx,
    period: &DuePeriod,
    owed: &Owed,
    known: &Known,
) -> Result<Result<(DueId, Cents), NotAsked>, Broken> {
    let Asked { purpose, cents } = match ask(&owed.priced, known.has_mandate, known.died) {
        Ok(asked) => asked,
        Err(why) => return Ok(Err(why)),
    };
    let Ok(priced) = &owed.priced else { return Ok(Err(NotAsked::NoTariff)) };
    let new = NewDue {
        membership: owed.membership,
        period: priced.per.name(owed.from),
        purpose,
        for_day: owed.from,
        due_on: collect_from(period.due_on, owed.from),
        priced: Priced { cents, version: priced.row, class: priced.class.clone() },
    };
    match due(tx, &new).await {
        Ok(Some(id)) => Ok(Ok((id, cents))),
        Ok(None) => Ok(Err(NotAsked::Already)),
        Err(amount::Failed::Broken(broken)) => Err(broken),
        // It was there a moment ago, in this step.
        Err(amount::Failed::Refused(_)) => Err(Error::Raced.into()),
    }
}

/// What came of a step.
#[derive(Default)]
struct Done {
    rows: i64,
    cents: Cents,
    told: i64,
    left: BTreeMap<NotAsked, i64>,
    unpriced: Vec<MembershipId>,
}

impl Done {
    async fn keep(self, tx: &mut Tx, id: DuePeriodId, last: MembershipId) -> Result<(), Error> {
        let Self { rows, cents, told, left, unpriced } = self;
        store::keep_unpriced(tx, id, &unpriced).await?;
        for (why, n) in left {
            tx.execute(
                "insert into due_period_left (period_id, why, row_count) values ($1, $2, $3)
                 on conflict (period_id, why) do update set row_count = due_period_left.row_count + excluded.row_count",
                args![id, why, n],
            )
            .await?;
        }
        tx.change_one(
            "update due_periods set filled_until = $1, row_count = row_count + $2, cents = cents + $3, told = told + $4
              where id = $5 and state = 'filling'",
            args![last, rows, cents, told, id],
        )
        .await
    }
}
