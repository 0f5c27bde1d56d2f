use db::{Error, Query, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Email, Event, EventKind, Fact, PersonId, PersonName, PhoneNumber, Sex, local};
use people_rules::person::{Address, Person, Phone, PhoneKind, Reach};
use people_rules::search::compact;

use crate::Sight;

/// A person with what the store knows besides.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: PersonId,
    pub person: Person,
    pub death_reported_at: Option<Timestamp>,
    /// Grows with every change; a form that was opened before somebody else's change is refused.
    pub version: i64,
}

db::row! {
    struct Row {
        id: PersonId,
        member_number: Option<String>,
        external_id: Option<String>,
        initials: String,
        first_name: String,
        call_name: String,
        prefix: String,
        surname: String,
        sex: Option<Sex>,
        birth_date: Option<Date>,
        street: String,
        house_number: Option<u32>,
        addition: String,
        postcode: String,
        town: String,
        country: String,
        email: String,
        sector: String,
        employer: String,
        occupation: String,
        source: String,
        interest: String,
        language: String,
        death_reported_at: Option<Timestamp>,
        version: i64,
    }
}

db::row! {
    struct PhoneRow { person_id: PersonId, kind: PhoneKind, written: String, number: Option<PhoneNumber> }
}

const COLUMNS: &str =
    "select p.id, p.member_number, p.external_id, p.initials, p.first_name, p.call_name, p.prefix,
       p.surname, p.sex, p.birth_date, p.street, p.house_number, p.addition, p.postcode, p.town,
       p.country, p.email, p.sector, p.employer, p.occupation, p.source, p.interest, p.language,
       p.death_reported_at, p.version
  from people p where true";

/// Nobody else takes a step with this person until this one is done; whether there is such a person. By a write that changes
/// nothing, because SQLite has no lock of its own for a row.
pub async fn hold(tx: &mut Tx, id: PersonId) -> Result<bool, Error> {
    let sql = "update people set version = version where id = $1";
    Ok(tx.execute(sql, args![id]).await? == 1)
}

/// The person, or `None` if there is none that this user may see.
pub async fn by_id(tx: &mut Tx, id: PersonId, sight: Sight) -> Result<Option<Stored>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" and p.id = ").bind(id);
    sight.push(&mut query);
    Ok(fill(tx, query).await?.pop())
}

/// Whose membership number this is.
pub async fn by_member_number(tx: &mut Tx, number: &str) -> Result<Option<PersonId>, Error> {
    db::row! { struct Id { id: PersonId } }

    let found: Option<Id> = tx
        .one("select id from people where member_number_fold = $1", args![compact(number)])
        .await?;
    Ok(found.map(|row| row.id))
}

/// Whom another system calls so.
pub async fn by_external_id(tx: &mut Tx, external_id: &str) -> Result<Option<PersonId>, Error> {
    db::row! { struct Id { id: PersonId } }

    let found: Option<Id> =
        tx.one("select id from people where external_id = $1", args![external_id]).await?;
    Ok(found.map(|row| row.id))
}

/// Several at once, in the order of their ids.
pub(crate) async fn by_ids(tx: &mut Tx, ids: &[PersonId]) -> Result<Vec<Stored>, Error> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let mut query = Query::new(COLUMNS);
    query.push(" and p.id in (");
    for (nr, id) in ids.iter().enumerate() {
        query.push(if nr == 0 { "" } else { ", " }).bind(*id);
    }
    query.push(") order by p.id");
    fill(tx, query).await
}

/// A page of everybody behind `after`, for an export.
pub async fn page(tx: &mut Tx, after: PersonId, limit: i64) -> Result<Vec<Stored>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" and p.id > ").bind(after).push(" order by p.id limit ").bind(limit);
    fill(tx, query).await
}

async fn fill(tx: &mut Tx, query: Query) -> Result<Vec<Stored>, Error> {
    let rows: Vec<Row> = tx.list(query).await?;
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let mut query =
        Query::new("select person_id, kind, written, number from phones where person_id in (");
    for (nr, row) in rows.iter().enumerate() {
        query.push(if nr == 0 { "" } else { ", " }).bind(row.id);
    }
    query.push(") order by person_id, position");
    let mut phones: Vec<PhoneRow> = tx.list(query).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let own = phones.extract_if(.., |phone| phone.person_id == row.id).map(|phone| Phone {
                kind: phone.kind,
                number: Reach { written: phone.written, usable: phone.number },
            });
            let own = own.collect();
            stored(row, own)
        })
        .collect())
}

fn stored(row: Row, phones: Vec<Phone>) -> Stored {
    let person = Person {
        member_number: row.member_number,
        external_id: row.external_id,
        name: PersonName {
            initials: row.initials,
            first_name: row.first_name,
            call_name: row.call_name,
            prefix: row.prefix,
            surname: row.surname,
        },
        sex: row.sex,
        birth_date: row.birth_date,
        address: Address {
            street: row.street,
            house_number: row.house_number,
            addition: row.addition,
            postcode: row.postcode,
            town: row.town,
            country: row.country,
        },
        phones,
        email: Reach::<Email>::read(&row.email),
        sector: row.sector,
        employer: row.employer,
        occupation: row.occupation,
        source: row.source,
        interest: row.interest,
        language: row.language,
    };
    Stored { id: row.id, person, death_reported_at: row.death_reported_at, version: row.version }
}

/// # Errors
///
/// [`Error::Duplicate`] if the member number or the external key is somebody's already.
pub async fn add(tx: &mut Tx, person: &Person) -> Result<PersonId, Error> {
    let id = PersonId(new_id());
    super::bulk::insert(tx, &[(id, person)]).await?;
    let day = local(tx.now()).date();
    activity::record(tx, Event::new(EventKind::PersonAdded, day).about(id)).await?;
    Ok(id)
}

/// # Errors
///
/// [`Error::Raced`] if somebody changed the person since `version` was read.
pub async fn change(tx: &mut Tx, id: PersonId, version: i64, person: &Person) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update people set changed_at = $1 where id = $2 and version = $3",
        args![now, id, version],
    )
    .await?;
    super::bulk::update(tx, &[(id, person)]).await?;
    activity::record(tx, Event::new(EventKind::PersonChanged, local(now).date()).about(id)).await
}

/// Somebody told us that the person died: no list offers this person from now on, and nothing that waits is sent. The
/// membership ends by the statutes, not here.
pub async fn report_death(tx: &mut Tx, id: PersonId) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update people set death_reported_at = $1, version = version + 1
          where id = $2 and death_reported_at is null",
        args![now, id],
    )
    .await?;
    mail::stop(tx, id).await?;
    activity::record(tx, Event::new(EventKind::DeathReported, local(now).date()).about(id)).await
}

db::row! {
    /// A person in a list.
    #[derive(Clone, Debug)]
    pub struct Found {
        pub id: PersonId,
        pub member_number: Option<String>,
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
        pub sex: Option<Sex>,
        pub birth_date: Option<Date>,
        pub town: String,
        pub postcode: String,
        pub employer: String,
        pub sector: String,
        pub is_member: bool,
        pub was_member: bool,
    }
}

impl Found {
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
}

/// The beginning of a list of people; conditions follow. Membership is a function of dates (`today`).
pub(crate) fn found_query(today: Date) -> Query {
    let mut query = Query::new(
        "select p.id, p.member_number, p.initials, p.first_name, p.call_name, p.prefix, p.surname,
                p.sex, p.birth_date, p.town, p.postcode, p.employer, p.sector,
                exists (select 1 from memberships m where m.person_id = p.id
                        and (m.starts_on is null or m.starts_on <= ",
    );
    query.bind(today).push(") and (m.ends_on is null or m.ends_on >= ").bind(today).push(
        ")) as is_member,
                exists (select 1 from memberships m where m.person_id = p.id) as was_member
           from people p where true",
    );
    query
}

/// The person for a list, whoever asks: for the desk, which has its own reason.
pub async fn find(tx: &mut Tx, id: PersonId, today: Date) -> Result<Option<Found>, Error> {
    let mut query = found_query(today);
    query.push(" and p.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// How many people there are, for an installation that is still empty.
pub async fn is_empty(tx: &mut Tx) -> Result<bool, Error> {
    let some: i64 = tx
        .value("select count(*) as value from (select id from people limit 1) as first", args![])
        .await?;
    Ok(some == 0)
}

/// Marks a number as one on which this person cannot be reached.
pub async fn number_is_wrong(
    tx: &mut Tx,
    person: PersonId,
    number: &PhoneNumber,
) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update phones set unusable_at = $1, unusable_why = 'wrong_number'
          where person_id = $2 and number = $3 and unusable_at is null",
        args![now, person, number.clone()],
    )
    .await?;
    let event = Event::new(EventKind::PersonChanged, local(now).date())
        .about(person)
        .with("fields", Fact::Number(1));
    activity::record(tx, event).await
}

kernel::codes! {
    /// What somebody is to the association on a day, by the dates of memberships.
    pub enum Standing {
        Member = "member",
        Former = "former",
        /// Never was a member.
        Stranger = "none",
    }
}

/// Pushes a condition over the people `p`, with `and` before it.
pub fn push_standing(query: &mut Query, standing: Standing, today: Date) {
    const EVER: &str = "exists (select 1 from memberships m where m.person_id = p.id";
    let now = |query: &mut Query| {
        query
            .push(EVER)
            .push(" and (m.starts_on is null or m.starts_on <= ")
            .bind(today)
            .push(") and (m.ends_on is null or m.ends_on >= ")
            .bind(today)
            .push("))");
    };
    match standing {
        Standing::Member => {
            query.push(" and ");
            now(query);
        }
        Standing::Former => {
            query.push(" and ").push(EVER).push(") and not ");
            now(query);
        }
        Standing::Stranger => {
            query.push(" and not ").push(EVER).push(")");
        }
    }
}
