//! A question or a wish of a member: from the first words until the member heard the answer.

use jiff::civil::Date;
use kernel::{OrganisationId, PersonId, ThemeId};

use crate::owner::Owner;

kernel::codes! {
    pub enum Kind {
        /// Wants an answer.
        Question = "question",
        /// Wants something to be different.
        Wish = "wish",
    }
}

kernel::codes! {
    /// Where it came from.
    pub enum Source {
        Call = "call",
        Visit = "visit",
        Mail = "mail",
        Meeting = "meeting",
        Other = "other",
    }
}

kernel::codes! {
    pub enum State {
        Open = "open",
        /// There is an answer, and the member has not heard it.
        Answered = "answered",
        Told = "told",
        Withdrawn = "withdrawn",
    }
}

kernel::codes! {
    /// How the member heard the answer.
    pub enum How {
        Call = "call",
        Visit = "visit",
        Mail = "mail",
        Meeting = "meeting",
    }
}

kernel::codes! {
    pub enum WithdrawWhy {
        AskedTwice = "asked_twice",
        NotOurs = "not_ours",
        MemberLeft = "member_left",
        Other = "other",
    }
}

/// What is registered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewWish {
    pub kind: Kind,
    pub theme: ThemeId,
    /// In the member's own words.
    pub words: String,
    /// Who said it.
    pub person: Option<PersonId>,
    /// For which organisation.
    pub organisation: Option<OrganisationId>,
    pub source: Source,
    pub owner: Owner,
    pub due_on: Date,
}

/// Why nothing was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("say what the member asks or wishes")]
    NoWords,
    #[error("say which member it is about")]
    Nobody,
    #[error("this day is past")]
    DayPast,
    #[error("it is not open any more")]
    NotOpen,
    #[error("there is no answer yet that the member can hear")]
    NoAnswer,
}

impl NewWish {
    /// # Errors
    ///
    /// [`Refused`] as the first thing that is wrong.
    pub fn check(self, today: Date) -> Result<Self, Refused> {
        if self.words.trim().is_empty() {
            return Err(Refused::NoWords);
        }
        if self.person.is_none() && self.organisation.is_none() {
            return Err(Refused::Nobody);
        }
        if self.due_on < today {
            return Err(Refused::DayPast);
        }
        Ok(self)
    }
}

/// What is done with a wish; see `docs/states.md` §3.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    Answer { words: String },
    Tell { how: How, solved: bool },
    Reopen { due_on: Date },
    Withdraw { why: WithdrawWhy },
}

impl State {
    /// The state after `step`.
    ///
    /// # Errors
    ///
    /// [`Refused`] if the step does not begin here.
    pub fn after(self, step: &Step, today: Date) -> Result<Self, Refused> {
        match (self, step) {
            (Self::Open | Self::Answered, Step::Answer { words }) => {
                if words.trim().is_empty() {
                    Err(Refused::NoWords)
                } else {
                    Ok(Self::Answered)
                }
            }
            (Self::Answered, Step::Tell { .. }) => Ok(Self::Told),
            (Self::Open, Step::Tell { .. }) => Err(Refused::NoAnswer),
            (Self::Answered | Self::Told, Step::Reopen { due_on }) => {
                if *due_on < today {
                    Err(Refused::DayPast)
                } else {
                    Ok(Self::Open)
                }
            }
            (Self::Open | Self::Answered, Step::Withdraw { .. }) => Ok(Self::Withdrawn),
            _ => Err(Refused::NotOpen),
        }
    }

    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Answered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_with_every_step() {
        let today: Date = "2026-11-24".parse().unwrap();
        let steps = [
            ("answer", Step::Answer { words: "Artikel 7".into() }),
            ("answer nothing", Step::Answer { words: " ".into() }),
            ("tell", Step::Tell { how: How::Call, solved: true }),
            ("reopen", Step::Reopen { due_on: today }),
            ("reopen in the past", Step::Reopen { due_on: today.yesterday().unwrap() }),
            ("withdraw", Step::Withdraw { why: WithdrawWhy::AskedTwice }),
        ];
        let mut table = String::new();
        for state in State::ALL {
            for (name, step) in &steps {
                let after = state.after(step, today);
                let after = after.map_or_else(|why| format!("{why:?}"), |to| to.to_string());
                table += &format!("{state}, {name}: {after}\n");
            }
        }
        let expected = "\
open, answer: answered
open, answer nothing: NoWords
open, tell: NoAnswer
open, reopen: NotOpen
open, reopen in the past: NotOpen
open, withdraw: withdrawn
answered, answer: answered
answered, answer nothing: NoWords
answered, tell: told
answered, reopen: open
answered, reopen in the past: DayPast
answered, withdraw: withdrawn
told, answer: NotOpen
told, answer nothing: NotOpen
told, tell: NotOpen
told, reopen: open
told, reopen in the past: DayPast
told, withdraw: NotOpen
withdrawn, answer: NotOpen
withdrawn, answer nothing: NotOpen
withdrawn, tell: NotOpen
withdrawn, reopen: NotOpen
withdrawn, reopen in the past: NotOpen
withdrawn, withdraw: NotOpen
";
        assert_eq!(table, expected);
    }
}
