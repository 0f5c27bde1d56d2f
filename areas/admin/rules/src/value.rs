//! A part of a rule: a number, a time of the day, or words.

use jiff::civil::Time;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    Number(i64),
    Time(Time),
    Words(Vec<String>),
}

/// Why a value cannot follow the old one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wrong {
    /// A whole number is expected, [`lowest`] or more.
    Number,
    /// A time such as `9:30` is expected.
    Time,
    /// At least one word is expected.
    Words,
}

const NUMBER_MAX: i64 = 1_000_000;

/// The lowest number that a part of a rule may have: a claim of 0 minutes is over before anybody sees the person,
/// after 0 tries nobody is called, with 0 calls a line is of no use, and whoever is away after 0 minutes is never there.
#[must_use]
pub fn lowest(key: &str, part: &str) -> i64 {
    let at_least_one = matches!(
        key,
        "call.lease_minutes"
            | "presence.away_minutes"
            | "check.facts"
            | "check.valid_minutes"
            | "queue.missed_max"
            | "referral.amount_cents"
    ) || key.starts_with("dial.")
        || key.ends_with(".tries_max")
        || part == "tries_max";
    i64::from(at_least_one)
}

impl Part {
    /// As an administrator reads and types it.
    #[must_use]
    pub fn typed(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Time(time) => time.strftime("%H:%M").to_string(),
            Self::Words(words) => words.join(", "),
        }
    }

    /// Reads what was typed as a part of the same kind; a number is `lowest` or more.
    ///
    /// # Errors
    ///
    /// [`Wrong`] says what was expected.
    pub fn follow(&self, typed: &str, lowest: i64) -> Result<Self, Wrong> {
        match self {
            Self::Number(_) => {
                let number = typed
                    .trim()
                    .parse()
                    .ok()
                    .filter(|number| (lowest..=NUMBER_MAX).contains(number));
                number.map(Self::Number).ok_or(Wrong::Number)
            }
            Self::Time(_) => kernel::parse_time(typed).map(Self::Time).ok_or(Wrong::Time),
            Self::Words(_) => {
                let words: Vec<String> = typed
                    .split([',', '\n'])
                    .map(str::trim)
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect();
                if words.is_empty() { Err(Wrong::Words) } else { Ok(Self::Words(words)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn a_value_is_followed_by_one_of_its_kind() {
        let number = Part::Number(5);
        assert_eq!(number.follow(" 12 ", 0), Ok(Part::Number(12)));
        for wrong in ["", "vijf", "-1", "2,5", "1000001"] {
            assert_eq!(number.follow(wrong, 0), Err(Wrong::Number), "{wrong}");
        }
        let lease = lowest("call.lease_minutes", "");
        assert_eq!(number.follow("0", lease), Err(Wrong::Number), "over before anybody sees it");
        assert_eq!(number.follow("0", lowest("retry.busy", "minutes")), Ok(Part::Number(0)));
        assert_eq!(number.follow("0", lowest("retry.busy", "tries_max")), Err(Wrong::Number));
        let at = Part::Time(time(8, 30, 0, 0));
        assert_eq!(at.follow("9:05", 0), Ok(Part::Time(time(9, 5, 0, 0))));
        for wrong in ["", "25:00", "straks"] {
            assert_eq!(at.follow(wrong, 0), Err(Wrong::Time), "{wrong}");
        }
        let words = Part::Words(vec!["bv".into()]);
        assert_eq!(words.follow("bv, nv,\n", 0), Ok(Part::Words(vec!["bv".into(), "nv".into()])));
        assert_eq!(words.follow(" , ", 0), Err(Wrong::Words));
    }

    #[test]
    fn what_is_shown_can_be_sent_back() {
        for part in [
            Part::Number(0),
            Part::Time(time(16, 0, 0, 0)),
            Part::Words(vec!["a".into(), "b".into()]),
        ] {
            assert_eq!(part.follow(&part.typed(), 0), Ok(part));
        }
    }
}
