//! What a membership costs on a day: decision tables with dates, in amounts and never in percentages.
//!
//! Two published amounts of one year were not the same percentage of the full one by any rule of rounding, so each amount is
//! what was decided. Source: domain facts §2.1 and §2.5.

mod intro;
mod period;
mod simulation;

pub use intro::{Intro, NotIntro, Phase};
pub use period::{Per, ProRata};
pub use simulation::{Move, Simulation};

use jiff::civil::Date;
use kernel::Cents;

use crate::pension::{AgeRow, is_reached};

kernel::codes! {
    /// What a member tells about work, income or the company, because an amount hangs on it.
    pub enum Situation {
        Student = "student",
        /// An unemployment or disability benefit.
        Benefit = "benefit",
        /// Participatiewet or Wajong, without anything on top.
        Participation = "participation",
        /// Stopped working. Not the same as having reached the state pension age.
        Retired = "retired",
        NotWorking = "not_working",
        /// In debt restructuring.
        Debt = "debt",
        /// Gross, a month; the value is in cents.
        Income = "income",
        /// Hours of work in a week.
        Hours = "hours",
        /// Shops or other places, where we do not know each of them.
        Branches = "branches",
        /// Sales floor area in square metres, of all places together.
        Floor = "floor",
    }
}

/// One thing that was told, from when to when it is so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Told {
    pub situation: Situation,
    pub from: Date,
    /// The last day; none as long as it lasts.
    pub until: Option<Date>,
    /// Cents, hours, places or square metres; none where it says nothing more.
    pub value: Option<i64>,
    /// The last day on which the proof that was seen holds; none if none was seen.
    pub proof_until: Option<Date>,
}

impl Told {
    fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    fn is_proved(&self, day: Date) -> bool {
        self.proof_until.is_some_and(|until| day <= until)
    }
}

/// What is known of the holder of a membership.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub born: Option<Date>,
    /// The type of membership, as it stands with the membership.
    pub kind: String,
    pub told: Vec<Told>,
    /// Places of a company that we know of.
    pub places: i64,
    pub phase: Option<Phase>,
}

impl Facts {
    /// The newest value that was told and holds on `day`.
    fn value(&self, situation: Situation, day: Date) -> Option<i64> {
        let told = self.told.iter().filter(|told| told.situation == situation && told.covers(day));
        told.max_by_key(|told| told.from).and_then(|told| told.value)
    }
}

/// From and until, both included; an open end asks nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Band {
    pub from: Option<i64>,
    pub until: Option<i64>,
}

impl Band {
    fn asks(self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// What is not known lies in no band.
    fn holds(self, value: Option<i64>) -> bool {
        !self.asks()
            || value.is_some_and(|value| {
                self.from.is_none_or(|from| from <= value)
                    && self.until.is_none_or(|until| value <= until)
            })
    }
}

/// What has to be so for a row to hold; what is empty asks nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct When {
    /// In whole years on the day.
    pub age: Band,
    /// Has reached the state pension age, or has not.
    pub pension: Option<bool>,
    /// Any of these.
    pub situations: Vec<Situation>,
    /// Any of these types of membership.
    pub kinds: Vec<String>,
    /// Gross cents a month.
    pub income: Band,
    pub hours: Band,
    pub branches: Band,
    /// Square metres.
    pub floor: Band,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Row {
    pub id: i64,
    /// One word: what the member pays by. Several rows may lead to one class.
    pub class: String,
    pub cents: Cents,
    /// On top of it for each place after the first.
    pub each_branch: Cents,
    pub when: When,
    /// Holds only as long as proof of the situation was seen. Never asked for the state pension: we know the birth date.
    pub needs_proof: bool,
}

/// One version of a tariff, valid from a day until the next begins.
#[derive(Clone, Debug)]
pub struct Table {
    pub id: i64,
    pub valid_from: Date,
    pub per: Per,
    pub pro_rata: ProRata,
    /// On top of it, for each period, for who does not pay by direct debit.
    pub surcharge: Cents,
    pub intro: Option<Intro>,
    /// The first that holds decides.
    pub rows: Vec<Row>,
}

/// What a membership costs for the period that begins on a day, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Priced {
    pub table: i64,
    /// None during an introductory phase.
    pub row: Option<i64>,
    pub class: String,
    pub cents: Cents,
    pub per: Per,
    /// On top of it without a direct debit.
    pub surcharge: Cents,
    /// The row that would hold if there were proof.
    pub with_proof: Option<i64>,
}

/// No version of the tariff is valid on this day, or none of its rows holds: we ask, we do not guess.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no tariff holds on {on}")]
pub struct NoTariff {
    pub on: Date,
}

/// The class that who is in an introductory phase pays by.
pub const INTRO: &str = "intro";

/// The newest of `tables`, in the order of their days, that is valid on `on`.
#[must_use]
pub fn table_on(tables: &[Table], on: Date) -> Option<&Table> {
    tables.iter().rfind(|table| table.valid_from <= on)
}

/// What a membership costs for the period that begins on `on`, the day of collection.
///
/// The pension class so begins with the first period that starts on or after the day on which the age is reached.
///
/// # Errors
///
/// [`NoTariff`].
pub fn price(
    tables: &[Table],
    ages: &[AgeRow],
    facts: &Facts,
    on: Date,
) -> Result<Priced, NoTariff> {
    let table = table_on(tables, on).ok_or(NoTariff { on })?;
    if let Some(cents) = facts.phase.and_then(|phase| phase.cents_on(on, table.per)) {
        return Ok(Priced {
            table: table.id,
            row: None,
            class: INTRO.to_owned(),
            cents,
            per: table.per,
            surcharge: Cents(0),
            with_proof: None,
        });
    }
    let mut with_proof = None;
    for row in &table.rows {
        match row.holds(ages, facts, on) {
            Holds::No => {}
            Holds::WithProof => with_proof = with_proof.or(Some(row.id)),
            Holds::Yes => {
                return Ok(Priced {
                    table: table.id,
                    row: Some(row.id),
                    class: row.class.clone(),
                    cents: row.amount(facts, on),
                    per: table.per,
                    surcharge: table.surcharge,
                    with_proof,
                });
            }
        }
    }
    Err(NoTariff { on })
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Holds {
    Yes,
    /// If proof were there.
    WithProof,
    No,
}

impl Row {
    fn holds(&self, ages: &[AgeRow], facts: &Facts, on: Date) -> Holds {
        let When { age, pension, situations, kinds, income, hours, branches, floor } = &self.when;
        let years = facts.born.map(|born| i64::from(years_on(born, on)));
        let reached = facts.born.map(|born| is_reached(ages, born, on));
        let fits = age.holds(years)
            && pension.is_none_or(|wanted| reached == Some(wanted))
            && (kinds.is_empty() || kinds.contains(&facts.kind))
            && income.holds(facts.value(Situation::Income, on))
            && hours.holds(facts.value(Situation::Hours, on))
            && branches.holds(Some(facts.branches(on)))
            && floor.holds(facts.value(Situation::Floor, on));
        if !fits {
            return Holds::No;
        }
        if situations.is_empty() {
            return Holds::Yes;
        }
        let mut found = Holds::No;
        for told in facts.told.iter().filter(|told| told.covers(on)) {
            if situations.contains(&told.situation) {
                if !self.needs_proof || told.is_proved(on) {
                    return Holds::Yes;
                }
                found = Holds::WithProof;
            }
        }
        found
    }

    fn amount(&self, facts: &Facts, on: Date) -> Cents {
        let more = (facts.branches(on) - 1).max(0);
        Cents(self.cents.0 + self.each_branch.0 * more)
    }
}

impl Facts {
    /// What was told counts before what we happen to know; a company is one place at least.
    fn branches(&self, on: Date) -> i64 {
        self.value(Situation::Branches, on).unwrap_or(self.places).max(1)
    }
}

/// Whole years of somebody born on `born`, on `day`. Who was born on 29 February has a birthday on 1 March.
#[must_use]
pub fn years_on(born: Date, day: Date) -> i16 {
    let before = (day.month(), day.day()) < (born.month(), born.day());
    day.year() - born.year() - i16::from(before)
}

/// The days from `from` on at which a membership begins to cost something else, over so many periods, the first with what it
/// costs on `from`.
///
/// # Errors
///
/// [`NoTariff`] if there is none on `from`; later it ends where none is known.
pub fn ahead(
    tables: &[Table],
    ages: &[AgeRow],
    facts: &Facts,
    from: Date,
    periods: usize,
) -> Result<Vec<(Date, Priced)>, NoTariff> {
    let now = price(tables, ages, facts, from)?;
    let mut found = vec![(from, now)];
    let mut day = from;
    for _ in 0..periods {
        let Some(table) = table_on(tables, day) else { break };
        let Some(next) = table.per.next(day) else { break };
        day = next;
        let Ok(then) = price(tables, ages, facts, day) else { break };
        let last = found.last().map(|(_, priced)| (&priced.class, priced.cents));
        if last != Some((&then.class, then.cents)) {
            found.push((day, then));
        }
    }
    Ok(found)
}

/// What is still to be paid: for each period that begins after `after`, until the last day.
#[must_use]
pub fn due_until(
    tables: &[Table],
    ages: &[AgeRow],
    facts: &Facts,
    after: Date,
    last: Date,
) -> Vec<(Date, Cents)> {
    let mut found = Vec::new();
    let mut day = after;
    while let Some(next) = table_on(tables, day).and_then(|table| table.per.next(day)) {
        day = next;
        if day > last {
            break;
        }
        if let Ok(priced) = price(tables, ages, facts, day) {
            found.push((day, priced.cents));
        }
    }
    found
}

/// What is to be given back (or, below zero, asked) because something holds since `since` that we did not know: over the periods
/// that began from then until `today`, at most so many months back.
#[must_use]
pub fn back_settlement(
    tables: &[Table],
    ages: &[AgeRow],
    (before, after): (&Facts, &Facts),
    (since, today): (Date, Date),
    months_max: i64,
) -> Cents {
    use jiff::ToSpan as _;

    let earliest = today.checked_sub(months_max.months()).unwrap_or(since).max(since);
    let mut sum = 0;
    let Some(table) = table_on(tables, earliest) else { return Cents(0) };
    let mut day = table.per.first_day(earliest);
    if day < earliest {
        let Some(next) = table.per.next(day) else { return Cents(0) };
        day = next;
    }
    while day <= today {
        if let (Ok(was), Ok(is)) =
            (price(tables, ages, before, day), price(tables, ages, after, day))
        {
            sum += was.cents.0 - is.cents.0;
        }
        let Some(next) = table_on(tables, day).and_then(|table| table.per.next(day)) else { break };
        day = next;
    }
    Cents(sum)
}

/// What is wrong with a table as an administrator would leave it; the number is that of the row, from 1.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongTable {
    #[error("there are no rows")]
    Empty,
    #[error("row {0} has no class")]
    NoClass(usize),
    #[error("row {0} costs less than nothing")]
    Negative(usize),
    #[error("a band of row {0} ends before it begins")]
    Band(usize),
    #[error("row {0} is never reached: a row before it holds for everybody")]
    Unreachable(usize),
    #[error("the last row does not hold for everybody")]
    Open,
}

impl Row {
    fn is_for_everybody(&self) -> bool {
        self.when == When::default()
    }
}

/// Whether these rows can be a table: somebody of whom nothing is known must have an amount too.
///
/// # Errors
///
/// [`WrongTable`].
pub fn check(rows: &[Row]) -> Result<(), WrongTable> {
    for (at, row) in rows.iter().enumerate() {
        let nr = at + 1;
        if row.class.is_empty() {
            return Err(WrongTable::NoClass(nr));
        }
        if row.cents.0 < 0 || row.each_branch.0 < 0 {
            return Err(WrongTable::Negative(nr));
        }
        let When { age, income, hours, branches, floor, .. } = &row.when;
        let turned =
            |band: &Band| band.from.zip(band.until).is_some_and(|(from, until)| until < from);
        if [age, income, hours, branches, floor].into_iter().any(turned) {
            return Err(WrongTable::Band(nr));
        }
        if row.is_for_everybody() && nr < rows.len() {
            return Err(WrongTable::Unreachable(nr + 1));
        }
    }
    match rows.last() {
        None => Err(WrongTable::Empty),
        Some(last) if last.is_for_everybody() => Ok(()),
        Some(_) => Err(WrongTable::Open),
    }
}

#[cfg(test)]
mod tests;
