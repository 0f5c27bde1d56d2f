//! One face over SQLite and PostgreSQL. This is the only crate that knows which of them runs.
//!
//! ```ignore
//! app.db.write(actor, async |tx| {
//!     let open = claimed_call(tx, call, fence).await?.ok_or(Failed::NotFound)?; // read
//!     let logged = log_outcome(&open, outcome, &now, &calendar)?;               // decide
//!     store(tx, logged).await?;                                                 // store
//!     Ok(())
//! })
//! ```
//!
//! SQL is one text in the common dialect with `$1, $2 …`; a column is one of five words (`id`, `int`,
//! `text`, `flag`, `bytes`) that [`migrate`](Db::migrate) translates. See `docs/decisions`.

mod bulk;
mod clock;
mod command;
mod error;
mod id;
mod indexes;
mod migrate;
mod open;
mod query;
mod row;
#[cfg(feature = "test")]
pub mod test;
mod tx;

pub use bulk::Bulk;
pub use clock::Clock;
pub use command::Earlier;
pub use error::Error;
pub use id::new_id;
pub use kernel::{FromValue, Nullable, Value};
pub use migrate::Migration;
pub use open::{Db, Engine, Where, make_beside};
pub use query::Query;
pub use row::{FromRow, Row};
pub use tx::Tx;

/// What this crate itself keeps: commands that were sent twice, settings of the installation.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "db-0001-own", sql: include_str!("../migrations/0001-own.sql") },
    Migration {
        name: "db-0002-indexes-aside",
        sql: include_str!("../migrations/0002-indexes-aside.sql"),
    },
];

/// The values of one statement: `args![id, now, name.as_str()]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
