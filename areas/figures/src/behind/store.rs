use std::collections::BTreeMap;

use activity::Dim;
use db::{Error, Tx};
use figures_rules::Universe;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{OrganisationId, PersonId, UserId};
use people::Sight;

use super::Count;
use crate::named::named;

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
    let (mut persons, mut organisations) = (Vec::new(), Vec::new());
    for row in rows {
        match row.member {
            Member::Person(id) => persons.push(id.0),
            Member::Organisation(id) => organisations.push(id.0),
        }
    }
    let persons = named(tx, Universe::Persons, &persons, sight).await?;
    let organisations = named(tx, Universe::Organisations, &organisations, sight).await?;
    let persons = persons.into_iter().map(|(id, name)| (Member::Person(PersonId(id)), name));
    let organisations = organisations.into_iter();
    let organisations =
        organisations.map(|(id, name)| (Member::Organisation(OrganisationId(id)), name));
    Ok(persons.chain(organisations).collect())
}

impl Row {
    pub(super) fn person(&self) -> Option<PersonId> {
        match self.member {
            Member::Person(id) => Some(id),
            Member::Organisation(_) => None,
        }
    }
}
