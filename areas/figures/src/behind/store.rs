use std::collections::BTreeMap;

use activity::Dim;
use db::{Error, Query, Tx, args};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{OrganisationId, PersonId, UserId};
use people::Sight;

use super::Count;

/// A member who is counted.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Member {
    Person(PersonId),
    Organisation(OrganisationId),
}

/// What one member adds to a count: 1, or more where it happened more than once on that day.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub member: Member,
    pub n: i64,
    /// Of the last line of the log that counts.
    pub at: Timestamp,
    /// With whom that line counts.
    pub colleague: UserId,
}

/// The rows of a day in the order in which they happened; their sum is the count.
pub(super) async fn rows(
    tx: &mut Tx,
    place: (Dim, i64),
    day: Date,
    count: Count,
) -> Result<Vec<Row>, Error> {
    let mut rows: Vec<Row> = Vec::new();
    for (line, n) in activity::behind(tx, place, day, count.code()).await? {
        let member = match (line.person_id, line.organisation_id) {
            (Some(person), _) => Member::Person(person),
            (None, Some(organisation)) => Member::Organisation(organisation),
            (None, None) => continue,
        };
        let colleague = activity::counts_with(&line);
        match rows.iter_mut().find(|row| row.member == member) {
            Some(row) => (row.n, row.at, row.colleague) = (row.n + n, line.at, colleague),
            None => rows.push(Row { member, n, at: line.at, colleague }),
        }
    }
    rows.retain(|row| row.n != 0);
    Ok(rows)
}

/// What the members are called, as far as this user may see them.
pub(super) async fn names(
    tx: &mut Tx,
    rows: &[Row],
    sight: Sight,
) -> Result<BTreeMap<Member, String>, Error> {
    db::row! { struct Named { id: i64, name: String } }

    let mut found = BTreeMap::new();
    let persons: Vec<i64> = rows.iter().filter_map(Row::person).map(|id| id.0).collect();
    for ids in persons.chunks(500) {
        let mut query = Query::new(
            "select p.id, trim(p.first_name || ' ' || p.prefix) || ' ' || p.surname as name from people p where p.id in (",
        );
        push_ids(&mut query, ids);
        sight.push(&mut query);
        for Named { id, name } in tx.list(query).await? {
            found.insert(Member::Person(PersonId(id)), name.trim().to_owned());
        }
    }
    for row in rows {
        let Member::Organisation(id) = row.member else { continue };
        let name = "select max(name) as value from organisations where id = $1";
        if let Some(name) = tx.value::<Option<String>>(name, args![id]).await? {
            found.insert(row.member, name);
        }
    }
    Ok(found)
}

/// What the colleagues are called with whom the rows count.
pub(super) async fn colleagues(
    tx: &mut Tx,
    rows: &[Row],
) -> Result<BTreeMap<UserId, String>, Error> {
    db::row! { struct Named { id: UserId, name: String } }

    let mut ids: Vec<i64> = rows.iter().map(|row| row.colleague.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = BTreeMap::new();
    for ids in ids.chunks(500) {
        let mut query = Query::new("select u.id, u.name from users u where u.id in (");
        push_ids(&mut query, ids);
        let named: Vec<Named> = tx.list(query).await?;
        found.extend(named.into_iter().map(|named| (named.id, named.name)));
    }
    Ok(found)
}

fn push_ids(query: &mut Query, ids: &[i64]) {
    for (nr, id) in ids.iter().enumerate() {
        if nr > 0 {
            query.push(", ");
        }
        query.bind(*id);
    }
    query.push(")");
}

impl Row {
    pub(super) fn person(&self) -> Option<PersonId> {
        match self.member {
            Member::Person(id) => Some(id),
            Member::Organisation(_) => None,
        }
    }
}
