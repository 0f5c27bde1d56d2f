use std::collections::{HashMap, HashSet};

use db::{Error, Query, Tx};
use jiff::civil::Date;
use kernel::{PersonId, PersonName, PhoneNumber, name_tokens};
use people_rules::search::{Look, looks};

use super::vocabulary::{Vocabulary, after};
use crate::Sight;
use crate::person::Found;

/// How many are asked of the database before they are put in order; a very common beginning of a name
/// shows the first of so many.
const CANDIDATES: i64 = 200;
/// The same for each reading with a mistake in it.
const CANDIDATES_OF_OTHER: i64 = 20;

/// The people whom a typed text can mean, best first; `limit` at most.
pub async fn search(
    tx: &mut Tx,
    vocabulary: &Vocabulary,
    text: &str,
    sight: Sight,
    today: Date,
    limit: usize,
) -> Result<Vec<Found>, Error> {
    let mut found: Vec<Found> = Vec::new();
    for look in looks(text) {
        let more = match look {
            Look::Name(words) => by_name(tx, vocabulary, &words, sight, today, limit).await?,
            look => by_shape(tx, look, sight, today, limit).await?,
        };
        for person in more {
            if found.iter().all(|known| known.id != person.id) {
                found.push(person);
            }
        }
        if found.len() >= limit {
            break;
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// Everybody with exactly this number: for a caller who rings.
pub async fn by_phone(
    tx: &mut Tx,
    number: &PhoneNumber,
    sight: Sight,
    today: Date,
) -> Result<Vec<Found>, Error> {
    let mut query = crate::person::found_query(today);
    query
        .push(" and p.id in (select person_id from phones where number = ")
        .bind(number.clone())
        .push(")");
    sight.push(&mut query);
    query.push(" order by p.sort_key, p.id limit ").bind(20_i64);
    tx.list(query).await
}

async fn by_shape(
    tx: &mut Tx,
    look: Look,
    sight: Sight,
    today: Date,
    limit: usize,
) -> Result<Vec<Found>, Error> {
    let mut query = crate::person::found_query(today);
    match &look {
        Look::Phone(prefix) => {
            query.push(" and p.id in (select person_id from phones where ");
            push_prefix(&mut query, "number", prefix);
            query.push(" limit ").bind(CANDIDATES).push(")");
        }
        Look::PhoneEnd(reversed) => {
            query.push(" and p.id in (select person_id from phones where ");
            push_prefix(&mut query, "reversed", reversed);
            query.push(" limit ").bind(CANDIDATES).push(")");
        }
        Look::MemberNumber(number) => {
            query.push(" and ");
            push_prefix(&mut query, "p.member_number_fold", number);
        }
        Look::Postcode { postcode, house_number } => {
            query.push(" and p.postcode <> '' and ");
            push_prefix(&mut query, "p.postcode", postcode);
            if let Some(number) = house_number {
                query.push(" and p.house_number = ").bind(*number);
            }
        }
        Look::Email(email) => {
            query.push(" and p.email_fold <> '' and ");
            push_prefix(&mut query, "p.email_fold", email);
        }
        Look::Name(_) => unreachable!("looked for elsewhere"),
    }
    sight.push(&mut query);
    // In the order of the index that finds them, so that none has to be sorted.
    match &look {
        Look::MemberNumber(_) => query.push(" order by p.member_number_fold"),
        Look::Postcode { .. } => query.push(" order by p.postcode, p.house_number"),
        Look::Email(_) => query.push(" order by p.email_fold"),
        _ => query.push(" order by p.sort_key, p.id"),
    };
    query.push(" limit ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
    tx.list(query).await
}

fn push_prefix(query: &mut Query, column: &'static str, prefix: &str) {
    query.push(column).push(" >= ").bind(prefix);
    // An e-mail address may end in a sign whose successor is no text; then the rest is long enough.
    if let Some(end) = after(prefix) {
        query.push(" and ").push(column).push(" < ").bind(end);
    }
}

async fn by_name(
    tx: &mut Tx,
    vocabulary: &Vocabulary,
    words: &[String],
    sight: Sight,
    today: Date,
    limit: usize,
) -> Result<Vec<Found>, Error> {
    let typed = Reading(words.iter().map(|word| Part::Begins(word)).collect());
    let mut found = ranked(tx, vocabulary, &[typed], CANDIDATES, sight, today).await?;
    if found.len() < limit {
        let similar: Vec<Vec<String>> = words.iter().map(|word| vocabulary.similar(word)).collect();
        let others = one_other(words, &similar);
        if !others.is_empty() {
            let more = ranked(tx, vocabulary, &others, CANDIDATES_OF_OTHER, sight, today).await?;
            found.extend(in_turn(more));
        }
    }
    let mut seen = HashSet::new();
    let mut people: Vec<Found> = found.into_iter().map(|(_, person)| person).collect();
    people.retain(|person| seen.insert(person.id));
    people.truncate(limit);
    Ok(people)
}

/// One typed word in one reading of it.
#[derive(Clone, Copy)]
enum Part<'a> {
    Begins(&'a str),
    Is(&'a str),
}

impl Part<'_> {
    fn push(self, query: &mut Query) {
        match self {
            Self::Begins(beginning) => push_prefix(query, "t.word", beginning),
            Self::Is(word) => {
                query.push("t.word = ").bind(word);
            }
        }
    }

    /// How it looks in `name`, where every word stands between two spaces.
    fn within_name(self) -> String {
        match self {
            Self::Begins(beginning) => format!("% {beginning}%"),
            Self::Is(word) => format!("% {word} %"),
        }
    }

    fn count(self, vocabulary: &Vocabulary) -> u64 {
        match self {
            Self::Begins(beginning) => vocabulary.count(beginning),
            Self::Is(word) => vocabulary.count_of(word),
        }
    }

    fn fits(self, token: &str) -> bool {
        match self {
            Self::Begins(beginning) => token.starts_with(beginning),
            Self::Is(word) => token == word,
        }
    }
}

/// What a typed text may mean, word by word.
struct Reading<'a>(Vec<Part<'a>>);

/// Half of how many selects SQLite joins in one statement; who types so many words needs no more of them.
const READINGS_MAX: usize = 250;

/// The readings with one word mistaken, the most likely first.
fn one_other<'a>(words: &'a [String], similar: &'a [Vec<String>]) -> Vec<Reading<'a>> {
    let longest = similar.iter().map(Vec::len).max().unwrap_or(0);
    let mut readings = Vec::new();
    for nth in 0..longest {
        for (mistaken, others) in similar.iter().enumerate() {
            let Some(other) = others.get(nth) else { continue };
            let mut parts: Vec<Part<'_>> = words.iter().map(|word| Part::Begins(word)).collect();
            parts[mistaken] = Part::Is(other);
            readings.push(Reading(parts));
        }
    }
    readings.truncate(READINGS_MAX);
    readings
}

impl Reading<'_> {
    /// People who fit, `limit` at most, beside which reading it is.
    ///
    /// The rarest word leads, chosen here: a database that chooses wrongly reads everybody called Jan.
    fn push(&self, query: &mut Query, vocabulary: &Vocabulary, nr: i64, limit: i64) {
        let mut order = self.0.clone();
        order.sort_by_key(|part| part.count(vocabulary));
        query.push("select person_id, reading from (select t.person_id, ");
        query.bind(nr).push(" as reading from name_words t where ");
        for (nth, part) in order.into_iter().enumerate() {
            if nth == 0 {
                part.push(query);
            } else {
                // A word is letters and digits only, nothing that means something else to `like`.
                query.push(" and t.name like ").bind(part.within_name());
            }
        }
        query.push(" limit ").bind(limit).push(") a");
    }

    /// How well a name fits: few words outside the surname, then few that only begin like the typed one.
    /// Initials are a word as well (`B.O.`), but people are looked for by their surname.
    fn fit(&self, name: &PersonName) -> (usize, usize) {
        let (own, surname) = (crate::person::words(name), name_tokens(&name.surname));
        let count =
            |misses: &dyn Fn(Part<'_>) -> bool| self.0.iter().filter(|part| misses(**part)).count();
        (
            count(&|part| !surname.iter().any(|token| part.fits(token))),
            count(&|part| match part {
                Part::Begins(word) => !own.iter().any(|token| token == word),
                Part::Is(_) => false,
            }),
        )
    }
}

/// People whom one of the readings means, beside the first that does; those who fit best come first.
async fn ranked(
    tx: &mut Tx,
    vocabulary: &Vocabulary,
    readings: &[Reading<'_>],
    limit: i64,
    sight: Sight,
    today: Date,
) -> Result<Vec<(usize, Found)>, Error> {
    let mut inner = Query::new("");
    for (nr, reading) in (0_i64..).zip(readings) {
        inner.push(if nr == 0 { "" } else { " union all " });
        reading.push(&mut inner, vocabulary, nr, limit);
    }
    let mut first: HashMap<PersonId, usize> = HashMap::new();
    for Candidate { person_id, reading } in tx.list::<Candidate>(inner).await? {
        let reading = usize::try_from(reading).map_err(|_| Error::Column("reading"))?;
        first.entry(person_id).and_modify(|known| *known = reading.min(*known)).or_insert(reading);
    }
    if first.is_empty() {
        return Ok(vec![]);
    }
    let mut query = crate::person::found_query(today);
    query.push(" and p.id in (");
    for (nr, id) in first.keys().enumerate() {
        query.push(if nr == 0 { "" } else { ", " }).bind(*id);
    }
    query.push(")");
    sight.push(&mut query);
    let found: Vec<Found> = tx.list(query).await?;
    let mut found: Vec<(usize, Found)> =
        found.into_iter().map(|person| (first[&person.id], person)).collect();
    found.sort_by_cached_key(|(reading, person)| {
        let name = person.name();
        let (outside_surname, only_begin) = readings[*reading].fit(&name);
        (outside_surname, *reading, only_begin, !person.is_member, name.sort_key(), person.id)
    });
    Ok(found)
}

/// Readings take turns, a few people each: what was meant is in sight, even where a more common name is near.
fn in_turn(found: Vec<(usize, Found)>) -> Vec<(usize, Found)> {
    const AT_A_TURN: usize = 2;
    let mut of_reading: HashMap<usize, usize> = HashMap::new();
    let mut turns: Vec<(usize, (usize, Found))> = found
        .into_iter()
        .map(|(reading, person)| {
            let nth = of_reading.entry(reading).or_default();
            *nth += 1;
            (nth.div_ceil(AT_A_TURN), (reading, person))
        })
        .collect();
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().map(|(_, found)| found).collect()
}

db::row! {
    struct Candidate { person_id: PersonId, reading: i64 }
}
