//! Takes a report in: from the page, from a program, or from a telephone that had no signal. All of it, or nothing.

use db::{Error, Tx, args};
use jiff::civil::Date;
use kernel::{ContactPersonId, OrganisationId, PersonId, VisitId, local};
use people_rules::organisation::NewContactPerson;
use people_rules::person::Draft;
use service_rules::agreement::NewAgreement;
use service_rules::wish::NewWish;
use visits_rules::report::{Field, Refused, State, Write, check};
use visits_rules::way::Point;

use super::store::{self, Failed};
use crate::due;

/// Somebody who is met for the first time.
#[derive(Clone, Debug, Default)]
pub struct Met {
    pub first_name: String,
    pub prefix: String,
    pub last_name: String,
    pub role: String,
    pub mobile: String,
}

/// What was brought home from a visit.
#[derive(Clone, Debug)]
pub struct Report {
    /// The plan, or the report that this amends; none for a visit that nobody planned.
    pub visit: Option<VisitId>,
    pub place: OrganisationId,
    pub visited_on: Date,
    pub writes: Vec<Write>,
    pub met: Vec<Met>,
    /// Who does not work there any more.
    pub left: Vec<ContactPersonId>,
    /// Where the place is: whoever stood there says so.
    pub point: Option<Point>,
    /// With the key that the device made, so that what is sent twice is there once (V3).
    pub agreements: Vec<(Option<String>, NewAgreement)>,
    pub wishes: Vec<(Option<String>, NewWish)>,
    pub key: Option<String>,
}

/// What became of a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reported {
    pub id: VisitId,
    /// Fields in which somebody wrote something else meanwhile: both are kept.
    pub conflicts: Vec<Field>,
}

/// # Errors
///
/// [`Refused`] with what is wrong; nothing is written then.
pub async fn report(tx: &mut Tx, report: &Report, rules: &due::Rules) -> Result<Reported, Failed> {
    let today = local(tx.now()).date();
    if report.visited_on > today {
        return Err(Refused::DayToCome.into());
    }
    let known = match (&report.key, report.visit) {
        (Some(key), None) => store::by_device_key(tx, key).await?,
        (_, Some(id)) => Some(store::by_id(tx, id).await?.ok_or(Error::Raced)?),
        (None, None) => None,
    };
    if known.as_ref().is_some_and(|visit| matches!(visit.state, State::NotMet | State::Dropped)) {
        return Err(Refused::Over.into());
    }
    let place = known.as_ref().map_or(report.place, |visit| visit.place_id);
    let is_first = known.as_ref().is_none_or(|visit| visit.state == State::Planned);

    if let Some(visit) = &known {
        store::lock(tx, visit.id).await?;
    }
    let mut writes = report.writes.clone();
    // Nothing was there to be seen before a first report.
    if is_first {
        for write in &mut writes {
            write.seen_nr = 0;
        }
    }
    for met in &report.met {
        let person = add_person(tx, place, met, report.visited_on).await?;
        let spoke = writes.iter_mut().find(|write| write.field == Field::Spoke);
        if let Some(spoke) = spoke {
            let comma = if spoke.value.is_empty() { "" } else { "," };
            spoke.value += &format!("{comma}{person}");
        } else {
            let value = person.to_string();
            writes.push(Write { field: Field::Spoke, value, seen_nr: 0 });
        }
    }
    if is_first && !writes.iter().any(|write| write.field == Field::Spoke) {
        return Err(Refused::Nobody.into());
    }
    for write in &writes {
        check(write.field, &write.value, report.visited_on)?;
    }
    let member = membership::member_of(tx, place, report.visited_on).await?;
    only_who_speaks_there(tx, &[place, member], &writes).await?;
    for id in &report.left {
        people::contact_person::end_at(tx, &[place, member], *id, report.visited_on).await?;
    }

    let id = match &known {
        Some(visit) if visit.state == State::Reported => visit.id,
        planned => {
            let key = report.key.as_deref();
            store::mark_reported(tx, planned.as_ref(), place, report.visited_on, key).await?
        }
    };
    let (written, conflicts) = store::merge_all(tx, id, &writes).await?;
    if let (false, true, Some(visit)) = (is_first, written, &known) {
        store::changed_report(tx, visit, "amended").await?;
    }
    let lives = writes.iter().find(|write| write.field == Field::Lives);
    if let Some(lives) = lives.filter(|_| written) {
        service::mention::note(tx, &lives.value, service::mention::Thing::Organisation, member.0)
            .await?;
    }
    if let Some(point) = report.point {
        store::put_point(tx, place, point, "visit").await?;
    }
    for (key, agreement) in &report.agreements {
        service::agreement::add(tx, agreement, key.as_deref()).await?;
    }
    // Who was the only one spoken to is the one to tell.
    let spoke = writes.iter().find(|write| write.field == Field::Spoke);
    let only = spoke.and_then(|write| write.value.parse::<PersonId>().ok());
    for (key, wish) in &report.wishes {
        let wish = NewWish { person: wish.person.or(only), ..wish.clone() };
        service::wish::add(tx, &wish, key.as_deref()).await?;
    }
    // Who is due changes with the visit, not a moment later (V6).
    due::refresh(tx, &[member], rules).await?;
    Ok(Reported { id, conflicts })
}

/// Writes down somebody new, in a role that began on the day of the visit at the latest.
async fn add_person(
    tx: &mut Tx,
    place: OrganisationId,
    met: &Met,
    on: Date,
) -> Result<PersonId, Failed> {
    if let Some(known) = known_as(tx, place, met).await? {
        return Ok(known);
    }
    let draft = Draft {
        first_name: met.first_name.clone(),
        prefix: met.prefix.clone(),
        last_name: met.last_name.clone(),
        mobile: met.mobile.clone(),
        ..Draft::default()
    };
    let read = draft.read(on).map_err(|_| Refused::Name)?;
    let person = people::person::add(tx, &read.person).await?;
    let role = met.role.clone();
    let contact = NewContactPerson { person, role, from: Some(on) };
    people::contact_person::add(tx, place, &contact).await?;
    Ok(person)
}

/// Somebody of that name who speaks for the place already: the same form sent twice makes nobody twice.
async fn known_as(
    tx: &mut Tx,
    place: OrganisationId,
    met: &Met,
) -> Result<Option<PersonId>, Error> {
    db::row! { struct Known { person_id: PersonId } }

    let known: Option<Known> = tx
        .one(
            "select c.person_id from contact_persons c join people p on p.id = c.person_id
              where c.organisation_id = $1 and c.until_on is null
                and lower(p.surname) = lower($2) and lower(p.first_name) = lower($3) limit 1",
            args![place, met.last_name.trim(), met.first_name.trim()],
        )
        .await?;
    Ok(known.map(|row| row.person_id))
}

/// Whom one spoke to is somebody who speaks for the place or for the member, now or before.
async fn only_who_speaks_there(
    tx: &mut Tx,
    organisations: &[OrganisationId],
    writes: &[Write],
) -> Result<(), Failed> {
    let Some(spoke) = writes.iter().find(|write| write.field == Field::Spoke) else {
        return Ok(());
    };
    for person in spoke.value.split(',').filter_map(|id| id.parse::<PersonId>().ok()) {
        let mut query =
            db::Query::new("select count(*) as value from contact_persons where person_id = ");
        query.bind(person).push(" and organisation_id in (").bind(organisations[0]);
        for organisation in &organisations[1..] {
            query.push(", ").bind(*organisation);
        }
        query.push(")");
        if tx.value_of::<i64>(query).await? == 0 {
            return Err(Refused::Ids.into());
        }
    }
    Ok(())
}
