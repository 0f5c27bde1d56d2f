use std::sync::LazyLock;

use db::{Error, Tx, args};
use jiff::civil::{Date, Time};
use serde::Deserialize;

use crate::{StoredDay, calendar, rules};

const RULES: &str = include_str!("../data/rules.toml");
const CALENDAR: &str = include_str!("../data/calendar.toml");
const CALENDAR_SOURCE: &str = "Algemene termijnenwet art. 3; Code Telemarketing 2012";

#[derive(Deserialize)]
struct Rules {
    rule: Vec<ShippedRule>,
}

#[derive(Deserialize)]
struct ShippedRule {
    key: String,
    value: serde_json::Value,
    valid_from: Date,
    source: String,
    grade: String,
    #[serde(default)]
    note: String,
    /// The words that the value can hold, where not any word means something.
    #[serde(default)]
    choices: Vec<String>,
}

static SHIPPED: LazyLock<Rules> =
    LazyLock::new(|| toml::from_str(RULES).expect("the shipped rules are tested"));

/// The words that a rule can hold; empty where any word will do, or where it holds no words.
#[must_use]
pub fn choices(key: &str) -> &'static [String] {
    SHIPPED.rule.iter().find(|rule| rule.key == key).map_or(&[], |rule| rule.choices.as_slice())
}

#[derive(Deserialize)]
struct Calendar {
    day: Vec<ShippedDay>,
}

#[derive(Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one day")]
struct ShippedDay {
    date: Date,
    name: String,
    grade: String,
    legal_term_holiday: bool,
    office_closed: bool,
    phone_lines_closed: bool,
    outbound_forbidden: bool,
    outbound_until: Option<Time>,
    target2_closed: bool,
}

impl Default for ShippedDay {
    fn default() -> Self {
        Self {
            date: Date::MIN,
            name: String::new(),
            grade: "U".into(),
            legal_term_holiday: false,
            office_closed: false,
            phone_lines_closed: false,
            outbound_forbidden: false,
            outbound_until: None,
            target2_closed: false,
        }
    }
}

/// Adds the rules and days that we ship and that are not there yet. What an administrator changed
/// stays; a rule that came with a new version of the program is added.
pub async fn seed(tx: &mut Tx) -> Result<(), Error> {
    for rule in &SHIPPED.rule {
        let known: i64 = tx
            .value("select count(*) as value from rules where key = $1", args![rule.key.as_str()])
            .await?;
        if known == 0 {
            let ShippedRule { key, value, valid_from, source, grade, note, choices: _ } = rule;
            rules::insert(tx, key, &value.to_string(), *valid_from, source, grade, note, None)
                .await?;
        }
    }

    // A day that was taken out must not come back, so the calendar is filled once.
    let days: i64 = tx.value("select count(*) as value from calendar_days", args![]).await?;
    if days == 0 {
        let shipped: Calendar = toml::from_str(CALENDAR).expect("the shipped calendar is tested");
        for day in shipped.day {
            let stored = StoredDay {
                day: day.date,
                name: day.name,
                legal_term_holiday: day.legal_term_holiday,
                office_closed: day.office_closed,
                phone_lines_closed: day.phone_lines_closed,
                outbound_forbidden: day.outbound_forbidden,
                outbound_until: day.outbound_until,
                target2_closed: day.target2_closed,
                source: CALENDAR_SOURCE.into(),
                grade: day.grade,
            };
            calendar::write(tx, stored, None).await?;
        }
    }
    Ok(())
}
