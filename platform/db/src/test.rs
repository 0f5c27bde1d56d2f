//! Databases for tests. Every test owns its database: SQLite always, and PostgreSQL where
//! `WIJLAND_TEST_POSTGRES` names a server on which databases may be made (`./wijland-test` does).

use std::sync::OnceLock;

use jiff::Timestamp;
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
        let pg = postgres(&server, steps, tuesday()).await;
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

/// A migrated PostgreSQL database of its own, if there is a server for tests.
pub async fn own_postgres(steps: &[Migration], clock: Clock) -> Option<Db> {
    Some(postgres(&server()?, steps, clock).await)
}

async fn migrate(db: &Db, steps: &[Migration]) {
    db.migrate(crate::MIGRATIONS).await.expect("own migrations");
    db.migrate(steps).await.expect("migrations");
}

async fn postgres(server: &str, steps: &[Migration], clock: Clock) -> Db {
    let url = make_database(server).await;
    let db = Db::open(&Where::Url(url), clock).await.expect("open");
    migrate(&db, steps).await;
    db
}

/// One database a test binary: making one takes a third of a second, a transaction nothing.
async fn shared_postgres(steps: &[Migration]) -> Option<Db> {
    static URL: OnceLock<Mutex<Option<String>>> = OnceLock::new();

    let server = server()?;
    let mut url = URL.get_or_init(Mutex::default).lock().await;
    if let Some(url) = &*url {
        return Some(Db::open(&Where::Url(url.clone()), tuesday()).await.expect("open"));
    }
    let made = make_database(&server).await;
    let db = Db::open(&Where::Url(made.clone()), tuesday()).await.expect("open");
    migrate(&db, steps).await;
    *url = Some(made);
    Some(db)
}

async fn make_database(server: &str) -> String {
    let name = format!("wijland_test_{}", new_id());
    let pool = PgPoolOptions::new().max_connections(1).connect(server).await.expect("test server");
    let sql = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::raw_sql(sql).execute(&pool).await.expect("make a database");
    pool.close().await;
    let (before, _) = server.rsplit_once('/').expect("a URL with a database at its end");
    format!("{before}/{name}")
}

impl Tx {
    /// Puts the clock of this step where the test wants it.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }
}

impl Db {
    /// Begins a step and never ends it: what a process that is killed leaves behind.
    pub async fn begun(&self, actor: Actor) -> Result<Tx, Error> {
        self.begin(actor).await
    }
}
