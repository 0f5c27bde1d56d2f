use jiff::Timestamp;
use kernel::{Actor, Value};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite, Transaction};

use crate::query::Sql;
use crate::{Error, FromRow, Query, Row};

/// One business step, or one consistent look: who does it, when, and the way to the database.
///
/// Dropped without an end, it never happened.
pub struct Tx {
    pub(crate) engine: Engine,
    pub(crate) actor: Actor,
    pub(crate) now: Timestamp,
    /// Something was recorded that others wait for.
    pub(crate) announced: bool,
}

pub(crate) enum Engine {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
    /// Outside a transaction: PostgreSQL answers a page in one round trip a query.
    PgRead(PoolConnection<Postgres>),
}

/// The same words for each engine: bind every value, then run.
macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for value in $args {
            query = match value {
                Value::Int(int) => query.bind(*int),
                Value::Text(text) => query.bind(text.clone()),
                Value::Flag(flag) => query.bind(*flag),
                Value::Bytes(bytes) => query.bind(bytes.clone()),
            };
        }
        query
    }};
}

impl Tx {
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// From here on somebody else acts: who it is was only found out within the step.
    pub fn act_as(&mut self, actor: Actor) {
        self.actor = actor;
    }

    /// The instant of this step: all its rows carry the same one.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// After the commit, wake everybody who shows what just changed.
    pub fn announce(&mut self) {
        self.announced = true;
    }

    /// Ends a select of rows that this step will change: on PostgreSQL rows that another step holds are
    /// passed over instead of waited for; on SQLite there is no other step.
    #[must_use]
    pub fn lock_and_skip(&self) -> &'static str {
        if self.is_pg() { " for update skip locked" } else { "" }
    }

    /// The first row, or `None`.
    pub async fn one<T: FromRow>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<T>, Error> {
        let row = self.fetch_optional(Sql::Fixed(sql), &args).await?;
        row.map(|row| T::from_row(&row)).transpose()
    }

    pub async fn all<T: FromRow>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<T>, Error> {
        self.fetch_all(Sql::Fixed(sql), &args).await
    }

    /// The rows of a statement with filters.
    pub async fn list<T: FromRow>(&mut self, query: Query) -> Result<Vec<T>, Error> {
        let Query { sql, args } = query;
        self.fetch_all(Sql::Made(sql), &args).await
    }

    /// The only value of the only row: a count, a maximum.
    pub async fn value<T: kernel::FromValue>(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<T, Error> {
        let row = self.fetch_optional(Sql::Fixed(sql), &args).await?;
        row.ok_or(Error::Sql(sqlx::Error::RowNotFound))?.get("value")
    }

    /// As [`value`](Self::value), for a statement with filters.
    pub async fn value_of<T: kernel::FromValue>(&mut self, query: Query) -> Result<T, Error> {
        let Query { sql, args } = query;
        let row = self.fetch_optional(Sql::Made(sql), &args).await?;
        row.ok_or(Error::Sql(sqlx::Error::RowNotFound))?.get("value")
    }

    /// How many rows changed.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, Error> {
        self.run(Sql::Fixed(sql), &args).await
    }

    /// How many rows a statement with filters changed.
    pub async fn execute_query(&mut self, query: Query) -> Result<u64, Error> {
        let Query { sql, args } = query;
        self.run(Sql::Made(sql), &args).await
    }

    /// Changes exactly one row, else [`Error::Raced`], which ends the transaction.
    pub async fn change_one(&mut self, sql: &'static str, args: Vec<Value>) -> Result<(), Error> {
        if self.execute(sql, args).await? == 1 { Ok(()) } else { Err(Error::Raced) }
    }

    pub(crate) async fn run(&mut self, sql: Sql, args: &[Value]) -> Result<u64, Error> {
        let sql = sql.text(self.is_pg());
        Ok(match &mut self.engine {
            Engine::Sqlite(tx) => {
                bound!(sqlx::query(sql), args).execute(&mut **tx).await?.rows_affected()
            }
            Engine::Pg(tx) => {
                bound!(sqlx::query(sql), args).execute(&mut **tx).await?.rows_affected()
            }
            Engine::PgRead(conn) => {
                bound!(sqlx::query(sql), args).execute(&mut **conn).await?.rows_affected()
            }
        })
    }

    async fn fetch_optional(&mut self, sql: Sql, args: &[Value]) -> Result<Option<Row>, Error> {
        let sql = sql.text(self.is_pg());
        Ok(match &mut self.engine {
            Engine::Sqlite(tx) => {
                bound!(sqlx::query(sql), args).fetch_optional(&mut **tx).await?.map(Row::Sqlite)
            }
            Engine::Pg(tx) => {
                bound!(sqlx::query(sql), args).fetch_optional(&mut **tx).await?.map(Row::Pg)
            }
            Engine::PgRead(conn) => {
                bound!(sqlx::query(sql), args).fetch_optional(&mut **conn).await?.map(Row::Pg)
            }
        })
    }

    async fn fetch_all<T: FromRow>(&mut self, sql: Sql, args: &[Value]) -> Result<Vec<T>, Error> {
        let sql = sql.text(self.is_pg());
        let rows: Vec<Row> = match &mut self.engine {
            Engine::Sqlite(tx) => {
                let rows = bound!(sqlx::query(sql), args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Engine::Pg(tx) => {
                let rows = bound!(sqlx::query(sql), args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
            Engine::PgRead(conn) => {
                let rows = bound!(sqlx::query(sql), args).fetch_all(&mut **conn).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
        };
        rows.iter().map(T::from_row).collect()
    }

    /// Statements without values, several at once: migrations and settings.
    pub(crate) async fn script(&mut self, sql: String) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql);
        match &mut self.engine {
            Engine::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
            Engine::Pg(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
            Engine::PgRead(conn) => sqlx::raw_sql(sql).execute(&mut **conn).await.map(drop),
        }
    }

    pub(crate) async fn roll_back(self) -> Result<(), Error> {
        match self.engine {
            Engine::Sqlite(tx) => tx.rollback().await?,
            Engine::Pg(tx) => tx.rollback().await?,
            Engine::PgRead(_) => {}
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<(), Error> {
        match self.engine {
            Engine::Sqlite(tx) => tx.commit().await?,
            Engine::Pg(tx) => tx.commit().await?,
            Engine::PgRead(_) => {}
        }
        Ok(())
    }
}

impl Sql {
    fn text(self, pg: bool) -> SqlStr {
        match self {
            Self::Fixed(sql) => sql.into_sql_str(),
            // Made by `Query` and `Bulk` from literals and numbered places only.
            Self::Made(sql) if pg => AssertSqlSafe(sql).into_sql_str(),
            Self::Made(sql) => AssertSqlSafe(without_numbers(&sql)).into_sql_str(),
        }
    }
}

/// `$1, $2` as `?, ?`: to SQLite a number is a name, and every value that is bound looks its name up among
/// all others (measured: three quarters of the time of an import).
fn without_numbers(sql: &str) -> String {
    let mut pieces = sql.split('$');
    let mut out = String::with_capacity(sql.len());
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        out.push('?');
        out.push_str(piece.trim_start_matches(|sign: char| sign.is_ascii_digit()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn sqlite_gets_its_values_by_their_place() {
        let sql = "insert into t (a, b) values ($1, $2), ($3, $14) returning a";
        assert_eq!(without_numbers(sql), "insert into t (a, b) values (?, ?), (?, ?) returning a");
        assert_eq!(without_numbers("select 1"), "select 1");
    }
}
