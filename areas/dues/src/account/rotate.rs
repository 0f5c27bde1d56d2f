//! Another key for everything that is sealed (`wijland keys rotate`).

use std::collections::BTreeMap;

use db::{Db, Error, Tx, args};
use kernel::{AccountId, Actor};
use vault::{KeyRing, Sealed};

use super::store::{open, seal};
use crate::{Broken, creditor};

const AT_ONCE: i64 = 2_000;

/// How many numbers each key sealed; empty if nothing is sealed yet.
pub async fn keys_in_use(tx: &mut Tx) -> Result<BTreeMap<i64, i64>, Error> {
    db::row! { struct Used { key_nr: i64, n: i64 } }

    let used: Vec<Used> = tx
        .all(
            "select key_nr, cast(sum(n) as bigint) as n from (
                select key_nr, count(*) as n from accounts group by key_nr
                union all select key_nr, count(*) as n from creditors group by key_nr) sealed
              group by key_nr",
            args![],
        )
        .await?;
    Ok(used.into_iter().map(|used| (used.key_nr, used.n)).collect())
}

/// Seals everything with the newest key of the ring, some thousand at a time; how many there were. Broken off halfway it
/// goes on where it was: each row says which key opens it.
pub async fn reseal(db: &Db, keys: &KeyRing) -> Result<u64, Broken> {
    let Some(newest) = keys.numbers().last() else { return Err(vault::Error::NoKey.into()) };
    let mut all = 0;
    loop {
        let step = db.write(Actor::SYSTEM, async |tx| step(tx, keys, newest).await).await?;
        all += step;
        if step == 0 {
            return Ok(all + creditor::reseal(db, keys, newest).await?);
        }
    }
}

async fn step(tx: &mut Tx, keys: &KeyRing, newest: i64) -> Result<u64, Broken> {
    db::row! { struct Old { id: AccountId, sealed: Vec<u8>, key_nr: i64 } }

    let rows: Vec<Old> = tx
        .all(
            "select id, sealed, key_nr from accounts where key_nr <> $1 order by id limit $2",
            args![newest, AT_ONCE],
        )
        .await?;
    let mut changed = 0;
    for Old { id, sealed, key_nr } in rows {
        let iban = open(keys, id, &Sealed { key: key_nr, bytes: sealed })?;
        let (Sealed { key, bytes }, look_up) = seal(keys, id, iban.reveal())?;
        changed += tx
            .execute(
                "update accounts set sealed = $1, key_nr = $2, look_up = $3 where id = $4",
                args![bytes, key, look_up, id],
            )
            .await?;
    }
    Ok(changed)
}
