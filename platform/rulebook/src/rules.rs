use db::{Error, Tx, args, new_id};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Event, EventKind, local};

db::row! {
    /// One version of one rule.
    #[derive(Clone, Debug)]
    pub struct Rule {
        pub id: i64,
        pub key: String,
        /// JSON.
        pub value: String,
        pub valid_from: Date,
        pub source: String,
        /// A law or issuing body, B secondary sources agree, C weak, U unverified, D derived.
        pub grade: String,
        pub note: String,
        pub changed_by: Option<i64>,
        pub changed_at: Timestamp,
    }
}

impl Rule {
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.value).unwrap_or_default()
    }

    /// What an attempt or event stores: which rule decided, in which version.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}@{}", self.key, self.valid_from)
    }

    /// Facts graded C or U are shown as unverified until an administrator confirms them.
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        matches!(self.grade.as_str(), "C" | "U")
    }
}

/// No rule with this key is valid on that day, or it does not hold what is expected of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the rule {key} is missing or cannot be read")]
pub struct Missing {
    pub key: &'static str,
}

pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Rule>, Error> {
    tx.all(
        "select id, key, value, valid_from, source, grade, note, changed_by, changed_at
           from rules order by key, valid_from, changed_at",
        vec![],
    )
    .await
}

/// Every version of every rule, newest last, for the administration.
pub async fn history(tx: &mut Tx) -> Result<Vec<Rule>, Error> {
    all(tx).await
}

/// Adds a version of a rule. What was valid before stays for the days before.
pub async fn change(tx: &mut Tx, rule: Rule) -> Result<(), Error> {
    let Rule { id: _, key, value, valid_from, source, grade, note, changed_by: _, changed_at: _ } =
        rule;
    let (user, now) = (tx.actor().user, tx.now());
    let version = format!("{key}@{valid_from}");
    insert(tx, &key, &value, valid_from, &source, &grade, &note, Some(user.0)).await?;
    let mut event = Event::new(EventKind::RuleChanged, local(now).date());
    event.rule = Some(version);
    activity::record(tx, event).await
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub(crate) async fn insert(
    tx: &mut Tx,
    key: &str,
    value: &str,
    valid_from: Date,
    source: &str,
    grade: &str,
    note: &str,
    by: Option<i64>,
) -> Result<(), Error> {
    let now = tx.now();
    tx.change_one(
        "insert into rules (id, key, value, valid_from, source, grade, note, changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![new_id(), key, value, valid_from, source, grade, note, by, now],
    )
    .await
}
