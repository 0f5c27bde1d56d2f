use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::{Arc, Mutex};

use db::{Error, Tx, args};
use kernel::ImportId;

use super::step::{Action, Outcome};
use crate::file::Row;

/// What became of the rows so far.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    pub rows: u64,
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub refused: u64,
    /// Taken in, with something that a person should look at.
    pub doubts: u64,
}

impl Counts {
    pub(super) fn count(&mut self, outcome: &Outcome) {
        self.rows += 1;
        *match outcome.action {
            Action::Added => &mut self.added,
            Action::Changed => &mut self.changed,
            Action::Unchanged => &mut self.unchanged,
            Action::Refused => &mut self.refused,
        } += 1;
        self.doubts += u64::from(!outcome.doubts.is_empty());
    }
}

/// Shared between an import that runs and a page that shows how far it is.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Mutex<Counts>>);

impl Progress {
    #[must_use]
    pub fn so_far(&self) -> Counts {
        *self.0.lock().expect("nobody panics while holding it")
    }

    pub(super) fn set(&self, counts: Counts) {
        *self.0.lock().expect("nobody panics while holding it") = counts;
    }
}

pub(super) async fn store(tx: &mut Tx, id: ImportId, counts: Counts) -> Result<(), Error> {
    let n = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let Counts { rows, added, changed, unchanged, refused, doubts } = counts;
    tx.change_one(
        "update imports set rows = $1, added = $2, changed = $3, unchanged = $4, refused = $5, doubts = $6
          where id = $7",
        args![n(rows), n(added), n(changed), n(unchanged), n(refused), n(doubts), id],
    )
    .await
}

db::row! {
    struct ByAction { action: String, n: i64, last: i64 }
}

/// What an import did before it was interrupted: its counts, and the last line of it. Nothing for one
/// that begins.
pub(super) async fn so_far(tx: &mut Tx, id: ImportId) -> Result<(Counts, u64), Error> {
    let rows: Vec<ByAction> = tx
        .all(
            "select action, count(*) as n, max(line) as last from import_rows where import_id = $1 group by action",
            args![id],
        )
        .await?;
    let mut counts = Counts::default();
    let mut last = 0;
    for ByAction { action, n, last: line } in rows {
        let n = n.unsigned_abs();
        counts.rows += n;
        match action.as_str() {
            "added" => counts.added = n,
            "changed" => counts.changed = n,
            "unchanged" => counts.unchanged = n,
            _ => counts.refused = n,
        }
        last = last.max(line.unsigned_abs());
    }
    Ok((counts, last))
}

/// The rows that were refused, or taken in with a doubt: line, reason, and the row itself, so that it
/// can be mended and taken in again.
pub(super) struct ErrorsFile {
    writer: Option<csv::Writer<BufWriter<File>>>,
}

impl ErrorsFile {
    pub(super) fn open(path: Option<&Path>, headers: &[String]) -> Result<Self, std::io::Error> {
        let Some(path) = path else { return Ok(Self { writer: None }) };
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(BufWriter::new(File::create(path)?));
        let own = ["line", "what", "reason"].map(str::to_owned);
        writer.write_record(own.iter().chain(headers))?;
        Ok(Self { writer: Some(writer) })
    }

    pub(super) fn write(&mut self, row: &Row, outcome: &Outcome) -> Result<(), std::io::Error> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let (what, reason) = match &outcome.refused {
            Some(refused) => ("refused", refused.clone()),
            None if outcome.doubts.is_empty() => return Ok(()),
            None => ("doubt", outcome.doubts.join(" ")),
        };
        let own = [row.line.to_string(), what.to_owned(), reason];
        let cells = row.cells.iter().map(|cell| kernel::protect(cell));
        writer.write_record(own.into_iter().chain(cells))?;
        Ok(())
    }

    pub(super) fn close(self) -> Result<(), std::io::Error> {
        match self.writer {
            Some(mut writer) => writer.flush(),
            None => Ok(()),
        }
    }
}
