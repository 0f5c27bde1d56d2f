//! What memberships cost: one of them, or all.

use std::collections::HashMap;

use db::{Db, Error, Query, Tx, args};
use jiff::civil::Date;
use kernel::{Actor, Cents, MembershipId, OrganisationId, PersonId};
use membership_rules::Period;
use membership_rules::pension::AgeRow;
use membership_rules::tariff::{
    Facts, Phase, Priced, Simulation, Situation, Table, Told, ahead, price, table_on,
};

use super::store::{HolderKind, tables};
use crate::pension;

db::row! {
    struct FactRow {
        id: MembershipId,
        person_id: Option<PersonId>,
        organisation_id: Option<OrganisationId>,
        tariff: String,
        starts_on: Option<Date>,
        ends_on: Option<Date>,
        birth_date: Option<Date>,
        phase_from: Option<Date>,
        phase_until: Option<Date>,
        phase_cents: Option<Cents>,
        places: i64,
    }
}

db::row! {
    struct ToldRow {
        person_id: Option<PersonId>,
        organisation_id: Option<OrganisationId>,
        situation: Situation,
        from_on: Date,
        until_on: Option<Date>,
        value: Option<i64>,
        proof_until: Option<Date>,
    }
}

impl ToldRow {
    fn told(&self) -> Told {
        Told {
            situation: self.situation,
            from: self.from_on,
            until: self.until_on,
            value: self.value,
            proof_until: self.proof_until,
        }
    }
}

impl FactRow {
    fn facts(self, told: Vec<Told>) -> Facts {
        let phase = match (self.phase_from, self.phase_until, self.phase_cents) {
            (Some(from), Some(until), Some(cents)) => Some(Phase { from, until, cents }),
            _ => None,
        };
        Facts { born: self.birth_date, kind: self.tariff, told, places: self.places, phase }
    }
}

/// A membership, its holder, its phase; the places of a company are its branches.
const FACTS: &str = "select m.id, m.person_id, m.organisation_id, m.tariff, m.starts_on, m.ends_on, p.birth_date,
       f.from_on as phase_from, f.until_on as phase_until, f.cents as phase_cents,
       case when m.organisation_id is null then 0
            else (select count(*) from organisations b where b.parent_id = m.organisation_id and b.kind = 'branch')
       end as places
  from memberships m
  left join people p on p.id = m.person_id
  left join membership_phases f on f.membership_id = m.id";

/// Whose membership it is, and what an amount hangs on; `None` if there is no such membership.
pub async fn facts_of(
    tx: &mut Tx,
    membership: MembershipId,
) -> Result<Option<(HolderKind, Facts)>, Error> {
    let mut query = Query::new(FACTS);
    query.push(" where m.id = ").bind(membership);
    let Some(row) = tx.list::<FactRow>(query).await?.pop() else { return Ok(None) };
    let told: Vec<ToldRow> = tx
        .all(
            "select person_id, organisation_id, situation, from_on, until_on, value, proof_until from situations
              where person_id = $1 or organisation_id = $2 order by id",
            args![row.person_id, row.organisation_id],
        )
        .await?;
    let holder =
        if row.person_id.is_some() { HolderKind::Person } else { HolderKind::Organisation };
    Ok(Some((holder, row.facts(told.iter().map(ToldRow::told).collect()))))
}

/// What a membership costs for the period that begins on `on`; `None` if no tariff can tell.
pub async fn amount_on(
    tx: &mut Tx,
    membership: MembershipId,
    on: Date,
) -> Result<Option<Priced>, Error> {
    let Some((holder, facts)) = facts_of(tx, membership).await? else { return Ok(None) };
    let (tables, ages) = (tables(tx, holder).await?, pension::rows(tx, on).await?);
    Ok(price(&tables, &ages, &facts, on).ok())
}

/// What a membership costs now, and what it will cost from when.
#[derive(Clone, Debug)]
pub struct Costs {
    pub holder: HolderKind,
    pub facts: Facts,
    pub tables: Vec<Table>,
    pub ages: Vec<AgeRow>,
    /// The days on which it changes, the first with today's; empty if no tariff can tell.
    pub ahead: Vec<(Date, Priced)>,
}

/// How far an amount is told ahead.
const AHEAD_YEARS: i64 = 3;

/// What a membership costs, as it is known on `today`.
pub async fn costs(
    tx: &mut Tx,
    membership: MembershipId,
    today: Date,
) -> Result<Option<Costs>, Error> {
    let Some((holder, facts)) = facts_of(tx, membership).await? else { return Ok(None) };
    let (tables, ages) = (tables(tx, holder).await?, pension::rows(tx, today).await?);
    let months = table_on(&tables, today).map_or(12, |table| table.per.months());
    let periods = usize::try_from(AHEAD_YEARS * 12 / months).unwrap_or(0);
    let ahead = ahead(&tables, &ages, &facts, today, periods).unwrap_or_default();
    Ok(Some(Costs { holder, facts, tables, ages, ahead }))
}

/// How many memberships are read in one step.
const AT_ONCE: i64 = 5_000;

/// What everybody who is a member on `on` would pay by `with` instead of what is set: nothing is written, and no step is long.
pub async fn simulate(
    db: &Db,
    holder: HolderKind,
    with: &Table,
    on: Date,
) -> Result<Simulation, Error> {
    let (before, ages) = db
        .read(Actor::SYSTEM, async |tx| {
            Ok::<_, Error>((tables(tx, holder).await?, pension::rows(tx, on).await?))
        })
        .await?;
    let mut after: Vec<Table> = before.clone();
    after.retain(|table| table.valid_from < with.valid_from);
    after.push(with.clone());
    let mut simulation = Simulation::default();
    let mut last = MembershipId(0);
    loop {
        let page = db
            .read(Actor::SYSTEM, async |tx| page(tx, holder, (on, on), last, AT_ONCE).await)
            .await?;
        let Some(end) = page.last().map(|covered| covered.id) else { return Ok(simulation) };
        for Covered { facts, .. } in &page {
            let was = price(&before, &ages, facts, on).ok();
            let is = price(&after, &ages, facts, on).ok();
            simulation.add(was.as_ref(), is.as_ref());
        }
        last = end;
    }
}

/// A membership, from when to when, and what its amount hangs on.
pub(super) struct Covered {
    pub id: MembershipId,
    pub period: Period,
    pub facts: Facts,
}

/// The memberships behind `after` that cover a day between `from` and `until`, both included, in the order of their ids.
pub(super) async fn page(
    tx: &mut Tx,
    holder: HolderKind,
    (from, until): (Date, Date),
    after: MembershipId,
    limit: i64,
) -> Result<Vec<Covered>, Error> {
    let (whose, tells) = match holder {
        HolderKind::Person => ("m.person_id is not null", "s.person_id = m.person_id"),
        HolderKind::Organisation => {
            ("m.organisation_id is not null", "s.organisation_id = m.organisation_id")
        }
    };
    let mut query = Query::new(FACTS);
    query.push(" where ").push(whose).push(" and m.id > ").bind(after);
    query.push(" and (m.starts_on is null or m.starts_on <= ").bind(until);
    query.push(") and (m.ends_on is null or m.ends_on >= ").bind(from);
    query.push(") order by m.id limit ").bind(limit);
    let rows: Vec<FactRow> = tx.list(query).await?;
    let Some(end) = rows.last().map(|row| row.id) else { return Ok(vec![]) };
    let mut query = Query::new(
        "select s.person_id, s.organisation_id, s.situation, s.from_on, s.until_on, s.value, s.proof_until
           from memberships m join situations s on ",
    );
    query.push(tells).push(" where m.id > ").bind(after).push(" and m.id <= ").bind(end);
    query.push(" order by s.id");
    let told: Vec<ToldRow> = tx.list(query).await?;
    let mut of_holder: HashMap<(Option<PersonId>, Option<OrganisationId>), Vec<Told>> =
        HashMap::new();
    for row in &told {
        of_holder.entry((row.person_id, row.organisation_id)).or_default().push(row.told());
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let told =
                of_holder.get(&(row.person_id, row.organisation_id)).cloned().unwrap_or_default();
            let period = Period { starts_on: row.starts_on, ends_on: row.ends_on };
            Covered { id: row.id, period, facts: row.facts(told) }
        })
        .collect())
}
