//! What stands behind a number: the members, or the lines of the log, by the same rule that counted them. So the list and
//! the number agree.

use std::collections::{BTreeMap, BTreeSet};

use db::{Error, Query, Tx};
use figures_rules::{Dim, Figure, Measure, Month, Universe};
use jiff::civil::Date;
use kernel::{EventKind, OrganisationId, PersonId, TeamId, UserId, local};
use people::Sight;
use rulebook::Rulebook;

use crate::count;

/// One row behind a number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Row {
    pub href: String,
    pub name: String,
    /// When, for what happened on a day.
    pub day: Option<Date>,
    pub measure: Measure,
}

/// A list is read by people.
const SHOWN: usize = 200;
const AT_ONCE: i64 = 2_000;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub figure: Figure,
    pub universe: Universe,
    pub dim: Dim,
    pub month: Month,
}

/// Rows behind a number, and whether there are more. Persons only as far as this user may see them; that they were seen is
/// written down by the caller.
pub(super) async fn behind(
    tx: &mut Tx,
    book: &Rulebook,
    asked: &Asked,
    sight: Sight,
    whose: (UserId, Option<TeamId>, bool),
) -> Result<(Vec<Row>, bool), Error> {
    let measures = asked.figure.behind();
    if asked.figure.is_about_members() {
        members(tx, book, asked, &measures, sight).await
    } else if measures.contains(&Measure::AgreementsInTime) {
        agreements(tx, asked, whose).await
    } else {
        from_the_log(tx, asked, &measures, sight).await
    }
}

async fn members(
    tx: &mut Tx,
    book: &Rulebook,
    asked: &Asked,
    measures: &[Measure],
    sight: Sight,
) -> Result<(Vec<Row>, bool), Error> {
    let Some(span) = count::span_of(tx, book).await? else { return Ok((vec![], false)) };
    let shows_members = matches!(asked.figure, Figure::Members);
    let mut rows = Vec::new();
    let mut after = 0;
    loop {
        let ids = count::kept_ids(tx, asked.universe, after, AT_ONCE).await?;
        let Some(last) = ids.last().copied() else { return Ok((rows, false)) };
        let kept = count::stored_members(tx, asked.universe, &ids).await?;
        let mut found = Vec::new();
        for (id, kept) in kept {
            let cells = kept.known.cells(asked.universe, &span);
            let counts = cells.keys().find(|cell| {
                cell.month == asked.month
                    && cell.dim == asked.dim
                    && measures.contains(&cell.measure)
                    && (shows_members || cell.measure != Measure::Members)
            });
            if let Some(cell) = counts {
                found.push((id, cell.measure));
            }
        }
        rows.extend(named(tx, asked.universe, &found, sight).await?);
        if rows.len() > SHOWN {
            rows.truncate(SHOWN);
            return Ok((rows, true));
        }
        after = last;
    }
}

async fn named(
    tx: &mut Tx,
    universe: Universe,
    found: &[(i64, Measure)],
    sight: Sight,
) -> Result<Vec<Row>, Error> {
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    let names = crate::named::named(tx, universe, &ids, sight).await?;
    Ok(names
        .into_iter()
        .filter_map(|(id, name)| {
            let (_, measure) = found.iter().find(|(found, _)| *found == id)?;
            let href = match universe {
                Universe::Persons => format!("/leden/{id}"),
                _ => format!("/organisaties/{id}"),
            };
            Some(Row { href, name, day: None, measure: *measure })
        })
        .collect())
}

/// Own agreements, and for who leads those of the team.
async fn agreements(
    tx: &mut Tx,
    asked: &Asked,
    (user, team, leads): (UserId, Option<TeamId>, bool),
) -> Result<(Vec<Row>, bool), Error> {
    db::row! { struct Found { id: i64, what: String, promised_on: Date, in_time: bool } }

    let mut query = Query::new(
        "select a.id, a.what, a.promised_on, (a.done_on is not null and a.done_on <= a.promised_on) as in_time
           from agreements a
           left join users u on u.id = a.owner_user_id
           left join organisations o on o.id = a.organisation_id
           left join visit_dues d on d.organisation_id = a.organisation_id
          where a.state <> 'dropped' and a.promised_on >= ",
    );
    // What is promised for a day to come is not due.
    let until = asked.month.last().min(local(tx.now()).date());
    query.bind(asked.month.first()).push(" and a.promised_on <= ").bind(until);
    query.push(" and (a.owner_user_id = ").bind(user);
    if leads {
        query.push(" or coalesce(a.owner_team_id, u.team_id) = ").bind(team);
    }
    query.push(")");
    match &asked.dim {
        Dim::Team(team) => {
            query.push(" and coalesce(a.owner_team_id, u.team_id) = ").bind(*team);
        }
        Dim::User(user) => {
            query.push(" and a.owner_user_id = ").bind(*user);
        }
        Dim::Sector(sector) => {
            query.push(" and o.sector = ").bind(sector.clone());
        }
        Dim::Class(class) => {
            query.push(" and d.norm_nr = ").bind(*class);
        }
        Dim::All | Dim::Cohort(_) => {}
    }
    query.push(" order by a.promised_on, a.id limit 201");
    let found: Vec<Found> = tx.list(query).await?;
    let more = found.len() > SHOWN;
    let row = |row: Found| Row {
        href: format!("/afspraken/{}", row.id),
        name: row.what,
        day: Some(row.promised_on),
        measure: if row.in_time { Measure::AgreementsInTime } else { Measure::AgreementsDue },
    };
    Ok((found.into_iter().take(SHOWN).map(row).collect(), more))
}

/// Kinds of lines that count.
const KINDS: &[EventKind] = &[
    EventKind::AttemptMade,
    EventKind::OutcomeLogged,
    EventKind::OutcomeCorrected,
    EventKind::CallbackMade,
    EventKind::CallbackKept,
    EventKind::WishMade,
    EventKind::WishTold,
    EventKind::VisitReported,
];

/// More than these in a month are not looked through for a list.
const LINES: i64 = 20_000;

async fn from_the_log(
    tx: &mut Tx,
    asked: &Asked,
    measures: &[Measure],
    sight: Sight,
) -> Result<(Vec<Row>, bool), Error> {
    let (first, last) = (asked.month.first(), asked.month.last());
    let lines = activity::of_days(tx, first, last, KINDS, LINES).await?;
    let mut about: BTreeMap<Universe, BTreeSet<i64>> = BTreeMap::new();
    for (universe, id) in lines.iter().filter_map(count::subject) {
        about.entry(universe).or_default().insert(id);
    }
    let mut known = BTreeMap::new();
    for (universe, ids) in about {
        let ids: Vec<i64> = ids.into_iter().collect();
        for some in ids.chunks(2_000) {
            for (id, kept) in count::stored_members(tx, universe, some).await? {
                known.insert((universe, id), kept.known);
            }
        }
    }
    let mut counted = Vec::new();
    for line in &lines {
        let member = count::subject(line).and_then(|subject| known.get(&subject));
        let cells = count::flow_cells(line, member, asked.month);
        let counts = cells
            .iter()
            .find(|(cell, n)| *n > 0 && cell.dim == asked.dim && measures.contains(&cell.measure));
        if let Some((cell, _)) = counts {
            counted.push((line, cell.measure));
        }
    }
    let is_cut = counted.len() > SHOWN;
    let mut rows = Vec::new();
    for (line, measure) in counted.into_iter().take(SHOWN) {
        let (universe, id) = match (line.organisation_id, line.person_id) {
            (Some(OrganisationId(id)), _) => (Universe::Organisations, id),
            (None, Some(PersonId(id))) => (Universe::Persons, id),
            (None, None) => continue,
        };
        let named = named(tx, universe, &[(id, measure)], sight).await?;
        rows.extend(named.into_iter().map(|row| Row { day: Some(line.day), ..row }));
    }
    Ok((rows, is_cut))
}
