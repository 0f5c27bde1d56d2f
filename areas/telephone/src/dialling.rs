//! The gate before every call over the line: which numbers are dialled, and how often. Rule data: `dial.*`.

use std::time::Duration;

use db::{Error, Query, Tx, args, new_id};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::{AttemptId, UserId, local};
use rulebook::{Missing, Rulebook};
use telephony_proto::number::{self, Allowance, Limit, Number, Refused, Rule, Spent};
use texts::Texts;
use web::App;

/// Why a number is not dialled.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotDialled {
    #[error(transparent)]
    Number(#[from] Refused),
    /// Whoever asks dialled as often as may be.
    #[error("this user: {0}")]
    User(Spent),
    #[error("the whole association: {0}")]
    All(Spent),
    /// Nothing is dialled without rules: we ask, we do not guess.
    #[error(transparent)]
    NoRule(#[from] Missing),
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

impl NotDialled {
    /// For whoever wanted to dial.
    #[must_use]
    pub fn words(&self, t: &Texts) -> String {
        match self {
            Self::Number(Refused::Emergency) => t.get("telephone-not-dialled-emergency"),
            Self::Number(Refused::Country) => t.get("telephone-not-dialled-country"),
            Self::Number(Refused::Prefix(prefix)) => {
                t.with("telephone-not-dialled-prefix", "prefix", format!("+{prefix}"))
            }
            Self::Number(Refused::Short) => t.get("telephone-not-dialled-short"),
            Self::User(spent) => t.with("telephone-not-dialled-user", "minutes", minutes(spent)),
            Self::All(spent) => t.with("telephone-not-dialled-all", "minutes", minutes(spent)),
            Self::NoRule(_) => t.get("telephone-not-dialled-no-rule"),
        }
    }
}

/// Rounded up: whoever tries again then gets through.
fn minutes(spent: &Spent) -> i64 {
    i64::try_from(spent.again_in.as_secs().div_ceil(60)).unwrap_or(i64::MAX)
}

/// What the rule book says today.
struct Rules {
    rule: Rule,
    of_user: Vec<Limit>,
    of_all: Vec<Limit>,
}

impl Rules {
    fn on(book: &Rulebook, day: Date) -> Result<Self, Missing> {
        let prefixes = |key| -> Result<Vec<String>, Missing> {
            Ok(book.words(key, day)?.iter().map(|word| prefix(word)).collect())
        };
        let limits = |key| -> Result<Vec<Limit>, Missing> {
            let limit = |part, within| {
                let calls =
                    u32::try_from(book.part(key, part, day)?).map_err(|_| Missing { key })?;
                Ok(Limit { calls, within })
            };
            Ok(vec![limit("per_hour", HOUR)?, limit("per_day", DAY)?])
        };
        Ok(Self {
            rule: Rule {
                allowed: prefixes("dial.allowed")?,
                refused: prefixes("dial.refused")?,
                emergency: book.words("dial.emergency", day)?,
                passes_emergency: book.words("dial.passes_emergency", day)?.contains(&"yes".into()),
                short: book.words("dial.short", day)?,
            },
            of_user: limits("dial.agent_max")?,
            of_all: limits("dial.all_max")?,
        })
    }
}

/// An administrator may write `0900`, `+31 900` or `0031900` for `31900`.
fn prefix(word: &str) -> String {
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    match (digits.strip_prefix("00"), digits.strip_prefix('0')) {
        (Some(abroad), _) => abroad.to_owned(),
        (None, Some(home)) => format!("31{home}"),
        (None, None) => digits,
    }
}

/// Whether this user may dial this number now. A call of the desk is in the log before it is dialled: `attempt` is the one that
/// is asked for, and does not count against itself.
///
/// What counts is in the database, so that a program that starts again forgets nothing, and several know of each other.
pub async fn may_dial(
    app: &App,
    tx: &mut Tx,
    user: UserId,
    number: &Number,
    attempt: Option<AttemptId>,
) -> Result<Result<(), NotDialled>, Error> {
    let now = tx.now();
    let rules = match Rules::on(&app.rulebook(), local(now).date()) {
        Ok(rules) => rules,
        Err(missing) => return Ok(Err(missing.into())),
    };
    if let Err(refused) = number::may_dial(number, &rules.rule) {
        return Ok(Err(refused.into()));
    }
    // Whoever is in need is not told to wait.
    if matches!(number, Number::Short(digits) if rules.rule.emergency.contains(digits)) {
        return Ok(Ok(()));
    }
    if let Err(spent) = allows(tx, now, rules.of_user, Some(user), attempt).await? {
        return Ok(Err(NotDialled::User(spent)));
    }
    Ok(allows(tx, now, rules.of_all, None, attempt).await?.map_err(NotDialled::All))
}

/// As [`may_dial`], and counted: for a call that is no attempt of the desk.
pub(crate) async fn dials(
    app: &App,
    tx: &mut Tx,
    user: UserId,
    number: &Number,
) -> Result<Result<(), NotDialled>, Error> {
    let may = may_dial(app, tx, user, number, None).await?;
    if may.is_ok() {
        let now = tx.now();
        tx.change_one(
            "insert into dialled_beside (id, user_id, dialled_at) values ($1, $2, $3)",
            args![new_id(), user, now],
        )
        .await?;
    }
    Ok(may)
}

db::row! {
    struct Dialled { dialled_at: Timestamp }
}

async fn allows(
    tx: &mut Tx,
    now: Timestamp,
    limits: Vec<Limit>,
    user: Option<UserId>,
    attempt: Option<AttemptId>,
) -> Result<Result<(), Spent>, Error> {
    let most = limits.iter().map(|limit| i64::from(limit.calls)).max().unwrap_or_default();
    let since = now - SignedDuration::try_from(DAY).expect("a day is short");
    // A call that was refused here was not made.
    let mut query = Query::new(
        "select dialled_at from (
             select started_at as dialled_at from attempts
              where channel = 'browser' and direction = 'out' and (result is null or result <> 'refused')
                and started_at > ",
    );
    query.bind(since);
    if let Some(user) = user {
        query.push(" and agent_id = ").bind(user);
    }
    if let Some(attempt) = attempt {
        query.push(" and id <> ").bind(attempt);
    }
    query.push(" union all select dialled_at from dialled_beside where dialled_at > ").bind(since);
    if let Some(user) = user {
        query.push(" and user_id = ").bind(user);
    }
    // The newest of them: what is older than so many cannot be what fills a limit.
    query.push(") as dialled order by dialled_at desc limit ").bind(most);
    let dialled: Vec<Dialled> = tx.list(query).await?;
    let after = |at: Timestamp| Duration::try_from(at.duration_since(since)).unwrap_or_default();
    let mut allowance = Allowance::new(limits);
    for Dialled { dialled_at } in dialled.iter().rev() {
        allowance.dialled(after(*dialled_at));
    }
    Ok(allowance.may_dial(after(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_understood_however_it_is_written() {
        for written in ["31900", "+31 900", "0900", "0031-900"] {
            assert_eq!(prefix(written), "31900", "{written}");
        }
        assert_eq!(prefix("+1"), "1");
    }

    #[test]
    fn whoever_waits_as_long_as_is_said_gets_through() {
        let limit = Limit { calls: 1, within: HOUR };
        let spent = |secs| Spent { limit, again_in: Duration::from_secs(secs) };
        assert_eq!([1, 60, 61].map(|secs| minutes(&spent(secs))), [1, 1, 2]);
    }
}
