//! Taking a file in: rows are read and understood on a thread of their own, written in steps that let
//! the desk work in between, and kept so that all of it can be taken back.

mod counts;
mod keyed;
mod match_person;
mod organisations;
mod people;
mod step;
mod undo;

use std::path::{Path, PathBuf};

use db::{Bulk, Db, Error, Tx, args};
use import_rules::columns::{Field, Kind, Mapping};
use import_rules::row::Refused;
use jiff::civil::Date;
use kernel::{Actor, Event, EventKind, Fact, ImportId, local};
use rulebook::Rulebook;
use tokio::sync::mpsc;

pub use counts::{Counts, Progress};
pub use undo::{Failed as UndoFailed, Undone, undo};

use crate::file::{Broken, Row, Table};
use crate::store::{self, State};
use step::{Outcome, Step};

/// What is to be taken in.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: ImportId,
    pub kind: Kind,
    pub file: PathBuf,
    pub mapping: Mapping,
    /// Where refused rows are written, with line and reason.
    pub errors: Option<PathBuf>,
}

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    File(#[from] Broken),
    #[error("the file lacks a column: {}", .0.iter().map(|field| field.code()).collect::<Vec<_>>().join(", "))]
    Lacks(Vec<Field>),
    #[error("this import cannot begin now")]
    NotNow,
    #[error("the errors file cannot be written")]
    ErrorsFile(#[source] std::io::Error),
    #[error(transparent)]
    Rules(#[from] rulebook::Missing),
    #[error(transparent)]
    Broken(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        match error {
            Error::Raced => Self::NotNow,
            error => Self::Broken(error),
        }
    }
}

/// How many rows one step writes: large enough to be fast, small enough that the desk does not wait.
const ROWS_AT_ONCE: usize = 2_000;

/// Registers an import under a new id.
pub async fn register(
    db: &Db,
    actor: Actor,
    kind: Kind,
    file_name: &str,
    mapping: &Mapping,
) -> Result<ImportId, Error> {
    let id = ImportId(db::new_id());
    let stored = mapping.stored();
    db.write(actor, async |tx| store::insert(tx, id, kind, file_name, &stored).await).await?;
    Ok(id)
}

/// Says what [`run`] would do, row by row, and does nothing.
pub async fn dry_run(
    db: &Db,
    actor: Actor,
    run: &Run,
    today: Date,
    progress: &Progress,
) -> Result<Counts, Failed> {
    begin(db, &actor, run, &[State::Uploaded, State::Checked, State::Checking], State::Checking)
        .await?;
    let ended = go(db, &actor, run, today, progress, false).await;
    finish(db, &actor, run, ended, State::Checked).await
}

/// Takes the file in.
pub async fn run(
    db: &Db,
    actor: Actor,
    run: &Run,
    today: Date,
    progress: &Progress,
) -> Result<Counts, Failed> {
    // One that was running when the program stopped, or that failed, goes on where it was.
    let from = [State::Uploaded, State::Checked, State::Failed, State::Running];
    begin(db, &actor, run, &from, State::Running).await?;
    let ended = go_at_full_speed(db, &actor, run, today, progress).await;
    let counts = finish(db, &actor, run, ended, State::Done).await?;
    if counts.added + counts.changed > ROWS_AT_ONCE as u64 {
        db.analyze().await?;
    }
    Ok(counts)
}

/// Whether this file fills a member base in which nobody works yet.
async fn is_the_first(db: &Db, actor: &Actor, run: &Run) -> Result<bool, Error> {
    if !matches!(run.kind, Kind::Persons | Kind::Prospects) {
        return Ok(false);
    }
    let known: i64 = db
        .read(actor.clone(), async |tx| {
            tx.value("select count(*) as value from (select 1 from people limit 1000) p", vec![])
                .await
        })
        .await?;
    Ok(known < 1_000)
}

async fn begin(db: &Db, actor: &Actor, run: &Run, from: &[State], to: State) -> Result<(), Failed> {
    let lacks = run.mapping.lacks(run.kind);
    if !lacks.is_empty() {
        return Err(Failed::Lacks(lacks));
    }
    db.write(actor.clone(), async |tx| store::set_state(tx, run.id, from, to).await).await?;
    Ok(())
}

async fn finish(
    db: &Db,
    actor: &Actor,
    run: &Run,
    ended: Result<Counts, Failed>,
    to: State,
) -> Result<Counts, Failed> {
    let running = [State::Checking, State::Running];
    match ended {
        Ok(counts) => {
            db.write(Actor { command: None, ..actor.clone() }, async |tx| {
                counts::store(tx, run.id, counts).await?;
                store::set_state(tx, run.id, &running, to).await?;
                if to == State::Done {
                    let number = |n: u64| Fact::Number(i64::try_from(n).unwrap_or(i64::MAX));
                    let event = Event::new(EventKind::ImportDone, local(tx.now()).date())
                        .with("kind", Fact::Code(run.kind.code()))
                        .with("import", Fact::Number(run.id.0))
                        .with("added", number(counts.added))
                        .with("changed", number(counts.changed))
                        .with("unchanged", number(counts.unchanged))
                        .with("refused", number(counts.refused));
                    activity::record(tx, event).await?;
                }
                Ok::<_, Error>(())
            })
            .await?;
            Ok(counts)
        }
        Err(failed) => {
            let problem = failed.to_string();
            db.write(Actor { command: None, ..actor.clone() }, async |tx| {
                tx.change_one(
                    "update imports set problem = $1 where id = $2",
                    args![problem, run.id],
                )
                .await?;
                store::set_state(tx, run.id, &running, State::Failed).await
            })
            .await?;
            Err(failed)
        }
    }
}

/// As [`go`], with a database that is made ready for very many rows.
async fn go_at_full_speed(
    db: &Db,
    actor: &Actor,
    run: &Run,
    today: Date,
    progress: &Progress,
) -> Result<Counts, Failed> {
    db.enlarge_cache(true).await?;
    if is_the_first(db, actor, run).await? {
        db.set_indexes_aside(::people::person::bulk::FINDING_INDEXES).await?;
    }
    let ended = go(db, actor, run, today, progress, true).await;
    db.put_indexes_back().await?;
    db.enlarge_cache(false).await?;
    ended
}

/// Reads, understands and, if `for_real`, writes; counts either way.
async fn go(
    db: &Db,
    actor: &Actor,
    run: &Run,
    today: Date,
    progress: &Progress,
    for_real: bool,
) -> Result<Counts, Failed> {
    let headers = Table::open(&run.file)?.headers;
    let mut errors =
        counts::ErrorsFile::open(run.errors.as_deref(), &headers).map_err(Failed::ErrorsFile)?;
    let (mut counts, done_until) =
        db.read(actor.clone(), async |tx| counts::so_far(tx, run.id).await).await?;
    let rules = db.read(Actor::SYSTEM, async |tx| Rulebook::load(tx).await).await?;
    let office_hours = rules.window("callback.office_hours", today)?;
    let actor = Actor { command: None, ..actor.clone() };
    let seen = std::sync::Mutex::default();
    let mut batches = read_ahead(run, today, done_until);
    while let Some(batch) = batches.recv().await {
        let Batch { rows, people } = batch?;
        if people.iter().flatten().any(people::Understood::has_no_key) {
            // Whom such a row means is looked for by name, number and address.
            db.put_indexes_back().await?;
        }
        let step = Step {
            import: run.id,
            kind: run.kind,
            mapping: &run.mapping,
            rows: &rows,
            today,
            office_hours,
            seen: (!for_real).then_some(&seen),
        };
        let outcome = if for_real {
            db.write(actor.clone(), async |tx| write(tx, &step, people).await).await?
        } else {
            // Everything happens, and is then dropped: what the real run would do, down to the last
            // constraint.
            db.try_out(actor.clone(), async |tx| write(tx, &step, people).await).await?
        };
        for (row, outcome) in rows.iter().zip(&outcome) {
            counts.count(outcome);
            errors.write(row, outcome).map_err(Failed::ErrorsFile)?;
        }
        progress.set(counts);
    }
    errors.close().map_err(Failed::ErrorsFile)?;
    Ok(counts)
}

/// Writes the rows and what became of each. `people` is what rows of persons or prospects say.
async fn write(
    tx: &mut Tx,
    step: &Step<'_>,
    people: Vec<Result<people::Understood, Refused>>,
) -> Result<Vec<Outcome>, Error> {
    let outcomes = match step.kind {
        Kind::Persons | Kind::Prospects => people::write(tx, step, people).await?,
        Kind::Organisations => organisations::write(tx, step).await?,
        Kind::Memberships
        | Kind::Consents
        | Kind::Objections
        | Kind::Contacts
        | Kind::Callbacks => keyed::write(tx, step).await?,
    };
    let mut kept = Bulk::new(
        "insert into import_rows (import_id, line, action, person_id, subject_id, version, before, why) values",
        "",
    );
    for (row, outcome) in step.rows.iter().zip(&outcomes) {
        let line = i64::try_from(row.line).unwrap_or(i64::MAX);
        let Outcome { action, person, subject, version, before, refused, doubts: _ } = outcome;
        kept.push(args![
            step.import,
            line,
            *action,
            *person,
            *subject,
            *version,
            before.as_deref(),
            refused.as_deref(),
        ]);
    }
    kept.write(tx).await?;
    Ok(outcomes)
}

/// Rows of one step.
struct Batch {
    rows: Vec<Row>,
    /// What they say, in a file of persons or prospects; empty in another.
    people: Vec<Result<people::Understood, Refused>>,
}

/// Reads the rows after `done_until` on a thread of its own, a few steps ahead of what is being written.
fn read_ahead(run: &Run, today: Date, done_until: u64) -> mpsc::Receiver<Result<Batch, Broken>> {
    let (sender, receiver) = mpsc::channel(2);
    let Run { file, mapping, kind, .. } = run.clone();
    std::thread::spawn(move || {
        let read = || -> Result<(), Broken> {
            let mut table = Table::open(&file)?;
            loop {
                let mut rows =
                    table.by_ref().take(ROWS_AT_ONCE).collect::<Result<Vec<Row>, Broken>>()?;
                if rows.is_empty() {
                    return Ok(());
                }
                rows.retain(|row| row.line > done_until);
                let people = match kind {
                    Kind::Persons => people::understand(&rows, &mapping, today, false),
                    Kind::Prospects => people::understand(&rows, &mapping, today, true),
                    _ => vec![],
                };
                if sender.blocking_send(Ok(Batch { rows, people })).is_err() {
                    // Nobody takes them any more: the import ended.
                    return Ok(());
                }
            }
        };
        if let Err(broken) = read() {
            // Whoever waits learns of it; if nobody does, there is nobody to tell.
            let _ = sender.blocking_send(Err(broken));
        }
    });
    receiver
}

/// The headers of a file and how many rows it has at a first glance.
pub fn headers(path: &Path) -> Result<Vec<String>, Broken> {
    Ok(Table::open(path)?.headers)
}
