//! From what is typed to what is dialled.

use std::fmt;

/// A number that can be dialled. Printed, it says nothing: it is a person's.
#[derive(Clone, Eq, Hash, PartialEq)]
pub enum Number {
    /// ITU-T E.164: country code and number, digits only, without `+`.
    International(String),
    /// A short one that has no form abroad: 112, 14020, 116123.
    Short(String),
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::International(_) => "International(…)",
            Self::Short(_) => "Short(…)",
        })
    }
}

/// Why what was typed is no number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotANumber {
    #[error("nothing was typed")]
    Empty,
    #[error("{0:?} does not belong into a telephone number")]
    Sign(char),
    #[error("{0} digits are too few or too many for such a number")]
    Length(usize),
}

/// Source: ITU-T E.164 §6.2.1.
const DIGITS_MAX: usize = 15;
/// Country code and number; the shortest in use.
const DIGITS_MIN: usize = 7;
/// 14 020 and 116 123 are the longest short ones here; 14 0174 has six.
const SHORT_MAX: usize = 6;
const SHORT_MIN: usize = 3;

impl Number {
    /// Reads a number typed in the Netherlands: `06…`, `0031…`, `+31 (0)6…`, or a short one.
    ///
    /// Spaces, hyphens, dots, slashes and brackets are for the eye. Lengths at home are those of the numbering plan for telephone
    /// and ISDN services; those abroad are only bounded by E.164.
    pub fn typed(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim();
        // "(0)" behind a country code is what is left out when calling from abroad.
        let is_foreign = text.starts_with('+') || text.starts_with("00");
        let text = if is_foreign { text.replacen("(0)", "", 1) } else { text.to_owned() };
        let (plus, rest) = text.strip_prefix('+').map_or(("", text.as_str()), |rest| ("00", rest));
        let mut digits = plus.to_owned();
        for char in rest.chars() {
            match char {
                '0'..='9' => digits.push(char),
                ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')' => {}
                other => return Err(NotANumber::Sign(other)),
            }
        }
        if digits.len() > 2 * DIGITS_MAX {
            return Err(NotANumber::Length(digits.len()));
        }
        if let Some(foreign) = digits.strip_prefix("00") {
            return international(foreign);
        }
        match digits.strip_prefix('0') {
            Some(home) => international(&format!("31{home}")),
            None if digits.is_empty() => Err(NotANumber::Empty),
            None if (SHORT_MIN..=SHORT_MAX).contains(&digits.len()) => Ok(Self::Short(digits)),
            None => Err(NotANumber::Length(digits.len())),
        }
    }

    /// As a trunk wants it: `+31612345678`, or the short number as it is.
    pub fn dialled(&self) -> String {
        match self {
            Self::International(digits) => format!("+{digits}"),
            Self::Short(digits) => digits.clone(),
        }
    }
}

fn international(digits: &str) -> Result<Number, NotANumber> {
    let fits = match digits.strip_prefix("31") {
        Some(home) => is_home(home),
        // No country code begins with zero.
        None => (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && !digits.starts_with('0'),
    };
    fits.then(|| Number::International(digits.to_owned())).ok_or(NotANumber::Length(digits.len()))
}

/// Without the zero in front. 0800 and 0900 have four or seven digits behind it, machines (097) one more than people.
fn is_home(home: &str) -> bool {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| home.starts_with(prefix));
    if begins(&["0"]) {
        false
    } else if begins(&["800", "900", "906", "909"]) {
        matches!(home.len(), 7 | 10)
    } else if begins(&["97"]) {
        home.len() == 11
    } else {
        home.len() == 9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_understood() {
        for (typed, dialled) in [
            ("0612345678", "+31612345678"),
            (" 06-12 34 56 78 ", "+31612345678"),
            ("+31 (0)6 12345678", "+31612345678"),
            ("0031 6 12345678", "+31612345678"),
            ("0031 (0)20-1234567", "+31201234567"),
            ("(020) 123.45/67", "+31201234567"),
            ("+31612345678", "+31612345678"),
            ("+49 30 1234567", "+49301234567"),
            ("0032 2 123 45 67", "+3221234567"),
            ("0800-1234", "+318001234"),
            ("0900 1234567", "+319001234567"),
            ("097012345678", "+3197012345678"),
            ("112", "112"),
            ("14 020", "14020"),
            ("116 123", "116123"),
        ] {
            assert_eq!(Number::typed(typed).map(|number| number.dialled()), Ok(dialled.into()));
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        for (typed, expected) in [
            ("", NotANumber::Empty),
            (" - ", NotANumber::Empty),
            ("06 1234567a", NotANumber::Sign('a')),
            ("sip:0612345678", NotANumber::Sign('s')),
            ("0612345678;ext=1", NotANumber::Sign(';')),
            ("06+12345678", NotANumber::Sign('+')),
            ("٠٦١٢٣٤٥٦٧٨", NotANumber::Sign('٠')),
            ("061234567", NotANumber::Length(10)),
            ("06123456789", NotANumber::Length(12)),
            ("12", NotANumber::Length(2)),
            ("1234567", NotANumber::Length(7)),
            ("+31112", NotANumber::Length(5)),
            ("00112", NotANumber::Length(3)),
            ("+1234567890123456", NotANumber::Length(16)),
            ("+0612345678", NotANumber::Length(10)),
            ("+310612345678", NotANumber::Length(12)),
        ] {
            assert_eq!(Number::typed(typed), Err(expected), "{typed}");
        }
        assert_eq!(Number::typed(&"1".repeat(99)), Err(NotANumber::Length(99)));
    }

    #[test]
    fn what_is_dialled_is_understood_again_and_a_printed_number_says_nothing() {
        for typed in ["0612345678", "+493012345", "112"] {
            let number = Number::typed(typed).unwrap();
            assert_eq!(Number::typed(&number.dialled()), Ok(number.clone()));
            assert!(!format!("{number:?}").contains(char::is_numeric));
        }
    }
}
