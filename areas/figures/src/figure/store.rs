use std::collections::BTreeMap;

use db::{Error, Tx, args, new_id};
use figures_rules::survival::{Cohort, Survival, survival as kaplan_meier};
use figures_rules::{Dim, Figure, Measure, Month, Sums, Universe, Value};
use jiff::Timestamp;
use kernel::{Action, Event, EventKind, Fact, Feature, Scope};
use web::{App, FigureReader, User};

use crate::count;

/// Whose members an association counts.
#[must_use]
pub fn universe_of(app: &App) -> Universe {
    if app.settings().uses(Feature::CallCentre) {
        Universe::Persons
    } else {
        Universe::Organisations
    }
}

/// Whether somebody sees numbers along this line: nobody's own but one's own, and of teams one's own or, for who sees
/// sums only, all. Source: product description, "Who may do what".
#[must_use]
pub fn may_see(user: &User, dim: &Dim) -> bool {
    let Some(scope) = user.scope(Action::SeeFigures) else { return false };
    match dim {
        Dim::All | Dim::Sector(_) | Dim::Class(_) | Dim::Cohort(_) => true,
        Dim::Team(team) => {
            scope == Scope::Aggregates || user.team.is_some_and(|own| own.0 == *team)
        }
        Dim::User(id) => user.id.0 == *id,
    }
}

/// A figure in one month.
#[derive(Clone, Copy, Debug)]
pub struct Month1 {
    pub month: Month,
    pub value: Value,
    /// With what was learned after the month was closed, if that makes a difference.
    pub corrected: Option<Value>,
    pub is_closed: bool,
}

/// A figure over months, along one line.
#[derive(Clone, Debug)]
pub struct Line {
    pub figure: Figure,
    /// With what was learned after a month was closed: what a period adds up to.
    known: Sums,
    /// Closed ones as they were closed.
    pub months: Vec<Month1>,
    /// From here on its numbers were read; what it looks back over may begin before that.
    read_since: Month,
    known_since: Month,
    /// The last month that has a value: the one under way, as of today, or the last that is over where a figure needs whole
    /// ones.
    pub now: Month,
}

impl Line {
    /// The value over months, both included, corrections with them.
    #[must_use]
    pub fn over(&self, from: Month, to: Month) -> Value {
        self.figure.value(&self.known, from, to)
    }

    /// The same months of the year before; `None` where they are not all known.
    #[must_use]
    pub fn year_before(&self, from: Month, to: Month) -> Option<Value> {
        let (from, to) = (from.plus(-12), to.plus(-12));
        let reaches = self.figure.reaches_back(from, to);
        let looks_back = to.plus(1 - self.figure.looks_back());
        let is_known = reaches >= self.read_since && reaches.min(looks_back) >= self.known_since;
        is_known.then(|| self.over(from, to))
    }

    #[must_use]
    pub fn at(&self, month: Month) -> Value {
        self.over(month, month)
    }
}

/// Reads a figure from month to month.
pub async fn line(
    tx: &mut Tx,
    figure: Figure,
    universe: Universe,
    dim: &Dim,
    from: Month,
    to: Month,
) -> Result<Line, Error> {
    let measures = figure.measures();
    let first = figure.reaches_back(from, from);
    let sums = count::sums(tx, universe, &measures, dim, first, to).await?;
    let later = count::learned(tx, universe, &measures, dim, first, to).await?;
    let closed = count::closed_until(tx).await?;
    let under_way = Month::of(kernel::local(tx.now()).date());
    let now = if figure.needs_whole_months() { under_way.plus(-1) } else { under_way };
    let known = added(sums.clone(), later);
    let known_since = count::first_month(tx).await?.unwrap_or(now);
    let months = from
        .max(known_since)
        .to(to.min(now))
        .map(|month| {
            let value = figure.value(&sums, month, month);
            let corrected = figure.value(&known, month, month);
            let is_closed = closed.is_some_and(|closed| month <= closed);
            let corrected = (corrected != value).then_some(corrected);
            Month1 { month, value, corrected, is_closed }
        })
        .collect();
    Ok(Line { figure, known, months, read_since: first, known_since, now })
}

fn added(mut sums: Sums, later: Sums) -> Sums {
    for (at, n) in later.0 {
        *sums.0.entry(at).or_insert(0) += n;
    }
    sums
}

/// A figure told apart along a line, at one place of it.
#[derive(Clone, Debug)]
pub struct Along {
    pub dim: Dim,
    pub name: String,
    pub value: Value,
    /// The same months of the year before.
    pub before: Value,
}

/// A figure told apart: `sector`, `class` or `team`; the greatest number first.
pub async fn along(
    tx: &mut Tx,
    figure: Figure,
    universe: Universe,
    on: &str,
    from: Month,
    to: Month,
) -> Result<Vec<Along>, Error> {
    let first =
        figure.reaches_back(from.plus(-12), to.plus(-12)).min(figure.reaches_back(from, to));
    let measures = figure.measures();
    let mut found = count::along(tx, universe, &measures, on, first, to).await?;
    for (key, later) in count::learned_along(tx, universe, &measures, on, first, to).await? {
        let sums = found.remove(&key).unwrap_or_default();
        found.insert(key, added(sums, later));
    }
    let named = names(tx, on).await?;
    let mut places: Vec<Along> = found
        .into_iter()
        .filter_map(|(key, sums)| {
            let dim = Dim::read(on, &key)?;
            let name = named.get(&key).cloned().unwrap_or(key);
            let value = figure.value(&sums, from, to);
            let before = figure.value(&sums, from.plus(-12), to.plus(-12));
            let says_something = value.per.map_or(value.of != 0 || before.of != 0, |per| per != 0);
            says_something.then_some(Along { dim, name, value, before })
        })
        .collect();
    places.sort_by_key(|place| (-place.value.per.unwrap_or(place.value.of), place.name.clone()));
    Ok(places)
}

/// What the places of a line are called, in Dutch; a sector is its own name.
pub async fn names(tx: &mut Tx, on: &str) -> Result<BTreeMap<String, String>, Error> {
    db::row! { struct Named { id: i64, name: String } }

    let sql = match on {
        "team" => "select id, name from teams",
        "user" => "select id, name from users",
        "class" => {
            "select nr as id, name_nl as name from contact_norms n
              where n.id = (select max(m.id) from contact_norms m where m.nr = n.nr)"
        }
        _ => return Ok(BTreeMap::new()),
    };
    let rows: Vec<Named> = tx.all(sql, args![]).await?;
    Ok(rows.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
}

/// How long members stay: of all who joined since the first month that is counted.
pub async fn survival(tx: &mut Tx, universe: Universe) -> Result<Vec<Survival>, Error> {
    let now = Month::of(kernel::local(tx.now()).date());
    let Some(first) = count::first_month(tx).await? else { return Ok(vec![]) };
    let measures = [Measure::CohortJoined, Measure::CohortLeft];
    let mut found = count::along(tx, universe, &measures, "cohort", first, now).await?;
    for (key, later) in count::learned_along(tx, universe, &measures, "cohort", first, now).await? {
        let sums = found.remove(&key).unwrap_or_default();
        found.insert(key, added(sums, later));
    }
    let cohorts: Vec<(Month, Cohort)> = found
        .into_iter()
        .filter_map(|(key, sums)| {
            let joined = key.parse().ok()?;
            let of = |measure| sums.0.iter().filter(move |((found, _), _)| *found == measure);
            let cohort = Cohort {
                joined: of(Measure::CohortJoined).map(|(_, n)| *n).sum(),
                left: of(Measure::CohortLeft).map(|((_, month), n)| (*month, *n)).collect(),
            };
            Some((joined, cohort))
        })
        .collect();
    Ok(kaplan_meier(&cohorts, now))
}

/// Which lines somebody may tell a figure apart along.
pub(super) fn lines_of(figure: Figure, reader: &FigureReader, visits: bool) -> Vec<&'static str> {
    let team = !figure.is_about_members() && reader.scope != Scope::Own;
    let lines = [Some("sector"), visits.then_some("class"), team.then_some("team")];
    lines.into_iter().flatten().collect()
}

db::row! {
    /// What a colleague says about a figure.
    #[derive(Clone, Debug)]
    pub(super) struct Comment {
        pub words: String,
        pub made_by: Option<String>,
        pub made_at: Timestamp,
    }
}

/// The latest first.
pub(super) async fn comments(tx: &mut Tx, figure: Figure) -> Result<Vec<Comment>, Error> {
    tx.all(
        "select c.words, u.name as made_by, c.made_at from figure_comments c left join users u on u.id = c.made_by
          where c.figure = $1 order by c.id desc limit 50",
        args![figure],
    )
    .await
}

pub(super) async fn comment(tx: &mut Tx, figure: Figure, words: &str) -> Result<(), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into figure_comments (id, figure, words, made_by, made_at) values ($1, $2, $3, $4, $5)",
        args![new_id(), figure, words, me, now],
    )
    .await?;
    let event = Event::new(EventKind::FiguresShared, kernel::local(now).date())
        .with("change", Fact::Code("commented"));
    activity::record(tx, event).await
}
