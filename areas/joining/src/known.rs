//! Who may already be there: looked for by index in what was typed so far, also among a million.

use db::{Error, Query, Tx, args};
use jiff::civil::Date;
use joining_rules::same::Alike;
use kernel::{Email, Iban, PersonId, PersonName, PhoneNumber, fold};
use vault::KeyRing;

/// What was typed so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    pub name: Option<&'a PersonName>,
    pub born: Option<Date>,
    pub email: Option<&'a Email>,
    pub phones: &'a [PhoneNumber],
    pub iban: Option<&'a Iban>,
}

/// Somebody who looks the same.
#[derive(Clone, Debug)]
pub struct Known {
    pub id: PersonId,
    pub name: PersonName,
    pub born: Option<Date>,
    pub town: String,
    pub is_member: bool,
    pub alike: Alike,
}

db::row! {
    struct Row {
        id: PersonId,
        initials: String,
        first_name: String,
        call_name: String,
        prefix: String,
        surname: String,
        birth_date: Option<Date>,
        town: String,
        email_fold: String,
        is_member: bool,
    }
}

/// So many are read for each thing that was typed. One birthday has some forty among a million.
const CANDIDATES: i64 = 200;
/// So many are shown.
const SHOWN: usize = 5;

/// Who looks the same, the most likely first.
pub async fn alike(
    tx: &mut Tx,
    keys: &KeyRing,
    asked: Asked<'_>,
    today: Date,
) -> Result<Vec<Known>, Error> {
    let mut found: Vec<Known> = Vec::new();
    if let (Some(_), Some(born)) = (asked.name, asked.born) {
        let mut query = query(today);
        query.push(" and p.birth_date = ").bind(born);
        take(tx, query, asked, &mut found, |_| {}).await?;
    }
    if let Some(email) = asked.email {
        let mut query = query(today);
        query.push(" and p.email_fold <> '' and p.email_fold = ").bind(email.folded());
        take(tx, query, asked, &mut found, |alike| alike.email = true).await?;
    }
    for phone in asked.phones {
        let mut query = query(today);
        query.push(" and p.id in (select person_id from phones where number = ");
        query.bind(phone.clone()).push(")");
        take(tx, query, asked, &mut found, |alike| alike.phone = true).await?;
    }
    if let Some(iban) = asked.iban {
        for account in dues::account::find(tx, keys, iban).await? {
            let Some(person) = account.person_id else { continue };
            let mut query = query(today);
            query.push(" and p.id = ").bind(person);
            take(tx, query, asked, &mut found, |alike| alike.account = true).await?;
        }
    }
    found.retain(|known| known.alike.is_shown());
    found.sort_by_key(|known| (!known.alike.is_likely(), !known.is_member, known.id));
    found.truncate(SHOWN);
    Ok(found)
}

fn query(today: Date) -> Query {
    let mut query = Query::new(
        "select p.id, p.initials, p.first_name, p.call_name, p.prefix, p.surname, p.birth_date, p.town, p.email_fold,
                exists (select 1 from memberships m where m.person_id = p.id and (m.ends_on is null or m.ends_on >= ",
    );
    query.bind(today).push(")) as is_member from people p where p.death_reported_at is null");
    query
}

async fn take(
    tx: &mut Tx,
    mut query: Query,
    asked: Asked<'_>,
    found: &mut Vec<Known>,
    mark: impl Fn(&mut Alike),
) -> Result<(), Error> {
    query.push(" limit ").bind(CANDIDATES);
    for row in tx.list::<Row>(query).await? {
        let id = row.id;
        if found.iter().all(|known| known.id != id) {
            found.push(compare(row, asked));
        }
        if let Some(known) = found.iter_mut().find(|known| known.id == id) {
            mark(&mut known.alike);
        }
    }
    Ok(())
}

fn compare(row: Row, asked: Asked<'_>) -> Known {
    let Row { id, initials, first_name, call_name, prefix, surname, .. } = row;
    let name = PersonName { initials, first_name, call_name, prefix, surname };
    let alike = Alike {
        name: asked.name.is_some_and(|typed| is_same_name(typed, &name)),
        birth: asked.born.is_some() && asked.born == row.birth_date,
        email: asked.email.is_some_and(|email| email.folded() == row.email_fold),
        phone: false,
        account: false,
    };
    Known { id, name, born: row.birth_date, town: row.town, is_member: row.is_member, alike }
}

/// The surname, and the first letter of the given name where both are known.
fn is_same_name(one: &PersonName, other: &PersonName) -> bool {
    let first = |name: &PersonName| {
        let given = [&name.call_name, &name.first_name, &name.initials];
        let given = given.into_iter().find(|given| !given.is_empty());
        given.and_then(|given| fold(given).chars().next())
    };
    let letters = (first(one), first(other));
    fold(&one.surname) == fold(&other.surname)
        && !matches!(letters, (Some(one), Some(other)) if one != other)
}

/// Whether somebody has a membership today or later.
pub(crate) async fn is_member(tx: &mut Tx, person: PersonId, today: Date) -> Result<bool, Error> {
    let held: i64 = tx
        .value(
            "select count(*) as value from memberships where person_id = $1 and (ends_on is null or ends_on >= $2)",
            args![person, today],
        )
        .await?;
    Ok(held > 0)
}
