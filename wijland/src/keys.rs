//! The file of keys: beside the database, never in it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use db::{Db, Tx};
use kernel::Actor;
use vault::KeyRing;

use crate::Failure;

/// The keys of an installation. A new installation gets some; one that sealed something and lost them is told so.
pub(crate) async fn open(file: &Path, db: &Db) -> Result<KeyRing, Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => KeyRing::read(&text)
            .map_err(|error| Failure::told(format!("{}: {error}", file.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let used = db.read(Actor::SYSTEM, async |tx| in_use(tx).await).await?;
            if !used.is_empty() {
                return Err(Failure::told(format!(
                    "account numbers or recordings were sealed with keys that are not in {}: put that file back from where you keep its copy",
                    file.display()
                )));
            }
            let ring = KeyRing::new();
            // Of two programs that start at once, the second takes what the first made.
            match make(file, &ring) {
                Ok(()) => Ok(ring),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => read(file),
                Err(error) => {
                    Err(Failure::file(format!("{} cannot be written", file.display()))(error))
                }
            }
        }
        Err(error) => Err(Failure::file(format!("{} cannot be read", file.display()))(error)),
    }
}

/// How many account numbers and recordings each key opens.
pub(crate) async fn in_use(tx: &mut Tx) -> Result<BTreeMap<i64, i64>, db::Error> {
    let mut used = dues::account::keys_in_use(tx).await?;
    for (nr, count) in telephone::recording::keys_in_use(tx).await? {
        *used.entry(nr).or_default() += count;
    }
    Ok(used)
}

fn read(file: &Path) -> Result<KeyRing, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(Failure::file(format!("{} cannot be read", file.display())))?;
    KeyRing::read(&text).map_err(|error| Failure::told(format!("{}: {error}", file.display())))
}

fn private() -> OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whole or not at all, and never over another: what is sealed with a key that is lost is lost.
fn make(file: &Path, ring: &KeyRing) -> std::io::Result<()> {
    let new = file.with_extension(format!("new-{}", db::new_id()));
    write(&new, ring)?;
    let linked = std::fs::hard_link(&new, file);
    std::fs::remove_file(&new)?;
    linked
}

/// Puts a changed ring in the place of the file, whole or not at all.
pub(crate) fn replace(file: &Path, ring: &KeyRing) -> Result<(), Failure> {
    let cannot = || format!("{} cannot be written", file.display());
    let new = file.with_extension(format!("new-{}", db::new_id()));
    write(&new, ring).map_err(Failure::file(cannot()))?;
    std::fs::rename(&new, file).map_err(Failure::file(cannot()))
}

fn write(file: &Path, ring: &KeyRing) -> std::io::Result<()> {
    let mut written = private().create_new(true).open(file)?;
    written.write_all(ring.written().as_bytes())?;
    written.sync_all()
}
