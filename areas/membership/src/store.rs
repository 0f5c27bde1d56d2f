use db::{Bulk, Error, Query, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{MembershipId, OrganisationId, PersonId};
use membership_rules::Period;
use people::Sight;

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

db::row! {
    /// A membership with whose it is.
    #[derive(Clone, Debug)]
    pub(crate) struct Held {
        pub id: MembershipId,
        pub person_id: Option<PersonId>,
        pub organisation_id: Option<OrganisationId>,
        pub tariff: String,
        pub starts_on: Option<Date>,
        pub ends_on: Option<Date>,
    }
}

impl Held {
    pub(crate) fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: self.ends_on }
    }
}

/// Which memberships are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub id: Option<MembershipId>,
    pub person: Option<PersonId>,
    pub organisation: Option<OrganisationId>,
    pub after: MembershipId,
    pub limit: i64,
}

/// Memberships by id: of organisations, and of the people whom this user may see.
pub(crate) async fn held(tx: &mut Tx, wanted: Wanted, sight: Sight) -> Result<Vec<Held>, Error> {
    let Wanted { id, person, organisation, after, limit } = wanted;
    let mut query = Query::new(
        "select m.id, m.person_id, m.organisation_id, m.tariff, m.starts_on, m.ends_on
           from memberships m left join people p on p.id = m.person_id
          where (m.person_id is null or (true",
    );
    sight.push(&mut query);
    query.push(")) and m.id > ").bind(after);
    if let Some(id) = id {
        query.push(" and m.id = ").bind(id);
    }
    if let Some(person) = person {
        query.push(" and m.person_id = ").bind(person);
    }
    if let Some(organisation) = organisation {
        query.push(" and m.organisation_id = ").bind(organisation);
    }
    query.push(" order by m.id limit ").bind(limit);
    tx.list(query).await
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
        .or_else(|| {
            known.iter().find(|membership| starts_on.is_none() || membership.starts_on.is_none())
        });
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

/// As [`put`], for the membership of an organisation: it has one at a time.
pub async fn put_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
    tariff: &str,
) -> Result<(), Error> {
    let now = tx.now();
    let changed = tx
        .execute(
            "update memberships set starts_on = coalesce($1, starts_on), ends_on = $2,
                    tariff = case when $3 = '' then tariff else $4 end
              where organisation_id = $5",
            args![starts_on, ends_on, tariff, tariff, organisation],
        )
        .await?;
    if changed == 0 {
        tx.change_one(
            "insert into memberships (id, organisation_id, tariff, starts_on, ends_on, created_at)
             values ($1, $2, $3, $4, $5, $6)",
            args![MembershipId(new_id()), organisation, tariff, starts_on, ends_on, now],
        )
        .await?;
    }
    Ok(())
}

/// Takes the memberships of an organisation out: the undo of an import that added it.
pub async fn delete_of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<(), Error> {
    tx.execute("delete from memberships where organisation_id = $1", args![organisation])
        .await
        .map(drop)
}

/// Takes the memberships of a person out: the undo of an import that added the person.
pub async fn delete_of_person(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    tx.execute("delete from memberships where person_id = $1", args![person]).await.map(drop)
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
