//! Where the facts come from: memberships, files, agreements, and what the log says of contacts.

use std::collections::BTreeMap;

use activity::Line;
use db::{Error, Query, Tx, args};
use figures_rules::{Agreement, Measure, Reach, Stay, Universe};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{EventKind, local};
use membership_rules::{Began, Ended};

/// What is known of a member now.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub stays: Vec<Stay>,
    pub reach: Reach,
    pub sector: String,
    pub class: Option<i64>,
}

/// The facts of those with these ids; whoever is not there any more has none.
pub(super) async fn facts(
    tx: &mut Tx,
    universe: Universe,
    ids: &[i64],
) -> Result<BTreeMap<i64, Facts>, Error> {
    db::row! {
        struct Found { id: i64, sector: String, class: Option<i64>, email: bool, mobile: bool, address: bool, died_at: Option<Timestamp> }
    }
    db::row! {
        struct Held { id: i64, starts_on: Option<Date>, ends_on: Option<Date>, began_as: Began, ended_as: Ended }
    }

    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut query = Query::new(match universe {
        Universe::Persons => {
            "select p.id, p.sector, cast(null as bigint) as class, p.email <> '' as email,
                    exists (select 1 from phones h where h.person_id = p.id and h.kind = 'mobile'
                             and h.number is not null and h.unusable_at is null) as mobile,
                    (p.postcode <> '' and p.house_number is not null) as address,
                    p.death_reported_at as died_at
               from people p where p.id"
        }
        _ => {
            "select o.id, o.sector, d.norm_nr as class, o.email <> '' as email, o.phone is not null as mobile,
                    (o.postcode <> '' and o.street <> '') as address, cast(null as bigint) as died_at
               from organisations o left join visit_dues d on d.organisation_id = o.id where o.id"
        }
    });
    query.push(" in ").bind_list(ids.iter().copied());
    let found: Vec<Found> = tx.list(query).await?;
    let mut facts: BTreeMap<i64, Facts> = BTreeMap::new();
    let mut died = Vec::new();
    for row in found {
        if let Some(at) = row.died_at {
            died.push((row.id, local(at).date()));
        }
        let reach = Reach { email: row.email, mobile: row.mobile, address: row.address };
        facts.insert(row.id, Facts { stays: vec![], reach, sector: row.sector, class: row.class });
    }

    let mut query = Query::new(match universe {
        Universe::Persons => {
            "select person_id as id, starts_on, ends_on, began_as, ended_as from memberships where person_id"
        }
        _ => {
            "select organisation_id as id, starts_on, ends_on, began_as, ended_as from memberships
              where organisation_id"
        }
    });
    query.push(" in ").bind_list(ids.iter().copied());
    query.push(" order by coalesce(starts_on, ''), id");
    let held: Vec<Held> = tx.list(query).await?;
    for Held { id, starts_on, ends_on, began_as, ended_as } in held {
        let Some(facts) = facts.get_mut(&id) else { continue };
        facts.stays.push(Stay { starts_on, ends_on, began: began_as, ended: ended_as });
    }
    // Whose membership ended with the report of a death did not cancel; who had left before did.
    for (id, reported_on) in died {
        let last = facts.get_mut(&id).and_then(|facts| facts.stays.last_mut());
        if let Some(stay) = last.filter(|stay| stay.ends_on.is_some_and(|end| end >= reported_on)) {
            stay.ended = Ended::Deceased;
        }
    }
    Ok(facts)
}

/// Ids of who holds or held a membership, behind `after`, in order.
pub(super) async fn holders(
    tx: &mut Tx,
    universe: Universe,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>, Error> {
    db::row! { struct Id { id: i64 } }

    let sql = match universe {
        Universe::Persons => {
            "select distinct person_id as id from memberships where person_id > $1 order by person_id limit $2"
        }
        _ => {
            "select distinct organisation_id as id from memberships where organisation_id > $1
              order by organisation_id limit $2"
        }
    };
    let rows: Vec<Id> = tx.all(sql, args![after, limit]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Agreements as they are now, by id: these, or those behind an id.
pub(super) enum Which<'a> {
    These(&'a [i64]),
    Behind(i64, i64),
}

pub(super) async fn agreements(
    tx: &mut Tx,
    which: Which<'_>,
) -> Result<BTreeMap<i64, Agreement>, Error> {
    db::row! {
        struct Found {
            id: i64,
            promised_on: Date,
            done_on: Option<Date>,
            dropped: bool,
            owner: Option<i64>,
            team: Option<i64>,
            sector: Option<String>,
            class: Option<i64>,
        }
    }

    let mut query = Query::new(
        "select a.id, a.promised_on, a.done_on, a.state = 'dropped' as dropped, a.owner_user_id as owner,
                coalesce(a.owner_team_id, u.team_id) as team, o.sector, d.norm_nr as class
           from agreements a
           left join users u on u.id = a.owner_user_id
           left join organisations o on o.id = a.organisation_id
           left join visit_dues d on d.organisation_id = a.organisation_id
          where a.id",
    );
    match which {
        Which::These([]) => return Ok(BTreeMap::new()),
        Which::These(ids) => {
            query.push(" in ").bind_list(ids.iter().copied());
        }
        Which::Behind(after, limit) => {
            query.push(" > ").bind(after).push(" order by a.id limit ").bind(limit);
        }
    }
    let found: Vec<Found> = tx.list(query).await?;
    let agreement = |row: Found| {
        let sector = row.sector.unwrap_or_default();
        let Found { id, promised_on, done_on, dropped, owner, team, class, .. } = row;
        (id, Agreement { promised_on, done_on, dropped, owner, team, sector, class })
    };
    Ok(found.into_iter().map(agreement).collect())
}

/// Whom a line of the log is about, as a member. What was done at a place says for which member it counted on its day: where
/// the place comes under later changes nothing.
pub(crate) fn subject(line: &Line) -> Option<(Universe, i64)> {
    let organisation = line.number("member").or(line.organisation_id.map(|id| id.0));
    match (organisation, line.person_id) {
        (Some(member), _) => Some((Universe::Organisations, member)),
        (None, Some(person)) => Some((Universe::Persons, person.0)),
        (None, None) => None,
    }
}

/// What a line says of contact.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Contact {
    None,
    /// Both sides spoke; a mail alone is no contact.
    Spoke,
    Visited,
}

pub(super) fn contact(line: &Line) -> Contact {
    match line.kind.parse() {
        Ok(EventKind::VisitReported) => Contact::Visited,
        Ok(EventKind::OutcomeLogged) if line.code("reached").as_deref() == Some("yes") => {
            Contact::Spoke
        }
        Ok(EventKind::WishMade)
            if matches!(line.code("source").as_deref(), Some("call" | "visit" | "meeting")) =>
        {
            Contact::Spoke
        }
        _ => Contact::None,
    }
}

/// Which measures a line adds to, and how much.
pub(super) fn flows(line: &Line) -> Vec<(Measure, i64)> {
    let counted = activity::counted_in(line);
    counted
        .into_iter()
        .filter_map(|counted| Some((counted.kind.parse().ok()?, counted.n)))
        .collect()
}

/// Whose work a line is: of a visit the visitor, else whoever did it.
pub(super) fn worker(line: &Line) -> i64 {
    line.number("visitor").unwrap_or(line.actor_id.0)
}
