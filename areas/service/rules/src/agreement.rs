//! An agreement: who does what, by which day.

use jiff::civil::Date;
use kernel::{OrganisationId, PersonId};

use crate::owner::Owner;

kernel::codes! {
    /// Where it was made.
    pub enum Source {
        Visit = "visit",
        Call = "call",
        Wish = "wish",
        Session = "session",
        /// Written down by somebody, out of nothing else.
        Hand = "hand",
    }
}

kernel::codes! {
    pub enum State {
        Open = "open",
        Done = "done",
        Dropped = "dropped",
    }
}

kernel::codes! {
    pub enum DropWhy {
        NotNeeded = "not_needed",
        MemberSaidSo = "member_said_so",
        Other = "other",
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewAgreement {
    pub what: String,
    pub owner: Owner,
    pub due_on: Date,
    pub person: Option<PersonId>,
    pub organisation: Option<OrganisationId>,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("say what was agreed")]
    NoWords,
    #[error("this day is past")]
    DayPast,
    #[error("it is not open any more")]
    NotOpen,
}

impl NewAgreement {
    /// # Errors
    ///
    /// [`Refused`] as the first thing that is wrong.
    pub fn check(self, today: Date) -> Result<Self, Refused> {
        if self.what.trim().is_empty() {
            return Err(Refused::NoWords);
        }
        if self.due_on < today {
            return Err(Refused::DayPast);
        }
        Ok(self)
    }
}

/// The two days of an open agreement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Days {
    /// What was promised; only the member moves it (A1).
    pub promised_on: Date,
    /// When it is to be done now.
    pub due_on: Date,
}

impl Days {
    /// # Errors
    ///
    /// [`Refused::DayPast`]
    pub fn moved(self, to: Date, by_member: bool, today: Date) -> Result<Self, Refused> {
        if to < today {
            return Err(Refused::DayPast);
        }
        let promised_on = if by_member { to } else { self.promised_on };
        Ok(Self { promised_on, due_on: to })
    }

    /// Kept on time is measured against what was promised, not against what we made of it.
    #[must_use]
    pub fn is_kept(self, done_on: Date) -> bool {
        done_on <= self.promised_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_it_ourselves_does_not_keep_it() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let today = day("2026-11-24");
        let made = Days { promised_on: day("2026-11-27"), due_on: day("2026-11-27") };
        let ours = made.moved(day("2026-12-04"), false, today).unwrap();
        assert!(!ours.is_kept(day("2026-12-01")) && ours.is_kept(day("2026-11-27")));
        let theirs = made.moved(day("2026-12-04"), true, today).unwrap();
        assert!(theirs.is_kept(day("2026-12-04")));
        assert_eq!(made.moved(day("2026-11-23"), true, today), Err(Refused::DayPast));
    }
}
