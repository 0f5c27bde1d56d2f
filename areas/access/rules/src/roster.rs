//! Who works when: plain shifts by day of the week, and absences. Source: product description, presence and
//! roster; features C5, C6.

use jiff::civil::{Date, DateTime, Weekday};
use kernel::Window;

kernel::codes! {
    /// Why somebody is not there. Of an illness nothing else is kept.
    pub enum AbsenceKind {
        Sick = "sick",
        Leave = "leave",
        Training = "training",
        Other = "other",
    }
}

/// Somebody works on this day of every week.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shift {
    pub weekday: Weekday,
    pub hours: Window,
}

/// Both days inclusive; without an end it lasts until somebody says otherwise.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Absence {
    pub from: Date,
    pub until: Option<Date>,
    pub kind: AbsenceKind,
}

impl Absence {
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// Why somebody is not at work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Away {
    Absent(AbsenceKind),
    /// Does not work on that day, or not at that hour.
    Off,
}

/// Whether somebody is away at a moment of wall time. Whoever has no shifts at all works on any day.
#[must_use]
pub fn away(shifts: &[Shift], absences: &[Absence], at: DateTime) -> Option<Away> {
    if let Some(absence) = absences.iter().find(|absence| absence.covers(at.date())) {
        return Some(Away::Absent(absence.kind));
    }
    let works =
        |shift: &Shift| shift.weekday == at.date().weekday() && shift.hours.contains(at.time());
    (!shifts.is_empty() && !shifts.iter().any(works)).then_some(Away::Off)
}

/// Whether somebody is there in a part of a day: a promise between two and three is kept by who leaves at half
/// past two.
#[must_use]
pub fn away_all_along(
    shifts: &[Shift],
    absences: &[Absence],
    day: Date,
    part: Window,
) -> Option<Away> {
    if let Some(absence) = absences.iter().find(|absence| absence.covers(day)) {
        return Some(Away::Absent(absence.kind));
    }
    let overlaps = |shift: &Shift| {
        shift.weekday == day.weekday()
            && shift.hours.from < part.until
            && part.from < shift.hours.until
    };
    (!shifts.is_empty() && !shifts.iter().any(overlaps)).then_some(Away::Off)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noor() -> Vec<Shift> {
        [Weekday::Monday, Weekday::Tuesday, Weekday::Thursday]
            .map(|weekday| Shift { weekday, hours: Window::parse("8:30", "16:00").unwrap() })
            .to_vec()
    }

    fn absence(from: &str, until: Option<&str>) -> Absence {
        Absence {
            from: from.parse().unwrap(),
            until: until.map(|day| day.parse().unwrap()),
            kind: AbsenceKind::Sick,
        }
    }

    #[test]
    fn somebody_is_away_outside_her_shifts_and_in_her_absences() {
        let sick = Some(Away::Absent(AbsenceKind::Sick));
        let ill = [absence("2026-12-01", Some("2026-12-03"))];
        let still_ill = [absence("2026-12-01", None)];
        for (shifts, absences, at, expected) in [
            (noor(), &[][..], "2026-11-24T09:00", None),
            (noor(), &[], "2026-11-24T16:00", Some(Away::Off)),
            // Wednesday.
            (noor(), &[], "2026-11-25T09:00", Some(Away::Off)),
            (vec![], &[], "2026-11-25T09:00", None),
            (noor(), &ill, "2026-12-01T09:00", sick),
            (noor(), &ill, "2026-12-03T09:00", sick),
            (noor(), &ill, "2026-12-07T09:00", None),
            (vec![], &still_ill, "2027-03-01T09:00", sick),
        ] {
            assert_eq!(away(&shifts, absences, at.parse().unwrap()), expected, "{at}");
        }
    }

    #[test]
    fn half_a_window_is_enough_to_keep_a_promise() {
        let part = |from, until| Window::parse(from, until).unwrap();
        let tuesday = "2026-11-24".parse().unwrap();
        assert_eq!(away_all_along(&noor(), &[], tuesday, part("15:30", "17:00")), None);
        assert_eq!(away_all_along(&noor(), &[], tuesday, part("16:00", "17:00")), Some(Away::Off));
        assert_eq!(away_all_along(&[], &[], tuesday, part("16:00", "17:00")), None);
    }
}
