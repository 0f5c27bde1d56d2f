//! Whom a row means.

use std::collections::HashMap;

use db::{Error, Query, Tx};
use import_rules::row::{Key, Refused};
use jiff::civil::Date;
use kernel::{PersonId, fold};
use people_rules::person::Person;

db::row! {
    struct ByKey { id: PersonId, key: String }
}

/// People by their keys: one query for a whole step.
#[derive(Default)]
pub(super) struct Known {
    by_number: HashMap<String, PersonId>,
    by_external: HashMap<String, PersonId>,
}

/// SQLite takes 32,766 values in one statement.
const KEYS_AT_ONCE: usize = 5_000;

impl Known {
    pub(super) async fn load(tx: &mut Tx, keys: &[Key]) -> Result<Self, Error> {
        let mut known = Self::default();
        let numbers = keys.iter().filter_map(|key| match key {
            Key::MemberNumber(number) => Some(number.as_str()),
            Key::ExternalId(_) => None,
        });
        let external = keys.iter().filter_map(|key| match key {
            Key::ExternalId(id) => Some(id.as_str()),
            Key::MemberNumber(_) => None,
        });
        let number =
            "select id, member_number_fold as key from people where member_number_fold in (";
        let external_id = "select id, external_id as key from people where external_id in (";
        for row in find(tx, number, numbers.collect()).await? {
            known.by_number.insert(row.key, row.id);
        }
        for row in find(tx, external_id, external.collect()).await? {
            known.by_external.insert(row.key, row.id);
        }
        Ok(known)
    }

    pub(super) fn get(&self, key: &Key) -> Option<PersonId> {
        match key {
            Key::MemberNumber(number) => self.by_number.get(number).copied(),
            Key::ExternalId(id) => self.by_external.get(id).copied(),
        }
    }

    /// Whether a key is known, without saying whose: for a dry run, whose people are gone again.
    pub(super) fn has(&self, key: &Key) -> bool {
        self.get(key).is_some()
    }

    /// A person of this very step: the next row with the same key means the same person.
    pub(super) fn add(&mut self, key: Key, person: PersonId) {
        match key {
            Key::MemberNumber(number) => self.by_number.insert(number, person),
            Key::ExternalId(id) => self.by_external.insert(id, person),
        };
    }
}

async fn find(tx: &mut Tx, sql: &'static str, keys: Vec<&str>) -> Result<Vec<ByKey>, Error> {
    let mut rows = Vec::new();
    for keys in keys.chunks(KEYS_AT_ONCE) {
        let mut query = Query::new(sql);
        for (nr, key) in keys.iter().enumerate() {
            query.push(if nr == 0 { "" } else { ", " }).bind(*key);
        }
        query.push(")");
        rows.extend(tx.list::<ByKey>(query).await?);
    }
    Ok(rows)
}

db::row! {
    struct Candidate {
        id: PersonId,
        surname: String,
        initials: String,
        birth_date: Option<Date>,
    }
}

/// The person without a key in the file whom we know already: the same surname, and the same birth date
/// and postcode, or the same telephone number, or the same e-mail address. Twins share all but the
/// first letter, so initials that differ are somebody else.
///
/// # Errors
///
/// [`Refused::Several`] if more than one could be meant: we ask, we do not guess.
pub(super) async fn by_rules(
    tx: &mut Tx,
    person: &Person,
) -> Result<Result<Option<PersonId>, Refused>, Error> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let columns = "select p.id, p.surname, p.initials, p.birth_date from people p where ";
    for phone in person.phones.iter().filter_map(|phone| phone.number.usable.clone()) {
        let mut query = Query::new(columns);
        query
            .push("p.id in (select person_id from phones where number = ")
            .bind(phone)
            .push(") limit 50");
        candidates.extend(tx.list::<Candidate>(query).await?);
    }
    if let Some(email) = person.email.as_ref().and_then(|email| email.usable.as_ref()) {
        let mut query = Query::new(columns);
        query.push("p.email_fold <> '' and p.email_fold = ").bind(email.folded()).push(" limit 50");
        candidates.extend(tx.list::<Candidate>(query).await?);
    }
    if !person.address.postcode.is_empty() && person.birth_date.is_some() {
        let mut query = Query::new(columns);
        query
            .push("p.postcode <> '' and p.postcode = ")
            .bind(person.address.postcode.as_str())
            .push(" and p.birth_date = ")
            .bind(person.birth_date)
            .push(" limit 50");
        candidates.extend(tx.list::<Candidate>(query).await?);
    }
    let same_name = |candidate: &Candidate| {
        let first = |initials: &str| fold(initials).chars().next();
        let (theirs, ours) = (first(&candidate.initials), first(&person.name.initials));
        let birth_dates_agree = candidate.birth_date.is_none()
            || person.birth_date.is_none()
            || candidate.birth_date == person.birth_date;
        fold(&candidate.surname) == fold(&person.name.surname)
            && (theirs.is_none() || ours.is_none() || theirs == ours)
            && birth_dates_agree
    };
    let mut meant: Vec<PersonId> = candidates
        .iter()
        .filter(|candidate| same_name(candidate))
        .map(|candidate| candidate.id)
        .collect();
    meant.sort_unstable();
    meant.dedup();
    Ok(match meant.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(Refused::Several),
    })
}
