//! When a queue is open: several periods a day, the holiday calendar, days of its own.
//!
//! Source: features §A4; domain facts §8.6 (`phone_lines_closed`).

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Weekday};
use kernel::{Window, WorkCalendar};

/// The hours of one queue. Wall time, so that summer time moves nothing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Hours {
    /// Periods of an ordinary week. Those of one day do not overlap; [`Hours::check`].
    pub week: Vec<Period>,
    /// Whether it is closed on days on which the calendar closes the lines.
    pub keeps_holidays: bool,
    /// Days on which everything is different, the holidays of the calendar included; no window: closed.
    pub days: BTreeMap<Date, Vec<Window>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Period {
    pub day: Weekday,
    pub window: Window,
}

/// A week as people read it.
pub const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Two periods of one day lie over each other, or one ends before it begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the periods of a day do not follow each other")]
pub struct Overlap;

/// So far is looked for a day that is open; a queue that never opens finds none.
const LOOKED_AHEAD: usize = 370;

impl Hours {
    /// # Errors
    ///
    /// [`Overlap`], of any day.
    pub fn check(&self) -> Result<(), Overlap> {
        let of_week = WEEK.iter().map(|day| self.of_week(*day));
        for mut windows in of_week.chain(self.days.values().cloned()) {
            windows.sort_by_key(|window| window.from);
            let is_empty = |window: &Window| window.from >= window.until;
            let overlaps = windows.windows(2).any(|pair| pair[1].from < pair[0].until);
            if overlaps || windows.iter().any(is_empty) {
                return Err(Overlap);
            }
        }
        Ok(())
    }

    fn of_week(&self, day: Weekday) -> Vec<Window> {
        self.week.iter().filter(|period| period.day == day).map(|period| period.window).collect()
    }

    /// The windows of one day, the earliest first.
    #[must_use]
    pub fn on(&self, day: Date, calendar: &WorkCalendar) -> Vec<Window> {
        let is_holiday = || calendar.day(day).is_some_and(|day| day.phone_lines_closed);
        let mut windows = match self.days.get(&day) {
            Some(own) => own.clone(),
            None if self.keeps_holidays && is_holiday() => Vec::new(),
            None => self.of_week(day.weekday()),
        };
        windows.sort_by_key(|window| window.from);
        windows
    }

    #[must_use]
    pub fn is_open(&self, now: DateTime, calendar: &WorkCalendar) -> bool {
        self.on(now.date(), calendar).iter().any(|window| window.contains(now.time()))
    }

    /// When the period of `now` ends; `None` when it is closed. Two periods that touch are one.
    #[must_use]
    pub fn closes(&self, now: DateTime, calendar: &WorkCalendar) -> Option<DateTime> {
        let windows = self.on(now.date(), calendar);
        let mut until = windows.iter().find(|window| window.contains(now.time()))?.until;
        while let Some(next) = windows.iter().find(|window| window.from == until) {
            until = next.until;
        }
        Some(now.date().to_datetime(until))
    }

    /// The next moment at which it opens, after `now`; `None` if there is none within a year.
    #[must_use]
    pub fn opens(&self, now: DateTime, calendar: &WorkCalendar) -> Option<DateTime> {
        self.periods_from(now.date(), calendar)
            .map(|(day, window)| day.to_datetime(window.from))
            .find(|opens| *opens > now)
    }

    /// The first period that is not over yet: when somebody who waits can be called back.
    #[must_use]
    pub fn next_period(&self, now: DateTime, calendar: &WorkCalendar) -> Option<(Date, Window)> {
        self.periods_from(now.date(), calendar)
            .find(|(day, window)| day.to_datetime(window.until) > now)
    }

    fn periods_from(
        &self,
        day: Date,
        calendar: &WorkCalendar,
    ) -> impl Iterator<Item = (Date, Window)> {
        let days = day.series(jiff::Span::new().days(1)).take(LOOKED_AHEAD);
        days.flat_map(|day| self.on(day, calendar).into_iter().map(move |window| (day, window)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{calendar, check, hours, window};

    #[test]
    fn a_queue_is_open_several_times_a_day_and_closed_on_holidays() {
        check(
            "
            # now              open?   closes            opens next
            2026-11-24T08:29 -> shut   -                 2026-11-24T08:30
            2026-11-24T08:30 -> open   2026-11-24T12:00  2026-11-24T12:30
            2026-11-24T12:00 -> shut   -                 2026-11-24T12:30   # lunch
            2026-11-24T16:59 -> open   2026-11-24T17:00  2026-11-25T08:30
            2026-11-24T17:00 -> shut   -                 2026-11-25T08:30
            2026-11-28T12:00 -> shut   -                 2026-11-30T08:30   # Saturday
            # Christmas Eve is a day of its own; Christmas is a holiday, the 26th a Saturday, the 27th a Sunday.
            2026-12-24T14:59 -> open   2026-12-24T15:00  2026-12-28T08:30
            2026-12-25T10:00 -> shut   -                 2026-12-28T08:30
            # The day before the change to summer time, a Friday.
            2027-03-26T18:00 -> shut   -                 2027-03-29T08:30
            ",
            |[now]| {
                let now: DateTime = now.parse().unwrap();
                let (hours, calendar) = (hours(), calendar());
                let said = |at: Option<DateTime>| {
                    at.map_or("-".into(), |at| at.strftime("%Y-%m-%dT%H:%M").to_string())
                };
                let open = if hours.is_open(now, &calendar) { "open" } else { "shut" };
                let (closes, opens) = (hours.closes(now, &calendar), hours.opens(now, &calendar));
                format!("{open} {} {}", said(closes), said(opens))
            },
        );
    }

    #[test]
    fn a_queue_that_does_not_keep_holidays_is_open_at_christmas() {
        let hours = Hours { keeps_holidays: false, ..hours() };
        assert!(hours.is_open("2026-12-25T10:00".parse().unwrap(), &calendar()));
    }

    #[test]
    fn periods_that_touch_close_once_and_a_queue_without_hours_never_opens() {
        let day = |from, until| Period { day: Weekday::Tuesday, window: window(from, until) };
        let touching = Hours { week: vec![day("9", "12"), day("12", "17")], ..Hours::default() };
        let at: DateTime = "2026-11-24T10:00".parse().unwrap();
        let closes = touching.closes(at, &calendar()).unwrap();
        assert_eq!(closes.to_string(), "2026-11-24T17:00:00");
        assert_eq!(touching.check(), Ok(()));
        assert_eq!(Hours::default().opens(at, &calendar()), None);
        assert_eq!(Hours::default().next_period(at, &calendar()), None);
    }

    #[test]
    fn periods_that_lie_over_each_other_are_wrong() {
        let day = |from, until| Period { day: Weekday::Tuesday, window: window(from, until) };
        let week = Hours { week: vec![day("12", "17"), day("9", "12:30")], ..Hours::default() };
        assert_eq!(week.check(), Err(Overlap));
        let own = vec![window("9", "12"), window("10", "11")];
        let days = BTreeMap::from([("2026-12-24".parse().unwrap(), own)]);
        assert_eq!(Hours { days, ..Hours::default() }.check(), Err(Overlap));
    }
}
