//! A month of the calendar in Amsterdam.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use kernel::{FromValue, Nullable, Value};

/// `2026-11`
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Month(i32);

impl Month {
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
    }

    /// The day with the number `nr`, from 1; `None` outside the calendar.
    fn day(self, nr: i8) -> Option<Date> {
        let year = i16::try_from(self.0.div_euclid(12)).ok()?;
        let month = i8::try_from(self.0.rem_euclid(12) + 1).ok()?;
        Date::new(year, month, nr).ok()
    }

    #[must_use]
    pub fn first(self) -> Date {
        self.day(1).unwrap_or(Date::MIN)
    }

    #[must_use]
    pub fn last(self) -> Date {
        self.day(1).map_or(Date::MAX, Date::last_of_month)
    }

    /// So many months later; earlier if negative.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// How many months lie between `earlier` and this one.
    #[must_use]
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// From this month to `until`, both included.
    pub fn to(self, until: Self) -> impl DoubleEndedIterator<Item = Self> {
        (self.0..=until.0).map(Self)
    }

    /// Counts the months of the common era: how a list of months is kept short.
    #[must_use]
    pub fn number(self) -> u16 {
        u16::try_from(self.0).unwrap_or(0)
    }

    #[must_use]
    pub fn from_number(number: u16) -> Self {
        Self(i32::from(number))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// Not `2026-11`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoMonth;

impl FromStr for Month {
    type Err = NoMonth;

    fn from_str(text: &str) -> Result<Self, NoMonth> {
        let day: Date = format!("{text}-01").parse().map_err(|_| NoMonth)?;
        Ok(Self::of(day))
    }
}

impl From<Month> for Value {
    fn from(month: Month) -> Self {
        Self::Text(Some(month.to_string()))
    }
}

impl Nullable for Month {
    const NULL: Value = Value::Text(None);
}

impl FromValue for Month {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(Some(text)) => text.parse().ok(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_count_over_the_turn_of_a_year() {
        let month: Month = "2026-11".parse().unwrap();
        assert_eq!(month.to_string(), "2026-11");
        assert_eq!(month.plus(2).to_string(), "2027-01");
        assert_eq!(month.plus(-11).to_string(), "2025-12");
        assert_eq!(month.plus(14).since(month), 14);
        assert_eq!(month.first().to_string(), "2026-11-01");
        assert_eq!("2028-02".parse::<Month>().unwrap().last().to_string(), "2028-02-29");
        assert_eq!(Month::from_number(month.number()), month);
        assert!("2026-13".parse::<Month>().is_err() && "november".parse::<Month>().is_err());
    }
}
