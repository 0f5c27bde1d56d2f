//! A member's code: short enough to say on the telephone and to type over from a card.

use std::fmt;
use std::str::FromStr;

/// Capitals and digits that are not taken for each other, and no vowels, so that no code is a word. A prime number of them: then
/// the check letter finds every single mistake and every two letters that changed places.
const SIGNS: &[u8; 23] = b"BCDFGHJKMNPQRTVWXY23479";
const PRIME: usize = SIGNS.len();
/// Letters that say which code it is: 148 million of them.
pub const RANDOM: usize = 6;
const LENGTH: usize = RANDOM + 1;
/// 7 times 10 is 1 more than a multiple of 23: what the check letter is multiplied by to undo its weight.
const UNDO_LAST_WEIGHT: usize = 10;

/// A code whose check letter is right. Shown as `BCD-FGH2`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Code(String);

/// What was typed is no code of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no code; it has 7 letters and digits, like BCD-FGH2")]
pub struct NoCode;

impl Code {
    /// The code that these random bytes make.
    #[must_use]
    pub fn of(random: [u8; RANDOM]) -> Self {
        let places = random.map(|byte| usize::from(byte) % PRIME);
        let check = (PRIME - weighed(&places)) * UNDO_LAST_WEIGHT % PRIME;
        let signs = places.iter().chain([&check]).map(|place| char::from(SIGNS[*place]));
        Self(signs.collect())
    }

    /// As it is kept, and stands in a link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Each place times its number, from 1, in the arithmetic of the prime: 0 for a whole code.
fn weighed(places: &[usize]) -> usize {
    places.iter().enumerate().map(|(nr, place)| (nr + 1) * place).sum::<usize>() % PRIME
}

impl FromStr for Code {
    type Err = NoCode;

    /// As somebody types it: capitals or not, with spaces and hyphens anywhere.
    fn from_str(typed: &str) -> Result<Self, NoCode> {
        let signs: String = typed
            .chars()
            .filter(|sign| !sign.is_whitespace() && *sign != '-')
            .map(|sign| sign.to_ascii_uppercase())
            .collect();
        let place = |sign: u8| SIGNS.iter().position(|known| *known == sign);
        let places: Vec<usize> = signs.bytes().map(place).collect::<Option<_>>().ok_or(NoCode)?;
        if places.len() != LENGTH || weighed(&places) != 0 {
            return Err(NoCode);
        }
        Ok(Self(signs))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.0.split_at(3);
        write!(f, "{first}-{last}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_code_comes_back_however_it_is_typed(random: [u8; RANDOM]) {
            let code = Code::of(random);
            let shown = code.to_string();
            for typed in [shown.clone(), shown.to_lowercase(), format!(" {} ", code.as_str()), shown.replace('-', " ")] {
                prop_assert_eq!(typed.parse(), Ok(code.clone()));
            }
        }

        #[test]
        fn one_wrong_letter_is_found(random: [u8; RANDOM], at in 0..LENGTH, other in 0..PRIME) {
            let code = Code::of(random);
            let mut signs = code.as_str().as_bytes().to_vec();
            prop_assume!(signs[at] != SIGNS[other]);
            signs[at] = SIGNS[other];
            prop_assert_eq!(String::from_utf8(signs).unwrap().parse::<Code>(), Err(NoCode));
        }

        #[test]
        fn two_letters_that_changed_places_are_found(random: [u8; RANDOM], one in 0..LENGTH, two in 0..LENGTH) {
            let code = Code::of(random);
            let mut signs = code.as_str().as_bytes().to_vec();
            prop_assume!(signs[one] != signs[two]);
            signs.swap(one, two);
            prop_assert_eq!(String::from_utf8(signs).unwrap().parse::<Code>(), Err(NoCode));
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for typed in ["", "BCD", "BCD-FGHJ-K", "O0I1-L5S", "bcdfgé2"] {
            assert_eq!(typed.parse::<Code>(), Err(NoCode), "{typed}");
        }
    }
}
