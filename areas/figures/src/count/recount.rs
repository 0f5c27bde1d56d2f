//! Counts everything again from its sources and compares. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use db::{Error, Tx};
use figures_rules::{Cell, Dim, Measure, Member, Month, Universe};
use kernel::EventId;
use rulebook::Rulebook;

use super::follow::{as_made, cells_of, flow_cells, next_ids};
use super::known::{stored_agreements, stored_members};
use super::sources::{self, Contact, Which};
use super::store;

/// What a recount found.
#[derive(Debug, Default)]
pub struct Recount {
    pub numbers: u64,
    /// Numbers that are not what their sources say. Anything but zero is a defect.
    pub differences: u64,
    /// The first of them, to look for the cause.
    pub examples: Vec<String>,
}

type Months = (BTreeSet<Month>, BTreeSet<Month>);

/// Compares every number, corrections included, with memberships, agreements and the log. Nothing was counted yet: no
/// numbers.
pub async fn differences(tx: &mut Tx, book: &Rulebook) -> Result<Recount, Error> {
    let Some(span) = store::span_of(tx, book).await? else { return Ok(Recount::default()) };
    let mut sums: BTreeMap<Cell, i64> = BTreeMap::new();
    let contacts = from_the_log(tx, &mut sums, span.first).await?;
    for universe in [Universe::Persons, Universe::Organisations] {
        let mut after = 0;
        while let Some((ids, last)) = next_ids(tx, universe, after).await? {
            let stored = stored_members(tx, universe, &ids).await?;
            let facts = sources::facts(tx, universe, &ids).await?;
            for id in ids {
                let facts = facts.get(&id).cloned().unwrap_or_default();
                let (seen, visited) = contacts.get(&(universe, id)).cloned().unwrap_or_default();
                // Where a member stood is written down when it changes, and by nobody else.
                let places = stored.get(&id).map(|kept| kept.known.places.clone());
                let member = Member {
                    stays: facts.stays,
                    reach: facts.reach,
                    contacts: seen,
                    visits: visited,
                    places: places.unwrap_or_default(),
                };
                add(&mut sums, member.cells(universe, &span));
            }
            after = last;
        }
    }
    let mut after = 0;
    loop {
        let found = sources::agreements(tx, Which::Behind(after, 2_000)).await?;
        let Some(last) = found.keys().next_back().copied() else { break };
        let ids: Vec<i64> = found.keys().copied().collect();
        let stored = stored_agreements(tx, &ids).await?;
        for (id, agreement) in found {
            let agreement = as_made(agreement, stored.get(&id));
            add(&mut sums, cells_of(agreement.cells(span.today)));
        }
        after = last;
    }
    compare(tx, sums, Month::of(span.today)).await
}

fn add(sums: &mut BTreeMap<Cell, i64>, cells: BTreeMap<Cell, i64>) {
    for (cell, n) in cells {
        *sums.entry(cell).or_insert(0) += n;
    }
}

/// Adds the flows of all lines that were counted; gives who was spoken to, and when.
async fn from_the_log(
    tx: &mut Tx,
    sums: &mut BTreeMap<Cell, i64>,
    first: Month,
) -> Result<BTreeMap<(Universe, i64), Months>, Error> {
    const AT_ONCE: i64 = 2_000;

    let mut contacts: BTreeMap<(Universe, i64), Months> = BTreeMap::new();
    let Some(state) = store::state(tx).await? else { return Ok(contacts) };
    let seen = store::seen(tx).await?;
    let sure = state.sure_until;
    let mut after = EventId(0);
    loop {
        let lines = activity::after(tx, after, AT_ONCE).await?;
        let Some(last) = lines.last().map(|line| line.id) else { return Ok(contacts) };
        let mut about: BTreeMap<Universe, BTreeSet<i64>> = BTreeMap::new();
        let mut counted = Vec::new();
        for line in lines.iter().filter(|line| line.id <= sure || seen.contains(&line.id)) {
            let contact = sources::contact(line);
            if contact == Contact::None && sources::flows(line).is_empty() {
                continue;
            }
            let subject = sources::subject(line);
            let month = Month::of(line.day);
            if let Some(subject) = subject {
                about.entry(subject.0).or_default().insert(subject.1);
                if contact != Contact::None && month >= first.plus(-24) {
                    let (spoken, visited) = contacts.entry(subject).or_default();
                    spoken.insert(month);
                    if contact == Contact::Visited {
                        visited.insert(month);
                    }
                }
            }
            counted.push((line, subject));
        }
        let mut known = BTreeMap::new();
        for (universe, ids) in about {
            let ids: Vec<i64> = ids.into_iter().collect();
            for (id, kept) in stored_members(tx, universe, &ids).await? {
                known.insert((universe, id), kept.known);
            }
        }
        for (line, subject) in counted {
            let member = subject.and_then(|subject| known.get(&subject));
            for (cell, n) in flow_cells(line, member, first) {
                *sums.entry(cell).or_insert(0) += n;
            }
        }
        after = last;
    }
}

async fn compare(
    tx: &mut Tx,
    mut sums: BTreeMap<Cell, i64>,
    month: Month,
) -> Result<Recount, Error> {
    db::row! {
        struct Row { universe: Universe, measure: Measure, dim: String, key: String, month: Month, n: i64 }
    }

    let rows: Vec<Row> = tx
        .all(
            "select universe, measure, dim, key, month, cast(sum(n) as bigint) as n from (
                select universe, measure, dim, key, month, n from figure_month
                union all
                select universe, measure, dim, key, month, n from figure_corrections) of_all
              group by universe, measure, dim, key, month",
            db::args![],
        )
        .await?;
    let mut recount = Recount::default();
    let mut differs = |cell: &Cell, kept: i64, counted: i64| {
        // What was known as it was then only cannot be counted again.
        if kept != counted && !(cell.measure.is_snapshot() && cell.month != month) {
            recount.differences += 1;
            if recount.examples.len() < 10 {
                let (dim, key) = cell.dim.stored();
                let Cell { universe, measure, month, .. } = cell;
                recount.examples.push(format!(
                    "{universe} {measure} {dim} {key} {month}: {kept} kept, {counted} counted"
                ));
            }
        }
    };
    let mut numbers = 0;
    for row in rows {
        let Row { universe, measure, dim, key, month, n } = row;
        let Some(dim) = Dim::read(&dim, &key) else { continue };
        let cell = Cell { universe, measure, dim, month };
        numbers += 1;
        let counted = sums.remove(&cell).unwrap_or(0);
        differs(&cell, n, counted);
    }
    for (cell, counted) in sums {
        differs(&cell, 0, counted);
    }
    recount.numbers = numbers;
    Ok(recount)
}
