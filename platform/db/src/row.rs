use kernel::{FromValue, Value};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column, Row as _, TypeInfo, ValueRef};

use crate::Error;

/// One row of an answer, whichever database gave it.
pub enum Row {
    Sqlite(SqliteRow),
    Pg(PgRow),
}

impl Row {
    /// The value under this column name.
    ///
    /// # Errors
    ///
    /// [`Error::Column`] if there is no such column or something else is in it.
    pub fn get<T: FromValue>(&self, name: &'static str) -> Result<T, Error> {
        let value = match self {
            Self::Sqlite(row) => sqlite_value(row, name),
            Self::Pg(row) => pg_value(row, name),
        };
        value.ok().and_then(T::from_value).ok_or(Error::Column(name))
    }
}

/// A null has no kind of its own here; every reader takes any of them.
const NULL: Value = Value::Text(None);

fn sqlite_value(row: &SqliteRow, name: &str) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(name)?;
    if raw.is_null() {
        return Ok(NULL);
    }
    // SQLite's types belong to the value, not to the column.
    let kind = raw.type_info();
    Ok(match kind.name() {
        "INTEGER" | "BOOLEAN" => Value::Int(row.try_get(name)?),
        "BLOB" => Value::Bytes(row.try_get(name)?),
        _ => Value::Text(row.try_get(name)?),
    })
}

fn pg_value(row: &PgRow, name: &str) -> Result<Value, sqlx::Error> {
    let column = row.try_column(name)?;
    if row.try_get_raw(name)?.is_null() {
        return Ok(NULL);
    }
    Ok(match column.type_info().name() {
        "INT8" => Value::Int(row.try_get(name)?),
        "INT4" => Value::Int(row.try_get::<Option<i32>, _>(name)?.map(i64::from)),
        "BOOL" => Value::Flag(row.try_get(name)?),
        "BYTEA" => Value::Bytes(row.try_get(name)?),
        _ => Value::Text(row.try_get(name)?),
    })
}

/// What a row can be read as. [`row!`](crate::row) writes it for structs.
pub trait FromRow: Sized {
    fn from_row(row: &Row) -> Result<Self, Error>;
}

/// A struct whose fields have the names of the columns it is read from.
///
/// ```
/// db::row! {
///     struct Found {
///         person_id: kernel::PersonId,
///         logged_at: Option<jiff::Timestamp>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $kind),+ }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::Row) -> Result<Self, $crate::Error> {
                Ok(Self { $($field: row.get(stringify!($field))?),+ })
            }
        }
    };
}
