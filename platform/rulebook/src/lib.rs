//! Rule data: law, terms, hours and thresholds with a date and a source, and the calendar.
//!
//! Rules never read from here; they get a value for the day of the event as an argument.

mod calendar;
mod rules;
mod seed;

pub use calendar::{StoredDay, change_day, days, remove_day};
pub use rules::{Missing, Rule, change, history};
pub use seed::{choices, seed};

use db::{Error, Tx};
use jiff::civil::{Date, Time};
use kernel::{Window, WorkCalendar};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration {
        name: "rulebook-0001-rules",
        sql: include_str!("../migrations/0001-rules.sql"),
    },
    db::Migration { name: "rulebook-0002-lid5", sql: include_str!("../migrations/0002-lid5.sql") },
];

/// Everything that is valid, read once and kept until a rule changes.
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    rules: Vec<Rule>,
    pub calendar: WorkCalendar,
}

impl Rulebook {
    pub async fn load(tx: &mut Tx) -> Result<Self, Error> {
        Ok(Self { rules: rules::all(tx).await?, calendar: calendar::load(tx).await? })
    }

    /// The newest of the rules with this key that is valid on `day`.
    ///
    /// # Errors
    ///
    /// [`Missing`] if there is none: we ask, we do not guess.
    pub fn on(&self, key: &'static str, day: Date) -> Result<&Rule, Missing> {
        self.rules
            .iter()
            .filter(|rule| rule.key == key && rule.valid_from <= day)
            .max_by_key(|rule| (rule.valid_from, rule.changed_at))
            .ok_or(Missing { key })
    }

    pub fn number(&self, key: &'static str, day: Date) -> Result<i64, Missing> {
        self.on(key, day)?.json().as_i64().ok_or(Missing { key })
    }

    /// A named number inside a rule: `retry.no_answer` has `minutes` and `tries_max`.
    pub fn part(&self, key: &'static str, part: &str, day: Date) -> Result<i64, Missing> {
        self.on(key, day)?.json()[part].as_i64().ok_or(Missing { key })
    }

    pub fn words(&self, key: &'static str, day: Date) -> Result<Vec<String>, Missing> {
        serde_json::from_value(self.on(key, day)?.json()).map_err(|_| Missing { key })
    }

    /// A part of the day, such as the hours in which the lines are open.
    pub fn window(&self, key: &'static str, day: Date) -> Result<Window, Missing> {
        let json = self.on(key, day)?.json();
        let time = |part: &str| json[part].as_str().and_then(|text| text.parse::<Time>().ok());
        match (time("from"), time("until")) {
            (Some(from), Some(until)) => Ok(Window { from, until }),
            _ => Err(Missing { key }),
        }
    }
}
