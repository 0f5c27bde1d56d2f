use db::{Error, Tx, args};
use dues_rules::mandate::{Ended, usable_until};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::MandateId;

use super::store::{by_id, end_as};

const AT_ONCE: i64 = 500;

/// Ends mandates that were not used for so many months; how many.
pub(crate) async fn expire(tx: &mut Tx, expiry_months: i64, today: Date) -> Result<u64, Error> {
    db::row! { struct Old { id: MandateId, last: Date } }

    // A day less, because a month is not always as long; the rule decides.
    let before = today.checked_sub(expiry_months.months()).unwrap_or(Date::MIN);
    let old: Vec<Old> = tx
        .all(
            "select id, coalesce(last_used_on, signed_on, given_on) as last from mandates
              where ended_at is null and coalesce(last_used_on, signed_on, given_on) <= $1 order by last, id limit $2",
            args![before, AT_ONCE],
        )
        .await?;
    let mut ended = 0;
    for Old { id, last } in old {
        if usable_until(last, expiry_months) < today
            && let Some(mandate) = by_id(tx, id).await?
        {
            end_as(tx, &mandate, Ended::Expired).await?;
            ended += 1;
        }
    }
    Ok(ended)
}
