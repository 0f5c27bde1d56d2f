//! Whether somebody is a member, as a function of dates; when somebody reaches the state pension age; what it costs. Pure.

pub mod pension;
pub mod tariff;

use jiff::civil::Date;

kernel::codes! {
    /// How a membership began.
    pub enum Began {
        Joined = "joined",
        /// From another union or association, or with a merger.
        Transfer = "transfer",
    }
}

kernel::codes! {
    /// How a membership ended.
    pub enum Ended {
        /// By the member.
        Cancelled = "cancelled",
        Deceased = "deceased",
        /// Struck off for arrears.
        Arrears = "arrears",
        /// Expelled or refused.
        Expelled = "expelled",
        /// To another union or association, or with a merger.
        Transfer = "transfer",
    }
}

/// One membership: from its first day to its last, both included.
///
/// An unknown first day (a file that only has a member number) counts as long ago; no last day as open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Period {
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// A member now; `since` is the first day of the unbroken row of memberships, if known.
    Member {
        since: Option<Date>,
        until: Option<Date>,
    },
    /// Was a member until `until`, the last day.
    Former {
        until: Date,
    },
    /// Will be one.
    Future {
        from: Date,
    },
    Never,
}

impl Period {
    /// Whether the membership is active at the end of `day` (key figures, base set A(t)).
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.starts_on.is_none_or(|start| start <= day) && self.ends_on.is_none_or(|end| day <= end)
    }
}

/// The status on `day`. Evaluated when it is asked: no job can forget it and no flag can drift.
#[must_use]
pub fn status_on(periods: &[Period], day: Date) -> Status {
    if let Some(current) = periods.iter().find(|period| period.covers(day)) {
        return Status::Member { since: first_day(periods, current), until: current.ends_on };
    }
    let ended = periods.iter().filter_map(|period| period.ends_on).filter(|end| *end < day).max();
    let coming =
        periods.iter().filter_map(|period| period.starts_on).filter(|start| *start > day).min();
    match (coming, ended) {
        (Some(from), _) => Status::Future { from },
        (None, Some(until)) => Status::Former { until },
        (None, None) => Status::Never,
    }
}

/// Follows memberships back while each begins no later than the day after the one before ended.
fn first_day(periods: &[Period], current: &Period) -> Option<Date> {
    let mut start = current.starts_on?;
    loop {
        let joins = |period: &&Period| {
            period.ends_on.is_some_and(|end| end.tomorrow().is_ok_and(|next| next >= start))
                && period.starts_on.is_none_or(|earlier| earlier < start)
        };
        match periods.iter().find(joins) {
            None => return Some(start),
            Some(before) => start = before.starts_on?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn periods(text: &str) -> Vec<Period> {
        let day = |word: &str| word.parse().ok();
        text.split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| {
                let (from, until) = word.split_once('/').unwrap();
                Period { starts_on: day(from), ends_on: day(until) }
            })
            .collect()
    }

    #[test]
    fn status_is_a_function_of_dates() {
        for (memberships, day, expected) in [
            ("", "2026-11-24", "Never"),
            ("1984-03-01/", "2026-11-24", "Member { since: Some(1984-03-01), until: None }"),
            ("/", "2026-11-24", "Member { since: None, until: None }"),
            (
                "1984-03-01/2026-11-24",
                "2026-11-24",
                "Member { since: Some(1984-03-01), until: Some(2026-11-24) }",
            ),
            ("1984-03-01/2026-11-23", "2026-11-24", "Former { until: 2026-11-23 }"),
            ("2026-12-01/", "2026-11-24", "Future { from: 2026-12-01 }"),
            // Another tariff is another row: the membership goes on.
            (
                "1984-03-01/2009-12-31 2010-01-01/",
                "2026-11-24",
                "Member { since: Some(1984-03-01), until: None }",
            ),
            // Came back after a gap.
            (
                "1984-03-01/2000-12-31 2010-01-01/",
                "2026-11-24",
                "Member { since: Some(2010-01-01), until: None }",
            ),
        ] {
            let status = status_on(&periods(memberships), day.parse().unwrap());
            assert_eq!(format!("{status:?}"), expected, "{memberships} on {day}");
        }
    }
}
