use access_rules::roster::{AbsenceKind, Shift};
use askama::Template;
use jiff::civil::{Date, DateTime, Time, Weekday};
use kernel::{UserId, Window};
use serde::Deserialize;
use texts::Texts;

use super::store::{NewAbsence, Roster, StoredAbsence};

pub(super) const WEEKDAYS: [(Weekday, &str, &str); 7] = [
    (Weekday::Monday, "ma", "access-day-mo"),
    (Weekday::Tuesday, "di", "access-day-tu"),
    (Weekday::Wednesday, "wo", "access-day-we"),
    (Weekday::Thursday, "do", "access-day-th"),
    (Weekday::Friday, "vr", "access-day-fr"),
    (Weekday::Saturday, "za", "access-day-sa"),
    (Weekday::Sunday, "zo", "access-day-su"),
];

/// A week as typed: for each day `8:30-16:00`, or nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WeekForm {
    pub ma: String,
    pub di: String,
    pub wo: String,
    #[serde(rename = "do")]
    pub r#do: String,
    pub vr: String,
    pub za: String,
    pub zo: String,
    pub stand_in: String,
}

impl WeekForm {
    fn day(&self, code: &str) -> &str {
        match code {
            "ma" => &self.ma,
            "di" => &self.di,
            "wo" => &self.wo,
            "do" => &self.r#do,
            "vr" => &self.vr,
            "za" => &self.za,
            _ => &self.zo,
        }
    }

    /// The shifts, or the first day that cannot be read.
    pub(super) fn read(&self) -> Result<Vec<Shift>, Weekday> {
        let mut shifts = Vec::new();
        for (weekday, code, _) in WEEKDAYS {
            let typed = self.day(code).trim();
            if typed.is_empty() {
                continue;
            }
            let hours = typed
                .split_once(['-', '–'])
                .and_then(|(from, until)| Window::parse(from, until))
                .ok_or(weekday)?;
            shifts.push(Shift { weekday, hours });
        }
        Ok(shifts)
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AbsenceForm {
    pub kind: String,
    pub from: String,
    pub until: String,
    pub stand_in: String,
}

impl AbsenceForm {
    /// `Err` with the text that says what is wrong.
    pub(super) fn read(&self, user: UserId, today: Date) -> Result<NewAbsence, &'static str> {
        let kind: AbsenceKind = self.kind.parse().map_err(|_| "access-absence-wrong-kind")?;
        let from = if self.from.trim().is_empty() {
            today
        } else {
            kernel::parse_day(&self.from).ok_or("access-absence-wrong-day")?
        };
        let until = match self.until.trim() {
            "" => None,
            typed => {
                let until = kernel::parse_day(typed).filter(|until| *until >= from);
                Some(until.ok_or("access-absence-wrong-until")?)
            }
        };
        // Leave without an end is a mistake; of an illness nobody knows it.
        if until.is_none() && kind != AbsenceKind::Sick {
            return Err("access-absence-wrong-until");
        }
        let stand_in = stand_in(&self.stand_in).map_err(|_| "access-roster-wrong-stand-in")?;
        Ok(NewAbsence { user, kind, from, until, stand_in })
    }
}

/// Whoever stands in; nothing chosen is nobody in particular.
pub(super) fn stand_in(chosen: &str) -> Result<Option<UserId>, std::num::ParseIntError> {
    if chosen.is_empty() { Ok(None) } else { chosen.parse().map(Some) }
}

/// One colleague in the roster.
pub(super) struct Line {
    pub id: UserId,
    pub name: String,
    pub may_change: bool,
}

#[derive(Template)]
#[template(path = "roster.html")]
pub(super) struct RosterPage<'a> {
    pub t: &'a Texts,
    pub now: DateTime,
    pub roster: Roster,
    pub lines: Vec<Line>,
    pub wrong: Option<(UserId, String)>,
    pub notice: Option<String>,
    /// Promises of whoever was reported absent just now.
    pub promises: Option<(UserId, i64)>,
}

impl RosterPage<'_> {
    fn days(&self) -> [(Weekday, &'static str, &'static str); 7] {
        WEEKDAYS
    }

    fn hours(&self, user: &UserId, weekday: &Weekday) -> String {
        let shift = self.roster.shifts_of(*user).iter().find(|shift| shift.weekday == *weekday);
        let time = |time: Time| self.t.time(time);
        shift.map_or_else(String::new, |shift| {
            format!("{}-{}", time(shift.hours.from), time(shift.hours.until))
        })
    }

    fn is_away(&self, user: &UserId) -> bool {
        self.roster.away(*user, self.now).is_some()
    }

    fn absences(&self, user: &UserId) -> &[StoredAbsence] {
        self.roster.absences.get(user).map_or(&[], Vec::as_slice)
    }

    fn absence(&self, absence: &StoredAbsence) -> String {
        let kind = self.t.get(kind_text(absence.kind));
        let from = self.t.date(absence.from_on);
        match absence.until_on {
            Some(until) => format!("{kind}: {from} – {}", self.t.date(until)),
            None => format!("{kind}: {}", self.t.with("access-absence-from", "day", from)),
        }
    }

    fn kinds(&self) -> [(&'static str, String); 4] {
        [AbsenceKind::Sick, AbsenceKind::Leave, AbsenceKind::Training, AbsenceKind::Other]
            .map(|kind| (kind.code(), self.t.get(kind_text(kind))))
    }

    fn is_first(&self, code: &str) -> bool {
        code == AbsenceKind::Sick.code()
    }

    fn is_stand_in(&self, line: &Line, other: &UserId) -> bool {
        self.roster.usual_stand_in(line.id) == Some(*other)
    }

    fn others(&self, line: &Line) -> impl Iterator<Item = &Line> {
        let id = line.id;
        self.lines.iter().filter(move |other| other.id != id)
    }

    fn wrong_of(&self, line: &Line) -> Option<&str> {
        self.wrong.as_ref().filter(|(user, _)| *user == line.id).map(|(_, text)| text.as_str())
    }

    fn today(&self) -> String {
        self.now.date().to_string()
    }
}

fn kind_text(kind: AbsenceKind) -> &'static str {
    match kind {
        AbsenceKind::Sick => "access-absence-sick",
        AbsenceKind::Leave => "access-absence-leave",
        AbsenceKind::Training => "access-absence-training",
        AbsenceKind::Other => "access-absence-other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_read_as_it_is_typed() {
        let week =
            WeekForm { ma: "8:30-16:00".into(), r#do: "9 – 12.30".into(), ..WeekForm::default() };
        let shifts = week.read().unwrap();
        assert_eq!(shifts.len(), 2);
        assert_eq!(shifts[1].hours, Window::parse("9:00", "12:30").unwrap());
        let wrong = WeekForm { vr: "ochtend".into(), ..WeekForm::default() };
        assert_eq!(wrong.read(), Err(Weekday::Friday));
    }

    #[test]
    fn an_illness_has_no_end_and_a_leave_has_one() {
        let today = "2026-11-24".parse().unwrap();
        let form = |kind: &str, until: &str| AbsenceForm {
            kind: kind.into(),
            until: until.into(),
            ..AbsenceForm::default()
        };
        let read = |form: AbsenceForm| form.read(UserId(1), today);
        assert_eq!(read(form("sick", "")).unwrap().until, None);
        assert!(read(form("leave", "")).is_err());
        assert!(read(form("leave", "2026-11-23")).is_err());
        assert!(read(form("vakantie", "2026-11-30")).is_err());
        assert_eq!(read(form("leave", "30-11-2026")).unwrap().from, today);
    }
}
