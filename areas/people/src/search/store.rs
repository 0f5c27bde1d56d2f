use db::{Error, Query, Tx};
use jiff::civil::Date;
use kernel::{PersonId, PhoneNumber, name_tokens};
use people_rules::search::{Look, looks};

use super::vocabulary::{Vocabulary, after};
use crate::Sight;
use crate::person::Found;

/// How many are asked of the database before they are put in order; a very common beginning of a name
/// shows the first of so many.
const CANDIDATES: i64 = 200;

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
    let exact: Vec<Alternatives> =
        words.iter().map(|word| Alternatives { beginning: word.clone(), others: vec![] }).collect();
    let mut found = ranked(tx, vocabulary, &exact, words, sight, today).await?;
    if found.len() < limit {
        let similar: Vec<Alternatives> = words
            .iter()
            .map(|word| Alternatives { beginning: word.clone(), others: vocabulary.similar(word) })
            .collect();
        if similar.iter().any(|alternatives| !alternatives.others.is_empty()) {
            for person in ranked(tx, vocabulary, &similar, words, sight, today).await? {
                if found.iter().all(|known| known.id != person.id) {
                    found.push(person);
                }
            }
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// What one typed word may stand for: any word that begins like it, or one of the others whole.
struct Alternatives {
    beginning: String,
    others: Vec<String>,
}

impl Alternatives {
    fn push(&self, query: &mut Query, column: &'static str) {
        query.push("(");
        query.push(column).push(" >= ").bind(self.beginning.as_str());
        if let Some(end) = after(&self.beginning) {
            query.push(" and ").push(column).push(" < ").bind(end);
        }
        for other in &self.others {
            query.push(" or ").push(column).push(" = ").bind(other.as_str());
        }
        query.push(")");
    }

    fn count(&self, vocabulary: &Vocabulary) -> u64 {
        let others =
            self.others.iter().map(|word| vocabulary.count(word)).fold(0, u64::saturating_add);
        vocabulary.count(&self.beginning).saturating_add(others)
    }
}

/// People in whose name every word occurs: surnames first, whole words before beginnings, then by name.
///
/// The rarest word leads, chosen here: a database that chooses wrongly reads everybody called Jan.
async fn ranked(
    tx: &mut Tx,
    vocabulary: &Vocabulary,
    words: &[Alternatives],
    typed: &[String],
    sight: Sight,
    today: Date,
) -> Result<Vec<Found>, Error> {
    let mut order: Vec<&Alternatives> = words.iter().collect();
    order.sort_by_key(|word| word.count(vocabulary));
    let Some((lead, rest)) = order.split_first() else { return Ok(vec![]) };

    let mut inner = Query::new("select distinct t.person_id from name_tokens t where ");
    lead.push(&mut inner, "t.token");
    for word in rest {
        inner.push(" and exists (select 1 from name_tokens o where o.person_id = t.person_id and ");
        word.push(&mut inner, "o.token");
        inner.push(")");
    }
    inner.push(" limit ").bind(CANDIDATES);

    let ids: Vec<Id> = tx.list(inner).await?;
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let mut query = crate::person::found_query(today);
    query.push(" and p.id in (");
    for (nr, id) in ids.iter().enumerate() {
        query.push(if nr == 0 { "" } else { ", " }).bind(id.person_id);
    }
    query.push(")");
    sight.push(&mut query);
    let mut found: Vec<Found> = tx.list(query).await?;
    found.sort_by_cached_key(|person| {
        let own = crate::person::tokens(&person.name());
        let whole = typed.iter().filter(|word| own.contains(word)).count();
        // Initials are a word as well (`B.O.`), but people are looked for by their surname.
        let surname = name_tokens(&person.surname);
        let begins = |word: &&String| surname.iter().any(|token| token.starts_with(word.as_str()));
        let in_surname = typed.iter().filter(begins).count();
        (
            std::cmp::Reverse(in_surname),
            std::cmp::Reverse(whole),
            !person.is_member,
            person.name().sort_key(),
            person.id,
        )
    });
    Ok(found)
}

db::row! {
    struct Id { person_id: PersonId }
}
