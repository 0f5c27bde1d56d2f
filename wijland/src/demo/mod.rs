//! `wijland demo`: the invented union, ready to be looked at, on the story's Tuesday.

mod accounts;
mod clock;
mod cluster;
mod seed;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use db::{Clock, Db};
use jiff::civil::DateTime;
use web::Demo;

pub use seed::{Seeded, Staff, colleagues, seed};

use crate::commands::{say, warn};
use crate::installation::take_alone;
use crate::{Failure, Installation, Settings, serve};
use accounts::Account;
use clock::KeptClock;
use cluster::Cluster;

#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The folder of the demo
    #[arg(long, default_value = "demo-data", value_name = "DIR")]
    data: PathBuf,
    /// Throw away what the demo kept and begin again
    #[arg(long)]
    fresh: bool,
    /// So many invented members besides those of the story
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    members: u64,
    /// So many invented colleagues besides those of the story
    #[arg(long, default_value_t = 0, value_name = "N")]
    agents: u32,
    /// The time it is: 2026-11-24T08:20, or now
    #[arg(long, value_name = "TIME")]
    clock: Option<String>,
    /// For PostgreSQL: the one of WIJLAND_DATABASE, else one of the demo's own
    #[arg(long, value_enum, default_value_t = Engine::Sqlite)]
    engine: Engine,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

/// So often the clock of the demo is written down.
const CLOCK_KEPT_EVERY: Duration = Duration::from_secs(5);

pub(crate) async fn run(wish: Wish) -> Result<(), Failure> {
    if wish.fresh {
        is_ours(&wish.data)?;
    }
    // Held until the demo ends.
    let mut cluster = None;
    let database = match (wish.engine, std::env::var("WIJLAND_DATABASE")) {
        (Engine::Sqlite, _) => None,
        (Engine::Postgres, Ok(url)) => Some(url),
        (Engine::Postgres, Err(_)) => Some(cluster.insert(Cluster::start(&wish.data)?).url()),
    };
    let settings = Settings {
        association: story::UNION.into(),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, wish.port)),
        data: wish.data.clone(),
        database,
        ..Settings::default()
    };
    if wish.fresh {
        throw_away(&settings).await?;
    }
    let kept = KeptClock::in_folder(&wish.data);
    let clock = kept.begin(wish.clock.as_deref())?;
    let installation = Installation::open(settings, clock).await?;
    write_settings(&installation.settings)?;

    let accounts = accounts_of(&installation, &wish).await?;
    let demo = Demo { accounts: accounts.iter().map(Account::shown).collect() };
    let (app, areas) = installation.app(Some(demo)).await?;
    let server = serve::start(&app, areas, installation.settings.listen).await?;
    let keeping = tokio::spawn(keep(kept, installation.db.clone()));

    say(format!("\n{} is ready: http://localhost:{}\n", story::UNION, server.address.port()));
    for account in accounts.iter().take(story::COLLEAGUES.len()) {
        say(format!("  {:<16} {:<10} {}", account.role, account.user, account.password));
    }
    say(format!(
        "\nAll accounts are in {}. Stop with Ctrl+C.",
        accounts::file(&wish.data).display()
    ));
    server.run_until(serve::told_to_stop()).await?;
    keeping.abort();
    KeptClock::in_folder(&wish.data).keep(installation.db.clock())?;
    installation.db.close().await;
    Ok(())
}

/// The accounts of a demo that is there, or those of one that is made now.
async fn accounts_of(installation: &Installation, wish: &Wish) -> Result<Vec<Account>, Failure> {
    let folder = &installation.settings.data;
    let is_empty = installation
        .db
        .read(kernel::Actor::SYSTEM, async |tx| {
            tx.value::<i64>("select count(*) as value from users", vec![]).await
        })
        .await?
        == 0;
    if !is_empty {
        return accounts::read(folder);
    }
    let password = web::password::generate();
    say(format!("Inventing {} members and a week of calls …", wish.members));
    let begun = std::time::Instant::now();
    let seeded =
        seed(&installation.db, &folder.join("uploads"), &password, wish.members, wish.agents)
            .await?;
    say(format!("{} people in {:.1} s", seeded.people, begun.elapsed().as_secs_f64()));
    accounts::write(folder, installation.settings.listen.port(), &password, wish.agents)?;
    accounts::read(folder)
}

/// So that `wijland export … --data DIR` and the other commands find the same database.
fn write_settings(settings: &Settings) -> Result<(), Failure> {
    let file = settings.data.join("wijland.toml");
    let mut table = toml::Table::new();
    table.insert("association".into(), settings.association.clone().into());
    if let Some(url) = &settings.database {
        table.insert("database".into(), url.clone().into());
    }
    std::fs::write(&file, table.to_string())
        .map_err(Failure::file(format!("{} cannot be written", file.display())))
}

/// Writes the clock down as long as the demo runs.
async fn keep(kept: KeptClock, db: Db) {
    loop {
        tokio::time::sleep(CLOCK_KEPT_EVERY).await;
        if let Err(failure) = kept.keep(db.clock()) {
            warn(failure.in_full());
        }
    }
}

/// What a demo keeps in its folder.
const FILES: &[&str] =
    &["wijland.db", "wijland.db-wal", "wijland.db-shm", "accounts.json", "clock", "wijland.toml"];
const BESIDE: &[&str] = &["lock", "postgres", "uploads"];

/// Refuses a folder that holds anything else than a demo.
fn is_ours(folder: &Path) -> Result<(), Failure> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let strange = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .find(|name| !FILES.contains(&name.as_str()) && !BESIDE.contains(&name.as_str()));
    match strange {
        Some(name) => Err(Failure::told(format!(
            "{} holds {name}, which is no part of a demo; nothing is thrown away",
            folder.display()
        ))),
        None => Ok(()),
    }
}

/// Removes what an earlier demo made, and only that.
async fn throw_away(settings: &Settings) -> Result<(), Failure> {
    let folder = &settings.data;
    let alone = take_alone(folder)?;
    if let Some(url) = &settings.database {
        let db = Db::open(&db::Where::Url(url.clone()), Clock::real()).await?;
        let own = accounts::file(folder).exists() || url.contains(&*folder.to_string_lossy());
        if !own && !db.is_empty().await? {
            return Err(Failure::told(
                "this database holds something that this demo did not make; nothing is thrown away",
            ));
        }
        db.clear().await?;
        db.close().await;
    }
    for name in FILES {
        remove(&folder.join(name))?;
    }
    let uploads = folder.join("uploads");
    if uploads.is_dir() {
        std::fs::remove_dir_all(&uploads)
            .map_err(Failure::file("old uploads cannot be removed"))?;
    }
    drop(alone);
    Ok(())
}

fn remove(file: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::file(format!("{} cannot be removed", file.display()))(error))
        }
        _ => Ok(()),
    }
}

/// A time on the clock in Amsterdam.
fn wall(typed: &str) -> Option<jiff::Timestamp> {
    let wall: DateTime = typed.parse().ok()?;
    wall.in_tz(kernel::AMSTERDAM).ok().map(|zoned| zoned.timestamp())
}
