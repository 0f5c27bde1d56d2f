//! A target: a number that hangs on the result. States and invariants: `docs/states.md` §5.

use figures_rules::{Dim, Figure, Month, Shown};
use kernel::UserId;

kernel::codes! {
    pub enum State {
        /// Put to those who must reach it; nobody has to yet.
        Proposed = "proposed",
        Agreed = "agreed",
        /// Its period is over: it follows from the day and is stored nowhere.
        Ended = "ended",
        Withdrawn = "withdrawn",
    }
}

kernel::codes! {
    pub enum Answer {
        Yes = "yes",
        No = "no",
    }
}

/// A target in one of its versions, as it is proposed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wanted {
    pub figure: Figure,
    pub dim: Dim,
    pub from: Month,
    pub to: Month,
    /// In millionths: of one for a count, of the whole for a share.
    pub number_e6: i64,
    /// Who must reach it.
    pub people: Vec<UserId>,
    /// Why it is so, or became otherwise.
    pub reason: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("a number above nothing; a share is a hundred per cent at most")]
    Number,
    #[error("the period ends before it begins, or is over, or lasts longer than five years")]
    Period,
    /// T2
    #[error("say who must reach it")]
    Nobody,
    #[error("members stand in no team and with no colleague")]
    Line,
    #[error("a target of one colleague is put to that colleague")]
    Theirs,
    #[error("another team than yours, or a colleague of another team")]
    NotYours,
    #[error("there is one already for the same in this period: propose another version of it")]
    Double,
    #[error("say it in fewer words")]
    TooLong,
    #[error("say why it becomes otherwise")]
    Reason,
    #[error("it was withdrawn, or its period is over")]
    Over,
    #[error("it was not put to you, or you answered already")]
    NotAsked,
    #[error("say what stands in the way")]
    Words,
}

/// The longest period, in months.
const LONGEST: i32 = 60;

/// The most characters of a reason or of words.
pub const WORDS_MAX: usize = 500;

impl Wanted {
    /// # Errors
    ///
    /// [`Refused`] as the first thing that is wrong. The first version needs no reason.
    pub fn check(mut self, now: Month, is_first: bool) -> Result<Self, Refused> {
        let is_share = self.figure.shown() == Shown::Percent;
        if self.number_e6 <= 0 || (is_share && self.number_e6 > 1_000_000) {
            return Err(Refused::Number);
        }
        if self.from > self.to || self.to < now || self.to.since(self.from) >= LONGEST {
            return Err(Refused::Period);
        }
        let is_members = self.figure.is_about_members();
        if matches!(self.dim, Dim::Cohort(_))
            || is_members && matches!(self.dim, Dim::Team(_) | Dim::User(_))
        {
            return Err(Refused::Line);
        }
        self.people.sort_unstable();
        self.people.dedup();
        if self.people.is_empty() {
            return Err(Refused::Nobody);
        }
        if matches!(self.dim, Dim::User(id) if !self.people.contains(&UserId(id))) {
            return Err(Refused::Theirs);
        }
        self.reason = self.reason.trim().to_owned();
        if !is_first && self.reason.is_empty() {
            return Err(Refused::Reason);
        }
        if self.reason.chars().count() > WORDS_MAX {
            return Err(Refused::TooLong);
        }
        Ok(self)
    }
}

/// The state of a target on a day: `agreed_to` is the last month of the version that is agreed.
#[must_use]
pub fn state(is_withdrawn: bool, agreed_to: Option<Month>, now: Month) -> State {
    match (is_withdrawn, agreed_to) {
        (true, _) => State::Withdrawn,
        (false, Some(to)) if to < now => State::Ended,
        (false, Some(_)) => State::Agreed,
        (false, None) => State::Proposed,
    }
}

/// Whether a version is agreed: everybody who was named said yes.
#[must_use]
pub fn is_agreed(answers: &[Option<Answer>]) -> bool {
    !answers.is_empty() && answers.iter().all(|answer| *answer == Some(Answer::Yes))
}

/// `1.800` or `62,5` (per cent, where it is a share) in millionths; `None` if it is no number, or a part of somebody.
#[must_use]
pub fn read_number(figure: Figure, typed: &str) -> Option<i64> {
    let is_share = figure.shown() == Shown::Percent;
    let typed = typed.trim().trim_end_matches('%').trim();
    // A dot parts thousands, unless it is a share with a decimal.
    let plain = if is_share {
        typed.replace(',', ".")
    } else {
        typed.replace(['.', ' '], "").replace(',', ".")
    };
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(part) || part.len() > 3 {
        return None;
    }
    if !is_share && part.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let thousandths: i64 = format!("{whole}{part:0<3}").parse().ok()?;
    thousandths.checked_mul(if is_share { 10 } else { 1_000 })
}

/// As [`read_number`] reads it: what stands in the field when a number is changed.
#[must_use]
pub fn typed_number(figure: Figure, number_e6: i64) -> String {
    let unit = if figure.shown() == Shown::Percent { 10_000 } else { 1_000_000 };
    let (whole, part) = (number_e6 / unit, (number_e6 % unit) * 1_000 / unit);
    let part = format!("{part:03}");
    match part.trim_end_matches('0') {
        "" => whole.to_string(),
        part => format!("{whole},{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted {
            figure: Figure::Visits,
            dim: Dim::All,
            from: "2026-01".parse().unwrap(),
            to: "2026-12".parse().unwrap(),
            number_e6: 1_800_000_000,
            people: vec![UserId(7), UserId(3), UserId(7)],
            reason: String::new(),
        }
    }

    #[test]
    fn a_target_is_refused_as_the_first_thing_that_is_wrong() {
        let now = "2026-11".parse().unwrap();
        let right = wanted().check(now, true).unwrap();
        assert_eq!(right.people, [UserId(3), UserId(7)]);
        let table = [
            (Wanted { number_e6: 0, ..wanted() }, Refused::Number),
            (
                Wanted { figure: Figure::VisitCoverage, number_e6: 1_000_001, ..wanted() },
                Refused::Number,
            ),
            (Wanted { to: "2026-10".parse().unwrap(), ..wanted() }, Refused::Period),
            (Wanted { from: "2027-01".parse().unwrap(), ..wanted() }, Refused::Period),
            (Wanted { people: vec![], ..wanted() }, Refused::Nobody),
            (Wanted { figure: Figure::Joined, dim: Dim::Team(1), ..wanted() }, Refused::Line),
            (Wanted { dim: Dim::User(5), ..wanted() }, Refused::Theirs),
            (Wanted { reason: "x".repeat(501), ..wanted() }, Refused::TooLong),
        ];
        for (wrong, why) in table {
            assert_eq!(wrong.clone().check(now, true), Err(why), "{wrong:?}");
        }
        assert_eq!(wanted().check(now, false), Err(Refused::Reason));
    }

    #[test]
    fn it_is_agreed_when_everybody_named_said_yes() {
        let (yes, no) = (Some(Answer::Yes), Some(Answer::No));
        assert!(is_agreed(&[yes, yes]));
        assert!(!is_agreed(&[yes, no]) && !is_agreed(&[yes, None]) && !is_agreed(&[]));
        let month = |text: &str| text.parse().unwrap();
        assert_eq!(state(false, None, month("2026-11")), State::Proposed);
        assert_eq!(state(false, Some(month("2026-11")), month("2026-11")), State::Agreed);
        assert_eq!(state(false, Some(month("2026-10")), month("2026-11")), State::Ended);
        assert_eq!(state(true, Some(month("2026-12")), month("2026-11")), State::Withdrawn);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let count = |typed| read_number(Figure::Visits, typed);
        assert_eq!(count("1.800"), Some(1_800_000_000));
        assert_eq!(count("1 800"), Some(1_800_000_000));
        assert_eq!((count("1.234,0"), count("1.234,5")), (Some(1_234_000_000), None));
        let share = |typed| read_number(Figure::VisitCoverage, typed);
        assert_eq!((share("60"), share("62,5 %")), (Some(600_000), Some(625_000)));
        for typed in ["60", "62,5", "0,125"] {
            assert_eq!(typed_number(Figure::VisitCoverage, share(typed).unwrap()), typed);
        }
        assert_eq!(typed_number(Figure::Visits, 1_800_000_000), "1800");
        for wrong in ["", "veel", "-3", "1.2.3,4.5", "0,12345"] {
            assert_eq!(share(wrong), None, "{wrong}");
        }
    }
}
