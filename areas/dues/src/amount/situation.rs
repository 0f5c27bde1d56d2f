//! Follows what members told about work and income: what they paid too much goes back, what they paid too little is asked with
//! the next period, each once.

use db::{Error, Tx, args};
use dues_rules::amount::Purpose;
use jiff::civil::Date;
use kernel::{Cents, EventId, OrganisationId, PersonId};
use membership::Holder;
use membership::tariff::{HolderKind, tables};
use membership_rules::tariff::{Per, table_on};
use web::App;

use super::notice::{Notices, tell};
use super::store::{Failed, NewDue, NewPayOut, Priced, due, pay_out};
use crate::Broken;

/// Steps that take long write their lines late: ten minutes are read again, in the unit of an id. Each is settled once, however
/// often it is read.
const OVERLAP: i64 = 600_000 << 22;

const AT_ONCE: i64 = 1_000;

db::row! {
    struct Told {
        id: EventId,
        day: Date,
        person_id: Option<PersonId>,
        organisation_id: Option<OrganisationId>,
        amount: i64,
    }
}

/// Settles what was told since the last look.
pub(crate) async fn follow(app: &App) -> Result<(), Broken> {
    let notices = Notices::today(app)?;
    while app.db().write(kernel::Actor::SYSTEM, async |tx| step(tx, &notices).await).await? {}
    Ok(())
}

/// The next lines; whether there are more.
async fn step(tx: &mut Tx, notices: &Notices) -> Result<bool, Broken> {
    let until = activity::latest(tx).await?;
    let last: Option<EventId> =
        tx.value("select max(event_id) as value from dues_followed", args![]).await?;
    let from = EventId(last.map_or(0, |last| last.0.saturating_sub(OVERLAP)));
    let told: Vec<Told> = tx
        .all(
            "select id, day, person_id, organisation_id, amount from events
              where id > $1 and id <= $2 and kind = 'situation_told' and amount is not null
              order by id limit $3",
            args![from, until, AT_ONCE],
        )
        .await?;
    for told in &told {
        settle(tx, notices, told).await?;
    }
    let is_full = i64::try_from(told.len()) == Ok(AT_ONCE);
    let reached = told.last().filter(|_| is_full).map_or(until, |told| told.id);
    tx.execute(
        "insert into dues_followed (id, event_id) values (1, $1)
         on conflict (id) do update set event_id = excluded.event_id",
        args![reached],
    )
    .await?;
    Ok(is_full && last.is_none_or(|last| last < reached))
}

async fn settle(tx: &mut Tx, notices: &Notices, told: &Told) -> Result<(), Broken> {
    let (holder, kind) = match (told.person_id, told.organisation_id) {
        (Some(person), _) => (Holder::Person(person), HolderKind::Person),
        (None, Some(organisation)) => {
            (Holder::Organisation(organisation), HolderKind::Organisation)
        }
        (None, None) => return Ok(()),
    };
    let Some(held) = membership::current(tx, holder, told.day).await? else { return Ok(()) };
    let for_what = format!("situation-{}", told.id);
    let done = if told.amount > 0 {
        let new = NewPayOut {
            membership: held.id,
            for_what,
            purpose: Purpose::Refund,
            cents: Cents(told.amount),
            account: None,
        };
        pay_out(tx, &new).await
    } else {
        let tables = tables(tx, kind).await?;
        let per = table_on(&tables, told.day).map_or(Per::Month, |table| table.per);
        let new = NewDue {
            membership: held.id,
            period: for_what,
            purpose: Purpose::Settlement,
            // It is about days that are over: an end of the membership does not take it back.
            for_day: told.day,
            due_on: per.next(told.day).unwrap_or(told.day),
            priced: Priced { cents: Cents(-told.amount), version: None, class: String::new() },
        };
        due(tx, &new).await
    };
    match done {
        Ok(Some(id)) if told.amount < 0 => tell(tx, notices, id).await.map(drop),
        Ok(_) => Ok(()),
        Err(Failed::Broken(broken)) => Err(broken),
        Err(Failed::Refused(_)) => Err(Error::Raced.into()),
    }
}
