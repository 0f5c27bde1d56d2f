//! One answer against what we know.

use jiff::civil::Date;
use kernel::{Email, PhoneNumber};

use super::{FactCode, Known};
use crate::search::compact;

impl Known {
    /// Whether we know this of the person at all.
    pub(super) fn has(&self, fact: FactCode) -> bool {
        match fact {
            FactCode::BirthDate => self.birth_date.is_some(),
            FactCode::Postcode => !self.postcode.is_empty() && self.house_number.is_some(),
            FactCode::MemberNumber => {
                self.member_number.as_deref().is_some_and(|number| !compact(number).is_empty())
            }
            FactCode::Email => self.email.is_some(),
            FactCode::Phone => self.other_phones().next().is_some(),
            FactCode::Called => self.called,
        }
    }

    /// Whether what was typed says this fact.
    pub(super) fn is(&self, fact: FactCode, typed: &str) -> bool {
        match fact {
            FactCode::BirthDate => self.birth_date.is_some_and(|born| is_day(born, typed)),
            FactCode::Postcode => self.is_address(typed),
            FactCode::MemberNumber => self
                .member_number
                .as_deref()
                .is_some_and(|number| compact(number) == compact(typed)),
            FactCode::Email => {
                let typed: String = typed.split_whitespace().collect();
                self.email.as_ref().map(Email::folded) == Some(typed.to_lowercase())
            }
            FactCode::Phone => typed
                .parse::<PhoneNumber>()
                .is_ok_and(|typed| self.other_phones().any(|number| *number == typed)),
            FactCode::Called => false,
        }
    }

    fn other_phones(&self) -> impl Iterator<Item = &PhoneNumber> {
        self.phones.iter().filter(|number| self.on_line.as_ref() != Some(*number))
    }

    /// Postcode and house number; an addition may be left out, but not be another.
    fn is_address(&self, typed: &str) -> bool {
        let Some(rest) = behind(typed, &self.postcode) else { return false };
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, addition) = rest.split_at(end);
        let addition = compact(addition);
        self.house_number.is_some_and(|known| number.parse() == Ok(known))
            && (addition.is_empty() || addition == compact(&self.addition))
    }
}

/// What stands behind a postcode, however the postcode was written.
fn behind<'t>(typed: &'t str, postcode: &str) -> Option<&'t str> {
    let mut rest = typed;
    for expected in compact(postcode).chars() {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let c = rest.chars().next()?;
        if !c.to_uppercase().eq([expected]) {
            return None;
        }
        rest = &rest[c.len_utf8()..];
    }
    Some(rest.trim_start_matches(|c: char| !c.is_alphanumeric()))
}

/// Beginnings of the names of months in Dutch and English, as people write them.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["maa", "mrt", "mar"],
    &["apr"],
    &["mei", "may"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["okt", "oct"],
    &["nov"],
    &["dec"],
];

/// `14-2-1989`, `14 februari 1989`, `14.02.89`, `1989-02-14`, `14021989`: day before month, or the year first.
fn is_day(born: Date, typed: &str) -> bool {
    let lower = typed.to_lowercase();
    let parts: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [day, month, year] if day.len() <= 2 => is_of(born, day, month, year),
        [year, month, day] => year.len() == 4 && is_of(born, day, month, year),
        [digits] if digits.bytes().all(|b| b.is_ascii_digit()) => match digits.len() {
            6 => is_of(born, &digits[..2], &digits[2..4], &digits[4..]),
            8 => {
                is_of(born, &digits[..2], &digits[2..4], &digits[4..])
                    || is_of(born, &digits[6..], &digits[4..6], &digits[..4])
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_of(born: Date, day: &str, month: &str, year: &str) -> bool {
    let month = MONTHS
        .iter()
        .position(|names| names.iter().any(|name| month.starts_with(name)))
        .and_then(|nr| i8::try_from(nr + 1).ok())
        .or_else(|| month.parse().ok());
    let year = match (year.len(), year.parse::<i16>()) {
        (4, Ok(year)) => year == born.year(),
        // Nobody's age is doubtful by a century.
        (2, Ok(year)) => year == born.year() % 100,
        _ => false,
    };
    year && month == Some(born.month()) && day.parse() == Ok(born.day())
}
