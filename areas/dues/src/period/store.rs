use db::{Bulk, Error, Query, Tx, args, new_id};
use dues_rules::period::{NotAsked, Refused, may_make};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use kernel::{
    Cents, DuePeriodId, Event, EventKind, Fact, MembershipId, OrganisationId, PersonId, local,
};
use membership::tariff::{Asked, HolderKind};

use crate::Broken;

kernel::codes! {
    pub enum State {
        /// Memberships are looked at, some thousand at a time.
        Filling = "filling",
        Made = "made",
    }
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

db::row! {
    /// One press: what it asked of how many.
    #[derive(Clone, Debug)]
    pub struct DuePeriod {
        pub id: DuePeriodId,
        pub day: Date,
        pub due_on: Date,
        pub begun_from: Date,
        pub state: State,
        pub holder: HolderKind,
        pub filled_until: MembershipId,
        pub row_count: i64,
        pub cents: Cents,
        pub told: i64,
        pub maker: Option<String>,
        pub made_at: Timestamp,
    }
}

impl DuePeriod {
    pub(super) fn asked(&self) -> Asked {
        Asked { day: self.day, begun_from: self.begun_from, until: self.day.last_of_month() }
    }
}

const COLUMNS: &str = "select p.id, p.day, p.due_on, p.begun_from, p.state, p.holder, p.filled_until, p.row_count, p.cents, p.told,
       u.name as maker, p.made_at
  from due_periods p left join users u on u.id = p.made_by";

pub async fn by_id(tx: &mut Tx, id: DuePeriodId) -> Result<Option<DuePeriod>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where p.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// The latest first, from before `before`.
pub async fn latest(tx: &mut Tx, before: DuePeriodId, limit: i64) -> Result<Vec<DuePeriod>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where p.id < ").bind(before).push(" order by p.id desc limit ").bind(limit);
    tx.list(query).await
}

/// Those that a program that ended left half full.
pub(super) async fn unfinished(tx: &mut Tx) -> Result<Vec<DuePeriodId>, Error> {
    db::row! { struct Id { id: DuePeriodId } }

    let found: Vec<Id> =
        tx.all("select id from due_periods where state = 'filling' order by id", args![]).await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

/// The month that the next press is for, and from when it is collected: the one after today's, on the day of the month as
/// last time; `None` if it was made.
pub(crate) async fn offered(tx: &mut Tx, today: Date) -> Result<Option<(Date, Date)>, Error> {
    let next = today.first_of_month().saturating_add(1.months());
    if was_made(tx, next).await? {
        return Ok(None);
    }
    let before = latest(tx, DuePeriodId(i64::MAX), 1).await?.pop();
    let due_on = before.and_then(|before| {
        // Clamped to the last day of a month that is shorter.
        let months =
            (next.year() - before.day.year()) * 12 + i16::from(next.month() - before.day.month());
        before.due_on.checked_add(i64::from(months).months()).ok()
    });
    Ok(Some((next, due_on.unwrap_or(next).max(next))))
}

async fn was_made(tx: &mut Tx, day: Date) -> Result<bool, Error> {
    let made: i64 =
        tx.value("select count(*) as value from due_periods where day = $1", args![day]).await?;
    Ok(made > 0)
}

/// Begins to write down what is owed for the periods that begin on `day`, collected from `due_on`; [`fill`](super::fill())
/// goes on. One of the same day that is under way is gone on with: pressed twice it is once.
pub async fn make(tx: &mut Tx, day: Date, due_on: Date) -> Result<DuePeriodId, Failed> {
    let (me, now) = (tx.actor().user, tx.now());
    may_make(day, due_on, local(now).date())?;
    // Who began after the press of the month before was not in it. Where it was made elsewhere, they were asked there.
    let month_before = day.saturating_sub(1.months());
    let begun_from = if was_made(tx, month_before).await? { month_before } else { day };
    tx.execute(
        "insert into due_periods (id, day, due_on, begun_from, state, holder, filled_until, row_count, cents, told, made_by,
                                  made_at)
         values ($1, $2, $3, $4, 'filling', 'person', 0, 0, 0, 0, $5, $6)
         on conflict do nothing",
        args![DuePeriodId(new_id()), day, due_on, begun_from, me, now],
    )
    .await?;
    let id: Option<DuePeriodId> = tx
        .value(
            "select max(id) as value from due_periods where day = $1 and state = 'filling'",
            args![day],
        )
        .await?;
    Ok(id.ok_or(Error::Raced)?)
}

/// Who was not asked, and why.
pub(super) async fn left(tx: &mut Tx, id: DuePeriodId) -> Result<Vec<(NotAsked, i64)>, Error> {
    db::row! { struct Row { why: NotAsked, n: i64 } }

    let rows: Vec<Row> = tx
        .all(
            "select why, row_count as n from due_period_left where period_id = $1 order by row_count desc, why",
            args![id],
        )
        .await?;
    Ok(rows.into_iter().map(|Row { why, n }| (why, n)).collect())
}

/// More than these nobody looks through: there is no tariff at all.
const UNPRICED_MAX: i64 = 500;

pub(super) async fn keep_unpriced(
    tx: &mut Tx,
    id: DuePeriodId,
    memberships: &[MembershipId],
) -> Result<(), Error> {
    if memberships.is_empty() {
        return Ok(());
    }
    let kept: i64 = tx
        .value("select count(*) as value from due_period_unpriced where period_id = $1", args![id])
        .await?;
    let room = usize::try_from(UNPRICED_MAX - kept).unwrap_or(0);
    let mut rows = Bulk::new(
        "insert into due_period_unpriced (period_id, membership_id) values",
        "on conflict do nothing",
    );
    for membership in memberships.iter().take(room) {
        rows.push(args![id, *membership]);
    }
    rows.write(tx).await.map(drop)
}

db::row! {
    /// Somebody for whom no tariff says what is owed.
    pub(super) struct Unpriced {
        pub membership: MembershipId,
        pub person_id: Option<PersonId>,
        pub organisation_id: Option<OrganisationId>,
    }
}

pub(super) async fn unpriced(
    tx: &mut Tx,
    id: DuePeriodId,
    limit: i64,
) -> Result<Vec<Unpriced>, Error> {
    tx.all(
        "select u.membership_id as membership, m.person_id, m.organisation_id
           from due_period_unpriced u join memberships m on m.id = u.membership_id
          where u.period_id = $1 order by u.membership_id limit $2",
        args![id, limit],
    )
    .await
}

/// The line in the log for a press that looked at everybody.
pub(super) async fn record(tx: &mut Tx, period: &DuePeriod) -> Result<(), Error> {
    let left: i64 = left(tx, period.id).await?.iter().map(|(_, n)| n).sum();
    let mut event = Event::new(EventKind::DuesAsked, local(tx.now()).date())
        .with("period", Fact::Number(period.id.0))
        .with("day", Fact::Day(period.day))
        .with("rows", Fact::Number(period.row_count))
        .with("left", Fact::Number(left));
    event.amount = Some(period.cents.0);
    activity::record(tx, event).await
}
