use std::str::FromStr;

use iban::{IbanLike as _, ParseBaseIbanError, ParseIbanError};

/// An account number that exists by its form: country, length and check digits are right.
///
/// It has no `Display` and no way into a column: what is kept of it is sealed (crate `vault`).
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Iban(iban::Iban);

impl Iban {
    /// `NL91ABNA0417164300`, as a bank file wants it.
    #[must_use]
    pub fn electronic(&self) -> &str {
        self.0.electronic_str()
    }

    /// `NL91 •••• •••• 4300`: enough to recognise one's own account, too little to use it.
    #[must_use]
    pub fn masked(&self) -> String {
        let all = self.electronic();
        format!("{} •••• •••• {}", &all[..4], &all[all.len() - 4..])
    }

    /// `NL`
    #[must_use]
    pub fn country(&self) -> &str {
        self.0.country_code()
    }

    /// Whether a direct debit or a payment of the SEPA schemes reaches it.
    #[must_use]
    pub fn is_sepa(&self) -> bool {
        sepa_length(self.country()).is_some()
    }
}

impl std::fmt::Debug for Iban {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Iban(…)")
    }
}

/// What is wrong with an account number, never the number itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongIban {
    #[error("no letters and digits that begin with a country, such as NL")]
    Form,
    #[error("no country has account numbers that begin so")]
    Country,
    #[error("an account number of this country has {wanted} characters, this has {found}")]
    Length { wanted: usize, found: usize },
    #[error("the check digits do not fit: a digit is wrong or two changed places")]
    CheckDigits,
    #[error("a letter stands where this country has a digit, or the other way round")]
    Shape,
}

impl FromStr for Iban {
    type Err = WrongIban;

    /// Reads it with or without spaces, in capitals or not.
    fn from_str(text: &str) -> Result<Self, WrongIban> {
        let plain: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let is_form = plain.len() >= 5
            && plain.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && plain.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
            && plain.bytes().skip(2).take(2).all(|byte| byte.is_ascii_digit());
        if !is_form {
            return Err(WrongIban::Form);
        }
        // Before the check digits: of a number that misses a digit they never fit, and that helps nobody.
        if let Some(wanted) = sepa_length(&plain[..2])
            && wanted != plain.len()
        {
            return Err(WrongIban::Length { wanted, found: plain.len() });
        }
        plain.parse().map(Self).map_err(|error| match error {
            ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidChecksum } => {
                WrongIban::CheckDigits
            }
            ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidFormat } => {
                WrongIban::Form
            }
            ParseIbanError::UnknownCountry(_) => WrongIban::Country,
            ParseIbanError::InvalidBban(_) => WrongIban::Shape,
        })
    }
}

/// How many characters an account number has in a country of the SEPA schemes.
///
/// Source: EPC409-09, list of SEPA scheme countries (territories bank under the code of their country), with the
/// lengths of the SWIFT IBAN registry.
fn sepa_length(country: &str) -> Option<usize> {
    Some(match country {
        "NO" => 15,
        "BE" => 16,
        "DK" | "FI" | "NL" => 18,
        "MK" | "SI" => 19,
        "AT" | "EE" | "LT" | "LU" => 20,
        "CH" | "HR" | "LI" | "LV" => 21,
        "BG" | "DE" | "GB" | "IE" | "ME" | "RS" | "VA" => 22,
        "GI" => 23,
        "AD" | "CZ" | "ES" | "MD" | "RO" | "SE" | "SK" => 24,
        "PT" => 25,
        "IS" => 26,
        "FR" | "GR" | "IT" | "MC" | "SM" => 27,
        "AL" | "CY" | "HU" | "PL" => 28,
        "MT" => 31,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_number_is_told_what_is_wrong() {
        for (text, wrong) in [
            ("NL91ABNA0417164300", None),
            ("nl39 rabo 0300 0652 64", None),
            ("BE68539007547034", None),
            ("NL91ABNA041716430", Some(WrongIban::Length { wanted: 18, found: 17 })),
            ("NL91ABNA04171643000", Some(WrongIban::Length { wanted: 18, found: 19 })),
            ("NL92ABNA0417164300", Some(WrongIban::CheckDigits)),
            ("NL91ABNA0417163400", Some(WrongIban::CheckDigits)),
            // The check digits fit, and no country is called ZZ.
            ("ZZ38ABNA0417164300", Some(WrongIban::Country)),
            ("0417164300", Some(WrongIban::Form)),
            ("NL", Some(WrongIban::Form)),
            ("", Some(WrongIban::Form)),
            ("NL91ÀBNA0417164300", Some(WrongIban::Form)),
        ] {
            assert_eq!(text.parse::<Iban>().err(), wrong, "{text}");
        }
    }

    #[test]
    fn what_is_shown_cannot_be_used() {
        let iban: Iban = "NL91 ABNA 0417 1643 00".parse().unwrap();
        assert_eq!(iban.masked(), "NL91 •••• •••• 4300");
        assert_eq!(iban.electronic(), "NL91ABNA0417164300");
        assert!(!format!("{iban:?}").contains("4300"));
    }

    #[test]
    fn only_some_countries_are_reached() {
        let of = |text: &str| text.parse::<Iban>().unwrap().is_sepa();
        assert!(of("CH9300762011623852957"));
        assert!(!of("TR330006100519786457841326"));
    }
}
