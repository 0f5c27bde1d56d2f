//! Another account for a mandate. Nobody changes it by one way alone (M2): what was asked by telephone waits for a link, a
//! letter or the other way round.

use db::{Tx, args, new_id};
use dues_rules::mandate::{Amendment, Channel, confirm};
use kernel::{AccountId, Iban, MandateId, Pii};
use vault::KeyRing;

use super::store::{Failed, Refused, by_id, is_open, record};
use crate::account;

/// Somebody asks for another account. The mandate stays as it is until that is confirmed; asking again takes the place
/// of what was asked.
pub async fn amend_request(
    tx: &mut Tx,
    keys: &KeyRing,
    id: MandateId,
    iban: &Pii<Iban>,
    holder: &Pii<String>,
    how: Channel,
) -> Result<(), Failed> {
    let mandate = by_id(tx, id).await?.filter(is_open).ok_or(Refused::Over)?;
    if !iban.reveal().is_sepa() {
        return Err(Refused::NotSepa.into());
    }
    drop_asked(tx, id).await?;
    let account = account::keep(tx, keys, mandate.whose(), iban, holder).await?;
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into mandate_amendments (id, mandate_id, account_id, asked_how, asked_by, asked_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![new_id(), id, account, how, me, now],
    )
    .await?;
    Ok(record(tx, id, mandate.whose(), "change_asked").await?)
}

db::row! {
    /// A change that waits.
    #[derive(Clone, Debug)]
    pub(super) struct Asked { pub id: i64, pub account_id: AccountId, pub how: Channel }
}

pub(super) async fn asked(tx: &mut Tx, id: MandateId) -> Result<Option<Asked>, db::Error> {
    tx.one(
        "select id, account_id, asked_how as how from mandate_amendments
          where mandate_id = $1 and confirmed_at is null and dropped_at is null",
        args![id],
    )
    .await
}

/// The member confirms it, by another way than the one by which it was asked. The next collection tells the bank.
pub async fn amend_confirm(tx: &mut Tx, id: MandateId, how: Channel) -> Result<(), Failed> {
    let mandate = by_id(tx, id).await?.filter(is_open).ok_or(Refused::Over)?;
    let Asked { id: amendment, account_id, how: asked_how } =
        asked(tx, id).await?.ok_or(Refused::NothingAsked)?;
    confirm(Amendment { asked_by: asked_how }, how).map_err(Refused::from)?;
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update mandate_amendments set confirmed_how = $1, confirmed_by = $2, confirmed_at = $3
          where id = $4 and confirmed_at is null and dropped_at is null",
        args![how, me, now, amendment],
    )
    .await?;
    tx.change_one(
        "update mandates set account_id = $1 where id = $2 and ended_at is null",
        args![account_id, id],
    )
    .await?;
    Ok(record(tx, id, mandate.whose(), "amended").await?)
}

/// It was a mistake: what was asked is forgotten.
pub async fn amend_drop(tx: &mut Tx, id: MandateId) -> Result<(), Failed> {
    let mandate = by_id(tx, id).await?.ok_or(Refused::Over)?;
    if drop_asked(tx, id).await? {
        record(tx, id, mandate.whose(), "change_dropped").await?;
    }
    Ok(())
}

async fn drop_asked(tx: &mut Tx, id: MandateId) -> Result<bool, db::Error> {
    let now = tx.now();
    let dropped = tx
        .execute(
            "update mandate_amendments set dropped_at = $1
              where mandate_id = $2 and confirmed_at is null and dropped_at is null",
            args![now, id],
        )
        .await?;
    Ok(dropped == 1)
}
