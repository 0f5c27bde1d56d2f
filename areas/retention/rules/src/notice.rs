//! When a notice works. It is never refused: given too late or for a wrong day it works at the earliest moment that is permitted
//! after the day that was asked for. Source: BW 2:35 and 2:36; the statutes' terms are data.

use jiff::ToSpan as _;
use jiff::civil::Date;

kernel::codes! {
    pub enum Unit {
        Days = "days",
        Weeks = "weeks",
        Months = "months",
    }
}

kernel::codes! {
    /// Towards which day a membership can end.
    pub enum Boundary {
        /// Where the statutes say nothing.
        FinancialYearEnd = "financial_year_end",
        CalendarYearEnd = "calendar_year_end",
        QuarterEnd = "quarter_end",
        MonthEnd = "month_end",
        AnyDay = "any_day",
    }
}

/// A day of each year, such as 31 December; 29 February is the 28th where there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct YearDay {
    pub month: i8,
    pub day: i8,
}

impl YearDay {
    pub const LAST: Self = Self { month: 12, day: 31 };

    /// `12-31`, as it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (month, day) = text.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // A leap year has every day.
        Date::new(2024, month, day).ok().map(|_| Self { month, day })
    }

    #[must_use]
    pub fn stored(self) -> String {
        format!("{:02}-{:02}", self.month, self.day)
    }

    fn of(self, year: i16) -> Option<Date> {
        let first = Date::new(year, self.month, 1).ok()?;
        first.with().day(self.day.min(first.days_in_month())).build().ok()
    }
}

/// What the statutes say about leaving, for one kind of membership.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// The row that says so.
    pub id: i64,
    pub notice: (i64, Unit),
    pub boundary: Boundary,
    pub financial_year_ends: YearDay,
    /// A notice after this day of a year counts for the year after: `19 November`.
    pub latest_day: Option<YearDay>,
    /// From the first day of the membership on.
    pub min_term_months: i64,
}

/// A decision that lets members go at once: a merger, heavier duties. Both days are included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LeaveRight {
    pub id: i64,
    /// The day on which the decision was told.
    pub sent_on: Date,
    pub until: Date,
}

/// A notice as it came in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Notice {
    pub received_on: Date,
    /// The last day that was asked for; none for as soon as possible.
    pub wished_on: Option<Date>,
    /// The first day of the membership, if known.
    pub since: Option<Date>,
}

/// What decided about the day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Because {
    /// The term of notice, and the day towards which it is given.
    Terms,
    /// The notice came after the latest day of its year.
    TooLateInYear,
    MinTerm,
    /// The member wants to stay longer than needed.
    Wished,
    LeaveRight(i64),
}

/// The last day of the membership, and why it is that one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct End {
    pub on: Date,
    pub because: Because,
}

/// The earliest last day that is permitted, and not before the day that was asked for.
#[must_use]
pub fn earliest_end(terms: &Terms, right: Option<&LeaveRight>, notice: &Notice) -> End {
    let Notice { received_on, wished_on, since } = *notice;
    if let Some(right) = right
        && right.sent_on <= received_on
        && received_on <= right.until
    {
        let on = wished_on.map_or(received_on, |wished| wished.max(received_on));
        return End { on, because: Because::LeaveRight(right.id) };
    }
    let by_notice = after(received_on, terms.notice);
    let mut earliest = (by_notice, Because::Terms);
    if let Some(latest) = terms.latest_day
        && latest.of(received_on.year()).is_some_and(|latest| latest < received_on)
        && let Some(next) = received_on
            .checked_add(1.year())
            .ok()
            .and_then(|next| YearDay { month: 1, day: 1 }.of(next.year()))
        && next > earliest.0
    {
        earliest = (next, Because::TooLateInYear);
    }
    if let Some(since) = since
        && let Ok(term) = since.checked_add(terms.min_term_months.months())
        && let Ok(last) = term.yesterday()
        && terms.min_term_months > 0
        && last > earliest.0
    {
        earliest = (last, Because::MinTerm);
    }
    let on = terms.boundary_from(earliest.0);
    match wished_on {
        Some(wished) if wished > on => {
            End { on: terms.boundary_from(wished), because: Because::Wished }
        }
        _ => End { on, because: earliest.1 },
    }
}

/// The first day on which a notice of `received` can work: so long after it. A month after 31 January is 28 February.
fn after(received: Date, (n, unit): (i64, Unit)) -> Date {
    let span = match unit {
        Unit::Days => n.days(),
        Unit::Weeks => n.weeks(),
        Unit::Months => n.months(),
    };
    received.checked_add(span).unwrap_or(Date::MAX)
}

impl Terms {
    /// The first day on or after `day` towards which a membership can end.
    fn boundary_from(&self, day: Date) -> Date {
        let year_end = |ends: YearDay| {
            [day.year(), day.year() + 1]
                .into_iter()
                .filter_map(|year| ends.of(year))
                .find(|end| *end >= day)
                .unwrap_or(day)
        };
        match self.boundary {
            Boundary::AnyDay => day,
            Boundary::MonthEnd => day.last_of_month(),
            Boundary::QuarterEnd => {
                let month = (day.month() - 1) / 3 * 3 + 3;
                let last = day.first_of_month().with().month(month).build();
                last.map_or(day, Date::last_of_month)
            }
            Boundary::CalendarYearEnd => year_end(YearDay::LAST),
            Boundary::FinancialYearEnd => year_end(self.financial_year_ends),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn terms(notice: (i64, Unit), boundary: Boundary) -> Terms {
        Terms {
            id: 1,
            notice,
            boundary,
            financial_year_ends: YearDay::LAST,
            latest_day: None,
            min_term_months: 0,
        }
    }

    fn end(terms: &Terms, received: &str, wished: Option<&str>) -> String {
        let notice = Notice {
            received_on: day(received),
            wished_on: wished.map(day),
            since: Some(day("2026-03-15")),
        };
        let End { on, because } = earliest_end(terms, None, &notice);
        format!("{on} {because:?}")
    }

    #[test]
    fn where_the_statutes_are_silent_the_law_says_four_weeks_before_the_year_ends() {
        let law = terms((4, Unit::Weeks), Boundary::FinancialYearEnd);
        // Four weeks before 31 December is 3 December: that day is in time, the next is not.
        assert_eq!(end(&law, "2026-12-03", None), "2026-12-31 Terms");
        assert_eq!(end(&law, "2026-12-04", None), "2027-12-31 Terms");
        assert_eq!(end(&law, "2026-01-02", None), "2026-12-31 Terms");
        // For a wrong day it is not void: it works on the first day that is permitted after it.
        assert_eq!(end(&law, "2026-11-24", Some("2026-11-30")), "2026-12-31 Terms");
        assert_eq!(end(&law, "2026-11-24", Some("2027-01-31")), "2027-12-31 Wished");
        let broken = Terms { financial_year_ends: YearDay::parse("06-30").unwrap(), ..law };
        assert_eq!(end(&broken, "2026-06-02", None), "2026-06-30 Terms");
        assert_eq!(end(&broken, "2026-06-03", None), "2027-06-30 Terms");
    }

    #[test]
    fn each_boundary_has_its_last_day_in_time() {
        for (notice, boundary, received, expected) in [
            ((1, Unit::Months), Boundary::MonthEnd, "2026-10-31", "2026-11-30"),
            ((1, Unit::Months), Boundary::MonthEnd, "2026-11-01", "2026-12-31"),
            ((2, Unit::Months), Boundary::MonthEnd, "2026-11-24", "2027-01-31"),
            // A month after 31 January is the last of February.
            ((1, Unit::Months), Boundary::MonthEnd, "2027-01-31", "2027-02-28"),
            ((4, Unit::Weeks), Boundary::QuarterEnd, "2026-09-02", "2026-09-30"),
            ((4, Unit::Weeks), Boundary::QuarterEnd, "2026-09-03", "2026-12-31"),
            ((6, Unit::Months), Boundary::CalendarYearEnd, "2026-06-30", "2026-12-31"),
            ((6, Unit::Months), Boundary::CalendarYearEnd, "2026-07-01", "2027-12-31"),
            ((14, Unit::Days), Boundary::AnyDay, "2026-11-24", "2026-12-08"),
            ((0, Unit::Days), Boundary::AnyDay, "2026-11-24", "2026-11-24"),
        ] {
            let found = end(&terms(notice, boundary), received, None);
            assert_eq!(found, format!("{expected} Terms"), "{notice:?} {boundary} {received}");
        }
    }

    #[test]
    fn a_latest_day_of_the_year_moves_the_end_a_year() {
        let by = Terms {
            latest_day: YearDay::parse("11-19"),
            ..terms((0, Unit::Days), Boundary::CalendarYearEnd)
        };
        assert_eq!(end(&by, "2026-11-19", None), "2026-12-31 Terms");
        assert_eq!(end(&by, "2026-11-20", None), "2027-12-31 TooLateInYear");
    }

    #[test]
    fn a_first_year_is_served() {
        let year = Terms { min_term_months: 12, ..terms((1, Unit::Months), Boundary::MonthEnd) };
        assert_eq!(end(&year, "2026-11-24", None), "2027-03-31 MinTerm");
        assert_eq!(end(&year, "2027-02-14", None), "2027-03-31 Terms");
        assert_eq!(end(&year, "2027-03-01", None), "2027-04-30 Terms");
        let unknown = Notice { received_on: day("2026-11-24"), wished_on: None, since: None };
        assert_eq!(earliest_end(&year, None, &unknown).on, day("2026-12-31"));
    }

    #[test]
    fn a_right_to_leave_holds_within_its_window_only() {
        let law = terms((4, Unit::Weeks), Boundary::FinancialYearEnd);
        let right = LeaveRight { id: 7, sent_on: day("2026-11-01"), until: day("2026-12-01") };
        for (received, wished, expected) in [
            ("2026-10-31", None, "2026-12-31 Terms"),
            ("2026-11-01", None, "2026-11-01 LeaveRight(7)"),
            ("2026-12-01", None, "2026-12-01 LeaveRight(7)"),
            ("2026-12-01", Some("2026-12-15"), "2026-12-15 LeaveRight(7)"),
            ("2026-12-02", None, "2026-12-31 Terms"),
        ] {
            let notice =
                Notice { received_on: day(received), wished_on: wished.map(day), since: None };
            let End { on, because } = earliest_end(&law, Some(&right), &notice);
            assert_eq!(format!("{on} {because:?}"), expected, "{received}");
        }
    }

    #[test]
    fn no_notice_ends_before_it_came_in_nor_before_it_was_asked_for() {
        for boundary in Boundary::ALL {
            let terms = terms((4, Unit::Weeks), *boundary);
            let mut received = day("2026-01-01");
            while received < day("2028-02-01") {
                for wished in [None, received.checked_add(3.months()).ok()] {
                    let notice = Notice { received_on: received, wished_on: wished, since: None };
                    let on = earliest_end(&terms, None, &notice).on;
                    assert!(on >= after(received, terms.notice), "{boundary} {received}");
                    assert!(wished.is_none_or(|wished| on >= wished), "{boundary} {received}");
                    assert_eq!(terms.boundary_from(on), on, "{boundary} {received}");
                }
                received = received.tomorrow().unwrap();
            }
        }
    }
}
