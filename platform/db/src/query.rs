use crate::Value;

/// A statement made of fixed pieces and values: for lists with filters.
///
/// Only literals can become SQL; whatever a person typed is a value.
///
/// ```
/// let mut query = db::Query::new("select id from people where deleted_at is null");
/// query.push(" and town = ").bind("Zutphen");
/// ```
#[derive(Debug)]
pub struct Query {
    pub(crate) sql: String,
    pub(crate) args: Vec<Value>,
}

impl Query {
    #[must_use]
    pub fn new(sql: &'static str) -> Self {
        Self { sql: sql.to_owned(), args: Vec::new() }
    }

    pub fn push(&mut self, sql: &'static str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds the next `$n`.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        use std::fmt::Write as _;

        self.args.push(value.into());
        write!(self.sql, "${}", self.args.len()).expect("writing to a string");
        self
    }

    /// Adds `($n, …)` for an `in`. Without a value it is `(null)`, in which nothing is.
    pub fn bind_list(&mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> &mut Self {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return self.push("(null)");
        }
        self.push("(");
        for (nr, value) in values.enumerate() {
            if nr > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self.push(")")
    }
}

/// Everything a statement can be written as: a literal with its values, or a [`Query`].
pub(crate) enum Sql {
    Fixed(&'static str),
    Made(String),
}
