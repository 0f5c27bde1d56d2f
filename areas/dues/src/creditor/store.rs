use db::{Db, Error, Tx, args, new_id};
use jiff::Timestamp;
use kernel::{Actor, CreditorId, Event, EventKind, Fact, Iban, Pii, local};
use vault::{KeyRing, Sealed};

use crate::Broken;

/// What an association says of itself to the bank.
#[derive(Clone, Debug)]
pub struct NewCreditor {
    pub name: String,
    pub code: CreditorId,
    pub iban: Pii<Iban>,
}

db::row! {
    #[derive(Clone, Debug)]
    pub struct Creditor {
        pub id: i64,
        pub name: String,
        pub creditor_code: CreditorId,
        sealed: Vec<u8>,
        key_nr: i64,
        pub made_at: Timestamp,
        pub ended_at: Option<Timestamp>,
    }
}

/// A creditor with its account number: for the file.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub name: String,
    pub code: CreditorId,
    pub iban: Pii<Iban>,
}

impl Creditor {
    pub(crate) fn opened(&self, keys: &KeyRing) -> Result<Own, Broken> {
        let sealed = Sealed { key: self.key_nr, bytes: self.sealed.clone() };
        let plain = keys.open(&place(self.id), &sealed)?;
        let iban = std::str::from_utf8(&plain).ok().and_then(|text| text.parse().ok());
        Ok(Own {
            name: self.name.clone(),
            code: self.creditor_code.clone(),
            iban: iban.map(Pii::new).ok_or(Broken::NoAccount("creditors"))?,
        })
    }
}

fn place(id: i64) -> String {
    format!("creditors {id}")
}

/// Adds a name, number and account. One that collects under the same number ends: its runs stay as they were.
pub async fn add(tx: &mut Tx, keys: &KeyRing, new: &NewCreditor) -> Result<i64, Broken> {
    let NewCreditor { name, code, iban } = new;
    let (id, me, now) = (new_id(), tx.actor().user, tx.now());
    tx.execute(
        "update creditors set ended_at = $1 where creditor_code = $2 and ended_at is null",
        args![now, code.clone()],
    )
    .await?;
    let Sealed { key, bytes } = keys.seal(&place(id), iban.reveal().electronic().as_bytes())?;
    tx.change_one(
        "insert into creditors (id, name, creditor_code, sealed, key_nr, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![id, name, code.clone(), bytes, key, me, now],
    )
    .await?;
    record(tx, id, "added").await?;
    Ok(id)
}

/// Nothing new is collected under it; what went out stays. The last one stays.
pub(super) async fn end(tx: &mut Tx, id: i64) -> Result<bool, Error> {
    let now = tx.now();
    let ended = tx
        .execute(
            "update creditors set ended_at = $1 where id = $2 and ended_at is null
                and exists (select 1 from creditors o where o.id <> creditors.id and o.ended_at is null)",
            args![now, id],
        )
        .await?;
    if ended == 1 {
        record(tx, id, "ended").await?;
    }
    Ok(ended == 1)
}

async fn record(tx: &mut Tx, id: i64, change: &'static str) -> Result<(), Error> {
    let event = Event::new(EventKind::CreditorChanged, local(tx.now()).date())
        .with("creditor", Fact::Number(id))
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}

/// Those that are collected under, the oldest first; and those that were, behind them.
pub async fn all(tx: &mut Tx) -> Result<Vec<Creditor>, Error> {
    tx.all(
        "select id, name, creditor_code, sealed, key_nr, made_at, ended_at
           from creditors order by case when ended_at is null then 0 else 1 end, id",
        args![],
    )
    .await
}

/// The one that a new mandate is given to unless somebody says otherwise.
pub async fn current(tx: &mut Tx) -> Result<Option<Creditor>, Error> {
    Ok(all(tx).await?.into_iter().find(|creditor| creditor.ended_at.is_none()))
}

pub(crate) async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Creditor>, Error> {
    tx.one(
        "select id, name, creditor_code, sealed, key_nr, made_at, ended_at from creditors where id = $1",
        args![id],
    )
    .await
}

/// See [`account::reseal`](crate::account::reseal). They are few.
pub(crate) async fn reseal(db: &Db, keys: &KeyRing, newest: i64) -> Result<u64, Broken> {
    db.write(Actor::SYSTEM, async |tx| {
        let mut changed = 0;
        for creditor in all(tx).await?.into_iter().filter(|creditor| creditor.key_nr != newest) {
            let own = creditor.opened(keys)?;
            let plain = own.iban.reveal().electronic().as_bytes();
            let Sealed { key, bytes } = keys.seal(&place(creditor.id), plain)?;
            changed += tx
                .execute(
                    "update creditors set sealed = $1, key_nr = $2 where id = $3",
                    args![bytes, key, creditor.id],
                )
                .await?;
        }
        Ok(changed)
    })
    .await
}
