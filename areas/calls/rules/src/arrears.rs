//! When somebody is called because an amount did not come in.

use jiff::civil::Time;
use jiff::{SignedDuration, ZonedDateTime};
use kernel::{Window, WorkCalendar};

use crate::callback::When;

/// So much of a day has to be left for a call to be planned in it.
const LEFT_MIN: SignedDuration = SignedDuration::from_hours(1);

/// Today, as long as an hour of the office is left, else the next working day.
#[must_use]
pub fn first_window(
    now: &ZonedDateTime,
    calendar: &WorkCalendar,
    office_hours: Window,
) -> (When, Option<Window>) {
    let from = minute(now.time()).max(office_hours.from);
    let is_left = office_hours.until.duration_since(from) >= LEFT_MIN;
    if calendar.is_working_day(now.date()) && is_left {
        let window = Window { from, until: office_hours.until };
        (When::On(now.date()), Some(window))
    } else {
        (When::InWorkingDays(1), None)
    }
}

/// A promise is kept in whole minutes.
fn minute(time: Time) -> Time {
    time.with().second(0).subsec_nanosecond(0).build().expect("a minute of the day")
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;

    use super::*;

    #[test]
    fn the_call_is_today_or_on_the_next_working_day() {
        let calendar = WorkCalendar::new([]);
        let office =
            Window { from: Time::constant(9, 0, 0, 0), until: Time::constant(17, 0, 0, 0) };
        let on = |day: &str| When::On(day.parse().unwrap());
        let window = |from: &str| Some(Window { from: from.parse().unwrap(), until: office.until });
        for (now, when, hours) in [
            ("2026-11-24T08:20:30", on("2026-11-24"), window("09:00")),
            ("2026-11-24T16:00:00", on("2026-11-24"), window("16:00")),
            ("2026-11-24T16:01:00", When::InWorkingDays(1), None),
            ("2026-11-28T10:00:00", When::InWorkingDays(1), None),
        ] {
            let at: DateTime = now.parse().unwrap();
            let at = at.in_tz(kernel::AMSTERDAM).unwrap();
            assert_eq!(first_window(&at, &calendar, office), (when, hours), "{now}");
        }
    }
}
