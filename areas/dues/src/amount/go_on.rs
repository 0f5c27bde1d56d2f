use db::{Error, Query, Tx, args};
use kernel::{Cents, MembershipId};

use super::store::{COLUMNS, Due, record};

/// A membership that was to end goes on: what was no longer asked because of its end is asked again, and what was to go back
/// stays. In the step that takes the end back (E1). What was given back already is not asked again by itself.
///
/// Returns what is asked again.
pub async fn go_on(tx: &mut Tx, membership: MembershipId) -> Result<Cents, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" where d.kind = 'collection' and d.membership_id = ").bind(membership);
    query.push(" and (d.cancelled_why = 'membership_ends' or d.goes_back_why = 'membership_ends')");
    let found: Vec<Due> = tx.list(query).await?;
    let mut again = Cents(0);
    for due in found {
        if due.cancelled_why.is_some() {
            tx.change_one(
                "update dues set state = 'due', cancelled_why = null, run_id = null where id = $1 and state = 'cancelled'",
                args![due.id],
            )
            .await?;
            again = again + due.cents;
        } else {
            tx.change_one("update dues set goes_back_why = null where id = $1", args![due.id])
                .await?;
        }
        record(tx, due.id, due.whose(), due.cents, "goes_on", None).await?;
    }
    Ok(again)
}
