use std::fmt;
use std::str::FromStr;

use phonenumber::country;

/// A telephone number in E.164 (`+31612345678`): the form in which numbers are stored and compared.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PhoneNumber(String);

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a telephone number that can be called")]
pub struct WrongNumber;

impl PhoneNumber {
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// A Dutch mobile number: the only kind that can receive a text message.
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        self.0.strip_prefix("+316").is_some_and(|rest| rest.len() == 8)
    }

    /// The digits of a number while it is being typed, as the beginning of an E.164 number.
    ///
    /// `06 12` becomes `+31612`; `None` if it does not look like the beginning of a number.
    #[must_use]
    pub fn prefix(typed: &str) -> Option<String> {
        let typed = typed.trim();
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let other = typed
            .chars()
            .any(|c| !c.is_ascii_digit() && !matches!(c, ' ' | '-' | '.' | '(' | ')' | '+' | '/'));
        if other || digits.len() < 2 {
            return None;
        }
        if typed.starts_with('+') {
            // +31 (0)6 is how half of the letterheads write it.
            let rest =
                digits.strip_prefix("310").map_or(digits.clone(), |rest| format!("31{rest}"));
            Some(format!("+{rest}"))
        } else if let Some(abroad) = digits.strip_prefix("00") {
            Some(format!("+{abroad}"))
        } else {
            digits.strip_prefix('0').map(|national| format!("+31{national}"))
        }
    }

    /// Stored beside the number, so that its last digits can be looked up from an index.
    #[must_use]
    pub fn reversed(&self) -> String {
        self.0.chars().rev().filter(char::is_ascii_digit).collect()
    }

    /// As a Dutch eye groups it: `06 1234 5678`, `0575 12 34 56`, `020 123 45 67`.
    #[must_use]
    pub fn display(&self) -> String {
        let Some(national) = self.0.strip_prefix("+31") else { return self.0.clone() };
        let groups: &[usize] = match national.as_bytes() {
            [b'6', ..] if national.len() == 9 => &[1, 4, 4],
            [b'8', b'0' | b'4' | b'5' | b'7' | b'8', ..] if national.len() == 9 => &[2, 3, 2, 2],
            _ if national.len() == 9 && AREA_CODES_OF_THREE.contains(&&national[..2]) => {
                &[2, 3, 2, 2]
            }
            _ if national.len() == 9 => &[3, 2, 2, 2],
            _ => return format!("0{national}"),
        };
        let mut shown = String::from("0");
        let mut rest = national;
        for (nr, &size) in groups.iter().enumerate() {
            let (group, after) = rest.split_at(size);
            if nr > 0 {
                shown.push(' ');
            }
            shown.push_str(group);
            rest = after;
        }
        shown
    }
}

/// Dutch area codes of three digits, without their zero (numbering plan; the others have four).
const AREA_CODES_OF_THREE: [&str; 27] = [
    "10", "13", "14", "15", "20", "23", "24", "26", "30", "33", "35", "36", "38", "40", "43", "45",
    "46", "50", "53", "55", "58", "70", "71", "72", "73", "74", "75",
];

impl FromStr for PhoneNumber {
    type Err = WrongNumber;

    /// Takes any notation; without a country code it is a Dutch number.
    fn from_str(text: &str) -> Result<Self, WrongNumber> {
        let text = text.trim();
        if text.is_empty() || text.len() > 40 {
            return Err(WrongNumber);
        }
        if let Some(plain) = plain_dutch(text) {
            return Ok(Self(plain));
        }
        let number = phonenumber::parse(Some(country::NL), text).map_err(|_| WrongNumber)?;
        if !number.is_valid() {
            return Err(WrongNumber);
        }
        let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
        // Premium numbers (090x) and the municipal 14 numbers are nobody's own either.
        if e164
            .strip_prefix("+31")
            .is_some_and(|rest| rest.starts_with("90") || rest.starts_with("14"))
        {
            return Err(WrongNumber);
        }
        Ok(Self(e164))
    }
}

/// The two shapes that nine out of ten numbers in a Dutch file have, recognised without the
/// numbering plan of the world: an import of a million rows spends its time elsewhere.
fn plain_dutch(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(12);
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            ' ' | '-' => {}
            _ => return None,
        }
    }
    let national = match digits.len() {
        10 => digits.strip_prefix('0')?,
        // A spreadsheet ate the zero.
        9 if digits.starts_with('6') => &digits,
        _ => return None,
    };
    let mobile = matches!(national.as_bytes(), [b'6', b'1'..=b'5' | b'8', ..]);
    let landline =
        matches!(national.as_bytes(), [b'1' | b'2' | b'3' | b'4' | b'5' | b'7', b'1'..=b'9', ..])
            || AREA_CODES_OF_THREE.contains(&&national[..2]);
    (mobile || landline).then(|| format!("+31{national}"))
}

/// Reads the numbering plan, so that the first number of the day is not the slow one (77 ms).
pub fn warm_up() {
    let _ = "+31 85 123 45 67".parse::<PhoneNumber>();
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_any_notation() {
        for text in [
            "0612345678",
            "06 12345678",
            "06-12345678",
            "06 - 1234 5678",
            "+31 6 1234 5678",
            "0031612345678",
            "+31 (0)6 12 34 56 78",
            "612345678",
            "(06) 12345678",
            "06.12345678",
        ] {
            let number: PhoneNumber = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(number.e164(), "+31612345678", "{text}");
        }
        assert_eq!("0575 123456".parse::<PhoneNumber>().unwrap().e164(), "+31575123456");
        assert_eq!("+32 475 12 34 56".parse::<PhoneNumber>().unwrap().e164(), "+32475123456");
    }

    #[test]
    fn numbers_that_nobody_may_call_are_wrong() {
        for text in [
            "",
            "112",
            "0900-1234",
            "0906 123456",
            "14 0575",
            "06 1234",
            "abc",
            "12345678901234567890",
        ] {
            assert!(text.parse::<PhoneNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_short_cut_agrees_with_the_numbering_plan() {
        for text in
            ["0612345678", "0201234567", "0575123456", "0348123456", "0701234567", "0113123456"]
        {
            let long = phonenumber::parse(Some(country::NL), text).unwrap();
            assert!(long.is_valid(), "{text}");
            let long = long.format().mode(phonenumber::Mode::E164).to_string();
            assert_eq!(plain_dutch(text), Some(long), "{text}");
        }
    }

    #[test]
    fn shown_as_a_dutch_eye_groups_it() {
        for (text, shown) in [
            ("+31612345678", "06 1234 5678"),
            ("+31575123456", "0575 12 34 56"),
            ("+31201234567", "020 123 45 67"),
            ("+31881234567", "088 123 45 67"),
            ("+32475123456", "+32475123456"),
        ] {
            assert_eq!(text.parse::<PhoneNumber>().unwrap().display(), shown);
        }
    }

    #[test]
    fn a_number_is_found_while_it_is_typed() {
        for (typed, prefix) in [
            ("06 12", Some("+31612")),
            ("+31 6", Some("+316")),
            ("+31 (0)6 12", Some("+31612")),
            ("0031 6", Some("+316")),
            ("6", None),
            ("184 0227", None),
            ("jan", None),
        ] {
            assert_eq!(PhoneNumber::prefix(typed).as_deref(), prefix, "{typed}");
        }
        assert_eq!("0612345678".parse::<PhoneNumber>().unwrap().reversed(), "87654321613");
    }
}
