use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use kernel::Actor;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::sync::watch;

use crate::{Clock, Error, Tx, args, command, tx};

/// The database of one association. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) engine: Engine,
    clock: Clock,
    /// Counts commits that were announced; receivers only need to know that it moved.
    commits: watch::Sender<u64>,
}

#[derive(Clone)]
pub enum Engine {
    /// One connection writes, a few read beside it. More writers would only wait for each other
    /// (measured: eight are slower than one).
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Pg(PgPool),
}

/// Where the data of an association is.
#[derive(Clone, Debug)]
pub enum Where {
    /// A file of our own, made if it is not there.
    File(PathBuf),
    /// `postgres://user:password@host/name`
    Url(String),
}

/// The address of a database with `suffix` at the end of its name, on the same server as `url`; made if it is not
/// there.
///
/// # Errors
///
/// [`Error::Open`] if the address cannot be read, or if its user may not make databases.
pub async fn make_beside(url: &str, suffix: &str) -> Result<String, Error> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| Error::Open("the PostgreSQL URL cannot be read".into()))?;
    let (place, query) = url.split_once('?').map_or((url, None), |(at, query)| (at, Some(query)));
    let (server, name) = place
        .rsplit_once('/')
        .filter(|(_, name)| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .ok_or_else(|| Error::Open("the PostgreSQL URL has no plain database name".into()))?;
    let name = format!("{name}_{suffix}");
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    let there: bool =
        sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&pool)
            .await?;
    if !there {
        let sql = sqlx::AssertSqlSafe(format!("create database {name}"));
        sqlx::raw_sql(sql).execute(&pool).await?;
    }
    pool.close().await;
    Ok(query.map_or_else(|| format!("{server}/{name}"), |query| format!("{server}/{name}?{query}")))
}

impl Db {
    /// Opens and, where needed, makes the database; [`migrate`](Self::migrate) comes next.
    pub async fn open(place: &Where, clock: Clock) -> Result<Self, Error> {
        let engine = match place {
            Where::File(path) => {
                let write =
                    SqlitePoolOptions::new().max_connections(1).connect_with(sqlite(path)).await?;
                let read = SqlitePoolOptions::new()
                    .max_connections(4)
                    .connect_with(sqlite(path).pragma("query_only", "on"))
                    .await?;
                Engine::Sqlite { write, read }
            }
            Where::Url(url) => {
                // Neither the URL nor the error may reach a log: the URL holds the password.
                let options = PgConnectOptions::from_str(url)
                    .map_err(|_| Error::Open("the PostgreSQL URL cannot be read".into()))?
                    .application_name("wijland");
                let pool = PgPoolOptions::new()
                    .max_connections(32)
                    // A ping before every use is an extra round trip (measured: a third of the rate).
                    .test_before_acquire(false)
                    .connect_with(options)
                    .await?;
                Engine::Pg(pool)
            }
        };
        Ok(Self { engine, clock, commits: watch::Sender::new(0) })
    }

    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether other processes may use it at the same time.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.is_postgres()
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Pg(_))
    }

    /// Changes whenever something was committed that others may wait for.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// One business step: everything in `work` happens, or nothing.
    pub async fn write<T, E: From<Error>>(
        &self,
        actor: Actor,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin(actor).await?;
        if let Some(command) = tx.actor.command.clone() {
            command::take(&mut tx, command).await?;
        }
        let done = work(&mut tx).await?;
        let announced = tx.announced;
        tx.commit().await?;
        if announced {
            self.commits.send_modify(|count| *count += 1);
        }
        Ok(done)
    }

    /// As [`write`](Self::write), and then as if it had never happened: what a real run would do, down to
    /// the last constraint.
    pub async fn try_out<T, E: From<Error>>(
        &self,
        actor: Actor,
        work: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin(actor).await?;
        let done = work(&mut tx).await?;
        tx.roll_back().await?;
        Ok(done)
    }

    /// Gives the writer a large cache for as long as an import runs: its indexes are written at random
    /// places (measured: four times as fast). And a longer log before it is taken over into the file, so that
    /// a page that many steps touch is written there once. PostgreSQL has its own ways.
    pub async fn enlarge_cache(&self, large: bool) -> Result<(), Error> {
        if let Engine::Sqlite { write, .. } = &self.engine {
            let (kibibytes, log_pages, log_kept) = if large {
                (LARGE_CACHE, LONG_LOG, NO_LIMIT)
            } else {
                (SMALL_CACHE, SHORT_LOG, LOG_KEPT)
            };
            let sql = sqlx::AssertSqlSafe(format!(
                "pragma cache_size = -{kibibytes}; pragma wal_autocheckpoint = {log_pages};
                 pragma journal_size_limit = {log_kept}; pragma shrink_memory"
            ));
            sqlx::raw_sql(sql).execute(write).await?;
        }
        Ok(())
    }

    /// A look that changes nothing.
    pub async fn read<T, E: From<Error>>(
        &self,
        actor: Actor,
        look: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let engine = match &self.engine {
            Engine::Sqlite { read, .. } => {
                tx::Engine::Sqlite(read.begin().await.map_err(Error::from)?)
            }
            Engine::Pg(pool) => tx::Engine::PgRead(pool.acquire().await.map_err(Error::from)?),
        };
        look(&mut self.tx(engine, actor)).await
    }

    pub(crate) async fn begin(&self, actor: Actor) -> Result<Tx, Error> {
        let engine = match &self.engine {
            // A transaction that reads first and writes later would fail at once when another
            // process wrote in between.
            Engine::Sqlite { write, .. } => {
                tx::Engine::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?)
            }
            Engine::Pg(pool) => tx::Engine::Pg(pool.begin().await?),
        };
        Ok(self.tx(engine, actor))
    }

    fn tx(&self, engine: tx::Engine, actor: Actor) -> Tx {
        Tx { engine, actor, now: self.clock.now(), announced: false }
    }

    /// Lets what is being done end, then closes every connection.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Engine::Pg(pool) => pool.close().await,
        }
    }

    /// What the optimiser knows, made new: after an import it knows nothing yet.
    pub async fn analyze(&self) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite { write, .. } => {
                sqlx::raw_sql("analyze").execute(write).await.map(drop)?;
            }
            Engine::Pg(pool) => sqlx::raw_sql("analyze").execute(pool).await.map(drop)?,
        }
        Ok(())
    }

    /// Whether the pages of the file and the rows that refer to each other hang together. PostgreSQL
    /// checks its references itself and its pages with tools of its own; there, answering is enough.
    pub async fn is_whole(&self) -> Result<bool, Error> {
        let Engine::Sqlite { read, .. } = &self.engine else {
            self.read(Actor::SYSTEM, async |tx| {
                tx.value::<i64>("select 1 as value", args![]).await
            })
            .await?;
            return Ok(true);
        };
        let found: String = sqlx::query_scalar("pragma quick_check(1)").fetch_one(read).await?;
        let dangling = sqlx::query("pragma foreign_key_check").fetch_optional(read).await?;
        Ok(found == "ok" && dangling.is_none())
    }

    /// Whether nobody made a table in it yet.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        let tables: i64 = match &self.engine {
            Engine::Sqlite { read, .. } => {
                sqlx::query_scalar("select count(*) from sqlite_master").fetch_one(read).await?
            }
            Engine::Pg(pool) => {
                sqlx::query_scalar("select count(*) from pg_tables where schemaname = 'public'")
                    .fetch_one(pool)
                    .await?
            }
        };
        Ok(tables == 0)
    }

    /// Throws everything away.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] on SQLite, where whoever wants that removes the file.
    pub async fn clear(&self) -> Result<(), Error> {
        let Engine::Pg(pool) = &self.engine else {
            return Err(Error::Open("a database that is a file is removed".into()));
        };
        sqlx::raw_sql("drop schema public cascade; create schema public").execute(pool).await?;
        Ok(())
    }

    /// Copies the whole database into one new file while others go on working.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] on PostgreSQL, which has a tool of its own for that.
    pub async fn copy_into(&self, file: &std::path::Path) -> Result<(), Error> {
        let Engine::Sqlite { read, .. } = &self.engine else {
            return Err(Error::Open("PostgreSQL is backed up with pg_dump".into()));
        };
        let file = file.to_str().ok_or_else(|| Error::Open("the file name is not text".into()))?;
        // `vacuum into` refuses under query_only, and needs no lock that keeps writers out.
        let mut conn = read.acquire().await?;
        sqlx::raw_sql("pragma query_only = off").execute(&mut *conn).await?;
        let copied = sqlx::query("vacuum into $1").bind(file.to_owned()).execute(&mut *conn).await;
        sqlx::raw_sql("pragma query_only = on").execute(&mut *conn).await?;
        copied?;
        Ok(())
    }
}

/// In KiB: what a desk needs, and what an import of a million people needs.
const SMALL_CACHE: u32 = 16 << 10;
const LARGE_CACHE: u32 = 1 << 20;
/// In pages of the write-ahead log: SQLite's own default, and a gibibyte.
const SHORT_LOG: u32 = 1_000;
const LONG_LOG: u32 = 1 << 17;
/// In bytes: to what the file of a long log shrinks once it is taken over.
const LOG_KEPT: i64 = 16 << 20;
const NO_LIMIT: i64 = -1;

fn sqlite(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // Before the first table; larger pages make fewer of them in an import.
        .page_size(8192)
        .journal_mode(SqliteJournalMode::Wal)
        // What was confirmed survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(15))
        .foreign_keys(true)
        .pragma("cache_size", format!("-{SMALL_CACHE}"))
        .pragma("temp_store", "memory")
        .statement_cache_capacity(256)
}
