//! The sums themselves: written as differences, read along one line.

use std::collections::{BTreeMap, BTreeSet};

use db::{Bulk, Error, Query, Tx, args};
use figures_rules::{Cell, Dim, Measure, Month, Span, Sums, Universe};
use jiff::civil::Date;
use kernel::{Event, EventId, EventKind, Fact, local};
use rulebook::{Missing, Rulebook};

kernel::codes! {
    /// Why a closed month turned out otherwise.
    pub enum Why {
        /// Reported after the month was closed.
        Late = "late",
        /// A membership or a file changed backwards.
        Member = "member",
        /// A file was taken in or taken back.
        Import = "import",
        Agreement = "agreement",
    }
}

/// What is to be added, by cell and cause.
#[derive(Debug, Default)]
pub(super) struct Deltas(BTreeMap<(Cell, Why), i64>);

impl Deltas {
    pub(super) fn add(&mut self, cell: Cell, why: Why, n: i64) {
        *self.0.entry((cell, why)).or_insert(0) += n;
    }

    /// What was counted before goes, what counts now comes.
    pub(super) fn differ(
        &mut self,
        before: &BTreeMap<Cell, i64>,
        after: &BTreeMap<Cell, i64>,
        why: Why,
        today: Date,
    ) -> bool {
        let mut differs = false;
        for (cell, n) in after {
            let change = n - before.get(cell).copied().unwrap_or(0);
            if change != 0 {
                differs = true;
                self.add(cell.clone(), why, change);
            }
        }
        let now = Month::of(today);
        for (cell, n) in before.iter().filter(|(cell, _)| !after.contains_key(*cell)) {
            differs = true;
            // What is known as it is now only stays as it was at the end of its month.
            if cell.measure.is_snapshot() && cell.month < now {
                continue;
            }
            self.add(cell.clone(), why, -n);
        }
        differs
    }

    /// Adds them to months that are open, and books them as corrections of those that are closed. What was known as it is now
    /// only, of a closed month, stays as it was.
    pub(super) async fn write(self, tx: &mut Tx, today: Date) -> Result<(), Error> {
        let closed = closed(tx).await?;
        let mut open: BTreeMap<Cell, i64> = BTreeMap::new();
        let mut corrections = Bulk::new(
            "insert into figure_corrections (universe, measure, dim, key, month, booked_on, why, n) values",
            "on conflict (universe, measure, dim, key, month, booked_on, why)
             do update set n = figure_corrections.n + excluded.n",
        );
        for ((cell, why), n) in self.0.into_iter().filter(|(_, n)| *n != 0) {
            if !closed.contains(&cell.month) {
                *open.entry(cell).or_insert(0) += n;
            } else if !cell.measure.is_snapshot() {
                let (dim, key) = cell.dim.stored();
                corrections.push(args![
                    cell.universe,
                    cell.measure,
                    dim,
                    key,
                    cell.month,
                    today,
                    why,
                    n,
                ]);
            }
        }
        let mut sums = Bulk::new(
            "insert into figure_month (universe, measure, dim, key, month, n) values",
            "on conflict (universe, measure, dim, key, month) do update set n = figure_month.n + excluded.n",
        );
        for (cell, n) in open.into_iter().filter(|(_, n)| *n != 0) {
            let (dim, key) = cell.dim.stored();
            sums.push(args![cell.universe, cell.measure, dim, key, cell.month, n]);
        }
        sums.write(tx).await?;
        corrections.write(tx).await.map(drop)
    }
}

/// What the rules say of a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub gap_days: i32,
    pub close_after_days: i64,
    pub months: i32,
}

impl Rules {
    pub(super) fn of(book: &Rulebook, day: Date) -> Result<Self, Missing> {
        let number = |key| book.number(key, day);
        Ok(Self {
            gap_days: i32::try_from(number("figures.rejoin_gap_days")?).unwrap_or(0),
            close_after_days: number("figures.close_after_days")?,
            months: i32::try_from(number("figures.months")?).unwrap_or(0),
        })
    }
}

db::row! {
    /// How far was counted.
    #[derive(Clone, Debug)]
    pub(super) struct State {
        pub position: EventId,
        /// No line up to here can still become visible.
        pub sure_until: EventId,
        pub first_month: Month,
        pub counted_on: String,
        /// In which month counting began.
        pub began_month: Month,
        /// Whether what lies before it is complete: then it can be closed.
        pub is_complete: bool,
    }
}

/// Holds the state until the end of the step: one counts at a time. The first one makes it.
pub(super) async fn hold(tx: &mut Tx, rules: Rules, today: Date) -> Result<State, Error> {
    let first = Month::of(today).plus(-rules.months);
    tx.execute(
        "insert into figure_state (id, position, sure_until, first_month, counted_on, began_month, is_complete, version)
         values (1, 0, 0, $1, '', $2, false, 0)
         on conflict (id) do update set version = figure_state.version + 1",
        args![first, Month::of(today)],
    )
    .await?;
    state(tx).await?.ok_or(Error::Raced)
}

pub(super) async fn state(tx: &mut Tx) -> Result<Option<State>, Error> {
    tx.one(
        "select position, sure_until, first_month, counted_on, began_month, is_complete from figure_state where id = 1",
        args![],
    )
    .await
}

/// Says that the member base is complete, so that the months before can be closed. Otherwise they are closed with the month in
/// which counting began: what is taken in before is no correction.
pub async fn base_is_complete(tx: &mut Tx, book: &Rulebook) -> Result<(), Error> {
    let today = local(tx.now()).date();
    let rules = Rules::of(book, today).map_err(|_| Error::Raced)?;
    hold(tx, rules, today).await?;
    tx.change_one("update figure_state set is_complete = true where id = 1", args![]).await
}

/// Over which months members are counted, as of the day for which they were counted last; `None` before the first count.
pub(crate) async fn span_of(tx: &mut Tx, book: &Rulebook) -> Result<Option<Span>, Error> {
    let Some(state) = state(tx).await? else { return Ok(None) };
    let Ok(today) = state.counted_on.parse::<Date>() else { return Ok(None) };
    let gap_days = book.number("figures.rejoin_gap_days", today).unwrap_or_default();
    let gap_days = i32::try_from(gap_days).unwrap_or(0);
    Ok(Some(Span { first: state.first_month, today, gap_days }))
}

/// The first month that is counted; `None` before the first count.
pub async fn first_month(tx: &mut Tx) -> Result<Option<Month>, Error> {
    Ok(state(tx).await?.map(|state| state.first_month))
}

/// Lines that were written in the last two minutes may still become visible out of order.
const OVERLAP: i64 = 120_000 << 22;

/// No line up to here can still become visible to who looks from now on: an id begins with the time at which it was made.
pub(super) fn sure_now() -> EventId {
    EventId(db::new_id().saturating_sub(OVERLAP))
}

pub(super) async fn seen(tx: &mut Tx) -> Result<BTreeSet<EventId>, Error> {
    db::row! { struct Seen { event_id: EventId } }

    let rows: Vec<Seen> = tx.all("select event_id from figure_seen", args![]).await?;
    Ok(rows.into_iter().map(|row| row.event_id).collect())
}

/// Moves on in the log: up to `position`, remembering the lines that a later look will meet again because it begins at `sure`.
pub(super) async fn move_on(
    tx: &mut Tx,
    position: EventId,
    sure: EventId,
    news: &[EventId],
) -> Result<(), Error> {
    tx.change_one(
        "update figure_state set position = $1, sure_until = $2 where id = 1",
        args![position, sure],
    )
    .await?;
    tx.execute("delete from figure_seen where event_id <= $1", args![sure]).await?;
    let mut bulk = Bulk::new("insert into figure_seen (event_id) values", "on conflict do nothing");
    for id in news.iter().filter(|id| **id > sure) {
        bulk.push(args![*id]);
    }
    bulk.write(tx).await.map(drop)
}

pub(super) async fn counted_on(tx: &mut Tx, day: Option<Date>) -> Result<(), Error> {
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    tx.change_one("update figure_state set counted_on = $1 where id = 1", args![day]).await
}

pub(super) async fn closed(tx: &mut Tx) -> Result<BTreeSet<Month>, Error> {
    db::row! { struct Closed { month: Month } }

    let rows: Vec<Closed> = tx.all("select month from figure_closings", args![]).await?;
    Ok(rows.into_iter().map(|row| row.month).collect())
}

/// The last month that is closed.
pub async fn closed_until(tx: &mut Tx) -> Result<Option<Month>, Error> {
    Ok(closed(tx).await?.into_iter().next_back())
}

/// Closes every month whose days for late reports are over.
pub(super) async fn close(
    tx: &mut Tx,
    state: &State,
    rules: Rules,
    today: Date,
) -> Result<(), Error> {
    let first = state.first_month;
    let closed = closed(tx).await?;
    let now = tx.now();
    let wait = jiff::Span::new().days(rules.close_after_days);
    let is_over = |month: Month| month.last().saturating_add(wait) < today;
    // Before that, a member base may still be taken in.
    if !state.is_complete && !is_over(state.began_month) {
        return Ok(());
    }
    let mut last = None;
    for month in first.to(Month::of(today).plus(-1)).filter(|month| !closed.contains(month)) {
        if !is_over(month) {
            break;
        }
        tx.change_one(
            "insert into figure_closings (month, closed_at) values ($1, $2)",
            args![month, now],
        )
        .await?;
        last = Some(month);
    }
    if let Some(month) = last {
        let event = Event::new(EventKind::FiguresClosed, local(now).date())
            .with("month", Fact::Day(month.first()));
        activity::record(tx, event).await?;
    }
    Ok(())
}

/// Which numbers are read.
struct Of<'a> {
    universe: Universe,
    measures: &'a [Measure],
    line: &'a str,
    /// One place on the line, or all.
    key: Option<String>,
    from: Month,
    to: Month,
}

impl Of<'_> {
    fn push(self, query: &mut Query) {
        // Measures have one universe each but those of members, who are persons or organisations.
        let universes = [self.universe, Universe::Work];
        query.push(" in ").bind_list(universes.iter().map(|universe| universe.code()));
        query.push(" and measure");
        query.push(" in ").bind_list(self.measures.iter().map(|measure| measure.code()));
        query.push(" and dim = ").bind(self.line);
        if let Some(key) = self.key {
            query.push(" and key = ").bind(key);
        }
        query.push(" and month >= ").bind(self.from).push(" and month <= ").bind(self.to);
    }

    /// By place on the line.
    async fn read(self, tx: &mut Tx, head: &'static str) -> Result<BTreeMap<String, Sums>, Error> {
        db::row! { struct Row { measure: Measure, key: String, month: Month, n: i64 } }

        let mut query = Query::new(head);
        self.push(&mut query);
        let rows: Vec<Row> = tx.list(query).await?;
        let mut found: BTreeMap<String, Sums> = BTreeMap::new();
        for Row { measure, key, month, n } in rows {
            *found.entry(key).or_default().0.entry((measure, month)).or_insert(0) += n;
        }
        Ok(found)
    }
}

const CLOSED: &str = "select measure, key, month, n from figure_month where universe";
const LEARNED: &str = "select measure, key, month, n from figure_corrections where universe";

/// The sums of some measures along one line, over months, both included. Closed months are as they were closed.
pub async fn sums(
    tx: &mut Tx,
    universe: Universe,
    measures: &[Measure],
    dim: &Dim,
    from: Month,
    to: Month,
) -> Result<Sums, Error> {
    let (line, key) = dim.stored();
    let of = Of { universe, measures, line, key: Some(key), from, to };
    Ok(of.read(tx, CLOSED).await?.into_values().next().unwrap_or_default())
}

/// What was learned about those months after they were closed, as sums to be added.
pub async fn learned(
    tx: &mut Tx,
    universe: Universe,
    measures: &[Measure],
    dim: &Dim,
    from: Month,
    to: Month,
) -> Result<Sums, Error> {
    let (line, key) = dim.stored();
    let of = Of { universe, measures, line, key: Some(key), from, to };
    Ok(of.read(tx, LEARNED).await?.into_values().next().unwrap_or_default())
}

/// As [`sums`], told apart along a line: by place on it.
pub async fn along(
    tx: &mut Tx,
    universe: Universe,
    measures: &[Measure],
    line: &str,
    from: Month,
    to: Month,
) -> Result<BTreeMap<String, Sums>, Error> {
    Of { universe, measures, line, key: None, from, to }.read(tx, CLOSED).await
}

/// As [`learned`], told apart along a line.
pub async fn learned_along(
    tx: &mut Tx,
    universe: Universe,
    measures: &[Measure],
    line: &str,
    from: Month,
    to: Month,
) -> Result<BTreeMap<String, Sums>, Error> {
    Of { universe, measures, line, key: None, from, to }.read(tx, LEARNED).await
}

db::row! {
    /// What was learned about a closed month.
    #[derive(Clone, Debug)]
    pub struct Correction {
        pub measure: Measure,
        pub month: Month,
        pub booked_on: Date,
        pub why: Why,
        pub n: i64,
    }
}

/// Corrections of some measures along one line, the latest first.
pub async fn corrections(
    tx: &mut Tx,
    universe: Universe,
    measures: &[Measure],
    dim: &Dim,
    from: Month,
    to: Month,
) -> Result<Vec<Correction>, Error> {
    let (line, key) = dim.stored();
    let of = Of { universe, measures, line, key: Some(key), from, to };
    let mut query = Query::new(
        "select measure, month, booked_on, why, n from figure_corrections where universe",
    );
    of.push(&mut query);
    query.push(" and n <> 0 order by booked_on desc, month desc, measure, why limit 200");
    tx.list(query).await
}
