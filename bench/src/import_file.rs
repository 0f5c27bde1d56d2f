//! A file of members with validation and matching, beside the bare load of the same rows.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::Instant;

use db::{Bulk, Clock};
use import::run::{Run, register};
use import::{Progress, run, synthetic};
use import_rules::columns::{Kind, Mapping};
use kernel::{Actor, Value, local};
use wijland::Installation;

use crate::world::{Failed, settings};

/// The seed of the measured file, so that every run reads the same.
const SEED: u64 = 1;
/// Consents for so many, so that there is somebody to call.
const CONSENTS: u64 = 200_000;

pub(crate) async fn measure(
    data: &Path,
    database: Option<&str>,
    members: u64,
) -> Result<(), Failed> {
    let installation = Installation::open(settings(data, database), Clock::real()).await?;
    let db = &installation.db;
    let known: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from people", vec![]).await
        })
        .await?;
    if known > 0 {
        return Err(format!(
            "{known} people are there already: an import is measured into an empty database"
        )
        .into());
    }
    let today = local(db.clock().now()).date();
    let target = if database.is_some() { "180 s" } else { "120 s" };
    let mut seconds = 0.0;
    for (kind, rows) in [(Kind::Persons, members), (Kind::Consents, CONSENTS.min(members))] {
        let file = data.join(format!("{}.csv", kind.code()));
        let wish = synthetic::Wish { kind, rows, seed: SEED, today, owners: &[] };
        synthetic::write(wish, BufWriter::new(File::create(&file)?))?;
        let mapping = Mapping::recognised(&import::run::headers(&file)?);
        let id = register(db, Actor::SYSTEM, kind, "bench.csv", &mapping).await?;
        let wanted = Run { id, kind, file: std::path::absolute(&file)?, mapping, errors: None };
        let begin = Instant::now();
        let counts = run(db, Actor::SYSTEM, &wanted, today, &Progress::default()).await?;
        let took = begin.elapsed().as_secs_f64();
        println!(
            "import of {rows} {}: {took:.1} s, {} added, {} refused",
            kind.code(),
            counts.added,
            counts.refused
        );
        if kind == Kind::Persons {
            seconds = took;
            println!("  target for 1,000,000 persons: {target}");
        }
    }
    let bare =
        bare_load(&installation, &data.join(format!("{}.csv", Kind::Persons.code()))).await?;
    println!(
        "bare upsert of the same cells into one table: {bare:.1} s; ratio {:.1}",
        seconds / bare
    );
    installation.db.close().await;
    Ok(())
}

/// The limit of the engine under the same face: the same file, one table, one unique index, the same steps.
async fn bare_load(installation: &Installation, file: &Path) -> Result<f64, Failed> {
    const ROWS_AT_ONCE: usize = 2_000;
    let db = &installation.db;
    db.migrate(&[db::Migration { name: "bench-bare", sql: BARE }]).await?;
    let begin = Instant::now();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(file)?;
    let mut rows = reader.records();
    loop {
        let step: Vec<Vec<Value>> = rows
            .by_ref()
            .take(ROWS_AT_ONCE)
            .map(|row| row.map(|row| row.iter().take(12).map(Value::from).collect()))
            .collect::<Result<_, _>>()?;
        if step.is_empty() {
            break;
        }
        db.write(Actor::SYSTEM, async |tx| {
            let mut bulk = Bulk::new(
                "insert into bench_bare (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12) values",
                "on conflict (c1) do update set c5 = excluded.c5",
            );
            for row in step.clone() {
                bulk.push(row);
            }
            bulk.write(tx).await
        })
        .await?;
    }
    let took = begin.elapsed().as_secs_f64();
    db.write(Actor::SYSTEM, async |tx| tx.execute("delete from bench_bare", vec![]).await).await?;
    Ok(took)
}

const BARE: &str = "\
create table bench_bare (
    c1   text primary key,
    c2   text not null,
    c3   text not null,
    c4   text not null,
    c5   text not null,
    c6   text not null,
    c7   text not null,
    c8   text not null,
    c9   text not null,
    c10  text not null,
    c11  text not null,
    c12  text not null
);
";
