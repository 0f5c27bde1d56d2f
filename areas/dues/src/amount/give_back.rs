use db::{Error, Query, Tx, args};
use dues_rules::amount::{Kind, Purpose, State};
use kernel::DueId;

use super::store::{COLUMNS, Due, Failed, NewPayOut, Refused, by_id, pay_against, record};

/// Gives an amount back that came in: a pay-out of the same stands against it, to the account that it came from.
pub async fn give_back(tx: &mut Tx, id: DueId) -> Result<DueId, Failed> {
    let found = by_id(tx, id).await?.ok_or(Error::Raced)?;
    let came_in = matches!(found.state, State::Paid | State::Settled);
    if found.kind != Kind::Collection || !came_in {
        return Err(Refused::NotNow(found.state).into());
    }
    tx.change_one(
        "update dues set state = 'given_back', goes_back_why = null where id = $1 and state in ('paid', 'settled')",
        args![id],
    )
    .await?;
    let account = tx
        .value(
            "select max(account_id) as value from payment_rows where due_id = $1 and ended_as is null",
            args![id],
        )
        .await?;
    let new = NewPayOut {
        membership: found.membership_id,
        for_what: format!("back-{id}"),
        purpose: Purpose::Refund,
        cents: found.cents,
        account,
    };
    let paid = pay_against(tx, &new, Some(id)).await?.ok_or(Error::Raced)?;
    record(tx, id, found.whose(), found.cents, "given_back", None).await?;
    Ok(paid)
}

/// What was collected and must go back, the oldest first. What is at the bank still waits there.
pub(crate) async fn to_give_back(tx: &mut Tx, limit: i64) -> Result<Vec<Due>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where d.goes_back_why is not null order by d.id limit ").bind(limit);
    tx.list(query).await
}
