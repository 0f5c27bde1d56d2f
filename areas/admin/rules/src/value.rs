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
    /// A whole number, 0 or more, is expected.
    Number,
    /// A time such as `9:30` is expected.
    Time,
    /// At least one word is expected.
    Words,
}

const NUMBER_MAX: i64 = 1_000_000;

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

    /// Reads what was typed as a part of the same kind.
    ///
    /// # Errors
    ///
    /// [`Wrong`] says what was expected.
    pub fn follow(&self, typed: &str) -> Result<Self, Wrong> {
        match self {
            Self::Number(_) => {
                let number =
                    typed.trim().parse().ok().filter(|number| (0..=NUMBER_MAX).contains(number));
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
        assert_eq!(number.follow(" 12 "), Ok(Part::Number(12)));
        for wrong in ["", "vijf", "-1", "2,5", "1000001"] {
            assert_eq!(number.follow(wrong), Err(Wrong::Number), "{wrong}");
        }
        let at = Part::Time(time(8, 30, 0, 0));
        assert_eq!(at.follow("9:05"), Ok(Part::Time(time(9, 5, 0, 0))));
        for wrong in ["", "25:00", "straks"] {
            assert_eq!(at.follow(wrong), Err(Wrong::Time), "{wrong}");
        }
        let words = Part::Words(vec!["bv".into()]);
        assert_eq!(words.follow("bv, nv,\n"), Ok(Part::Words(vec!["bv".into(), "nv".into()])));
        assert_eq!(words.follow(" , "), Err(Wrong::Words));
    }

    #[test]
    fn what_is_shown_can_be_sent_back() {
        for part in [
            Part::Number(0),
            Part::Time(time(16, 0, 0, 0)),
            Part::Words(vec!["a".into(), "b".into()]),
        ] {
            assert_eq!(part.follow(&part.typed()), Ok(part));
        }
    }
}
