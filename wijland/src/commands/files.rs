//! `wijland import` and `wijland export`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use import::run::{Run, register};
use import::{Progress, UndoFailed, dry_run, run, undo};
use import_rules::columns::{Field, Kind, Mapping};
use kernel::{Actor, ImportId, local};

use super::{kind, say, warn};
use crate::{Failure, Installation, Place};

#[derive(Debug, clap::Args)]
pub(crate) struct ImportWish {
    /// persons, memberships, organisations, prospects, consents, objections, contacts, callbacks; or undo
    #[arg(value_name = "KIND|undo")]
    what: String,
    /// The file (CSV or XLSX); for undo, the number of the import
    #[arg(value_name = "FILE|ID")]
    which: PathBuf,
    /// Say what would happen to every row, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Which header stands for which field: `"Relatie" = "member_number"`, one on a line
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Where refused rows go, with line and reason
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// Some rows were refused, the rest is in.
const SOME_REFUSED: u8 = 2;

pub(crate) async fn import(wish: ImportWish) -> Result<ExitCode, Failure> {
    let ImportWish { what, which, dry_run: only_try, map, errors, place } = wish;
    if what == "undo" {
        let id = which.to_str().and_then(|id| id.parse().ok());
        let id =
            id.ok_or_else(|| Failure::told("undo takes the number that the import printed"))?;
        return take_back(&place.open().await?, ImportId(id)).await;
    }
    let kind = kind(&what)
        .map_err(|kinds| Failure::told(format!("{what} is no kind of file: {kinds}")))?;
    let headers = import::run::headers(&which)
        .map_err(|broken| Failure::told(format!("{}: {broken}", which.display())))?;
    let mapping = mapping(&headers, map.as_deref())?;
    for (header, _) in headers.iter().zip(&mapping.0).filter(|(_, field)| field.is_none()) {
        warn(format!("column {header:?} is not known and is left out"));
    }
    let lacks = mapping.lacks(kind);
    if !lacks.is_empty() {
        return Err(import::run::Failed::Lacks(lacks).into());
    }
    let errors = errors.unwrap_or_else(|| which.with_extension("errors.csv"));

    let installation = place.open().await?;
    let db = &installation.db;
    let file_name = which.file_name().and_then(|name| name.to_str()).unwrap_or("file").to_owned();
    let id = register(db, Actor::SYSTEM, kind, &file_name, &mapping).await?;
    let file = std::path::absolute(&which).map_err(Failure::file("the file has no full name"))?;
    let wanted = Run { id, kind, file, mapping, errors: Some(errors.clone()) };
    let today = local(db.clock().now()).date();
    let progress = Progress::default();
    let counts = if only_try {
        dry_run(db, Actor::SYSTEM, &wanted, today, &progress).await?
    } else {
        run(db, Actor::SYSTEM, &wanted, today, &progress).await?
    };
    db.close().await;

    let what = if only_try { format!("dry run {id}") } else { format!("import {id}") };
    say(format!(
        "{what}: {} rows, {} added, {} changed, {} unchanged, {} refused",
        counts.rows, counts.added, counts.changed, counts.unchanged, counts.refused
    ));
    if counts.refused == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    warn(format!("refused rows with their reasons are in {}", errors.display()));
    Ok(ExitCode::from(SOME_REFUSED))
}

/// The columns by their headers, and over that what the map says.
fn mapping(headers: &[String], map: Option<&Path>) -> Result<Mapping, Failure> {
    let mut mapping = Mapping::recognised(headers);
    let Some(path) = map else { return Ok(mapping) };
    let text = std::fs::read_to_string(path)
        .map_err(Failure::file(format!("the map {} cannot be read", path.display())))?;
    let map: BTreeMap<String, String> = toml::from_str(&text).map_err(|error| {
        Failure::told(format!(
            "the map makes no sense, it takes lines as \"Relatie\" = \"member_number\": {}",
            error.message()
        ))
    })?;
    for (header, code) in map {
        let at =
            headers.iter().position(|found| found.trim() == header.trim()).ok_or_else(|| {
                Failure::told(format!("the map names a column {header:?} that the file has not"))
            })?;
        let field = if code.is_empty() {
            None
        } else {
            let field = code.parse::<Field>();
            Some(field.map_err(|_| {
                Failure::told(format!("the map names a field {code:?} that there is not"))
            })?)
        };
        if field.is_some() {
            // What the map says wins over what a header seems to say.
            mapping.0.iter_mut().filter(|other| **other == field).for_each(|other| *other = None);
        }
        mapping.0[at] = field;
    }
    Ok(mapping)
}

async fn take_back(installation: &Installation, id: ImportId) -> Result<ExitCode, Failure> {
    let db = &installation.db;
    let (app, _) = installation.app(None).await?;
    let days = app
        .rulebook()
        .number("import.undo_days", app.now().date())
        .map_err(|missing| Failure::told(missing.to_string()))?;
    let undone = undo(db, Actor::SYSTEM, id, days).await.map_err(|failed| match failed {
        UndoFailed::Broken(error) => Failure::Db(error),
        told => Failure::told(told.to_string()),
    })?;
    say(format!(
        "import {id}: {} removed, {} restored, {} kept",
        undone.removed,
        undone.restored,
        undone.kept.len()
    ));
    for line in &undone.kept {
        say(format!("line {line} stays: somebody worked with it since"));
    }
    db.close().await;
    Ok(if undone.kept.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}

pub(crate) async fn export(kind: Kind, file: &Path, place: Place) -> Result<(), Failure> {
    let installation = place.open().await?;
    let rows = import::export::export(&installation.db, Actor::SYSTEM, kind, file).await?;
    say(format!("{rows} rows in {}", file.display()));
    installation.db.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_says_what_a_header_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("map.toml");
        std::fs::write(&file, "\"Relatie\" = \"member_number\"\n\"naam\" = \"\"\n").unwrap();
        let headers = ["Relatie", "naam", "achternaam"].map(str::to_owned);
        let mapped = mapping(&headers, Some(&file)).unwrap();
        assert_eq!(mapped.0, [Some(Field::MemberNumber), None, Some(Field::LastName)]);
        std::fs::write(&file, "\"Schoenmaat\" = \"member_number\"\n").unwrap();
        assert!(mapping(&headers, Some(&file)).unwrap_err().to_string().contains("Schoenmaat"));
    }
}
