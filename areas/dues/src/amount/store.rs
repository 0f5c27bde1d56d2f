use db::{Error, Query, Tx, args, new_id};
use dues_rules::amount::{Cancelled, Kind, Purpose, State, Told, was_told};
use dues_rules::returned::Action;
use jiff::civil::Date;
use kernel::{
    AccountId, Cents, DueId, Event, EventKind, Fact, MembershipId, OrganisationId, PaymentRunId,
    PersonId, local,
};

use crate::Broken;
use crate::account::{self, Holder, holder_of};

/// Why an amount was not made or changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("there is no such membership")]
    NoMembership,
    #[error("an amount is more than nothing")]
    Nothing,
    /// It is on its way, came in, or is over.
    #[error("an amount that is {0} cannot be changed so")]
    NotNow(State),
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

/// What a tariff says somebody pays, and the version by which it says so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Priced {
    pub cents: Cents,
    /// The row of the tariff; none if it was set by hand.
    pub version: Option<i64>,
    pub class: String,
}

/// What a member owes for a period.
#[derive(Clone, Debug)]
pub struct NewDue {
    pub membership: MembershipId,
    /// `2027-01`, `2027-q1`, `2027`, or what is settled: once per membership and purpose.
    pub period: String,
    pub purpose: Purpose,
    /// The first day that it pays for: what is for days after a membership is not asked.
    pub for_day: Date,
    /// Not collected before this day.
    pub due_on: Date,
    pub priced: Priced,
}

/// Writes down what a member owes. `None` if that was done before: each is there once (P1).
///
/// As long as amount and day stay the same, one notice is enough (domain facts §6.1): then it is announced already.
pub async fn due(tx: &mut Tx, new: &NewDue) -> Result<Option<DueId>, Failed> {
    let NewDue { membership, period, purpose, for_day, due_on, priced } = new;
    let Priced { cents, version, class } = priced;
    if cents.0 <= 0 {
        return Err(Refused::Nothing.into());
    }
    let whose = holder_of(tx, *membership).await?.ok_or(Refused::NoMembership)?;
    let announced = was_told(*purpose, told_before(tx, new).await?, *cents, *due_on);
    let row = New {
        kind: Kind::Collection,
        membership: *membership,
        whose,
        period,
        purpose: *purpose,
        cents: *cents,
        version: *version,
        class: Some(class),
        for_day: *for_day,
        due_on: *due_on,
        announced_on: announced,
        account: None,
        against: None,
    };
    Ok(insert(tx, row).await?)
}

/// What the member was told of the period before.
async fn told_before(tx: &mut Tx, new: &NewDue) -> Result<Option<Told>, Error> {
    db::row! { struct Before { cents: Cents, planned_on: Date, announced_on: Option<Date> } }

    let before: Option<Before> = tx
        .one(
            "select cents, planned_on, announced_on from dues
              where membership_id = $1 and kind = 'collection' and purpose = $2 and for_day < $3
              order by for_day desc, id desc limit 1",
            args![new.membership, new.purpose, new.for_day],
        )
        .await?;
    Ok(before.and_then(|Before { cents, planned_on, announced_on }| {
        Some(Told { cents, from: planned_on, on: announced_on? })
    }))
}

/// What we owe a member: a bonus, or money that goes back.
#[derive(Clone, Debug)]
pub struct NewPayOut {
    pub membership: MembershipId,
    /// What it is for, once per membership and purpose: the code of a referral.
    pub for_what: String,
    pub purpose: Purpose,
    pub cents: Cents,
    /// To this account; without it to the one that is collected from, or was used last.
    pub account: Option<AccountId>,
}

/// Writes down what we owe a member; a run pays it. `None` if that was done before.
pub async fn pay_out(tx: &mut Tx, new: &NewPayOut) -> Result<Option<DueId>, Failed> {
    pay_against(tx, new, None).await
}

pub(super) async fn pay_against(
    tx: &mut Tx,
    new: &NewPayOut,
    against: Option<DueId>,
) -> Result<Option<DueId>, Failed> {
    let NewPayOut { membership, for_what, purpose, cents, account } = new;
    if cents.0 <= 0 {
        return Err(Refused::Nothing.into());
    }
    let whose = holder_of(tx, *membership).await?.ok_or(Refused::NoMembership)?;
    let account = match account {
        Some(account) => Some(*account),
        None => match crate::mandate::open_of(tx, *membership).await? {
            Some(mandate) => Some(mandate.account_id),
            None => account::last_of(tx, whose).await?,
        },
    };
    let today = local(tx.now()).date();
    let row = New {
        kind: Kind::PayOut,
        membership: *membership,
        whose,
        period: for_what,
        purpose: *purpose,
        cents: *cents,
        version: None,
        class: None,
        for_day: today,
        due_on: today,
        announced_on: None,
        account,
        against,
    };
    Ok(insert(tx, row).await?)
}

/// The columns that a new amount has.
struct New<'a> {
    kind: Kind,
    membership: MembershipId,
    whose: Holder,
    period: &'a str,
    purpose: Purpose,
    cents: Cents,
    version: Option<i64>,
    class: Option<&'a String>,
    for_day: Date,
    due_on: Date,
    announced_on: Option<Date>,
    account: Option<AccountId>,
    against: Option<DueId>,
}

async fn insert(tx: &mut Tx, new: New<'_>) -> Result<Option<DueId>, Error> {
    let New {
        kind,
        membership,
        whose,
        period,
        purpose,
        cents,
        version,
        class,
        for_day,
        due_on,
        announced_on,
        account,
        against,
    } = new;
    let (id, me, now) = (DueId(new_id()), tx.actor().user, tx.now());
    let added = tx
        .execute(
            "insert into dues (id, kind, membership_id, person_id, organisation_id, period, purpose, cents, tariff_version,
                               tariff_class, for_day, planned_on, due_on, announced_on, account_id, against_id, state,
                               tries, made_by, made_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'due', 0, $17, $18)
             on conflict do nothing",
            args![
                id, kind, membership, whose.person(), whose.organisation(), period, purpose, cents, version,
                class.cloned(), for_day, due_on, due_on, announced_on, account, against, me, now,
            ],
        )
        .await?;
    if added == 0 {
        return Ok(None);
    }
    record(tx, id, whose, cents, "asked", None).await?;
    Ok(Some(id))
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Due {
        pub id: DueId,
        pub kind: Kind,
        pub membership_id: MembershipId,
        pub person_id: Option<PersonId>,
        pub organisation_id: Option<OrganisationId>,
        pub period: String,
        pub purpose: Purpose,
        pub cents: Cents,
        pub tariff_version: Option<i64>,
        pub tariff_class: Option<String>,
        pub for_day: Date,
        pub due_on: Date,
        pub announced_on: Option<Date>,
        pub account_id: Option<AccountId>,
        pub state: State,
        pub run_id: Option<PaymentRunId>,
        pub tries: i64,
        pub paid_on: Option<Date>,
        pub returned_on: Option<Date>,
        pub returned_code: Option<String>,
        pub waits_as: Option<Action>,
        pub goes_back_why: Option<Cancelled>,
        pub cancelled_why: Option<Cancelled>,
    }
}

impl Due {
    pub(crate) fn whose(&self) -> Holder {
        Holder::of(self.person_id, self.organisation_id)
    }
}

pub(super) const COLUMNS: &str = "select d.id, d.kind, d.membership_id, d.person_id, d.organisation_id, d.period, d.purpose, d.cents,
       d.tariff_version, d.tariff_class, d.for_day, d.due_on, d.announced_on, d.account_id, d.state, d.run_id, d.tries,
       d.paid_on, d.returned_on, d.returned_code, d.waits_as, d.goes_back_why, d.cancelled_why
  from dues d";

pub async fn by_id(tx: &mut Tx, id: DueId) -> Result<Option<Due>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where d.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// All amounts of a membership, the latest first.
pub async fn of_membership(
    tx: &mut Tx,
    membership: MembershipId,
    limit: i64,
) -> Result<Vec<Due>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where d.membership_id = ").bind(membership);
    query.push(" order by d.for_day desc, d.id desc limit ").bind(limit);
    tx.list(query).await
}

/// What a member owes on a day and did not pay: amounts that pay for days until then and are not on their way.
pub async fn outstanding(tx: &mut Tx, membership: MembershipId, on: Date) -> Result<Cents, Error> {
    tx.value(
        "select cast(coalesce(sum(cents), 0) as bigint) as value from dues
          where membership_id = $1 and kind = 'collection' and for_day <= $2
            and state in ('due', 'in_run', 'returned')",
        args![membership, on],
    )
    .await
}

/// The member was told this amount and from when it is collected.
pub async fn announce(tx: &mut Tx, membership: MembershipId, on: Date) -> Result<u64, Error> {
    tx.execute(
        "update dues set announced_on = $1
          where membership_id = $2 and kind = 'collection' and state = 'due' and announced_on is null",
        args![on, membership],
    )
    .await
}

/// As [`announce`], of everything that can be collected on `day`: a letter or a magazine told everybody.
pub(crate) async fn announce_all(tx: &mut Tx, day: Date, on: Date) -> Result<u64, Error> {
    let announced = tx
        .execute(
            "update dues set announced_on = $1
              where kind = 'collection' and state = 'due' and announced_on is null and due_on <= $2",
            args![on, day],
        )
        .await?;
    let event = Event::new(EventKind::DueChanged, local(tx.now()).date())
        .with("change", Fact::Code("announced"))
        .with("rows", Fact::Number(i64::try_from(announced).unwrap_or(i64::MAX)));
    activity::record(tx, event).await?;
    Ok(announced)
}

/// An amount is no longer asked. One that is at the bank, or came in, is given back instead.
pub async fn cancel(tx: &mut Tx, id: DueId, why: Cancelled) -> Result<(), Failed> {
    let found = by_id(tx, id).await?.ok_or(Error::Raced)?;
    if !matches!(found.state, State::Due | State::Returned) {
        return Err(Refused::NotNow(found.state).into());
    }
    cancelled(tx, &found, why).await?;
    Ok(())
}

pub(super) async fn cancelled(tx: &mut Tx, due: &Due, why: Cancelled) -> Result<(), Error> {
    tx.change_one(
        "update dues set state = 'cancelled', cancelled_why = $1, waits_as = null, waits_since = null
          where id = $2 and state in ('due', 'returned')",
        args![why, due.id],
    )
    .await?;
    record(tx, due.id, due.whose(), due.cents, "cancelled", Some(why.code())).await
}

pub(crate) async fn record(
    tx: &mut Tx,
    id: DueId,
    whose: Holder,
    cents: Cents,
    change: &'static str,
    why: Option<&'static str>,
) -> Result<(), Error> {
    let mut event = Event::new(EventKind::DueChanged, local(tx.now()).date())
        .with("due", Fact::Number(id.0))
        .with("change", Fact::Code(change));
    if let Some(why) = why {
        event = event.with("why", Fact::Code(why));
    }
    (event.person, event.organisation) = (whose.person(), whose.organisation());
    event.amount = Some(cents.0);
    activity::record(tx, event).await
}
