use std::collections::BTreeMap;

use access_rules::presence::{Intent, Stretch, open_between, paid_seconds};
use activity::Dim;
use db::{Error, Tx, args};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{UserId, Window};

/// What came of a day. Counts come from the log's counters, times from the chain of stretches.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    pub new_members: i64,
    pub retained_members: i64,
    /// Own sign-ups that the member took back on this day.
    pub sign_ups_withdrawn: i64,
    /// Own sign-ups that were not confirmed in time.
    pub sign_ups_lapsed: i64,
    /// Calls that we made.
    pub attempts: i64,
    /// Calls, in or out, in which the person was spoken to.
    pub conversations: i64,
    /// Promises of one's own for this day.
    pub callbacks_due: i64,
    /// Of those, kept, or tried often enough and closed.
    pub callbacks_kept: i64,
    pub callbacks_made: i64,
    pub callbacks_made_warm: i64,
    /// People who were put on the desk and went back because nobody looked in time.
    pub missed_offers: i64,
    pub talking_seconds: i64,
    pub seconds_by_intent: BTreeMap<Intent, i64>,
    /// From first sign-in to last sign-out while the lines are open, minus lunch.
    pub paid_seconds: i64,
}

/// The summary of a user's day, up to now if the day is not over.
pub async fn summary(
    tx: &mut Tx,
    user: UserId,
    day: Date,
    lines: Window,
) -> Result<Summary, Error> {
    let counts = activity::counts(tx, Dim::User, user.0, day, day).await?;
    let n = |kind: &str| counts.get(kind).map_or(0, |(n, _)| *n);
    let stretches = access::presence::stretches_of_day(tx, user, day).await?;
    let promises: Promises = tx
        .one(
            "select count(*) as due,
                    coalesce(sum(case when ended_as is not null then 1 else 0 end), 0) as kept
               from callbacks
              where owner_id = $1 and due_on = $2
                    and (ended_as is null or ended_as in ('kept', 'closed_unreached'))",
            args![user, day],
        )
        .await?
        .ok_or(Error::Raced)?;
    Ok(Summary {
        new_members: n("new_members"),
        retained_members: n("retained_members"),
        sign_ups_withdrawn: n("sign_ups_withdrawn"),
        sign_ups_lapsed: n("sign_ups_lapsed"),
        attempts: n("attempts"),
        conversations: n("conversations"),
        callbacks_due: promises.due,
        callbacks_kept: promises.kept,
        callbacks_made: n("callbacks_made"),
        callbacks_made_warm: n("callbacks_made_warm"),
        missed_offers: n("missed_offers"),
        talking_seconds: counts.get("talking").map_or(0, |(_, seconds)| *seconds),
        seconds_by_intent: access::presence::seconds_of_day(&stretches),
        paid_seconds: paid_seconds(&stretches, open_between(day, lines)),
    })
}

db::row! {
    struct Promises { due: i64, kept: i64 }
}

db::row! {
    /// A call of the day, for its picture.
    #[derive(Clone, Debug)]
    pub(super) struct Call {
        pub started_at: Timestamp,
        pub ended_at: Option<Timestamp>,
        pub outcome: Option<String>,
    }
}

pub(super) async fn calls(tx: &mut Tx, user: UserId, day: Date) -> Result<Vec<Call>, Error> {
    let begin = day.in_tz(kernel::AMSTERDAM).map_err(|_| Error::Column("day"))?.timestamp();
    let end = begin + jiff::SignedDuration::from_hours(25);
    tx.all(
        "select a.started_at, a.ended_at, o.kind as outcome
           from attempts a left join outcomes o on o.attempt_id = a.id and o.corrects_id is null
          where a.agent_id = $1 and a.started_at >= $2 and a.started_at < $3
          order by a.started_at, a.id limit 500",
        args![user, begin, end],
    )
    .await
}

pub(super) async fn stretches(tx: &mut Tx, user: UserId, day: Date) -> Result<Vec<Stretch>, Error> {
    access::presence::stretches_of_day(tx, user, day).await
}
