use db::{Error, Query, Tx, args};
use dues_rules::amount::{Cancelled, Stopped};
use jiff::civil::Date;
use kernel::{Cents, MembershipId};

use super::store::{COLUMNS, Due, cancelled, record};

/// What became of the amounts of a membership that stopped.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stops {
    /// No longer asked.
    pub cancelled: Cents,
    /// At the bank or here already: finance gives it back.
    pub goes_back: Cents,
}

/// A membership stops: what is for days after `last_day` is not collected any more, also out of a run that was not
/// released, and what was is marked to go back. In the step that ends the membership (E1).
pub async fn stop(
    tx: &mut Tx,
    membership: MembershipId,
    last_day: Date,
    why: Cancelled,
) -> Result<Stops, Error> {
    // A run that somebody releases at this moment goes first or waits.
    tx.execute(
        "update payment_runs set row_count = row_count
          where state in ('filling', 'made') and id in (select run_id from dues where membership_id = $1 and state = 'in_run')",
        args![membership],
    )
    .await?;
    let mut query = Query::new(COLUMNS);
    query.push(" where d.kind = 'collection' and d.membership_id = ").bind(membership);
    query.push(" and d.for_day > ").bind(last_day);
    let found: Vec<Due> = tx.list(query).await?;
    let mut stops = Stops::default();
    for due in found {
        match dues_rules::amount::stop(due.state, due.for_day, last_day) {
            Stopped::Stays => {}
            Stopped::Cancel => {
                cancelled(tx, &due, why).await?;
                stops.cancelled = stops.cancelled + due.cents;
            }
            Stopped::TakeOutAndCancel => {
                take_out(tx, &due).await?;
                cancelled(tx, &due, why).await?;
                stops.cancelled = stops.cancelled + due.cents;
            }
            Stopped::GiveBack => {
                tx.change_one(
                    "update dues set goes_back_why = $1 where id = $2",
                    args![why, due.id],
                )
                .await?;
                record(tx, due.id, due.whose(), due.cents, "goes_back", Some(why.code())).await?;
                stops.goes_back = stops.goes_back + due.cents;
            }
        }
    }
    Ok(stops)
}

async fn take_out(tx: &mut Tx, due: &Due) -> Result<(), Error> {
    let run = due.run_id.ok_or(Error::Raced)?;
    tx.change_one(
        "update payment_rows set ended_as = 'taken_out' where run_id = $1 and due_id = $2 and ended_as is null",
        args![run, due.id],
    )
    .await?;
    tx.change_one(
        "update payment_runs set row_count = row_count - 1, cents = cents - $1
          where id = $2 and state in ('filling', 'made')",
        args![due.cents, run],
    )
    .await?;
    tx.change_one(
        "update dues set state = 'due', run_id = null where id = $1 and state = 'in_run'",
        args![due.id],
    )
    .await
}
