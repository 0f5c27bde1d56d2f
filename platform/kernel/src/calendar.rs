use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

/// What is different on one day. The flags are independent: Good Friday counts for legal terms while
/// the office is open, and 5 May is a holiday by law that most offices work (domain facts §8.6).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts about one day")]
pub struct CalendarDay {
    pub name: String,
    pub legal_term_holiday: bool,
    pub office_closed: bool,
    pub phone_lines_closed: bool,
    pub outbound_forbidden: bool,
    /// Calls by us end at this time.
    pub outbound_until: Option<Time>,
    pub target2_closed: bool,
}

/// The working days of one association: Monday to Friday, less the days on which the office is closed.
#[derive(Clone, Debug, Default)]
pub struct WorkCalendar {
    days: BTreeMap<Date, CalendarDay>,
}

impl WorkCalendar {
    #[must_use]
    pub fn new(days: impl IntoIterator<Item = (Date, CalendarDay)>) -> Self {
        Self { days: days.into_iter().collect() }
    }

    #[must_use]
    pub fn day(&self, date: Date) -> Option<&CalendarDay> {
        self.days.get(&date)
    }

    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
            && self.day(date).is_none_or(|day| !day.office_closed)
    }

    /// The `count`th working day after `date`; 0 is `date` itself, whatever day that is.
    #[must_use]
    pub fn working_days_after(&self, date: Date, count: u16) -> Date {
        let mut day = date;
        let mut left = count;
        while left > 0 {
            day = day.tomorrow().expect("a calendar does not reach the year 9999");
            left -= u16::from(self.is_working_day(day));
        }
        day
    }

    /// How many working days lie after `from`, up to and including `until`; 0 if `until` is not later.
    #[must_use]
    pub fn working_days_between(&self, from: Date, until: Date) -> u16 {
        let mut count = 0;
        let mut day = from;
        while day < until {
            day = day.checked_add(1.day()).expect("between two dates lies a date");
            count += u16::from(self.is_working_day(day));
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The days of §8.6 around which callbacks are planned in these tests.
    fn calendar() -> WorkCalendar {
        let closed = |name: &str| CalendarDay {
            name: name.into(),
            office_closed: true,
            ..CalendarDay::default()
        };
        let open = |name: &str| CalendarDay {
            name: name.into(),
            legal_term_holiday: true,
            ..CalendarDay::default()
        };
        WorkCalendar::new([
            ("2026-04-27".parse().unwrap(), closed("Koningsdag")),
            ("2026-12-25".parse().unwrap(), closed("Eerste Kerstdag")),
            ("2026-12-26".parse().unwrap(), closed("Tweede Kerstdag")),
            ("2027-03-26".parse().unwrap(), open("Goede Vrijdag")),
            ("2027-03-29".parse().unwrap(), closed("Tweede Paasdag")),
        ])
    }

    #[test]
    fn working_days_skip_weekends_and_closed_days_only() {
        for (from, count, falls_on) in [
            ("2026-11-24", 3, "2026-11-27"), // the story: Tuesday becomes Friday
            ("2026-12-23", 1, "2026-12-24"),
            ("2026-12-23", 2, "2026-12-28"),
            ("2026-12-23", 3, "2026-12-29"),
            ("2027-03-26", 3, "2027-04-01"), // Good Friday is worked, Easter Monday is not
            ("2026-04-24", 1, "2026-04-28"),
            ("2026-04-24", 0, "2026-04-24"),
        ] {
            let day = calendar().working_days_after(from.parse().unwrap(), count);
            assert_eq!(day.to_string(), falls_on, "{from} + {count}");
        }
    }

    proptest! {
        #[test]
        fn counting_back_gives_the_same_number(offset in 0_i32..700, count in 1_u16..40) {
            let from: Date = "2026-01-01".parse().unwrap();
            let from = from.checked_add(offset.days()).unwrap();
            let until = calendar().working_days_after(from, count);
            prop_assert!(calendar().is_working_day(until));
            prop_assert_eq!(calendar().working_days_between(from, until), count);
        }
    }
}
