//! Wrong guesses at something else than a password, counted per address.

use db::{Error, Tx};
use jiff::SignedDuration;

use super::{store, throttle};
use crate::Source;

/// Counts a wrong guess at `what` from this address. `Some` says how long nobody there gets an answer.
pub async fn count(
    tx: &mut Tx,
    what: &'static str,
    from: Source,
) -> Result<Option<SignedDuration>, Error> {
    let name = format!("{what} {}", from.0);
    let known = store::bucket(tx, &name).await?;
    let wait = throttle::wait(known, tx.now());
    if wait.is_none() {
        store::keep_bucket(tx, &name, throttle::failed(known, tx.now())).await?;
    }
    Ok(wait)
}
