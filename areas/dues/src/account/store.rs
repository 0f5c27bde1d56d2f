use db::{Error, Tx, args, new_id};
use kernel::{AccountId, Iban, MembershipId, OrganisationId, PersonId, Pii};
use vault::{KeyRing, Sealed};

use crate::Broken;

/// Whose account it is: a person's or an organisation's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holder {
    Person(PersonId),
    Organisation(OrganisationId),
}

impl Holder {
    pub(crate) fn of(person: Option<PersonId>, organisation: Option<OrganisationId>) -> Self {
        match (person, organisation) {
            (_, Some(organisation)) => Self::Organisation(organisation),
            (Some(person), None) => Self::Person(person),
            (None, None) => unreachable!("the table holds one of both"),
        }
    }

    pub(crate) fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Organisation(_) => None,
        }
    }

    pub(crate) fn organisation(self) -> Option<OrganisationId> {
        match self {
            Self::Person(_) => None,
            Self::Organisation(organisation) => Some(organisation),
        }
    }
}

/// Who holds a membership; `None` if there is no such membership.
pub(crate) async fn holder_of(
    tx: &mut Tx,
    membership: MembershipId,
) -> Result<Option<Holder>, Error> {
    db::row! { struct Held { person_id: Option<PersonId>, organisation_id: Option<OrganisationId> } }

    let held: Option<Held> = tx
        .one("select person_id, organisation_id from memberships where id = $1", args![membership])
        .await?;
    Ok(held.map(|held| Holder::of(held.person_id, held.organisation_id)))
}

/// The place that a sealed number belongs to.
fn place(id: AccountId) -> String {
    format!("accounts {id}")
}

pub(super) fn seal(
    keys: &KeyRing,
    id: AccountId,
    iban: &Iban,
) -> Result<(Sealed, String), vault::Error> {
    let plain = iban.electronic().as_bytes();
    Ok((keys.seal(&place(id), plain)?, keys.look_up(plain)?))
}

/// The number itself: for a file of the bank, or for whoever may see it.
pub(crate) fn open(keys: &KeyRing, id: AccountId, sealed: &Sealed) -> Result<Pii<Iban>, Broken> {
    let plain = keys.open(&place(id), sealed)?;
    let iban = std::str::from_utf8(&plain).ok().and_then(|text| text.parse().ok());
    iban.map(Pii::new).ok_or(Broken::NoAccount("accounts"))
}

/// Keeps an account of somebody, once: the same number again is the same row.
pub(crate) async fn keep(
    tx: &mut Tx,
    keys: &KeyRing,
    whose: Holder,
    iban: &Pii<Iban>,
    name: &Pii<String>,
) -> Result<AccountId, Broken> {
    let iban = iban.reveal();
    for found in find(tx, keys, iban).await? {
        if found.whose() == whose && found.holder.reveal() == name.reveal() {
            return Ok(found.id);
        }
    }
    let id = AccountId(new_id());
    let (Sealed { key, bytes }, look_up) = seal(keys, id, iban)?;
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into accounts (id, person_id, organisation_id, holder, sealed, key_nr, look_up, country, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            id, whose.person(), whose.organisation(), name.clone(), bytes, key, look_up,
            iban.country(), me, now,
        ],
    )
    .await?;
    Ok(id)
}

db::row! {
    /// Whose an account is, without its number.
    #[derive(Clone, Debug)]
    pub struct Found {
        pub id: AccountId,
        pub person_id: Option<PersonId>,
        pub organisation_id: Option<OrganisationId>,
        pub holder: Pii<String>,
    }
}

impl Found {
    #[must_use]
    pub fn whose(&self) -> Holder {
        Holder::of(self.person_id, self.organisation_id)
    }
}

/// Everybody who has this number with us, whatever key sealed it: a referrer is not paid on the account of whom he brought.
pub async fn find(tx: &mut Tx, keys: &KeyRing, iban: &Iban) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    for look_up in keys.look_ups(iban.electronic().as_bytes()) {
        let rows: Vec<Found> = tx
            .all(
                "select id, person_id, organisation_id, holder from accounts where look_up = $1 order by id",
                args![look_up],
            )
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

db::row! {
    struct Kept { id: AccountId, sealed: Vec<u8>, key_nr: i64 }
}

/// The number of an account as it is shown to everybody who may see that there is one.
pub async fn masked(tx: &mut Tx, keys: &KeyRing, id: AccountId) -> Result<String, Broken> {
    Ok(whole(tx, keys, id).await?.map_or_else(String::new, |iban| iban.reveal().masked()))
}

/// The number itself. Whoever asks for a person writes the line in the read log.
pub(super) async fn whole(
    tx: &mut Tx,
    keys: &KeyRing,
    id: AccountId,
) -> Result<Option<Pii<Iban>>, Broken> {
    let kept: Option<Kept> =
        tx.one("select id, sealed, key_nr from accounts where id = $1", args![id]).await?;
    kept.map(|Kept { id, sealed, key_nr }| open(keys, id, &Sealed { key: key_nr, bytes: sealed }))
        .transpose()
}

/// The account that somebody used last, where a pay-out goes if none is named.
pub(crate) async fn last_of(tx: &mut Tx, whose: Holder) -> Result<Option<AccountId>, Error> {
    tx.value(
        "select max(id) as value from accounts where person_id = $1 or organisation_id = $2",
        args![whose.person(), whose.organisation()],
    )
    .await
}
