//! The rows of an export, in pages by key.

use std::collections::HashMap;

use db::{Error, Query, Tx, args};
use import_rules::columns::{Field, Kind};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kernel::{PersonId, local};
use people_rules::person::Draft;

use super::PERSON;

/// Some rows, and where the next page begins; `None` at the end.
pub(super) struct Rows {
    pub rows: Vec<Vec<String>>,
    pub last: Option<i64>,
}

/// The columns of a kind of file.
#[must_use]
pub fn columns(kind: Kind) -> Vec<Field> {
    use Field as F;

    let key = [F::MemberNumber, F::ExternalId];
    let with_key = |own: &[Field]| key.iter().chain(own).copied().collect();
    match kind {
        Kind::Persons => {
            PERSON.iter().copied().chain([F::MemberSince, F::MemberUntil, F::Tariff]).collect()
        }
        Kind::Prospects => PERSON.to_vec(),
        Kind::Memberships => with_key(&[F::MemberSince, F::MemberUntil, F::Tariff]),
        Kind::Consents => with_key(&[
            F::Purpose,
            F::Channel,
            F::Basis,
            F::Date,
            F::Text,
            F::Source,
            F::ValidUntil,
        ]),
        Kind::Objections => with_key(&[F::Channel, F::Purpose, F::Source, F::Words]),
        Kind::Contacts => {
            with_key(&[F::ContactKind, F::Subject, F::Date, F::Source, F::CallMeFrom])
        }
        Kind::Callbacks => with_key(&[F::Date, F::From, F::Until, F::Owner, F::Opening, F::Words]),
        Kind::Organisations => vec![
            F::ExternalId,
            F::Organisation,
            F::Kvk,
            F::BranchNumber,
            F::LegalForm,
            F::Formula,
            F::Sector,
            F::Street,
            F::HouseNumber,
            F::Addition,
            F::Postcode,
            F::Town,
            F::Country,
            F::Phone,
            F::Email,
            F::MemberNumber,
            F::MemberSince,
            F::MemberUntil,
            F::Tariff,
        ],
    }
}

pub(super) async fn page(tx: &mut Tx, kind: Kind, after: i64, limit: i64) -> Result<Rows, Error> {
    match kind {
        Kind::Persons => people(tx, after, limit, true).await,
        Kind::Prospects => people(tx, after, limit, false).await,
        Kind::Memberships => memberships(tx, after, limit).await,
        Kind::Consents => consents(tx, after, limit).await,
        Kind::Objections => objections(tx, after, limit).await,
        Kind::Contacts => contacts(tx, after, limit).await,
        Kind::Callbacks => callbacks(tx, after, limit).await,
        Kind::Organisations => organisations(tx, after, limit).await,
    }
}

db::row! {
    struct MembershipRow { person_id: PersonId, starts_on: Option<Date>, ends_on: Option<Date>, tariff: String }
}

/// Everybody; with the latest membership for persons, and only who never was a member for prospects.
async fn people(tx: &mut Tx, after: i64, limit: i64, all: bool) -> Result<Rows, Error> {
    let page = people::person::page(tx, PersonId(after), limit).await?;
    let last =
        page.last().map(|stored| stored.id.0).filter(|_| i64::try_from(page.len()) == Ok(limit));
    let mut memberships: HashMap<PersonId, MembershipRow> = HashMap::new();
    if let (Some(first), Some(end)) = (page.first(), page.last()) {
        let rows: Vec<MembershipRow> = tx
            .all(
                "select person_id, starts_on, ends_on, tariff from memberships
                  where person_id >= $1 and person_id <= $2 order by person_id, starts_on, id",
                args![first.id, end.id],
            )
            .await?;
        // The last one of each person stays.
        memberships.extend(rows.into_iter().map(|row| (row.person_id, row)));
    }
    let rows = page
        .iter()
        .filter(|stored| all || !memberships.contains_key(&stored.id))
        .map(|stored| {
            let mut row = person_cells(Draft::from(&stored.person));
            if all {
                let membership = memberships.get(&stored.id);
                let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
                row.push(membership.map(|row| day(row.starts_on)).unwrap_or_default());
                row.push(membership.map(|row| day(row.ends_on)).unwrap_or_default());
                row.push(membership.map(|row| row.tariff.clone()).unwrap_or_default());
            }
            row
        })
        .collect();
    Ok(Rows { rows, last })
}

/// In the order of [`PERSON`].
fn person_cells(draft: Draft) -> Vec<String> {
    let Draft {
        member_number,
        external_id,
        initials,
        first_name,
        call_name,
        prefix,
        last_name,
        name: _,
        birth_date,
        sex,
        street,
        house_number,
        addition,
        postcode,
        town,
        country,
        phone,
        mobile,
        email,
        sector,
        employer,
        occupation,
        source,
        interest,
        language,
    } = draft;
    vec![
        member_number,
        external_id,
        initials,
        first_name,
        call_name,
        prefix,
        last_name,
        birth_date,
        sex,
        street,
        house_number,
        addition,
        postcode,
        town,
        country,
        phone,
        mobile,
        email,
        sector,
        employer,
        occupation,
        source,
        interest,
        language,
    ]
}

fn day(at: Timestamp) -> String {
    local(at).date().to_string()
}

/// `2026-11-24 08:30` on the wall.
fn minute(at: Timestamp) -> String {
    local(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn time(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// Turns a page of rows into cells, and says where the next begins.
fn cells<T>(
    page: Vec<T>,
    limit: i64,
    id: impl Fn(&T) -> i64,
    of: impl Fn(T) -> Vec<String>,
) -> Rows {
    let last = page.last().map(id).filter(|_| i64::try_from(page.len()) == Ok(limit));
    Rows { rows: page.into_iter().map(of).collect(), last }
}

db::row! {
    struct Membership {
        id: i64,
        member_number: Option<String>,
        external_id: Option<String>,
        starts_on: Option<Date>,
        ends_on: Option<Date>,
        tariff: String,
    }
}

async fn memberships(tx: &mut Tx, after: i64, limit: i64) -> Result<Rows, Error> {
    let page: Vec<Membership> = tx
        .all(
            "select m.id, p.member_number, p.external_id, m.starts_on, m.ends_on, m.tariff
               from memberships m join people p on p.id = m.person_id
              where m.id > $1 order by m.id limit $2",
            args![after, limit],
        )
        .await?;
    Ok(cells(
        page,
        limit,
        |row| row.id,
        |row| {
            let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
            let key = [row.member_number, row.external_id].map(Option::unwrap_or_default);
            [key.to_vec(), vec![day(row.starts_on), day(row.ends_on), row.tariff]].concat()
        },
    ))
}

db::row! {
    struct Consent {
        id: i64,
        member_number: Option<String>,
        external_id: Option<String>,
        purpose: String,
        channel: String,
        basis: String,
        given_at: Timestamp,
        text_shown: String,
        source: String,
        until_on: Option<String>,
    }
}

async fn consents(tx: &mut Tx, after: i64, limit: i64) -> Result<Rows, Error> {
    let page: Vec<Consent> = tx
        .all(
            "select c.id, p.member_number, p.external_id, c.purpose, c.channel, c.basis, c.given_at,
                    c.text_shown, c.source, c.until_on
               from consents c join people p on p.id = c.person_id
              where c.withdrawn_at is null and c.id > $1 order by c.id limit $2",
            args![after, limit],
        )
        .await?;
    Ok(cells(
        page,
        limit,
        |row| row.id,
        |row| {
            let key = [row.member_number, row.external_id].map(Option::unwrap_or_default);
            let own = vec![
                row.purpose,
                row.channel,
                row.basis,
                day(row.given_at),
                row.text_shown,
                row.source,
                row.until_on.unwrap_or_default(),
            ];
            [key.to_vec(), own].concat()
        },
    ))
}

db::row! {
    struct Objection {
        id: i64,
        member_number: Option<String>,
        external_id: Option<String>,
        channel: String,
        purpose: String,
        source: String,
        words: String,
    }
}

async fn objections(tx: &mut Tx, after: i64, limit: i64) -> Result<Rows, Error> {
    let page: Vec<Objection> = tx
        .all(
            "select o.id, p.member_number, p.external_id, o.channel, o.purpose, o.source, o.words
               from objections o join people p on p.id = o.person_id
              where o.withdrawn_at is null and o.id > $1 order by o.id limit $2",
            args![after, limit],
        )
        .await?;
    Ok(cells(
        page,
        limit,
        |row| row.id,
        |row| {
            let key = [row.member_number, row.external_id].map(Option::unwrap_or_default);
            [key.to_vec(), vec![row.channel, row.purpose, row.source, row.words]].concat()
        },
    ))
}

db::row! {
    struct Contact {
        id: i64,
        member_number: Option<String>,
        external_id: Option<String>,
        kind: String,
        subject: String,
        happened_at: Timestamp,
        source: String,
        call_me_from_at: Option<Timestamp>,
    }
}

async fn contacts(tx: &mut Tx, after: i64, limit: i64) -> Result<Rows, Error> {
    let page: Vec<Contact> = tx
        .all(
            "select c.id, p.member_number, p.external_id, c.kind, c.subject, c.happened_at, c.source,
                    (select max(q.from_at) from call_requests q
                      where q.person_id = c.person_id and q.asked_at = c.happened_at and q.used_at is null)
                    as call_me_from_at
               from contacts c join people p on p.id = c.person_id
              where c.id > $1 order by c.id limit $2",
            args![after, limit],
        )
        .await?;
    Ok(cells(
        page,
        limit,
        |row| row.id,
        |row| {
            let key = [row.member_number, row.external_id].map(Option::unwrap_or_default);
            let call_me_from = row.call_me_from_at.map(minute).unwrap_or_default();
            [
                key.to_vec(),
                vec![row.kind, row.subject, day(row.happened_at), row.source, call_me_from],
            ]
            .concat()
        },
    ))
}

db::row! {
    struct Callback {
        id: i64,
        member_number: Option<String>,
        external_id: Option<String>,
        due_on: Date,
        from_time: Time,
        until_time: Time,
        login: Option<String>,
        opening: Option<String>,
        words: Option<String>,
    }
}

/// Open promises: what another system would have to take over.
async fn callbacks(tx: &mut Tx, after: i64, limit: i64) -> Result<Rows, Error> {
    let page: Vec<Callback> = tx
        .all(
            "select b.id, p.member_number, p.external_id, b.due_on, b.from_time, b.until_time, u.login,
                    b.opening, b.words
               from callbacks b join people p on p.id = b.person_id left join users u on u.id = b.owner_id
              where b.ended_at is null and b.id > $1 order by b.id limit $2",
            args![after, limit],
        )
        .await?;
    Ok(cells(
        page,
        limit,
        |row| row.id,
        |row| {
            let [number, external, login, opening, words] =
                [row.member_number, row.external_id, row.login, row.opening, row.words]
                    .map(Option::unwrap_or_default);
            vec![
                number,
                external,
                row.due_on.to_string(),
                time(row.from_time),
                time(row.until_time),
                login,
                opening,
                words,
            ]
        },
    ))
}

db::row! {
    struct Organisation {
        id: i64,
        external_id: Option<String>,
        name: String,
        kvk: String,
        branch_number: String,
        legal_form: String,
        formula: String,
        sector: String,
        street: String,
        house_number: Option<u32>,
        addition: String,
        postcode: String,
        town: String,
        country: String,
        phone_written: String,
        email: String,
        member_number: Option<String>,
        starts_on: Option<Date>,
        ends_on: Option<Date>,
        tariff: Option<String>,
    }
}

async fn organisations(tx: &mut Tx, after: i64, limit: i64) -> Result<Rows, Error> {
    let mut query = Query::new(
        "select o.id, o.external_id, o.name, o.kvk, o.branch_number, o.legal_form, o.formula, o.sector, o.street,
                o.house_number, o.addition, o.postcode, o.town, o.country, o.phone_written, o.email,
                o.member_number, m.starts_on, m.ends_on, m.tariff
           from organisations o left join memberships m on m.organisation_id = o.id
          where o.id > ",
    );
    query.bind(after).push(" order by o.id limit ").bind(limit);
    let page: Vec<Organisation> = tx.list(query).await?;
    Ok(cells(
        page,
        limit,
        |row| row.id,
        |row| {
            let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
            vec![
                row.external_id.unwrap_or_default(),
                row.name,
                row.kvk,
                row.branch_number,
                row.legal_form,
                row.formula,
                row.sector,
                row.street,
                row.house_number.map(|number| number.to_string()).unwrap_or_default(),
                row.addition,
                row.postcode,
                row.town,
                row.country,
                row.phone_written,
                row.email,
                row.member_number.unwrap_or_default(),
                day(row.starts_on),
                day(row.ends_on),
                row.tariff.unwrap_or_default(),
            ]
        },
    ))
}
