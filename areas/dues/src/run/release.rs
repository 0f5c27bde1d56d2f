use db::{Error, Tx, args};
use dues_rules::amount::Kind;
use dues_rules::run::{Refused, State};
use kernel::{Actor, Cents, PaymentRunId, local};
use rulebook::{Missing, Rulebook};
use web::App;

use super::store::{by_id, record};
use crate::Broken;
use crate::file::{self, Written};
use crate::settings::run_rules;

/// Why a run was not made, filled or released.
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

impl From<Missing> for Failed {
    fn from(error: Missing) -> Self {
        Self::Broken(error.into())
    }
}

/// Lets a run go to the bank: four eyes, once, and only if its file says exactly what its rows say.
///
/// The file is written to nobody first, to count and hash it; only then the step follows that releases the run. If the
/// program ends in between, nothing went out and nothing changed.
pub async fn release(app: &App, actor: Actor, id: PaymentRunId) -> Result<(), Failed> {
    let book = app.rulebook();
    app.db().read(actor.clone(), async |tx| allowed(tx, &book, id).await).await?;
    let written = file::count(app.db(), app.keys(), id).await?;
    app.db().write(actor, async |tx| released(tx, &book, id, &written).await).await
}

async fn allowed(tx: &mut Tx, book: &Rulebook, id: PaymentRunId) -> Result<(), Failed> {
    let run = by_id(tx, id).await?.ok_or(Error::Raced)?;
    let today = local(tx.now()).date();
    let rules = run_rules(book, run.day)?;
    dues_rules::run::release(run.open(), tx.actor().user, today, &rules, &book.calendar)?;
    Ok(())
}

/// The step itself, once the file was counted.
pub async fn released(
    tx: &mut Tx,
    book: &Rulebook,
    id: PaymentRunId,
    written: &Written,
) -> Result<(), Failed> {
    // Of two who release at once, the second waits here and then sees that it is done.
    tx.execute(
        "update payment_runs set row_count = row_count where id = $1 and state = 'made'",
        args![id],
    )
    .await?;
    allowed(tx, book, id).await?;
    let run = by_id(tx, id).await?.ok_or(Error::Raced)?;
    let in_rows = sums(tx, id).await?;
    if run.row_count == 0 {
        return Err(Refused::Empty.into());
    }
    let Written { rows, cents, bytes, hash } = written;
    if (*rows, *cents) != in_rows || in_rows != (run.row_count, run.cents) {
        return Err(Refused::Differs { file: *rows, run: in_rows.0 }.into());
    }
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update payment_runs set state = 'released', released_by = $1, released_at = $2, hash = $3, file_bytes = $4
          where id = $5 and state = 'made'",
        args![me, now, hash, *bytes, id],
    )
    .await?;
    let sent = tx
        .execute(
            "update dues set state = 'sent', tries = tries + 1 where run_id = $1 and state = 'in_run'",
            args![id],
        )
        .await?;
    if i64::try_from(sent).ok() != Some(run.row_count) {
        return Err(Refused::Differs { file: *rows, run: run.row_count }.into());
    }
    if run.kind == Kind::Collection {
        tx.execute(
            "update mandates set last_used_on = $1, told_account_id = used.account_id
               from (select mandate_id, account_id, row_number() over (partition by mandate_id order by due_id desc) as nr
                       from payment_rows where run_id = $2 and ended_as is null) as used
              where used.mandate_id = mandates.id and used.nr = 1",
            args![run.day, id],
        )
        .await?;
    }
    Ok(record(tx, &run, "released").await?)
}

/// Number and sum of the rows that live.
async fn sums(tx: &mut Tx, id: PaymentRunId) -> Result<(i64, Cents), Error> {
    db::row! { struct Sums { n: i64, cents: Cents } }

    let found: Option<Sums> = tx
        .one(
            "select count(*) as n, cast(coalesce(sum(cents), 0) as bigint) as cents
               from payment_rows where run_id = $1 and ended_as is null",
            args![id],
        )
        .await?;
    Ok(found.map_or((0, Cents(0)), |sums| (sums.n, sums.cents)))
}

/// Takes a run back that did not go out: its amounts can go into another.
pub async fn withdraw(tx: &mut Tx, id: PaymentRunId) -> Result<(), Failed> {
    let (me, now) = (tx.actor().user, tx.now());
    let withdrawn = tx
        .execute(
            "update payment_runs set state = 'withdrawn', withdrawn_by = $1, withdrawn_at = $2
              where id = $3 and state in ('filling', 'made')",
            args![me, now, id],
        )
        .await?;
    let run = by_id(tx, id).await?.ok_or(Error::Raced)?;
    if withdrawn == 0 {
        // Twice is once.
        return if run.state == State::Withdrawn {
            Ok(())
        } else {
            Err(Refused::AlreadyReleased.into())
        };
    }
    tx.execute(
        "update payment_rows set ended_as = 'withdrawn' where run_id = $1 and ended_as is null",
        args![id],
    )
    .await?;
    tx.execute(
        "update dues set state = 'due', run_id = null where run_id = $1 and state = 'in_run'",
        args![id],
    )
    .await?;
    Ok(record(tx, &run, "withdrawn").await?)
}
