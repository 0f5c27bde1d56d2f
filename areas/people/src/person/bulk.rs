//! Many people in few statements: one path for a form, the API and an import of a million rows.

use std::sync::Arc;

use db::{Bulk, Error, Tx, Value, args};
use kernel::{PersonId, PhoneId};
use people_rules::person::Person;
use people_rules::search::compact;

use super::words::words;

/// What finds people for a list or a search, and is not needed to match rows that have a key.
pub const FINDING_INDEXES: &[&str] = &[
    "people_sort",
    "people_postcode",
    "people_email",
    "people_town",
    "people_sector",
    "people_birth",
    "phones_number",
    "phones_reversed",
];

/// Inserts people with their numbers and search words. The log is the caller's: an import is one event.
pub async fn insert(tx: &mut Tx, people: &[(PersonId, &Person)]) -> Result<(), Error> {
    let now = tx.now();
    let mut rows = Bulk::new(
        "insert into people (id, member_number, member_number_fold, external_id, initials, first_name,
             call_name, prefix, surname, sort_key, sex, birth_date, street, house_number, addition,
             postcode, town, country, email, email_fold, sector, employer, occupation, source,
             interest, language, created_at, changed_at, version) values",
        "",
    );
    for (id, person) in people {
        let mut row = args![*id];
        row.extend(columns(person));
        row.extend(args![now, now, 1_i64]);
        rows.push(row);
    }
    rows.write(tx).await?;
    insert_phones(tx, people).await?;
    insert_words(tx, people).await
}

/// Writes people over what is stored under their ids, numbers and search words included.
pub async fn update(tx: &mut Tx, people: &[(PersonId, &Person)]) -> Result<(), Error> {
    let now = tx.now();
    for (id, person) in people {
        let mut row = columns(person);
        row.extend(args![now, *id]);
        tx.change_one(
            "update people set member_number = $1, member_number_fold = $2, external_id = $3,
                    initials = $4, first_name = $5, call_name = $6, prefix = $7, surname = $8,
                    sort_key = $9, sex = $10, birth_date = $11, street = $12, house_number = $13,
                    addition = $14, postcode = $15, town = $16, country = $17, email = $18,
                    email_fold = $19, sector = $20, employer = $21, occupation = $22, source = $23,
                    interest = $24, language = $25, changed_at = $26, version = version + 1
              where id = $27",
            row,
        )
        .await?;
        // A number that stays keeps what we learned about it.
        let kept: Vec<&str> =
            person.phones.iter().map(|phone| phone.number.written.as_str()).collect();
        let mut gone = db::Query::new("delete from phones where person_id = ");
        gone.bind(*id);
        for written in &kept {
            gone.push(" and written <> ").bind(*written);
        }
        tx.execute_query(gone).await?;
        tx.execute("delete from name_words where person_id = $1", args![*id]).await?;
    }
    insert_new_phones(tx, people).await?;
    insert_words(tx, people).await
}

/// Takes people out again: the undo of an import that added them.
pub async fn delete(tx: &mut Tx, ids: &[PersonId]) -> Result<u64, Error> {
    let mut gone = 0;
    for id in ids {
        for sql in [
            "delete from phones where person_id = $1",
            "delete from name_words where person_id = $1",
            "delete from consents where person_id = $1",
            "delete from objections where person_id = $1",
            "delete from contacts where person_id = $1",
        ] {
            tx.execute(sql, args![*id]).await?;
        }
        gone += tx.execute("delete from people where id = $1", args![*id]).await?;
    }
    Ok(gone)
}

/// The columns from `member_number` to `language`, in the order of the table.
fn columns(person: &Person) -> Vec<Value> {
    let Person {
        member_number,
        external_id,
        name,
        sex,
        birth_date,
        address,
        phones: _,
        email,
        sector,
        employer,
        occupation,
        source,
        interest,
        language,
    } = person;
    let email_written = email.as_ref().map_or("", |email| email.written.as_str());
    let email_fold =
        email.as_ref().and_then(|email| email.usable.as_ref()).map(kernel::Email::folded);
    args![
        member_number.as_deref(),
        member_number.as_deref().map(compact),
        external_id.as_deref(),
        name.initials.as_str(),
        name.first_name.as_str(),
        name.call_name.as_str(),
        name.prefix.as_str(),
        name.surname.as_str(),
        name.sort_key(),
        *sex,
        *birth_date,
        address.street.as_str(),
        address.house_number,
        address.addition.as_str(),
        address.postcode.as_str(),
        address.town.as_str(),
        address.country.as_str(),
        email_written,
        email_fold.unwrap_or_default(),
        sector.as_str(),
        employer.as_str(),
        occupation.as_str(),
        source.as_str(),
        interest.as_str(),
        language.as_str(),
    ]
}

async fn insert_phones(tx: &mut Tx, people: &[(PersonId, &Person)]) -> Result<(), Error> {
    let mut rows = new_phones();
    for (id, person) in people {
        push_phones(&mut rows, *id, person, &[]);
    }
    rows.write(tx).await.map(drop)
}

/// As [`insert_phones`], for people of whom some numbers are there already.
async fn insert_new_phones(tx: &mut Tx, people: &[(PersonId, &Person)]) -> Result<(), Error> {
    db::row! { struct Written { written: String } }

    let mut rows = new_phones();
    for (id, person) in people {
        let there: Vec<Written> =
            tx.all("select written from phones where person_id = $1", args![*id]).await?;
        let there: Vec<String> = there.into_iter().map(|row| row.written).collect();
        push_phones(&mut rows, *id, person, &there);
    }
    rows.write(tx).await.map(drop)
}

fn new_phones() -> Bulk {
    Bulk::new(
        "insert into phones (id, person_id, kind, position, written, number, reversed) values",
        "",
    )
}

fn push_phones(rows: &mut Bulk, id: PersonId, person: &Person, there: &[String]) {
    for (position, phone) in person.phones.iter().enumerate() {
        let written = &phone.number.written;
        if !there.contains(written) {
            let usable = phone.number.usable.clone();
            let reversed = usable.as_ref().map(kernel::PhoneNumber::reversed);
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            rows.push(args![
                PhoneId(db::new_id()),
                id,
                phone.kind,
                position,
                written,
                usable,
                reversed
            ]);
        }
    }
}

async fn insert_words(tx: &mut Tx, people: &[(PersonId, &Person)]) -> Result<(), Error> {
    let mut rows: Vec<(String, PersonId, Arc<str>)> = Vec::new();
    for (id, person) in people {
        let words = words(&person.name);
        let name: Arc<str> = format!(" {} ", words.join(" ")).into();
        rows.extend(words.into_iter().map(|word| (word, *id, Arc::clone(&name))));
    }
    // In the order of the table: neighbours land on the same page.
    rows.sort_unstable();
    let mut bulk = Bulk::new("insert into name_words (word, person_id, name) values", "");
    for (word, id, name) in rows {
        bulk.push(args![word, id, &*name]);
    }
    bulk.write(tx).await.map(drop)
}
