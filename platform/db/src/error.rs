/// What a statement can answer besides rows. Everything under `Sql` is broken, not refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The row that had to change was changed by somebody else in the meantime.
    #[error("somebody changed the row in the meantime")]
    Raced,
    /// A unique constraint says that it is there already.
    #[error("the row is there already")]
    Duplicate,
    /// A command with this key was carried out before.
    #[error("this command was carried out before")]
    AlreadyDone,
    #[error("column {0} holds something else than expected")]
    Column(&'static str),
    #[error("migration {name} failed")]
    Migration { name: &'static str, source: sqlx::Error },
    #[error("the database at this place cannot be used: {0}")]
    Open(String),
    #[error(transparent)]
    Sql(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(from) if from.is_unique_violation() => Self::Duplicate,
            _ => Self::Sql(error),
        }
    }
}

impl Error {
    /// Whether trying the same again can help: the database was busy or chose us to give way.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => true,
            // PostgreSQL: serialisation failure, deadlock; SQLite: busy.
            sqlx::Error::Database(from) => {
                matches!(from.code().as_deref(), Some("40001" | "40P01" | "5" | "517"))
            }
            _ => false,
        }
    }
}
