use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use db::{Clock, Db, Where};
use kernel::Actor;
use vault::KeyRing;
use web::{App, Area, Demo};

use crate::{Failure, Settings, areas, keys, migrations};

/// Which installation a command is about. `--config FILE` for one in real use, `--data DIR` for one that
/// is a folder.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Place {
    /// The folder of an installation
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    pub data: Option<PathBuf>,
    /// The settings of an installation
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Place {
    /// The settings of the installation that is meant; a folder may hold its own.
    pub fn settings(&self) -> Result<Settings, Failure> {
        let own = self
            .data
            .as_ref()
            .map(|folder| folder.join("wijland.toml"))
            .filter(|file| file.exists());
        let mut settings = Settings::read(self.config.as_deref().or(own.as_deref()))?;
        if let Some(folder) = &self.data {
            settings.data.clone_from(folder);
        }
        Ok(settings)
    }

    /// Opens the installation, which must be there already.
    pub async fn open(&self) -> Result<Installation, Failure> {
        let settings = self.settings()?;
        if settings.database.is_none() && !database_file(&settings.data).exists() {
            return Err(Failure::told(format!(
                "there is no installation in {}: say which with --data DIR or --config FILE, or make one with `wijland init`",
                settings.data.display()
            )));
        }
        Installation::open(settings, Clock::real()).await
    }
}

fn database_file(folder: &Path) -> PathBuf {
    folder.join("wijland.db")
}

/// One association: its folder, its database, its settings.
pub struct Installation {
    pub db: Db,
    pub settings: Settings,
    /// Opens account numbers and recordings.
    pub keys: KeyRing,
    /// Held as long as the installation is open, so that nobody replaces the database under it.
    _lock: File,
}

impl Installation {
    /// Opens an installation, making what is not there, and brings its schema up to date.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Self, Failure> {
        let lock = lock_file(&settings.data)?;
        lock.lock_shared().map_err(Failure::file("the data folder cannot be locked"))?;
        let place = match &settings.database {
            Some(url) => Where::Url(url.clone()),
            None => Where::File(database_file(&settings.data)),
        };
        let db = Db::open(&place, clock).await?;
        db.migrate(&migrations(&areas(PathBuf::new()))).await?;
        // An import that was killed may have left some aside.
        db.put_indexes_back().await?;
        db.write(Actor::SYSTEM, async |tx| {
            rulebook::seed(tx).await?;
            wording::seed(tx).await
        })
        .await?;
        let keys = keys::open(&settings.key_file(), &db).await?;
        Ok(Self { db, settings, keys, _lock: lock })
    }

    /// The program over this installation.
    pub async fn app(&self, demo: Option<Demo>) -> Result<(App, Vec<Area>), Failure> {
        let areas = areas(self.settings.data.join("uploads"));
        let settings = self.settings.of_web(self.keys.clone(), demo);
        // A mistake in these is told before anybody waits for a mail.
        mail::Outside::new(&settings)?;
        // And in these, before anybody waits for a call.
        telephone::check(&settings)?;
        telephone::recording::check(&settings.recordings)?;
        let app = App::new(self.db.clone(), settings, &areas).await?;
        Ok((app, areas))
    }
}

/// Takes the folder for oneself: nobody else has the installation open as long as the file is held.
pub(crate) fn take_alone(folder: &Path) -> Result<File, Failure> {
    let lock = lock_file(folder)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(Failure::told(format!("{} is in use: stop the program first", folder.display())))
        }
        Err(TryLockError::Error(error)) => {
            Err(Failure::file("the data folder cannot be locked")(error))
        }
    }
}

fn lock_file(folder: &Path) -> Result<File, Failure> {
    let cannot = || format!("{} cannot be written", folder.display());
    make_private(folder).map_err(Failure::file(cannot()))?;
    File::create(folder.join("lock")).map_err(Failure::file(cannot()))
}

/// A folder that only the user of the program may look into: it holds who is a member of a union.
fn make_private(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
