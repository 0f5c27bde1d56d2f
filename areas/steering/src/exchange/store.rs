use std::collections::BTreeMap;

use db::{Bulk, Error, Tx, args};
use figures::count;
use figures::figure::{along, line};
use figures_rules::{Dim, Figure, Month, Universe, Value};
use jiff::Timestamp;
use kernel::UserId;
use steering_rules::exchange::{Among, Base, Told, among, tell, tell_apart};

use super::file::{File, Row, Wrong, public_key, sign, verify};
use crate::results::record;

/// What is exchanged: shares of members.
const FIGURES: &[Figure] = &[
    Figure::Growth,
    Figure::Inflow,
    Figure::Outflow,
    Figure::Retention,
    Figure::Renewal,
    Figure::ContactCoverage,
    Figure::VisitCoverage,
];

/// The last quarter of which every month is closed: its first and last month.
pub(super) async fn quarter(tx: &mut Tx) -> Result<Option<(Month, Month)>, Error> {
    let Some(closed) = count::closed_until(tx).await? else { return Ok(None) };
    let in_quarter = i32::from((closed.first().month() - 1) % 3);
    let last = if in_quarter == 2 { closed } else { closed.plus(-1 - in_quarter) };
    Ok(Some((last.plus(-2), last)))
}

/// `2026-Q3`
pub(super) fn period_of(last: Month) -> String {
    format!("{}-Q{}", last.first().year(), (last.first().month() - 1) / 3 + 1)
}

/// What this association may tell of its last closed quarter.
pub(super) async fn own_rows(
    tx: &mut Tx,
    universe: Universe,
    least: i64,
) -> Result<Option<(String, Vec<Row>)>, Error> {
    let Some((from, to)) = quarter(tx).await? else { return Ok(None) };
    let mut rows = Vec::new();
    let row = |figure: Figure, line: &str, place: String, told: Told| Row {
        figure: figure.code().into(),
        version: figure.version(),
        line: line.into(),
        place,
        percent: told.percent,
        base: told.base.code().into(),
    };
    for figure in FIGURES {
        let whole = line(tx, *figure, universe, &Dim::All, from, to).await?.over(from, to);
        if let Some(told) = tell(whole, least) {
            rows.push(row(*figure, "all", String::new(), told));
        }
        let places: BTreeMap<String, Value> = along(tx, *figure, universe, "sector", from, to)
            .await?
            .into_iter()
            .map(|along| (along.dim.stored().1, along.value))
            .collect();
        for (place, told) in tell_apart(&places, least) {
            rows.push(row(*figure, "sector", place, told));
        }
    }
    Ok(Some((period_of(to), rows)))
}

/// The secret that this association signs with; made the first time.
async fn secret(tx: &mut Tx) -> Result<String, Error> {
    db::row! { struct Key { secret: String } }

    let now = tx.now();
    tx.execute(
        "insert into exchange_key (id, secret, made_at) values (1, $1, $2) on conflict do nothing",
        args![web::new_token(), now],
    )
    .await?;
    let key: Option<Key> = tx.one("select secret from exchange_key where id = 1", args![]).await?;
    Ok(key.ok_or(Error::Raced)?.secret)
}

/// The file of this association; `None` before a quarter is closed.
pub async fn own_file(
    tx: &mut Tx,
    universe: Universe,
    least: i64,
) -> Result<Option<(String, String)>, Error> {
    let Some((period, rows)) = own_rows(tx, universe, least).await? else { return Ok(None) };
    let secret = secret(tx).await?;
    let file = File::new(universe, period.clone(), rows);
    let signed = sign(&file, &secret).map_err(|_| Error::Raced)?;
    record(tx, "file_made").await?;
    Ok(Some((period, signed)))
}

/// The key by which this association is known; `None` before it first signed.
pub(super) async fn own_key(tx: &mut Tx) -> Result<Option<String>, Error> {
    db::row! { struct Key { secret: String } }

    let key: Option<Key> = tx.one("select secret from exchange_key where id = 1", args![]).await?;
    Ok(key.and_then(|key| public_key(&key.secret)))
}

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Wrong(#[from] Wrong),
    #[error(transparent)]
    Broken(#[from] Error),
}

/// Takes a file of another association in; one of the same period by the same key takes its place.
///
/// # Errors
///
/// [`Wrong`] if it is nothing that an association tells, or our own.
pub async fn put(tx: &mut Tx, text: &str, label: &str) -> Result<(), Failed> {
    let (contributor, file) = verify(text)?;
    if own_key(tx).await?.as_ref() == Some(&contributor) {
        return Err(Wrong::Own.into());
    }
    let (me, now): (UserId, Timestamp) = (tx.actor().user, tx.now());
    remove_rows(tx, &contributor, &file.period).await?;
    tx.execute(
        "insert into exchange_files (contributor, period, universe, label, taken_by, taken_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (contributor, period) do update
            set universe = excluded.universe, label = excluded.label, taken_by = excluded.taken_by, taken_at = excluded.taken_at",
        args![&contributor, &file.period, &file.universe, label, me, now],
    )
    .await?;
    let mut bulk = Bulk::new(
        "insert into exchange_rows (contributor, period, figure, version, line, place, percent, base) values",
        "",
    );
    for row in &file.rows {
        bulk.push(args![
            &contributor,
            &file.period,
            &row.figure,
            row.version,
            &row.line,
            &row.place,
            row.percent,
            &row.base,
        ]);
    }
    bulk.write(tx).await?;
    record(tx, "file_taken").await?;
    Ok(())
}

async fn remove_rows(tx: &mut Tx, contributor: &str, period: &str) -> Result<(), Error> {
    tx.execute(
        "delete from exchange_rows where contributor = $1 and period = $2",
        args![contributor, period],
    )
    .await?;
    Ok(())
}

/// Takes a file out again.
///
/// # Errors
///
/// [`Error::Raced`] if it is not there.
pub(super) async fn remove(tx: &mut Tx, contributor: &str, period: &str) -> Result<(), Error> {
    remove_rows(tx, contributor, period).await?;
    tx.change_one(
        "delete from exchange_files where contributor = $1 and period = $2",
        args![contributor, period],
    )
    .await?;
    record(tx, "file_removed").await
}

db::row! {
    /// A file that was taken in.
    #[derive(Clone, Debug)]
    pub(super) struct FromOther {
        pub contributor: String,
        pub period: String,
        pub label: String,
        pub taken_at: Timestamp,
        pub shares: i64,
    }
}

pub(super) async fn taken(tx: &mut Tx) -> Result<Vec<FromOther>, Error> {
    tx.all(
        "select f.contributor, f.period, f.label, f.taken_at,
                (select count(*) from exchange_rows r where r.contributor = f.contributor and r.period = f.period) as shares
           from exchange_files f order by f.period desc, f.taken_at desc limit 200",
        args![],
    )
    .await
}

/// A figure beside those of other associations.
#[derive(Clone, Debug)]
pub struct Compared {
    pub figure: Figure,
    pub period: String,
    pub among: Among,
    /// Ours in the same quarter.
    pub own: Option<f64>,
}

/// Figures of the latest quarter of which enough others told theirs, whose members are what ours are.
pub async fn compared(
    tx: &mut Tx,
    universe: Universe,
    fewest: i64,
) -> Result<Vec<Compared>, Error> {
    db::row! { struct Found { percent: i64, base: Base } }

    let Some((from, to)) = quarter(tx).await? else { return Ok(vec![]) };
    let period = period_of(to);
    let fewest = usize::try_from(fewest).unwrap_or(usize::MAX);
    let mut compared = Vec::new();
    for figure in FIGURES {
        let found: Vec<Found> = tx
            .all(
                "select r.percent, r.base from exchange_rows r
                   join exchange_files f on f.contributor = r.contributor and f.period = r.period
                  where r.period = $1 and r.figure = $2 and r.version = $3 and r.line = 'all' and f.universe = $4",
                args![&period, *figure, figure.version(), universe],
            )
            .await?;
        let told: Vec<Told> =
            found.into_iter().map(|row| Told { percent: row.percent, base: row.base }).collect();
        let Some(among) = among(&told, fewest) else { continue };
        // Our own number may be shown to us, whatever its size.
        let value = line(tx, *figure, universe, &Dim::All, from, to).await?.over(from, to);
        let own = value.number().filter(|_| value.per.is_some_and(|per| per > 0));
        compared.push(Compared { figure: *figure, period: period.clone(), among, own });
    }
    Ok(compared)
}
