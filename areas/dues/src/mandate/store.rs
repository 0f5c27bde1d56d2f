use db::{Error, Tx, args, new_id};
use dues_rules::mandate::{Ended, Method, State, Unconfirmed, is_reference};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{
    AccountId, Event, EventKind, Fact, Iban, MandateId, MembershipId, OrganisationId, PersonId,
    Pii, local,
};
use vault::KeyRing;

use crate::account::{self, Holder};
use crate::{Broken, creditor};

/// Why a mandate was not given or changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("there is no such membership")]
    NoMembership,
    #[error("the account is of a country that direct debit does not reach")]
    NotSepa,
    #[error("first say under which number the association collects")]
    NoCreditor,
    #[error("another mandate has this reference")]
    ReferenceTaken,
    #[error("a reference has at most 35 letters, digits and / - ? : ( ) . , ' +")]
    WrongReference,
    #[error("the mandate ended")]
    Over,
    #[error("nothing is asked that could be confirmed")]
    NothingAsked,
    #[error(transparent)]
    Unconfirmed(#[from] Unconfirmed),
}

#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Broken(error.into())
    }
}

/// A mandate as it is given, or as another system has it.
#[derive(Clone, Debug)]
pub struct Given {
    pub membership: MembershipId,
    pub iban: Pii<Iban>,
    /// The name on the account.
    pub holder: Pii<String>,
    pub method: Method,
    /// The version of the text that was shown or read out.
    pub wording: Option<i64>,
    pub given_on: Date,
    /// Signed at once; without it a spoken mandate is provisional.
    pub signed_on: Option<Date>,
    /// Of a mandate that another system had; without it one is made.
    pub reference: Option<String>,
    /// The last collection by another system: the next is no first one, and the months count from here.
    pub last_used_on: Option<Date>,
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Mandate {
        pub id: MandateId,
        pub membership_id: MembershipId,
        pub person_id: Option<PersonId>,
        pub organisation_id: Option<OrganisationId>,
        pub account_id: AccountId,
        pub creditor_code: String,
        pub reference: String,
        pub method: Method,
        pub moi_safe: bool,
        pub wording_id: Option<i64>,
        pub state: State,
        pub given_on: Date,
        pub signed_on: Option<Date>,
        pub last_used_on: Option<Date>,
        pub blocked_at: Option<Timestamp>,
        pub ended_as: Option<Ended>,
    }
}

impl Mandate {
    pub(crate) fn whose(&self) -> Holder {
        Holder::of(self.person_id, self.organisation_id)
    }
}

const COLUMNS: &str = "select m.id, m.membership_id, m.person_id, m.organisation_id, m.account_id, m.creditor_code, m.reference,
       m.method, m.moi_safe, m.wording_id, m.state, m.given_on, m.signed_on, m.last_used_on, m.blocked_at, m.ended_as
  from mandates m";

/// Gives a mandate for a membership. It takes the place of the one that was open; the same again, sent twice, is the
/// one that is there.
pub async fn give(tx: &mut Tx, keys: &KeyRing, given: &Given) -> Result<MandateId, Failed> {
    let Given {
        membership,
        iban,
        holder,
        method,
        wording,
        given_on,
        signed_on,
        reference,
        last_used_on,
    } = given;
    let whose = account::holder_of(tx, *membership).await?.ok_or(Refused::NoMembership)?;
    if !iban.reveal().is_sepa() {
        return Err(Refused::NotSepa.into());
    }
    if reference.as_deref().is_some_and(|reference| !is_reference(reference)) {
        return Err(Refused::WrongReference.into());
    }
    let creditor = creditor::current(tx).await?.ok_or(Refused::NoCreditor)?;
    let code = creditor.creditor_code.as_str();
    // Of two who give one at once, the second sees the first.
    hold(tx, whose).await?;
    let account = account::keep(tx, keys, whose, iban, holder).await?;
    let id = MandateId(new_id());
    let reference = reference.clone().unwrap_or_else(|| format!("WL{}", crate::base36(id.0)));
    if let Some(open) = open_of(tx, *membership).await? {
        let is_same = open.account_id == account
            && open.method == *method
            && open.given_on == *given_on
            && (given.reference.is_none() || open.reference == reference);
        if is_same {
            return Ok(open.id);
        }
        end_as(tx, &open, Ended::Replaced).await?;
    }
    let taken: i64 = tx
        .value(
            "select count(*) as value from mandates where creditor_code = $1 and reference = $2",
            args![code, &reference],
        )
        .await?;
    if taken > 0 {
        return Err(Refused::ReferenceTaken.into());
    }
    let state = if signed_on.is_some() { State::Signed } else { State::Provisional };
    // What another system used, the bank knows under this account.
    let told = last_used_on.map(|_| account);
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into mandates (id, membership_id, person_id, organisation_id, account_id, creditor_code, reference, method,
                               moi_safe, wording_id, state, given_on, signed_on, last_used_on, told_account_id, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        args![
            id, *membership, whose.person(), whose.organisation(), account, code, reference, *method,
            method.is_moi_safe(), *wording, state, *given_on, *signed_on, *last_used_on, told, me, now,
        ],
    )
    .await?;
    record(tx, id, whose, if signed_on.is_some() { "signed" } else { "given" }).await?;
    Ok(id)
}

async fn hold(tx: &mut Tx, whose: Holder) -> Result<(), Error> {
    match whose {
        Holder::Person(id) => people::person::hold(tx, id).await.map(drop),
        Holder::Organisation(id) => people::organisation::hold(tx, id).await.map(drop),
    }
}

/// A provisional mandate is signed, by a link, on paper or at the bank.
pub async fn sign(
    tx: &mut Tx,
    id: MandateId,
    method: Method,
    signed_on: Date,
) -> Result<(), Failed> {
    let mandate = by_id(tx, id).await?.filter(is_open).ok_or(Refused::Over)?;
    if mandate.state == State::Signed {
        // The link was opened twice.
        return Ok(());
    }
    tx.change_one(
        "update mandates set state = 'signed', signed_on = $1, method = $2, moi_safe = $3
          where id = $4 and state = 'provisional'",
        args![signed_on, method, method.is_moi_safe(), id],
    )
    .await?;
    Ok(record(tx, id, mandate.whose(), "signed").await?)
}

/// The member, or finance for her, takes it back.
pub async fn end(tx: &mut Tx, id: MandateId) -> Result<(), Failed> {
    let mandate = by_id(tx, id).await?.filter(is_open).ok_or(Refused::Over)?;
    Ok(end_as(tx, &mandate, Ended::ByMember).await?)
}

pub(crate) async fn end_as(tx: &mut Tx, mandate: &Mandate, ended: Ended) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update mandates set state = 'ended', ended_at = $1, ended_as = $2 where id = $3 and ended_at is null",
        args![now, ended, mandate.id],
    )
    .await?;
    tx.execute(
        "update mandate_amendments set dropped_at = $1
          where mandate_id = $2 and confirmed_at is null and dropped_at is null",
        args![now, mandate.id],
    )
    .await?;
    record(tx, mandate.id, mandate.whose(), ended.code()).await
}

/// Nothing is collected by it until somebody spoke with the member.
pub(crate) async fn pause(tx: &mut Tx, mandate: &Mandate) -> Result<(), Error> {
    let now = tx.now();
    tx.execute(
        "update mandates set blocked_at = $1 where id = $2 and blocked_at is null",
        args![now, mandate.id],
    )
    .await?;
    record(tx, mandate.id, mandate.whose(), "paused").await
}

/// Somebody spoke with the member: collecting goes on.
pub async fn resume(tx: &mut Tx, id: MandateId) -> Result<(), Failed> {
    let mandate = by_id(tx, id).await?.filter(is_open).ok_or(Refused::Over)?;
    let resumed = tx
        .execute(
            "update mandates set blocked_at = null where id = $1 and blocked_at is not null",
            args![id],
        )
        .await?;
    if resumed == 1 {
        record(tx, id, mandate.whose(), "resumed").await?;
    }
    Ok(())
}

pub(super) fn is_open(mandate: &Mandate) -> bool {
    mandate.state != State::Ended
}

pub async fn by_id(tx: &mut Tx, id: MandateId) -> Result<Option<Mandate>, Error> {
    let mut query = db::Query::new(COLUMNS);
    query.push(" where m.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// The one that this membership is collected by.
pub async fn open_of(tx: &mut Tx, membership: MembershipId) -> Result<Option<Mandate>, Error> {
    let mut query = db::Query::new(COLUMNS);
    query.push(" where m.ended_at is null and m.membership_id = ").bind(membership);
    Ok(tx.list(query).await?.pop())
}

/// All of somebody, the latest first.
pub async fn held_by(tx: &mut Tx, whose: Holder) -> Result<Vec<Mandate>, Error> {
    let mut query = db::Query::new(COLUMNS);
    match whose {
        Holder::Person(id) => query.push(" where m.person_id = ").bind(id),
        Holder::Organisation(id) => query.push(" where m.organisation_id = ").bind(id),
    };
    query.push(" order by m.id desc limit 20");
    tx.list(query).await
}

pub(super) async fn record(
    tx: &mut Tx,
    id: MandateId,
    whose: Holder,
    change: &'static str,
) -> Result<(), Error> {
    let mut event = Event::new(EventKind::MandateChanged, local(tx.now()).date())
        .with("mandate", Fact::Number(id.0))
        .with("change", Fact::Code(change));
    (event.person, event.organisation) = (whose.person(), whose.organisation());
    activity::record(tx, event).await
}
