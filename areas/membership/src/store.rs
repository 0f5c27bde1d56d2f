use db::{Bulk, Error, Query, Tx, args, new_id};
use jiff::civil::Date;
use kernel::{Event, EventKind, Fact, MembershipId, OrganisationId, PersonId};
use membership_rules::{Began, Ended, Period};
use people::Sight;
use people_rules::organisation::Kind;

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

/// All memberships of an organisation, latest first.
pub(crate) async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Membership>, Error> {
    tx.all(
        "select id, tariff, starts_on, ends_on from memberships where organisation_id = $1
          order by coalesce(starts_on, '') desc, id desc",
        args![organisation],
    )
    .await
}

/// The organisation that holds a membership; `None` for a person's.
pub(crate) async fn organisation_of(
    tx: &mut Tx,
    id: MembershipId,
) -> Result<Option<OrganisationId>, Error> {
    db::row! { struct Found { organisation_id: Option<OrganisationId> } }

    let found: Option<Found> =
        tx.one("select organisation_id from memberships where id = $1", args![id]).await?;
    Ok(found.and_then(|found| found.organisation_id))
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

/// Who holds a membership.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holder {
    Person(PersonId),
    Organisation(OrganisationId),
}

/// Why a membership did not begin or end.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("nobody with this id")]
    NoHolder,
    #[error("there is a membership on that day already")]
    Already,
    #[error("the membership ended before, or ends before it begins")]
    Over,
    #[error(transparent)]
    Broken(#[from] Error),
}

/// The membership of a holder that covers `day`.
pub async fn current(tx: &mut Tx, holder: Holder, day: Date) -> Result<Option<Membership>, Error> {
    let memberships = match holder {
        Holder::Person(person) => of_person(tx, person).await?,
        Holder::Organisation(organisation) => of_organisation(tx, organisation).await?,
    };
    Ok(memberships.into_iter().find(|membership| membership.period().covers(day)))
}

/// One membership with whose it is.
pub async fn by_id(tx: &mut Tx, id: MembershipId) -> Result<Option<(Membership, Holder)>, Error> {
    let mut query = Query::new(
        "select m.id, m.person_id, m.organisation_id, m.tariff, m.starts_on, m.ends_on
           from memberships m where m.id = ",
    );
    query.bind(id);
    let Some(held) = tx.list::<Held>(query).await?.pop() else { return Ok(None) };
    let Held { id, person_id, organisation_id, tariff, starts_on, ends_on } = held;
    let holder = match (person_id, organisation_id) {
        (Some(person), _) => Holder::Person(person),
        (None, Some(organisation)) => Holder::Organisation(organisation),
        (None, None) => return Err(Error::Column("person_id")),
    };
    Ok(Some((Membership { id, tariff, starts_on, ends_on }, holder)))
}

/// Takes the end of a membership back: it goes on as it was.
pub async fn go_on(tx: &mut Tx, id: MembershipId) -> Result<(), Error> {
    let Some((_, holder)) = by_id(tx, id).await? else { return Err(Error::Raced) };
    tx.change_one(
        "update memberships set ends_on = null, ended_as = 'cancelled' where id = $1",
        args![id],
    )
    .await?;
    let (person, organisation) = match holder {
        Holder::Person(person) => (Some(person), None),
        Holder::Organisation(organisation) => (None, Some(organisation)),
    };
    record(tx, id, person, organisation, "goes_on").await
}

/// Takes a membership out as if it had never begun: it covers no day any more (S3). Its id stays with whoever wrote it down.
pub async fn void(tx: &mut Tx, id: MembershipId) -> Result<(), Error> {
    let Some((_, holder)) = by_id(tx, id).await? else { return Err(Error::Raced) };
    tx.execute("delete from membership_phases where membership_id = $1", args![id]).await?;
    tx.change_one("delete from memberships where id = $1", args![id]).await?;
    let (person, organisation) = match holder {
        Holder::Person(person) => (Some(person), None),
        Holder::Organisation(organisation) => (None, Some(organisation)),
    };
    record(tx, id, person, organisation, "void").await
}

/// Begins a membership.
///
/// # Errors
///
/// [`Refused::NoHolder`]; [`Refused::Already`] if the holder has one on that day or after.
pub async fn begin(
    tx: &mut Tx,
    holder: Holder,
    starts_on: Date,
    tariff: &str,
    began: Began,
) -> Result<MembershipId, Refused> {
    let (person, organisation) = match holder {
        Holder::Person(person) => (Some(person), None),
        Holder::Organisation(organisation) => (None, Some(organisation)),
    };
    // Of two who begin one at once, the second sees the first.
    let is_there = match holder {
        Holder::Person(id) => people::person::hold(tx, id).await?,
        Holder::Organisation(id) => people::organisation::hold(tx, id).await?,
    };
    if !is_there {
        return Err(Refused::NoHolder);
    }
    let held: i64 = tx
        .value(
            "select count(*) as value from memberships
              where (person_id = $1 or organisation_id = $2) and (ends_on is null or ends_on >= $3)",
            args![person, organisation, starts_on],
        )
        .await?;
    if held > 0 {
        return Err(Refused::Already);
    }
    let (id, now) = (MembershipId(new_id()), tx.now());
    tx.change_one(
        "insert into memberships (id, person_id, organisation_id, tariff, starts_on, began_as, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![id, person, organisation, tariff, starts_on, began, now],
    )
    .await?;
    record(tx, id, person, organisation, "began").await?;
    Ok(id)
}

/// Ends a membership; `ends_on` is its last day. One that has an end gets another.
///
/// # Errors
///
/// [`Refused::Over`] if it would end before it began.
pub async fn end(
    tx: &mut Tx,
    id: MembershipId,
    ends_on: Date,
    ended: Ended,
) -> Result<(), Refused> {
    db::row! {
        struct Found { person_id: Option<PersonId>, organisation_id: Option<OrganisationId> }
    }

    let found: Option<Found> = tx
        .one(
            "select person_id, organisation_id from memberships
              where id = $1 and (starts_on is null or starts_on <= $2)",
            args![id, ends_on],
        )
        .await?;
    let Found { person_id, organisation_id } = found.ok_or(Refused::Over)?;
    tx.change_one(
        "update memberships set ends_on = $1, ended_as = $2 where id = $3",
        args![ends_on, ended, id],
    )
    .await?;
    record(tx, id, person_id, organisation_id, "ends").await?;
    Ok(())
}

async fn record(
    tx: &mut Tx,
    id: MembershipId,
    person: Option<PersonId>,
    organisation: Option<OrganisationId>,
    change: &'static str,
) -> Result<(), Error> {
    let today = kernel::local(tx.now()).date();
    let mut event = Event::new(EventKind::MembershipChanged, today)
        .with("membership", Fact::Number(id.0))
        .with("change", Fact::Code(change));
    event.person = person;
    event.organisation = organisation;
    activity::record(tx, event).await
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

/// For whom counts what is done at a place: the nearest at or above it with a membership on that day, else the company that it
/// belongs to. See `docs/states.md` §1.
pub async fn member_of(
    tx: &mut Tx,
    place: OrganisationId,
    today: Date,
) -> Result<OrganisationId, Error> {
    db::row! { struct Above { parent_id: Option<OrganisationId>, kind: Kind, is_member: bool } }

    let mut here = place;
    let mut company = None;
    loop {
        let found: Option<Above> = tx
            .one(
                "select o.parent_id, o.kind,
                        exists (select 1 from memberships m where m.organisation_id = o.id
                                and (m.starts_on is null or m.starts_on <= $1)
                                and (m.ends_on is null or m.ends_on >= $2)) as is_member
                   from organisations o where o.id = $3",
                args![today, today, here],
            )
            .await?;
        let Some(Above { parent_id, kind, is_member }) = found else { break };
        if is_member {
            return Ok(here);
        }
        if kind == Kind::Company && company.is_none() {
            company = Some(here);
        }
        match parent_id {
            Some(parent) => here = parent,
            None => break,
        }
    }
    Ok(company.unwrap_or(place))
}
