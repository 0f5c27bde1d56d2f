//! `wijland backup` and `wijland restore`

use std::path::Path;

use super::say;
use crate::installation::take_alone;
use crate::{Failure, Place};

const ELSEWHERE: &str = "this installation is on PostgreSQL, which has tools of its own: \
    pg_dump --format=custom --file=FILE \"$WIJLAND_DATABASE\" to back up, \
    pg_restore --clean --if-exists --dbname=\"$WIJLAND_DATABASE\" FILE to restore; \
    the folder of uploads is copied beside it, and the file of keys somewhere else";

pub(crate) async fn backup(file: &Path, place: Place) -> Result<(), Failure> {
    if place.settings()?.database.is_some() {
        return Err(Failure::told(ELSEWHERE));
    }
    if file.exists() {
        return Err(Failure::told(format!(
            "{} is there already; a backup overwrites nothing",
            file.display()
        )));
    }
    let installation = place.open().await?;
    installation.db.copy_into(file).await?;
    installation.db.close().await;
    let keys = installation.settings.key_file();
    only_for_us(file)
        .map_err(Failure::file(format!("{} cannot be closed to others", file.display())))?;
    let bytes = std::fs::metadata(file).map(|meta| meta.len()).unwrap_or_default();
    say(format!("{} ({bytes} bytes)", file.display()));
    say(format!(
        "account numbers in it open with {} only: keep a copy of that file too, and not beside this one",
        keys.display()
    ));
    Ok(())
}

#[cfg(unix)]
fn only_for_us(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
}

pub(crate) async fn restore(file: &Path, place: Place) -> Result<(), Failure> {
    let settings = place.settings()?;
    if settings.database.is_some() {
        return Err(Failure::told(ELSEWHERE));
    }
    // Read through before anything is moved: what is no backup of ours must not take its place.
    check(file).await?;
    let folder = &settings.data;
    let alone = take_alone(folder)?;
    let database = folder.join("wijland.db");
    if database.exists() {
        let aside = folder.join(format!("wijland.db.before-{}", db::new_id()));
        // Everything that is in the log beside the file belongs to it.
        for ending in ["", "-wal", "-shm"] {
            let from = folder.join(format!("wijland.db{ending}"));
            if from.exists() {
                let to = aside.with_file_name(format!(
                    "{}{ending}",
                    aside.file_name().and_then(|name| name.to_str()).unwrap_or("old")
                ));
                std::fs::rename(&from, to)
                    .map_err(Failure::file("what is there cannot be moved aside"))?;
            }
        }
        say(format!("what was there is kept as {}", aside.display()));
    }
    std::fs::copy(file, &database).map_err(Failure::file("the backup cannot be copied"))?;
    drop(alone);
    let installation = place.open().await?;
    installation.db.close().await;
    say(format!("{} is restored", folder.display()));
    Ok(())
}

/// Whether a file is a database of this program and whole.
async fn check(file: &Path) -> Result<(), Failure> {
    let no_backup = || Failure::told(format!("{} is no backup of this program", file.display()));
    let copy = tempfile::NamedTempFile::new().map_err(Failure::file("no temporary file"))?;
    std::fs::copy(file, copy.path())
        .map_err(Failure::file(format!("{} cannot be read", file.display())))?;
    let db = db::Db::open(&db::Where::File(copy.path().to_owned()), db::Clock::real())
        .await
        .map_err(|_| no_backup())?;
    let healthy = db.is_whole().await;
    db.close().await;
    match healthy {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::told(format!("{} is damaged", file.display()))),
        Err(_) => Err(no_backup()),
    }
}
