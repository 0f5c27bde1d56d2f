//! Databases for tests. Every test owns its database: SQLite always, and PostgreSQL where
//! `WIJLAND_TEST_POSTGRES` names a server on which databases may be made (`./wijland-test` does).

use std::sync::OnceLock;

use kernel::Actor;
use sqlx::postgres::PgPoolOptions;
use tokio::sync::Mutex;

use crate::{Clock, Db, Error, Migration, Tx, Where, new_id};

/// The story's Tuesday, 8:20 in the morning in Amsterdam.
pub const TUESDAY: &str = "2026-11-24T07:20:00Z";

/// A clock that stands still on [`TUESDAY`].
#[must_use]
pub fn tuesday() -> Clock {
    Clock::still(TUESDAY.parse().expect("an instant"))
}

/// The same morning, with a clock that runs.
#[must_use]
pub fn tuesday_running() -> Clock {
    Clock::running_from(TUESDAY.parse().expect("an instant"))
}

fn server() -> Option<String> {
    std::env::var("WIJLAND_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// Runs one test on each engine, inside a transaction that is rolled back.
pub async fn on_each_engine(steps: &[Migration], actor: Actor, test: impl AsyncFn(&mut Tx)) {
    let (sqlite, _folder) = sqlite(steps, tuesday()).await;
    test(&mut sqlite.begin(actor.clone()).await.expect("begin")).await;
    if let Some(pg) = shared_postgres(steps).await {
        test(&mut pg.begin(actor).await.expect("begin")).await;
        pg.close().await;
    }
}

/// Runs one test on a whole database of each engine: for what needs several connections.
pub async fn on_each_database(steps: &[Migration], test: impl AsyncFn(Db)) {
    let (sqlite, _folder) = sqlite(steps, tuesday()).await;
    test(sqlite).await;
    if let Some(server) = server() {
        let made = OnServer(make_database(&server, None).await);
        let pg = Db::open(&made.place(), tuesday()).await.expect("open");
        migrate(&pg, steps).await;
        test(pg.clone()).await;
        pg.close().await;
    }
}

/// A migrated SQLite database in a folder that goes away with the second value.
pub async fn sqlite(steps: &[Migration], clock: Clock) -> (Db, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let db = Db::open(&Where::File(folder.path().join("test.db")), clock).await.expect("open");
    migrate(&db, steps).await;
    (db, folder)
}

async fn migrate(db: &Db, steps: &[Migration]) {
    db.migrate(crate::MIGRATIONS).await.expect("own migrations");
    db.migrate(steps).await.expect("migrations");
}

/// One database a test binary: making one takes a third of a second, a transaction nothing.
async fn shared_postgres(steps: &[Migration]) -> Option<Db> {
    static URL: OnceLock<Mutex<Option<String>>> = OnceLock::new();

    let server = server()?;
    let mut url = URL.get_or_init(Mutex::default).lock().await;
    if let Some(url) = &*url {
        return Some(Db::open(&Where::Url(url.clone()), tuesday()).await.expect("open"));
    }
    let made = make_database(&server, None).await;
    let db = Db::open(&Where::Url(made.clone()), tuesday()).await.expect("open");
    migrate(&db, steps).await;
    *url = Some(made);
    Some(db)
}

async fn make_database(server: &str, original: Option<&String>) -> String {
    let name = format!("wijland_test_{}", new_id());
    let pool = PgPoolOptions::new().max_connections(1).connect(server).await.expect("test server");
    let template = original.and_then(|url| Some(url.rsplit_once('/')?.1)).unwrap_or("template1");
    let sql = sqlx::AssertSqlSafe(format!("create database {name} template {template}"));
    sqlx::raw_sql(sql).execute(&pool).await.expect("make a database");
    pool.close().await;
    let (before, _) = server.rsplit_once('/').expect("a URL with a database at its end");
    format!("{before}/{name}")
}

/// A database of one test on the server, gone when dropped: a hundred tests that leave theirs behind
/// fill a disk.
pub struct OnServer(String);

impl OnServer {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> Where {
        Where::Url(self.0.clone())
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        let Some(server) = server() else { return };
        let Some((_, name)) = self.0.rsplit_once('/') else { return };
        // Force: a test that failed leaves its connections behind.
        let sql = format!("drop database if exists {name} with (force)");
        // Dropping cannot wait for a future, and a test's runtime has but one thread.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let pool = PgPoolOptions::new().max_connections(1).connect(&server).await?;
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await?;
                pool.close().await;
                Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
            })
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            tracing::warn!("{} stays behind", self.0);
        }
    }
}

/// A filled database of each engine, of which every test gets its own copy: filling takes seconds,
/// copying a few hundredths.
pub struct Original {
    folder: tempfile::TempDir,
    postgres: Option<OnServer>,
}

impl Original {
    /// Fills one database of each engine.
    pub async fn new(steps: &[Migration], fill: impl AsyncFn(&Db)) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let place = Where::File(folder.path().join("original.db"));
        Self::fill(&place, steps, &fill).await;
        let postgres = match server() {
            Some(server) => {
                let made = OnServer(make_database(&server, None).await);
                Self::fill(&made.place(), steps, &fill).await;
                Some(made)
            }
            None => None,
        };
        Self { folder, postgres }
    }

    async fn fill(place: &Where, steps: &[Migration], fill: &impl AsyncFn(&Db)) {
        let db = Db::open(place, tuesday()).await.expect("open");
        migrate(&db, steps).await;
        fill(&db).await;
        // Closing writes everything into the one file and leaves nobody on the server.
        db.close().await;
    }

    /// A copy in a file of this folder.
    pub fn sqlite_copy(&self, folder: &std::path::Path) -> Where {
        let copy = folder.join("wijland.db");
        std::fs::copy(self.folder.path().join("original.db"), &copy).expect("copy the original");
        Where::File(copy)
    }

    /// A copy on the server, if there is one for tests.
    pub async fn postgres_copy(&self) -> Option<OnServer> {
        let original = self.postgres.as_ref()?;
        Some(OnServer(make_database(&server()?, Some(&original.0)).await))
    }
}

impl Db {
    /// Begins a step and never ends it: what a process that is killed leaves behind.
    pub async fn begun(&self, actor: Actor) -> Result<Tx, Error> {
        self.begin(actor).await
    }
}
