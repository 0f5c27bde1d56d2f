//! Who is due: kept beside membership, visits and norms, and brought up to date with them.

mod follow;
mod store;

pub use follow::Follower;
pub use store::{
    Due, Listed, Only, Rules, Shown, counts, differences, list, of, refresh, refresh_from,
};

use db::{Error, Tx};
use jiff::civil::Date;
use rulebook::{Missing, Rulebook};

use crate::norm;

/// How far the list looks ahead, as valid on `day`.
pub fn until(book: &Rulebook, day: Date) -> Result<Date, Missing> {
    let days = book.number("visits.ahead_days", day)?;
    Ok(day.saturating_add(jiff::Span::new().days(days)))
}

/// What decides today who is due.
pub async fn rules(tx: &mut Tx, starter_months: i64, today: Date) -> Result<Rules, Error> {
    let norms = norm::valid_on(tx, today).await?.iter().map(norm::StoredNorm::norm).collect();
    let regions = store::regions(tx).await?;
    Ok(Rules { norms, starter_months, today, regions })
}
