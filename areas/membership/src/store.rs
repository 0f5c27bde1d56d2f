use db::{Bulk, Error, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{MembershipId, PersonId};
use membership_rules::Period;

db::row! {
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Membership {
        pub id: MembershipId,
        pub tariff: String,
        pub starts_on: Option<Date>,
        pub ends_on: Option<Date>,
    }
}

impl Membership {
    #[must_use]
    pub fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }
}

/// All memberships of a person, latest first.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Membership>, Error> {
    tx.all(
        "select id, tariff, starts_on, ends_on from memberships where person_id = $1
          order by coalesce(starts_on, '') desc, id desc",
        args![person],
    )
    .await
}

/// Inserts first memberships of many people: the log is the caller's, an import is one event.
pub async fn bulk_insert(tx: &mut Tx, rows: &[(PersonId, Membership)]) -> Result<(), Error> {
    let now = tx.now();
    let mut bulk = Bulk::new(
        "insert into memberships (id, person_id, tariff, starts_on, ends_on, created_at) values",
        "",
    );
    for (person, membership) in rows {
        let Membership { id, tariff, starts_on, ends_on } = membership;
        bulk.push(args![*id, *person, tariff, *starts_on, *ends_on, now]);
    }
    bulk.write(tx).await.map(drop)
}

/// What [`put`] did, so that an import can take it back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Written {
    Nothing,
    Added(MembershipId),
    Changed { before: Membership },
}

/// Writes the membership that a file or a form says a person has.
///
/// The same first day means the same membership: its end and tariff are brought up to date. A file
/// without a first day speaks of the latest one. Anything else is another membership.
pub async fn put(
    tx: &mut Tx,
    person: PersonId,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
    tariff: &str,
) -> Result<Written, Error> {
    let known = of_person(tx, person).await?;
    let same = known
        .iter()
        .find(|membership| starts_on.is_some() && membership.starts_on == starts_on)
        .or_else(|| known.iter().find(|membership| starts_on.is_none() || membership.starts_on.is_none()));
    let Some(before) = same else {
        let id = MembershipId(new_id());
        let added = Membership { id, tariff: tariff.to_owned(), starts_on, ends_on };
        bulk_insert(tx, &[(person, added)]).await?;
        return Ok(Written::Added(id));
    };
    let after = Membership {
        id: before.id,
        tariff: if tariff.is_empty() { before.tariff.clone() } else { tariff.to_owned() },
        starts_on: starts_on.or(before.starts_on),
        ends_on,
    };
    if after == *before {
        return Ok(Written::Nothing);
    }
    let before = before.clone();
    restore(tx, &after).await?;
    Ok(Written::Changed { before })
}

/// Writes a membership as it is given over the stored one.
pub async fn restore(tx: &mut Tx, membership: &Membership) -> Result<(), Error> {
    let Membership { id, tariff, starts_on, ends_on } = membership;
    tx.change_one(
        "update memberships set tariff = $1, starts_on = $2, ends_on = $3 where id = $4",
        args![tariff, *starts_on, *ends_on, *id],
    )
    .await
}

pub async fn delete(tx: &mut Tx, id: MembershipId) -> Result<(), Error> {
    tx.execute("delete from memberships where id = $1", args![id]).await.map(drop)
}

