//! When somebody may be called: hours of the week, days of the calendar.
//!
//! Source: domain facts §3.4 (`call.hours`, `call.forbidden_days`) and §8.6. A call that the person asked
//! for goes at the time that was asked for; a call without promotion may go earlier, by a setting.

use jiff::civil::{Date, DateTime, Time, Weekday};
use kernel::{Window, WorkCalendar};

use crate::gate::Ground;

/// The hours as valid today.
#[derive(Clone, Debug)]
pub struct Hours {
    /// Monday to Friday.
    pub weekday: Window,
    /// Saturday, and Sunday if that is one of `days`.
    pub weekend: Window,
    /// On any of `days`, for calls about the membership without promotion.
    pub service: Window,
    /// The days of the week on which anybody is called who did not ask for it.
    pub days: Vec<Weekday>,
    pub calendar: WorkCalendar,
    /// Which rule the hours are, with its version.
    pub rule: String,
}

/// Days of the week as rule data names them.
pub const DAYS: [(&str, Weekday); 7] = [
    ("mo", Weekday::Monday),
    ("tu", Weekday::Tuesday),
    ("we", Weekday::Wednesday),
    ("th", Weekday::Thursday),
    ("fr", Weekday::Friday),
    ("sa", Weekday::Saturday),
    ("su", Weekday::Sunday),
];

/// So far is looked for a day that is open; whoever closes all of them finds none.
const LOOKED_AHEAD: usize = 370;

/// The days and the part of the day of one campaign, within what is allowed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Own {
    pub hours: Option<Window>,
    /// First and last day, inclusive.
    pub from: Option<Date>,
    pub until: Option<Date>,
}

impl Own {
    /// First and last day, and from and until what time, as far as they are set.
    #[must_use]
    pub fn new(days: (Option<Date>, Option<Date>), times: (Option<Time>, Option<Time>)) -> Self {
        let hours = times.0.zip(times.1).map(|(from, until)| Window { from, until });
        Self { hours, from: days.0, until: days.1 }
    }

    fn within(self, day: Date, window: Window) -> Option<Window> {
        if self.from.is_some_and(|from| day < from) || self.until.is_some_and(|until| day > until) {
            return None;
        }
        let Some(own) = self.hours else { return Some(window) };
        let both = Window { from: own.from.max(window.from), until: own.until.min(window.until) };
        (both.from < both.until).then_some(both)
    }
}

impl Hours {
    /// If nobody may be called on this ground at this moment of wall time: from when it may be again.
    ///
    /// # Errors
    ///
    /// The moment at which it may be again; `None` inside if there is none within a year.
    pub fn closed(&self, ground: Ground, now: DateTime) -> Result<(), Option<DateTime>> {
        self.closed_for(ground, Own::default(), now)
    }

    /// As [`closed`](Self::closed), for a campaign with days and hours of its own.
    ///
    /// # Errors
    ///
    /// The moment at which it may be again; `None` inside if there is none within a year.
    pub fn closed_for(
        &self,
        ground: Ground,
        own: Own,
        now: DateTime,
    ) -> Result<(), Option<DateTime>> {
        let window = |day: Date| own.within(day, self.window(ground, day)?);
        if window(now.date()).is_some_and(|window| window.contains(now.time())) {
            return Ok(());
        }
        let begin = own.from.map_or(now.date(), |from| from.max(now.date()));
        let days = begin.series(jiff::Span::new().days(1)).take(LOOKED_AHEAD);
        let next = days.into_iter().find_map(|day| {
            let from = day.to_datetime(window(day)?.from);
            (from > now).then_some(from)
        });
        Err(next)
    }

    /// The part of this day in which calls on this ground may be made.
    fn window(&self, ground: Ground, day: Date) -> Option<Window> {
        // At whatever time the person asked for.
        if ground == Ground::RequestedCall {
            return Some(Window { from: Time::MIN, until: Time::MAX });
        }
        if !self.days.contains(&day.weekday()) {
            return None;
        }
        let special = self.calendar.day(day);
        if special.is_some_and(|day| day.outbound_forbidden) {
            return None;
        }
        let hours = match (ground, day.weekday()) {
            (Ground::Service, _) => self.service,
            (_, Weekday::Saturday | Weekday::Sunday) => self.weekend,
            _ => self.weekday,
        };
        let until = special.and_then(|day| day.outbound_until).unwrap_or(Time::MAX);
        let window = Window { from: hours.from, until: hours.until.min(until) };
        (window.from < window.until).then_some(window)
    }
}

#[cfg(test)]
mod tests {
    use kernel::CalendarDay;

    use super::*;

    fn hours() -> Hours {
        let forbidden = || CalendarDay { outbound_forbidden: true, ..CalendarDay::default() };
        let short = CalendarDay {
            outbound_until: Some("18:30".parse().unwrap()),
            ..CalendarDay::default()
        };
        let window = |from, until| Window::parse(from, until).unwrap();
        Hours {
            weekday: window("9:00", "22:00"),
            weekend: window("10:00", "16:00"),
            service: window("8:00", "22:00"),
            days: DAYS
                .map(|(_, day)| day)
                .into_iter()
                .filter(|day| *day != Weekday::Sunday)
                .collect(),
            calendar: WorkCalendar::new([
                ("2026-12-24".parse().unwrap(), short),
                ("2026-12-25".parse().unwrap(), forbidden()),
                ("2026-12-26".parse().unwrap(), forbidden()),
            ]),
            rule: "call.hours@2026-01-01".into(),
        }
    }

    #[test]
    fn lists_are_silent_outside_the_hours_and_say_when_they_go_on() {
        for (now, ground, again) in [
            ("2026-11-24T08:59", Ground::Consent, Some("2026-11-24T09:00")),
            ("2026-11-24T09:00", Ground::Consent, None),
            ("2026-11-24T21:59", Ground::Consent, None),
            ("2026-11-24T22:00", Ground::LegalPerson, Some("2026-11-25T09:00")),
            // Saturday is short, Sunday is silent.
            ("2026-11-28T09:59", Ground::Exception, Some("2026-11-28T10:00")),
            ("2026-11-28T16:00", Ground::Consent, Some("2026-11-30T09:00")),
            ("2026-11-29T12:00", Ground::Service, Some("2026-11-30T08:00")),
            // Without promotion, earlier.
            ("2026-11-24T08:30", Ground::Service, None),
            ("2026-11-24T07:59", Ground::Service, Some("2026-11-24T08:00")),
            // At the time that the person asked for.
            ("2026-11-29T23:00", Ground::RequestedCall, None),
            // Christmas Eve is short, Christmas is silent, the 27th is a Sunday.
            ("2026-12-24T18:29", Ground::Consent, None),
            ("2026-12-24T18:30", Ground::Consent, Some("2026-12-28T09:00")),
            ("2026-12-25T11:00", Ground::Service, Some("2026-12-28T08:00")),
        ] {
            let found = hours().closed(ground, now.parse().unwrap());
            let expected = again.map_or(Ok(()), |at| Err(Some(at.parse().unwrap())));
            assert_eq!(found, expected, "{ground} at {now}");
        }
    }

    #[test]
    fn a_campaign_keeps_to_its_own_days_and_hours_within_what_is_allowed() {
        let evening = Window::parse("18:00", "23:00").unwrap();
        let own = Own {
            hours: Some(evening),
            from: Some("2026-11-25".parse().unwrap()),
            until: Some("2026-11-26".parse().unwrap()),
        };
        for (now, again) in [
            ("2026-11-24T19:00", Some(Some("2026-11-25T18:00"))),
            ("2026-11-25T17:59", Some(Some("2026-11-25T18:00"))),
            ("2026-11-25T21:59", None),
            // The law ends the day earlier than the campaign would.
            ("2026-11-25T22:00", Some(Some("2026-11-26T18:00"))),
            ("2026-11-26T22:00", Some(None)),
        ] {
            let found = hours().closed_for(Ground::Consent, own, now.parse().unwrap());
            let expected = again.map_or(Ok(()), |at| Err(at.map(|at| at.parse().unwrap())));
            assert_eq!(found, expected, "{now}");
        }
    }

    #[test]
    fn whoever_closes_every_day_is_told_that_it_never_opens() {
        let never = Hours { days: vec![], ..hours() };
        assert_eq!(never.closed(Ground::Consent, "2026-11-24T10:00".parse().unwrap()), Err(None));
    }
}
