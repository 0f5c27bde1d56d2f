//! A folder that only the user of the program may look into.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::{Kept, NotKept};

pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The recording is a folder, the piece a file in it.
    fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.0.clone(), |path, part| path.join(part))
    }
}

impl Kept for Folder {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), NotKept> {
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&self.0);
        make_private(folder)?;
        // Half a piece would open as little as none, and look like one.
        let new = path.with_extension("new");
        let mut file = private().open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        File::open(folder)?.sync_all()?;
        Ok(())
    }

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, NotKept> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn remove(&self, name: &str) -> Result<(), NotKept> {
        let path = self.path(name);
        for path in [path.with_extension("new"), path.clone()] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        if let Some(folder) = path.parent() {
            // With the last piece its folder goes; before, it is not empty.
            let _ = fs::remove_dir(folder);
        }
        Ok(())
    }
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private() -> OpenOptions {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_found_until_it_is_removed_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let place = Folder::new(folder.path().join("recordings"));
        assert_eq!(place.find("7/000000").unwrap(), None);
        for nr in ["7/000000", "7/000001"] {
            place.put(nr, nr.as_bytes()).unwrap();
            assert_eq!(place.find(nr).unwrap().as_deref(), Some(nr.as_bytes()));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &str| {
                fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777
            };
            assert_eq!((mode("recordings/7"), mode("recordings/7/000000")), (0o700, 0o600));
        }
        for nr in ["7/000000", "7/000001"] {
            place.remove(nr).unwrap();
            place.remove(nr).unwrap();
            assert_eq!(place.find(nr).unwrap(), None);
        }
        assert_eq!(fs::read_dir(folder.path().join("recordings")).unwrap().count(), 0);
    }
}
