//! Days on which banks of the euro area settle.

use jiff::civil::{Date, Weekday};
use kernel::WorkCalendar;

/// Whether collections and payments are carried out on `day`: Monday to Friday, less the days on which TARGET is
/// closed. Whether our office works has nothing to do with it (domain facts §8.6).
#[must_use]
pub fn is_open(calendar: &WorkCalendar, day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
        && calendar.day(day).is_none_or(|day| !day.target2_closed)
}

/// `day` itself, or the first TARGET day behind it.
#[must_use]
pub fn on_or_after(calendar: &WorkCalendar, day: Date) -> Date {
    let mut day = day;
    while !is_open(calendar, day) {
        day = day.tomorrow().expect("a calendar does not reach the year 9999");
    }
    day
}

/// The `count`th TARGET day after `day`.
#[must_use]
pub fn days_after(calendar: &WorkCalendar, day: Date, count: i64) -> Date {
    (0..count).fold(day, |day, _| {
        on_or_after(calendar, day.tomorrow().expect("a calendar does not reach the year 9999"))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use kernel::CalendarDay;

    use super::*;

    /// The closed days of §8.6 around Christmas 2026 and Easter 2027, and a holiday that TARGET does not know.
    pub(crate) fn calendar() -> WorkCalendar {
        let closed = |day: &str| {
            (day.parse().unwrap(), CalendarDay { target2_closed: true, ..CalendarDay::default() })
        };
        let king_s_day = CalendarDay { office_closed: true, ..CalendarDay::default() };
        WorkCalendar::new([
            closed("2026-12-25"),
            closed("2026-12-26"),
            closed("2027-01-01"),
            closed("2027-03-26"),
            closed("2027-03-29"),
            ("2027-04-27".parse().unwrap(), king_s_day),
        ])
    }

    #[test]
    fn banks_keep_days_of_their_own() {
        for (day, next, after_one) in [
            ("2026-11-24", "2026-11-24", "2026-11-25"), // a Tuesday
            ("2026-11-27", "2026-11-27", "2026-11-30"), // over a weekend
            ("2026-11-28", "2026-11-30", "2026-11-30"),
            ("2026-12-24", "2026-12-24", "2026-12-28"), // over Christmas
            ("2026-12-25", "2026-12-28", "2026-12-28"),
            ("2026-12-31", "2026-12-31", "2027-01-04"),
            ("2027-03-25", "2027-03-25", "2027-03-30"), // Good Friday and Easter Monday
            ("2027-03-26", "2027-03-30", "2027-03-30"),
            ("2027-04-26", "2027-04-26", "2027-04-27"), // King's Day is worked
        ] {
            let day = day.parse().unwrap();
            assert_eq!(on_or_after(&calendar(), day).to_string(), next, "{day}");
            assert_eq!(days_after(&calendar(), day, 1).to_string(), after_one, "{day}");
        }
        let thursday = "2026-12-24".parse().unwrap();
        assert_eq!(days_after(&calendar(), thursday, 0), thursday);
        assert_eq!(days_after(&calendar(), thursday, 2).to_string(), "2026-12-29");
    }
}
