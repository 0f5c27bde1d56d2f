use db::{Error, Query, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{
    ContactPersonId, Event, EventKind, Fact, OrganisationId, PersonId, PersonName, PhoneNumber,
    local,
};
use people_rules::organisation::NewContactPerson;
use texts::Texts;

use crate::Sight;

db::row! {
    /// A person in a role at an organisation.
    #[derive(Clone, Debug)]
    pub struct Spokesperson {
        pub id: ContactPersonId,
        pub person_id: PersonId,
        pub role: String,
        pub from_on: Option<Date>,
        /// The last day of the role.
        pub until_on: Option<Date>,
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
        pub phone: Option<PhoneNumber>,
        pub email: String,
    }
}

impl Spokesperson {
    #[must_use]
    pub fn name(&self) -> PersonName {
        PersonName {
            initials: self.initials.clone(),
            first_name: self.first_name.clone(),
            call_name: self.call_name.clone(),
            prefix: self.prefix.clone(),
            surname: self.surname.clone(),
        }
    }

    pub(crate) fn period(&self, t: &Texts) -> String {
        period(t, self.from_on, self.until_on)
    }

    /// Nobody holds a role that ended.
    pub(crate) fn is_past(&self) -> bool {
        self.until_on.is_some()
    }
}

/// `sinds 1 maart 2024`, `tot en met 1 mei 2026`, or nothing if nothing is known.
pub(super) fn period(t: &Texts, from: Option<Date>, until: Option<Date>) -> String {
    match (from, until) {
        (None, None) => String::new(),
        (Some(from), None) => t.with("people-since", "day", t.date(from)),
        (None, Some(until)) => t.with("people-contact-person-until", "day", t.date(until)),
        (Some(from), Some(until)) => t.with2(
            "people-contact-person-from-until",
            "from",
            t.date(from),
            "until",
            t.date(until),
        ),
    }
}

/// The contact persons whom somebody may see, and how many there are besides.
#[derive(Debug)]
pub struct Contacts {
    /// Those who are it now first.
    pub shown: Vec<Spokesperson>,
    pub hidden: i64,
}

impl Contacts {
    /// Everybody named, once.
    #[must_use]
    pub fn people(&self) -> Vec<PersonId> {
        let mut people: Vec<PersonId> =
            self.shown.iter().map(|contact| contact.person_id).collect();
        people.sort_unstable();
        people.dedup();
        people
    }
}

const SHOWN_MAX: i64 = 100;

const COLUMNS: &str = "select c.id, c.person_id, c.role, c.from_on, c.until_on, p.initials, p.first_name, p.call_name,
       p.prefix, p.surname, p.email,
       (select f.number from phones f where f.person_id = p.id and f.number is not null
               and f.unusable_at is null order by f.position limit 1) as phone
  from contact_persons c join people p on p.id = c.person_id where ";

/// The reading of their names is logged by whoever shows them.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
    sight: Sight,
) -> Result<Contacts, Error> {
    let all: i64 = tx
        .value(
            "select count(*) as value from contact_persons where organisation_id = $1",
            args![organisation],
        )
        .await?;
    let mut query = Query::new(COLUMNS);
    query.push("c.organisation_id = ").bind(organisation);
    sight.push(&mut query);
    query.push(" order by c.until_on is not null, p.sort_key, c.id limit ").bind(SHOWN_MAX);
    let shown: Vec<Spokesperson> = tx.list(query).await?;
    let hidden = all - i64::try_from(shown.len()).unwrap_or(all);
    Ok(Contacts { shown, hidden })
}

/// One of them, or `None` if this user may not see that person.
pub(super) async fn by_id(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ContactPersonId,
    sight: Sight,
) -> Result<Option<Spokesperson>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push("c.organisation_id = ").bind(organisation).push(" and c.id = ").bind(id);
    sight.push(&mut query);
    Ok(tx.list(query).await?.pop())
}

/// # Errors
///
/// [`Error::Duplicate`] if this person is a contact person of this organisation already.
pub async fn add(
    tx: &mut Tx,
    organisation: OrganisationId,
    contact: &NewContactPerson,
) -> Result<ContactPersonId, Error> {
    let NewContactPerson { person, role, from } = contact;
    let id = ContactPersonId(new_id());
    let now = tx.now();
    tx.change_one(
        "insert into contact_persons (id, organisation_id, person_id, role, from_on, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![id, organisation, *person, role, *from, now],
    )
    .await?;
    record(tx, organisation, *person, "added").await?;
    Ok(id)
}

/// Ends a role with its last day; the row stays, because it says who spoke then.
///
/// # Errors
///
/// [`Error::Raced`] if it was ended already.
pub async fn end(
    tx: &mut Tx,
    organisation: OrganisationId,
    contact: &Spokesperson,
    until: Date,
) -> Result<(), Error> {
    tx.change_one(
        "update contact_persons set until_on = $1 where id = $2 and organisation_id = $3 and until_on is null",
        args![until, contact.id, organisation],
    )
    .await?;
    record(tx, organisation, contact.person_id, "ended").await
}

/// Ends a role at one of these organisations; one that ended already, or is elsewhere, stays as it is.
pub async fn end_at(
    tx: &mut Tx,
    organisations: &[OrganisationId],
    id: ContactPersonId,
    until: Date,
) -> Result<(), Error> {
    db::row! {
        struct Open {
            person_id: PersonId,
            organisation_id: OrganisationId,
            from_on: Option<Date>,
        }
    }

    let open: Option<Open> = tx
        .one(
            "select person_id, organisation_id, from_on from contact_persons
              where id = $1 and until_on is null",
            args![id],
        )
        .await?;
    let open = open.filter(|open| organisations.contains(&open.organisation_id));
    let Some(Open { person_id, organisation_id, from_on }) = open else { return Ok(()) };
    let until = from_on.map_or(until, |from| from.max(until));
    tx.change_one(
        "update contact_persons set until_on = $1 where id = $2 and until_on is null",
        args![until, id],
    )
    .await?;
    record(tx, organisation_id, person_id, "ended").await
}

async fn record(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    change: &'static str,
) -> Result<(), Error> {
    let event = Event::new(EventKind::ContactPersonChanged, local(tx.now()).date())
        .about(person)
        .of_organisation(organisation)
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

db::row! {
    /// An organisation for which a person speaks.
    #[derive(Debug)]
    pub(super) struct SpeaksFor {
        pub organisation_id: OrganisationId,
        pub organisation: String,
        pub role: String,
        pub from_on: Option<Date>,
        pub until_on: Option<Date>,
    }
}

/// For whom a person speaks and spoke, current roles first.
pub(super) async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<SpeaksFor>, Error> {
    tx.all(
        "select c.organisation_id, o.name as organisation, c.role, c.from_on, c.until_on
           from contact_persons c join organisations o on o.id = c.organisation_id
          where c.person_id = $1
          order by c.until_on is not null, o.sort_key, c.id
          limit 50",
        args![person],
    )
    .await
}
