//! A version that is not set yet: begun as a copy, changed as a whole, tried on everybody, set once.

use db::{Db, Error, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Actor, Cents, Event, EventKind, Fact, local};
use membership_rules::tariff::{Per, ProRata, Simulation, Table, WrongTable, check};

use super::result::ResultBody;
use super::store::{HolderKind, State, StoredRow, with_rows};

/// A version as it is written.
#[derive(Clone, Debug)]
pub struct NewTable {
    pub per: Per,
    pub pro_rata: ProRata,
    pub surcharge: Cents,
    pub intro_months: Option<i64>,
    pub intro_cents: Option<Cents>,
    pub intro_not_classes: String,
    pub intro_not_transfer: bool,
    pub intro_not_within: Option<i64>,
    pub valid_from: Date,
    pub source: String,
    /// Ids and table are not looked at.
    pub rows: Vec<StoredRow>,
}

/// Why a draft was not kept or set.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no such draft any more")]
    NoDraft,
    #[error(transparent)]
    Table(#[from] WrongTable),
    /// A tariff of the association's own is not changed for days that were.
    #[error("it would hold from a day before today")]
    Past,
    #[error("another version holds from the same day")]
    SameDay,
    #[error("it was not tried on the members since it was changed")]
    NotTried,
    #[error(transparent)]
    Broken(#[from] Error),
}

/// The draft for this kind of holder: the one that is there, or a copy of the newest version, from `valid_from` on.
pub async fn begin(tx: &mut Tx, holder: HolderKind, valid_from: Date) -> Result<i64, Error> {
    let mut versions = with_rows(tx, holder).await?;
    let Some((newest, rows)) = versions.pop() else { return Err(Error::Raced) };
    if newest.state == State::Draft {
        return Ok(newest.id);
    }
    let (id, me, now) = (new_id(), tx.actor().user, tx.now());
    tx.change_one(
        "insert into tariff_tables (id, holder, state, per, pro_rata, surcharge, intro_months, intro_cents, intro_not_classes,
                                    intro_not_transfer, intro_not_within, valid_from, source, grade, made_by, made_at)
         values ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 'A', $12, $13)",
        args![
            id, holder, newest.per, newest.pro_rata, newest.surcharge, newest.intro_months, newest.intro_cents,
            newest.intro_not_classes, newest.intro_not_transfer, newest.intro_not_within, valid_from, me, now,
        ],
    )
    .await?;
    write_rows(tx, id, &rows).await?;
    record(tx, id, "begun").await?;
    Ok(id)
}

async fn write_rows(tx: &mut Tx, table: i64, rows: &[StoredRow]) -> Result<(), Error> {
    for (position, row) in (1_i64..).zip(rows) {
        let StoredRow {
            id: _,
            table_id: _,
            class,
            name_nl,
            name_en,
            cents,
            each_branch,
            age_from,
            age_until,
            pension,
            situations,
            kinds,
            income_from,
            income_until,
            hours_from,
            hours_until,
            branches_from,
            branches_until,
            floor_from,
            floor_until,
            needs_proof,
        } = row;
        tx.change_one(
            "insert into tariff_rows (id, table_id, position, class, name_nl, name_en, cents, each_branch, age_from, age_until,
                                      pension, situations, kinds, income_from, income_until, hours_from, hours_until,
                                      branches_from, branches_until, floor_from, floor_until, needs_proof)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
            args![
                new_id(), table, position, class, name_nl, name_en, *cents, *each_branch, *age_from, *age_until,
                *pension, situations, kinds, *income_from, *income_until, *hours_from, *hours_until,
                *branches_from, *branches_until, *floor_from, *floor_until, *needs_proof,
            ],
        )
        .await?;
    }
    Ok(())
}

/// Writes a draft over what it was. What was computed with it before says nothing any more.
///
/// # Errors
///
/// [`Refused::Table`] and [`Refused::Past`]; nothing is written then.
pub async fn keep(tx: &mut Tx, id: i64, table: &NewTable) -> Result<(), Refused> {
    let rows: Vec<_> = table.rows.iter().map(StoredRow::row).collect();
    check(&rows)?;
    let changed = tx
        .execute(
            "update tariff_tables
                set per = $1, pro_rata = $2, surcharge = $3, intro_months = $4, intro_cents = $5, intro_not_classes = $6,
                    intro_not_transfer = $7, intro_not_within = $8, valid_from = $9, source = $10
              where id = $11 and state = 'draft'",
            args![
                table.per, table.pro_rata, table.surcharge, table.intro_months, table.intro_cents,
                &table.intro_not_classes, table.intro_not_transfer, table.intro_not_within, table.valid_from,
                &table.source, id,
            ],
        )
        .await?;
    if changed == 0 {
        return Err(Refused::NoDraft);
    }
    may_begin_on(tx, id, table.valid_from).await?;
    tx.execute("delete from tariff_simulations where table_id = $1", args![id]).await?;
    tx.execute("delete from tariff_rows where table_id = $1", args![id]).await?;
    write_rows(tx, id, &table.rows).await?;
    record(tx, id, "changed").await?;
    Ok(())
}

/// A version never begins before today, but the first that an association makes: what held before the program came.
async fn may_begin_on(tx: &mut Tx, draft: i64, day: Date) -> Result<(), Refused> {
    if day >= local(tx.now()).date() {
        return Ok(());
    }
    let own: i64 = tx
        .value(
            "select count(*) as value from tariff_tables t join tariff_tables d on d.holder = t.holder
              where d.id = $1 and t.state = 'set' and t.made_by <> 0",
            args![draft],
        )
        .await?;
    if own == 0 { Ok(()) } else { Err(Refused::Past) }
}

/// Throws a draft away.
///
/// # Errors
///
/// [`Refused::NoDraft`].
pub(super) async fn drop_draft(tx: &mut Tx, id: i64) -> Result<(), Refused> {
    if draft(tx, id).await?.is_none() {
        return Err(Refused::NoDraft);
    }
    tx.execute("delete from tariff_simulations where table_id = $1", args![id]).await?;
    tx.execute("delete from tariff_rows where table_id = $1", args![id]).await?;
    tx.execute("delete from tariff_tables where id = $1", args![id]).await?;
    record(tx, id, "dropped").await?;
    Ok(())
}

db::row! {
    struct Draft { holder: HolderKind, valid_from: Date }
}

async fn draft(tx: &mut Tx, id: i64) -> Result<Option<Draft>, Error> {
    tx.one(
        "select holder, valid_from from tariff_tables where id = $1 and state = 'draft'",
        args![id],
    )
    .await
}

/// What a draft would do, as it was computed since it was changed last, and when.
pub(super) async fn tried(tx: &mut Tx, id: i64) -> Result<Option<(ResultBody, Timestamp)>, Error> {
    db::row! { struct Tried { result: String, made_at: Timestamp } }

    let found: Option<Tried> = tx
        .one("select result, made_at from tariff_simulations where table_id = $1", args![id])
        .await?;
    Ok(found.map(|found| (ResultBody::read(&found.result), found.made_at)))
}

/// Computes what a draft would do to everybody, and keeps it for whoever sets it. The computing is many short reads.
///
/// # Errors
///
/// [`Refused::NoDraft`], also if it was changed meanwhile.
pub async fn try_on_all(db: &Db, actor: Actor, id: i64) -> Result<Simulation, Refused> {
    let (holder, table) = db
        .read(actor.clone(), async |tx| {
            let Some(Draft { holder, .. }) = draft(tx, id).await? else {
                return Err(Refused::NoDraft);
            };
            Ok((holder, table_of(tx, holder, id).await?))
        })
        .await?;
    let simulation = super::simulate(db, holder, &table, table.valid_from).await?;
    let result = ResultBody::of(&simulation).stored();
    db.write(actor, async |tx| {
        let Some(Draft { holder, .. }) = draft(tx, id).await? else {
            return Err(Refused::NoDraft);
        };
        let now = table_of(tx, holder, id).await?;
        if now.rows != table.rows || now.valid_from != table.valid_from {
            return Err(Refused::NotTried);
        }
        let (me, at) = (tx.actor().user, tx.now());
        tx.execute("delete from tariff_simulations where table_id = $1", args![id]).await?;
        tx.change_one(
            "insert into tariff_simulations (table_id, result, made_by, made_at) values ($1, $2, $3, $4)",
            args![id, result.as_str(), me, at],
        )
        .await?;
        Ok(())
    })
    .await?;
    Ok(simulation)
}

async fn table_of(tx: &mut Tx, holder: HolderKind, id: i64) -> Result<Table, Refused> {
    let versions = with_rows(tx, holder).await?;
    let found = versions.iter().find(|(table, _)| table.id == id).ok_or(Refused::NoDraft)?;
    Ok(found.0.table(&found.1))
}

/// Sets a draft: from its day on every amount is computed with it, and it is never changed again.
///
/// # Errors
///
/// [`Refused::NotTried`] if nobody saw what it does to the members; [`Refused::Past`]; [`Refused::SameDay`].
pub async fn set(tx: &mut Tx, id: i64) -> Result<(), Refused> {
    let Draft { holder, valid_from } = draft(tx, id).await?.ok_or(Refused::NoDraft)?;
    may_begin_on(tx, id, valid_from).await?;
    if tried(tx, id).await?.is_none() {
        return Err(Refused::NotTried);
    }
    let same: i64 = tx
        .value(
            "select count(*) as value from tariff_tables where holder = $1 and state = 'set' and valid_from = $2",
            args![holder, valid_from],
        )
        .await?;
    if same > 0 {
        return Err(Refused::SameDay);
    }
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "update tariff_tables set state = 'set', set_by = $1, set_at = $2 where id = $3 and state = 'draft'",
        args![me, now, id],
    )
    .await?;
    record(tx, id, "set").await?;
    Ok(())
}

async fn record(tx: &mut Tx, id: i64, change: &'static str) -> Result<(), Error> {
    let event = Event::new(EventKind::TariffChanged, local(tx.now()).date())
        .with("tariff", Fact::Number(id))
        .with("change", Fact::Code(change));
    activity::record(tx, event).await
}
