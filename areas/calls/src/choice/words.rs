//! A choice and what follows from it, in the words of the desk.

use calls_rules::choice::{Choice, Follow};
use texts::{Language, Texts};

pub(crate) fn label<'a>(t: &Texts, choice: &'a Choice) -> &'a str {
    match t.language() {
        Language::Dutch => &choice.label_nl,
        Language::English => &choice.label_en,
    }
}

/// `Weer op de lijst na 4 uur, op een ander dagdeel. Hooguit 4 pogingen.`
pub(crate) fn follows_in_words(t: &Texts, follows: &[Follow]) -> String {
    let words = |follow: &Follow| match *follow {
        Follow::CountsAsNew => t.get("calls-follow-joined"),
        Follow::CountsAsRetained => t.get("calls-follow-retained"),
        Follow::CountsAsCancelled => t.get("calls-follow-cancelled"),
        Follow::Promise => t.get("calls-follow-callback"),
        Follow::PromiseKept => t.get("calls-follow-promise-kept"),
        Follow::PromiseAgain => t.get("calls-follow-promise-again"),
        Follow::PromiseClosed => t.get("calls-follow-promise-closed"),
        Follow::LastTry => t.get("calls-follow-last-try"),
        Follow::Objection => t.get("calls-follow-objection"),
        Follow::NumberGone => t.get("calls-follow-number"),
        Follow::Death => t.get("calls-follow-death"),
        Follow::Done => t.get("calls-follow-done"),
        Follow::Again { minutes, tries_max, in_another_part } => {
            let text =
                if in_another_part { "calls-follow-another-part" } else { "calls-follow-again" };
            t.fill(text, [("after", after(t, minutes).into()), ("n", tries_max.into())])
        }
    };
    follows.iter().map(words).collect::<Vec<_>>().join(" ")
}

/// `4 uur`, in the largest unit that is whole.
pub(super) fn after(t: &Texts, minutes: i64) -> String {
    let (n, unit) = in_units(minutes);
    t.with(unit.text_id(), "n", n)
}

/// What a time is typed in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unit {
    Minutes,
    Hours,
    Days,
}

impl Unit {
    pub(super) const ALL: [Self; 3] = [Self::Minutes, Self::Hours, Self::Days];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Minutes => "minuten",
            Self::Hours => "uren",
            Self::Days => "dagen",
        }
    }

    pub(super) fn minutes(self) -> i64 {
        match self {
            Self::Minutes => 1,
            Self::Hours => 60,
            Self::Days => 1_440,
        }
    }

    fn text_id(self) -> &'static str {
        match self {
            Self::Minutes => "calls-after-minutes",
            Self::Hours => "calls-after-hours",
            Self::Days => "calls-after-days",
        }
    }
}

/// A number of minutes in the largest unit that is whole.
pub(super) fn in_units(minutes: i64) -> (i64, Unit) {
    let is_whole = |unit: &Unit| minutes % unit.minutes() == 0;
    let unit = Unit::ALL.into_iter().rev().find(is_whole).unwrap_or(Unit::Minutes);
    (minutes / unit.minutes(), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_in_the_largest_unit_that_is_whole() {
        for (minutes, expected) in [
            (30, (30, Unit::Minutes)),
            (240, (4, Unit::Hours)),
            (1_440, (1, Unit::Days)),
            (2_160, (36, Unit::Hours)),
            (259_200, (180, Unit::Days)),
        ] {
            assert_eq!(in_units(minutes), expected);
        }
    }
}
