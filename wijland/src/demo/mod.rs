//! `wijland demo`: the invented union and the invented trade association side by side, each with a folder and a port
//! of its own, on the Tuesday of their stories.

mod accounts;
mod clock;
mod cluster;
mod dues;
mod keeping;
mod lines;
mod seed;
mod steering;
mod tariff;
mod trade;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use db::{Clock, Db};
use jiff::civil::DateTime;
use story::Association;
use tokio::task::JoinSet;
use web::{Demo, DemoCaller};

pub use seed::{Seeded, Staff, colleagues, seed};

use crate::commands::{say, warn};
use crate::installation::take_alone;
use crate::{Failure, Installation, Settings, serve};
use accounts::Account;
use clock::KeptClock;
use cluster::Cluster;

#[derive(Debug, clap::Args)]
pub(crate) struct Wish {
    /// The union answers here, the trade association on the next
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The folder of the demo
    #[arg(long, default_value = "demo-data", value_name = "DIR")]
    data: PathBuf,
    /// Throw away what the demo kept and begin again
    #[arg(long)]
    fresh: bool,
    /// So many invented members of the union besides those of the story
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    members: u64,
    /// So many invented colleagues of the union besides those of the story
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

/// The trade association lives in this folder of the demo's.
const BESIDE_FOLDER: &str = "toonbank";

/// So many shops surround those of the story.
const SHOPS: u64 = 400;

/// One association of the demo, and how it is made.
struct Shown {
    association: &'static Association,
    settings: Settings,
    /// Invented members or shops.
    members: u64,
    agents: u32,
}

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
    let beside = match &database {
        Some(url) => Some(db::make_beside(url, BESIDE_FOLDER).await?),
        None => None,
    };
    let settings = |association: &Association, data: PathBuf, port, database| Settings {
        association: association.name.into(),
        kind: association.kind,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        data,
        database,
        ..Settings::default()
    };
    // Port 0 is any that is free.
    let next = if wish.port == 0 { 0 } else { wish.port + 1 };
    let shown = [
        Shown {
            association: &story::UNION,
            settings: settings(&story::UNION, wish.data.clone(), wish.port, database),
            members: wish.members,
            agents: wish.agents,
        },
        Shown {
            association: &story::TRADE,
            settings: settings(&story::TRADE, wish.data.join(BESIDE_FOLDER), next, beside),
            members: SHOPS,
            agents: 0,
        },
    ];
    if wish.fresh {
        for Shown { settings, .. } in shown.iter().rev() {
            throw_away(settings, &wish.data).await?;
        }
    }
    let kept = KeptClock::in_folder(&wish.data);
    let clock = kept.begin(wish.clock.as_deref())?;
    let mut running = Vec::new();
    for shown in shown {
        running.push(Running::begin(shown, clock.clone(), &wish.data).await?);
    }

    for Running { association, accounts, server, .. } in &running {
        say(format!(
            "\n{} is ready: http://localhost:{}\n",
            association.name,
            server.address.port()
        ));
        for account in accounts.iter().take(association.colleagues.len()) {
            say(format!("  {:<16} {:<10} {}", account.role, account.user, account.password));
        }
    }
    say(format!(
        "\nAll accounts are in {}. Stop with Ctrl+C.",
        accounts::file(&wish.data).display()
    ));
    let keeping = tokio::spawn(keep(kept, clock.clone()));
    let mut failed = None;
    {
        let mut ends = JoinSet::new();
        let told = Arc::new(tokio::sync::Notify::new());
        for Running { server, installation, .. } in running {
            let told = Arc::clone(&told);
            ends.spawn(async move {
                let ended = server.run_until(told.notified()).await;
                installation.db.close().await;
                ended
            });
        }
        tokio::select! {
            () = serve::told_to_stop() => {}
            Some(ended) = ends.join_next() => failed = ended.ok().and_then(Result::err),
        }
        told.notify_waiters();
        while let Some(ended) = ends.join_next().await {
            failed = failed.or(ended.ok().and_then(Result::err));
        }
    }
    keeping.abort();
    KeptClock::in_folder(&wish.data).keep(&clock)?;
    failed.map_or(Ok(()), Err)
}

/// Who rings when asked to.
#[must_use]
pub fn callers(association: &Association) -> Vec<DemoCaller> {
    let caller = |(name, number): &(&str, &str)| DemoCaller {
        name: (*name).to_owned(),
        number: (*number).to_owned(),
    };
    association.callers.iter().map(caller).collect()
}

/// An association that answers.
struct Running {
    association: &'static Association,
    accounts: Vec<Account>,
    installation: Installation,
    server: serve::Server,
}

impl Running {
    async fn begin(shown: Shown, clock: Clock, demo: &Path) -> Result<Self, Failure> {
        let association = shown.association;
        let installation = Installation::open(shown.settings.clone(), clock).await?;
        write_settings(&installation.settings)?;
        let accounts = accounts_of(&installation, &shown, demo).await?;
        let offered = accounts.iter().map(|account| account.shown(association)).collect();
        let demo = Demo { accounts: offered, callers: callers(association) };
        let (app, areas) = installation.app(Some(demo)).await?;
        let server = serve::start(&app, areas, installation.settings.listen).await?;
        Ok(Self { association, accounts, installation, server })
    }
}

/// The accounts of an association that is there, or those of one that is made now.
async fn accounts_of(
    installation: &Installation,
    shown: &Shown,
    demo: &Path,
) -> Result<Vec<Account>, Failure> {
    let Shown { association, members, agents, .. } = shown;
    let is_empty = installation
        .db
        .read(kernel::Actor::SYSTEM, async |tx| {
            tx.value::<i64>("select count(*) as value from users", vec![]).await
        })
        .await?
        == 0;
    if is_empty {
        let password = web::password::generate();
        say(format!("Inventing {members} members of {} …", association.name));
        let begun = std::time::Instant::now();
        let uploads = installation.settings.data.join("uploads");
        let seeded =
            seed(&installation.db, association, &uploads, &password, *members, *agents).await?;
        dues::seed(installation, association.name).await?;
        say(format!("{} people in {:.1} s", seeded.people, begun.elapsed().as_secs_f64()));
        let mut all = if accounts::file(demo).exists() { accounts::read(demo)? } else { vec![] };
        all.retain(|account| !account.is_of(association));
        let port = installation.settings.listen.port();
        all.extend(accounts::of(association, port, &password, *agents));
        accounts::write(demo, &all)?;
    }
    let all = accounts::read(demo)?;
    Ok(all.into_iter().filter(|account| account.is_of(association)).collect())
}

/// So that `wijland export … --data DIR` and the other commands find the same database.
fn write_settings(settings: &Settings) -> Result<(), Failure> {
    let file = settings.data.join("wijland.toml");
    let mut table = toml::Table::new();
    table.insert("association".into(), settings.association.clone().into());
    table.insert("kind".into(), settings.kind.code().into());
    if let Some(url) = &settings.database {
        table.insert("database".into(), url.clone().into());
    }
    std::fs::write(&file, table.to_string())
        .map_err(Failure::file(format!("{} cannot be written", file.display())))
}

/// Writes the clock down as long as the demo runs.
async fn keep(kept: KeptClock, clock: Clock) {
    loop {
        tokio::time::sleep(CLOCK_KEPT_EVERY).await;
        if let Err(failure) = kept.keep(&clock) {
            warn(failure.in_full());
        }
    }
}

/// What a demo keeps in its folder.
const FILES: &[&str] = &[
    "wijland.db",
    "wijland.db-wal",
    "wijland.db-shm",
    "accounts.json",
    "clock",
    "wijland.toml",
    "keys",
];
const BESIDE: &[&str] = &["lock", "postgres", "uploads", BESIDE_FOLDER];

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
async fn throw_away(settings: &Settings, demo: &Path) -> Result<(), Failure> {
    let folder = &settings.data;
    let alone = take_alone(folder)?;
    if let Some(url) = &settings.database {
        let db = Db::open(&db::Where::Url(url.clone()), Clock::real()).await?;
        let own = accounts::file(demo).exists() || url.contains(&*demo.to_string_lossy());
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
