use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// Days, office hours and promises are in Dutch wall time, wherever the server stands.
pub const AMSTERDAM: &str = "Europe/Amsterdam";

/// An instant as the clock on the office wall shows it.
#[must_use]
pub fn local(at: Timestamp) -> ZonedDateTime {
    let zone = TimeZone::get(AMSTERDAM).expect("the time zone database is compiled in");
    at.to_zoned_datetime(zone)
}

/// A part of a day, `from` inclusive, `until` exclusive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Window {
    pub from: Time,
    pub until: Time,
}

impl Window {
    /// `None` if either is no time of day or the window would be empty.
    #[must_use]
    pub fn parse(from: &str, until: &str) -> Option<Self> {
        let (from, until) = (parse_time(from)?, parse_time(until)?);
        (from < until).then_some(Self { from, until })
    }

    #[must_use]
    pub fn contains(&self, time: Time) -> bool {
        self.from <= time && time < self.until
    }
}

/// `9:30`, `09:30`, `9.30`, `9`.
#[must_use]
pub fn parse_time(text: &str) -> Option<Time> {
    let text = text.trim();
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "0"));
    if hour.is_empty() || minute.is_empty() || minute.len() > 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// A day as people write it: `2026-11-24`, `24-11-2026`, `24/11/2026`, `24.11.2026`, `20261124`.
///
/// Day before month, as in the Netherlands; a year has four digits, so that nothing is guessed.
#[must_use]
pub fn parse_day(text: &str) -> Option<Date> {
    let text = text.trim();
    // A spreadsheet exports a day with midnight behind it.
    let text = text
        .strip_suffix(" 00:00:00")
        .or_else(|| text.strip_suffix("T00:00:00"))
        .or_else(|| text.strip_suffix(" 0:00"))
        .unwrap_or(text);
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return date(&text[..4], &text[4..6], &text[6..]);
    }
    let mut parts = text.split(['-', '/', '.']);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if a.len() == 4 { date(a, b, c) } else { date(c, b, a) }
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2026-11-24", Some("2026-11-24")),
            ("24-11-2026", Some("2026-11-24")),
            ("4-1-2026", Some("2026-01-04")),
            ("24/11/2026", Some("2026-11-24")),
            ("24.11.2026", Some("2026-11-24")),
            ("20261124", Some("2026-11-24")),
            ("2026-11-24 00:00:00", Some("2026-11-24")),
            ("31-02-1980", None),
            ("11-24-2026", None),
            ("24-11-26", None),
            ("morgen", None),
            ("", None),
            ("1-2-3-2026", None),
        ] {
            assert_eq!(parse_day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn windows_have_a_beginning_before_their_end() {
        let window = Window::parse("9", "9.30").unwrap();
        assert!(window.contains(Time::constant(9, 0, 0, 0)));
        assert!(!window.contains(Time::constant(9, 30, 0, 0)));
        for (from, until) in [("10:00", "10:00"), ("11:00", "10:00"), ("25:00", "26:00"), ("", "9")]
        {
            assert_eq!(Window::parse(from, until), None, "{from} {until}");
        }
    }

    #[test]
    fn wall_time_follows_summer_time() {
        for (utc, wall) in [
            ("2026-11-24T07:20:00Z", "2026-11-24T08:20"),
            ("2026-07-01T06:20:00Z", "2026-07-01T08:20"),
        ] {
            let at: Timestamp = utc.parse().unwrap();
            assert!(local(at).to_string().starts_with(wall));
        }
    }
}
