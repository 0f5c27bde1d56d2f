//! Amounts that came back and wait for somebody.

use db::{Error, Query, Tx, args};
use dues_rules::amount::State;
use jiff::civil::Date;
use kernel::DueId;

use super::store::{COLUMNS, Due, Failed, Refused, by_id, record};

/// What waits, the oldest first, behind `after`: for finance, and for whoever makes a friendly call of it.
pub async fn waiting(tx: &mut Tx, after: DueId, limit: i64) -> Result<Vec<Due>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where d.waits_as is not null and d.id > ").bind(after);
    query.push(" order by d.id limit ").bind(limit);
    tx.list(query).await
}

/// Somebody did what was asked: the amount stays open, and waits for nobody.
pub async fn taken_up(tx: &mut Tx, id: DueId) -> Result<(), Error> {
    let Some(found) = by_id(tx, id).await? else { return Err(Error::Raced) };
    let done = tx
        .execute(
            "update dues set waits_as = null, waits_since = null where id = $1 and waits_as is not null",
            args![id],
        )
        .await?;
    if done == 1 {
        record(tx, id, found.whose(), found.cents, "taken_up", None).await?;
    }
    Ok(())
}

/// An amount that came back is asked again from a day.
pub async fn again(tx: &mut Tx, id: DueId, due_on: Date) -> Result<(), Failed> {
    let found = by_id(tx, id).await?.ok_or(Error::Raced)?;
    if found.state != State::Returned {
        return Err(Refused::NotNow(found.state).into());
    }
    tx.change_one(
        "update dues set state = 'due', due_on = $1, waits_as = null, waits_since = null
          where id = $2 and state = 'returned'",
        args![due_on, id],
    )
    .await?;
    Ok(record(tx, id, found.whose(), found.cents, "again", None).await?)
}
