//! What nobody did in time climbs until somebody does it; no clock ever closes it (W3).

use jiff::civil::Date;
use kernel::WorkCalendar;

kernel::codes! {
    /// Who sees it besides its owner.
    pub enum Level {
        Owner = "owner",
        /// The team lead.
        Lead = "lead",
        Director = "director",
    }
}

impl Level {
    /// As stored: 0 to 2.
    #[must_use]
    pub fn nr(self) -> i64 {
        match self {
            Self::Owner => 0,
            Self::Lead => 1,
            Self::Director => 2,
        }
    }

    #[must_use]
    pub fn of(nr: i64) -> Self {
        match nr {
            i64::MIN..=0 => Self::Owner,
            1 => Self::Lead,
            _ => Self::Director,
        }
    }
}

/// After how many working days past its day something climbs. Rule data: `service.ladder`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ladder {
    pub lead_after: u16,
    pub director_after: u16,
}

impl Ladder {
    /// How high something stands that was due on `due` and is still open on `today`.
    #[must_use]
    pub fn level(&self, due: Date, today: Date, calendar: &WorkCalendar) -> Level {
        match calendar.working_days_between(due, today) {
            late if late >= self.director_after => Level::Director,
            late if late >= self.lead_after => Level::Lead,
            _ => Level::Owner,
        }
    }

    /// What was due before this day stands at least at `level` today: the question for a database.
    #[must_use]
    pub fn due_before(&self, level: Level, today: Date, calendar: &WorkCalendar) -> Date {
        let wanted = match level {
            Level::Owner => return Date::MAX,
            Level::Lead => self.lead_after,
            Level::Director => self.director_after,
        };
        let mut day = today;
        while calendar.working_days_between(day, today) < wanted {
            day = day.yesterday().expect("some weeks before today is a day");
        }
        day.tomorrow().expect("not the last of all days")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LADDER: Ladder = Ladder { lead_after: 1, director_after: 5 };

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_weekend_lets_nothing_climb() {
        let calendar = WorkCalendar::default();
        let level = |due, today| LADDER.level(day(due), day(today), &calendar);
        // Friday the 20th; Monday is the first working day after it.
        assert_eq!(level("2026-11-20", "2026-11-20"), Level::Owner);
        assert_eq!(level("2026-11-20", "2026-11-22"), Level::Owner);
        assert_eq!(level("2026-11-20", "2026-11-23"), Level::Lead);
        assert_eq!(level("2026-11-20", "2026-11-26"), Level::Lead);
        assert_eq!(level("2026-11-20", "2026-11-27"), Level::Director);
    }

    #[test]
    fn the_question_for_a_database_asks_the_same() {
        let calendar = WorkCalendar::default();
        let today = day("2026-11-27");
        for level in [Level::Lead, Level::Director] {
            let before = LADDER.due_before(level, today, &calendar);
            let mut due = day("2026-11-01");
            while due < day("2026-12-05") {
                let climbed = LADDER.level(due, today, &calendar) >= level;
                assert_eq!(due < before, climbed, "{level} {due}");
                due = due.tomorrow().unwrap();
            }
        }
    }
}
