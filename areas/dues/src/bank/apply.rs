//! What follows from what the bank says. Everything can be said twice and happens once.

use db::{Error, Tx, args};
use dues_rules::amount::Kind;
use dues_rules::mandate::Ended;
use dues_rules::returned::{Action, Follows, follow};
use dues_rules::run::Sequence;
use jiff::civil::Date;
use kernel::{Cents, DueId, Event, EventKind, Fact, PaymentRunId, local};
use rulebook::Rulebook;

use crate::amount::{self, Due};
use crate::bank::Said;
use crate::settings::{action, retry};
use crate::{Broken, mandate};

/// What came of a statement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Done {
    Booked(u64),
    Returned(u64),
    /// We knew it.
    Known,
    /// It is not about a payment of ours, or says another amount.
    Other,
}

pub(super) async fn apply(
    tx: &mut Tx,
    book: &Rulebook,
    file: i64,
    said: &Said,
) -> Result<Done, Broken> {
    match said {
        Said::Other => Ok(Done::Other),
        Said::Booked { end_to_end, cents, day } => match row_of(tx, end_to_end).await? {
            Some(row) if cents.is_none_or(|cents| cents == row.cents) => {
                booked(tx, file, &row, end_to_end, *day).await
            }
            _ => Ok(Done::Other),
        },
        Said::Back { end_to_end, code, day } => match row_of(tx, end_to_end).await? {
            Some(row) => back(tx, book, file, &row, end_to_end, code, *day).await,
            None => Ok(Done::Other),
        },
        Said::PartBooked { part, cents, day } => part_booked(tx, file, part, *cents, *day).await,
        Said::PartBack { part, code, day } => {
            let mut returned = 0;
            let rows = rows_of_part(tx, part).await?;
            if rows.is_empty() {
                return Ok(Done::Other);
            }
            for Named { due_id, cents, run_id, end_to_end } in rows {
                let row = OfRow { due_id, cents, run_id };
                if back(tx, book, file, &row, &end_to_end, code, *day).await? == Done::Returned(1) {
                    returned += 1;
                }
            }
            Ok(if returned > 0 { Done::Returned(returned) } else { Done::Known })
        }
    }
}

db::row! {
    struct OfRow { due_id: DueId, cents: Cents, run_id: PaymentRunId }
}

async fn row_of(tx: &mut Tx, end_to_end: &str) -> Result<Option<OfRow>, Error> {
    tx.one(
        "select w.due_id, w.cents, w.run_id from payment_rows w
           join payment_runs r on r.id = w.run_id and r.state = 'released'
          where w.end_to_end = $1",
        args![end_to_end],
    )
    .await
}

/// Writes down that the bank said this; `false` if it said so before.
async fn is_new(
    tx: &mut Tx,
    file: i64,
    key: String,
    due: DueId,
    code: Option<&str>,
    day: Date,
) -> Result<bool, Error> {
    let added = tx
        .execute(
            "insert into bank_entries (key, file_id, due_id, code, day) values ($1, $2, $3, $4, $5) on conflict do nothing",
            args![key, file, due, code, day],
        )
        .await?;
    Ok(added == 1)
}

async fn booked(
    tx: &mut Tx,
    file: i64,
    row: &OfRow,
    end_to_end: &str,
    day: Date,
) -> Result<Done, Broken> {
    if !is_new(tx, file, format!("booked {end_to_end}"), row.due_id, None, day).await? {
        return Ok(Done::Known);
    }
    // What came back before it was booked stays as it is.
    let paid = tx
        .execute(
            "update dues set state = 'paid', paid_on = $1 where id = $2 and run_id = $3 and state = 'sent'",
            args![day, row.due_id, row.run_id],
        )
        .await?;
    Ok(if paid == 1 { Done::Booked(1) } else { Done::Known })
}

/// The run that a part belongs to, and what its rows are called by: `WL-…` for all of them, `WL-…-RCUR` for some.
fn part_of(part: &str) -> Option<(PaymentRunId, String)> {
    let name = part.strip_prefix("WL-")?;
    let (run, sequence) = name.split_once('-').unwrap_or((name, "%"));
    let is_one = Sequence::ALL.iter().any(|known| known.code() == sequence);
    let run = crate::from_base36(run).map(PaymentRunId)?;
    (is_one || sequence == "%").then(|| (run, sequence.to_owned()))
}

db::row! {
    struct Named { due_id: DueId, cents: Cents, run_id: PaymentRunId, end_to_end: String }
}

/// The rows of a part that went out.
async fn rows_of_part(tx: &mut Tx, part: &str) -> Result<Vec<Named>, Error> {
    let Some((run, sequence)) = part_of(part) else { return Ok(vec![]) };
    tx.all(
        "select w.due_id, w.cents, w.run_id, w.end_to_end from payment_rows w
           join payment_runs r on r.id = w.run_id and r.state = 'released'
           join dues d on d.id = w.due_id and d.run_id = w.run_id
          where w.run_id = $1 and w.sequence like $2 order by w.due_id",
        args![run, sequence],
    )
    .await
}

/// One line of a statement for a whole part: only if it says what the part came to.
async fn part_booked(
    tx: &mut Tx,
    file: i64,
    part: &str,
    cents: Cents,
    day: Date,
) -> Result<Done, Broken> {
    db::row! { struct Sums { n: i64, sent: i64, cents: Cents } }

    let Some((run, sequence)) = part_of(part) else { return Ok(Done::Other) };
    let sums: Option<Sums> = tx
        .one(
            "select count(*) as n, count(case when d.state = 'sent' then 1 end) as sent,
                    cast(coalesce(sum(case when d.state = 'sent' then w.cents end), 0) as bigint) as cents
               from payment_rows w
               join dues d on d.id = w.due_id and d.run_id = w.run_id
              where w.run_id = $1 and w.sequence like $2",
            args![run, &sequence],
        )
        .await?;
    match sums {
        None | Some(Sums { n: 0, .. }) => return Ok(Done::Other),
        Some(Sums { sent: 0, .. }) => return Ok(Done::Known),
        Some(sums) if sums.cents != cents => return Ok(Done::Other),
        Some(_) => {}
    }
    tx.execute(
        "insert into bank_entries (key, file_id, due_id, code, day)
         select 'booked ' || w.end_to_end, $1, w.due_id, null, $2 from payment_rows w
           join dues d on d.id = w.due_id and d.run_id = w.run_id and d.state = 'sent'
          where w.run_id = $3 and w.sequence like $4
         on conflict do nothing",
        args![file, day, run, &sequence],
    )
    .await?;
    let paid = tx
        .execute(
            "update dues set state = 'paid', paid_on = $1 where run_id = $2 and state = 'sent'
                and id in (select due_id from payment_rows where run_id = $3 and sequence like $4)",
            args![day, run, run, &sequence],
        )
        .await?;
    Ok(Done::Booked(paid))
}

async fn back(
    tx: &mut Tx,
    book: &Rulebook,
    file: i64,
    row: &OfRow,
    end_to_end: &str,
    code: &str,
    day: Date,
) -> Result<Done, Broken> {
    if !is_new(tx, file, format!("back {end_to_end}"), row.due_id, Some(code), day).await? {
        return Ok(Done::Known);
    }
    let Some(due) = amount::by_id(tx, row.due_id).await? else { return Ok(Done::Other) };
    let action = action(book, code, day)?;
    let returned = tx
        .execute(
            "update dues set state = 'returned', returned_on = $1, returned_code = $2
              where id = $3 and run_id = $4 and state in ('sent', 'paid', 'settled')",
            args![day, code, row.due_id, row.run_id],
        )
        .await?;
    if returned == 0 {
        // We gave it back and the bank does too: somebody must look.
        wait(tx, due.id, Action::Technical).await?;
        return Ok(Done::Returned(1));
    }
    tx.change_one(
        "update payment_rows set ended_as = 'returned' where run_id = $1 and due_id = $2 and ended_as is null",
        args![row.run_id, row.due_id],
    )
    .await?;
    record(tx, EventKind::PaymentReturned, &due, action).await?;
    if let Some(why) = due.goes_back_why {
        // It had to go back, and it did.
        tx.change_one("update dues set goes_back_why = null where id = $1", args![due.id]).await?;
        amount::cancel(tx, due.id, why).await.map_err(|failed| match failed {
            amount::Failed::Broken(broken) => broken,
            amount::Failed::Refused(_) => Error::Raced.into(),
        })?;
        return Ok(Done::Returned(1));
    }
    match follow(action, due.tries, day, retry(book, day)?, &book.calendar) {
        Follows::DueAgain(from) => {
            tx.change_one(
                "update dues set state = 'due', due_on = $1 where id = $2 and state = 'returned'",
                args![from, due.id],
            )
            .await?;
        }
        Follows::Waits { arrears, pause, end_mandate } => {
            wait(tx, due.id, action).await?;
            if due.kind == Kind::Collection {
                if let Some(mandate) = mandate::open_of(tx, due.membership_id).await? {
                    if end_mandate {
                        mandate::end_as(tx, &mandate, Ended::RefusedByBank).await?;
                    } else if pause {
                        mandate::pause(tx, &mandate).await?;
                    }
                }
                if arrears {
                    record(tx, EventKind::ArrearsBegan, &due, action).await?;
                }
            }
        }
    }
    Ok(Done::Returned(1))
}

async fn wait(tx: &mut Tx, due: DueId, action: Action) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "update dues set waits_as = $1, waits_since = $2 where id = $3",
        args![action, now, due],
    )
    .await
}

async fn record(tx: &mut Tx, kind: EventKind, due: &Due, action: Action) -> Result<(), Error> {
    let mut event = Event::new(kind, local(tx.now()).date())
        .with("due", Fact::Number(due.id.0))
        .with("membership", Fact::Number(due.membership_id.0))
        .with("action", Fact::Code(action.code()));
    (event.person, event.organisation) = (due.person_id, due.organisation_id);
    event.amount = Some(due.cents.0);
    activity::record(tx, event).await
}
