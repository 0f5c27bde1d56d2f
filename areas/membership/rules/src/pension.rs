//! On which day somebody reaches the state pension age (AOW).
//!
//! Source: Algemene Ouderdomswet, article 7a; rijksoverheid.nl, "Wanneer gaat mijn AOW in?". The table itself is data.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// The age of everybody born from `born_from` until the next row begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AgeRow {
    pub born_from: Date,
    pub years: i64,
    /// 0 to 11, on top of the years.
    pub months: i64,
    /// Not decided yet: the last age that is known, which can only become higher.
    pub is_estimate: bool,
}

/// When somebody reaches the age, and which age that is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PensionDay {
    pub on: Date,
    pub years: i64,
    pub months: i64,
    pub is_estimate: bool,
}

/// The day for somebody born on `born`; `None` for who was born before the table begins and has the pension for long.
///
/// `rows` is in the order of birth. The pension begins on the day itself, not on the first of its month. A day that its month
/// does not have becomes the first of the next: born 31 August 1950, 65 years and 3 months, is 1 December 2015.
#[must_use]
pub fn reaches(rows: &[AgeRow], born: Date) -> Option<PensionDay> {
    let row = rows.iter().rfind(|row| row.born_from <= born)?;
    let AgeRow { born_from: _, years, months, is_estimate } = *row;
    Some(PensionDay { on: aged(born, years, months)?, years, months, is_estimate })
}

fn aged(born: Date, years: i64, months: i64) -> Option<Date> {
    let first = born.first_of_month().checked_add((years * 12 + months).months()).ok()?;
    if born.day() <= first.days_in_month() {
        first.with().day(born.day()).build().ok()
    } else {
        first.checked_add(1.month()).ok()
    }
}

/// Whether somebody has the age on `day`. Who was born before the table begins has.
#[must_use]
pub fn is_reached(rows: &[AgeRow], born: Date, day: Date) -> bool {
    reaches(rows, born).is_none_or(|pension| pension.on <= day)
}

/// Everybody who reaches the age from `from` to `until`, both included, was born between these two days, both included.
/// `None` if nobody does: from 1 January to 31 March 2028, for one.
#[must_use]
pub fn born_between(rows: &[AgeRow], from: Date, until: Date) -> Option<(Date, Date)> {
    let first = rows.first()?.born_from;
    let last = until.checked_sub(rows.iter().map(|row| row.years).min()?.years()).ok()?;
    // The age never goes down, so whoever is younger reaches it on the same day or later.
    let after = |day: Date| {
        let (mut low, mut high) = (first, last.tomorrow().ok()?);
        while low < high {
            let middle = low.checked_add((low.until(high).ok()?.get_days() / 2).days()).ok()?;
            if reaches(rows, middle).is_none_or(|pension| pension.on < day) {
                low = middle.tomorrow().ok()?;
            } else {
                high = middle;
            }
        }
        Some(low)
    };
    let begins = after(from)?;
    let ends = after(until.tomorrow().ok()?)?.yesterday().ok()?;
    (begins <= ends).then_some((begins, ends))
}

/// What is wrong with a table as an administrator would leave it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongTable {
    #[error("there are no ages left")]
    Empty,
    #[error("two rows begin on {0}")]
    Twice(Date),
    #[error("who is born from {0} would have the pension at a lower age than who is older")]
    Lower(Date),
    #[error("an age that is decided follows one that is not, at {0}")]
    DecidedAfterEstimate(Date),
}

/// Whether `rows`, in the order of birth, can be the table.
///
/// # Errors
///
/// [`WrongTable`]; the age is never lowered (AOW, article 7a, paragraph 4).
pub fn check(rows: &[AgeRow]) -> Result<(), WrongTable> {
    if rows.is_empty() {
        return Err(WrongTable::Empty);
    }
    for pair in rows.windows(2) {
        let [before, after] = pair else { continue };
        if before.born_from >= after.born_from {
            return Err(WrongTable::Twice(after.born_from));
        }
        if (after.years, after.months) < (before.years, before.months) {
            return Err(WrongTable::Lower(after.born_from));
        }
        if before.is_estimate && !after.is_estimate {
            return Err(WrongTable::DecidedAfterEstimate(after.born_from));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Born from, years, months; `?` for an estimate. As it is shipped (a test in the store compares them).
    const SHIPPED: &str = "
        1948-01-01 65 1   1948-12-01 65 2   1949-11-01 65 3   1950-10-01 65 6   1951-07-01 65 9
        1952-04-01 66 0   1953-01-01 66 4   1955-09-01 66 7   1956-06-01 66 10  1957-03-01 67 0
        1961-01-01 67 3   1964-10-01 67 3?";

    fn table(text: &str) -> Vec<AgeRow> {
        let words: Vec<&str> = text.split_whitespace().collect();
        words
            .chunks(3)
            .map(|row| AgeRow {
                born_from: row[0].parse().unwrap(),
                years: row[1].parse().unwrap(),
                months: row[2].trim_end_matches('?').parse().unwrap(),
                is_estimate: row[2].ends_with('?'),
            })
            .collect()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_follows_from_the_day_of_birth() {
        let rows = table(SHIPPED);
        for (born, expected) in [
            ("1947-12-31", "for long"),
            ("1948-01-01", "2013-02-01"),
            ("1948-11-30", "2013-12-30"),
            ("1950-08-31", "2015-12-01"),
            ("1959-03-15", "2026-03-15"),
            ("1960-12-31", "2027-12-31"),
            ("1961-01-01", "2028-04-01"),
            ("1961-09-30", "2028-12-30"),
            ("1961-10-01", "2029-01-01"),
            ("1963-12-31", "2031-03-31"),
            ("1964-09-30", "2031-12-30"),
            ("1964-10-01", "2032-01-01?"),
            // February has no 29th or 30th in 2031: the first of the next month.
            ("1963-11-29", "2031-03-01"),
            ("1963-11-30", "2031-03-01"),
            ("1963-11-28", "2031-02-28"),
            // Born on 29 February: on 1 March where there is none, on the 29th where there is.
            ("1960-02-29", "2027-03-01"),
            ("1956-02-29", "2022-09-29"),
        ] {
            let found = reaches(&rows, day(born)).map_or("for long".to_owned(), |pension| {
                format!("{}{}", pension.on, if pension.is_estimate { "?" } else { "" })
            });
            assert_eq!(found, expected, "born {born}");
        }
    }

    #[test]
    fn nobody_reaches_it_in_the_first_quarter_of_2028() {
        let rows = table(SHIPPED);
        let between = |from: &str, until: &str| {
            born_between(&rows, day(from), day(until))
                .map(|(first, last)| format!("{first} {last}"))
        };
        assert_eq!(between("2028-01-01", "2028-03-31"), None);
        assert_eq!(between("2028-01-01", "2028-04-01").as_deref(), Some("1961-01-01 1961-01-01"));
        assert_eq!(between("2027-12-31", "2028-03-31").as_deref(), Some("1960-12-31 1960-12-31"));
        // Both who were born on the 29th and the 30th, and whoever was born on the 1st of December.
        assert_eq!(between("2031-03-01", "2031-03-01").as_deref(), Some("1963-11-29 1963-12-01"));
    }

    #[test]
    fn who_was_born_between_is_exactly_who_reaches_it() {
        let rows = table(SHIPPED);
        let (from, until) = (day("2026-11-24"), day("2029-02-28"));
        let (first, last) = born_between(&rows, from, until).unwrap();
        let mut born = day("1955-01-01");
        while born < day("1966-01-01") {
            let within = reaches(&rows, born)
                .is_some_and(|pension| from <= pension.on && pension.on <= until);
            assert_eq!(within, first <= born && born <= last, "born {born}");
            born = born.tomorrow().unwrap();
        }
    }

    #[test]
    fn has_it_on_the_day_itself_and_not_the_day_before() {
        let rows = table(SHIPPED);
        assert!(!is_reached(&rows, day("1959-03-15"), day("2026-03-14")));
        assert!(is_reached(&rows, day("1959-03-15"), day("2026-03-15")));
        assert!(is_reached(&rows, day("1940-01-01"), day("2026-03-15")));
    }

    #[test]
    fn a_table_never_goes_down_and_never_decides_after_an_estimate() {
        assert_eq!(check(&table(SHIPPED)), Ok(()));
        assert_eq!(check(&[]), Err(WrongTable::Empty));
        for (text, expected) in [
            ("1960-01-01 67 0 1960-01-01 67 3", WrongTable::Twice(day("1960-01-01"))),
            ("1960-01-01 67 3 1961-01-01 67 2", WrongTable::Lower(day("1961-01-01"))),
            ("1960-01-01 67 3 1961-01-01 66 11", WrongTable::Lower(day("1961-01-01"))),
            (
                "1960-01-01 67 3? 1961-01-01 67 6",
                WrongTable::DecidedAfterEstimate(day("1961-01-01")),
            ),
        ] {
            assert_eq!(check(&table(text)), Err(expected), "{text}");
        }
    }
}
