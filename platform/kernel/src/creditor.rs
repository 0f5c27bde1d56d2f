use std::str::FromStr;

/// The number under which an association may collect (incassant-ID): `NL79ZZZ999999990000`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CreditorId(String);

impl CreditorId {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongCreditorId {
    #[error(
        "a country, two digits, three characters of the association's own and 4 to 28 more; of the Netherlands 19 in all"
    )]
    Form,
    #[error("the check digits do not fit")]
    CheckDigits,
}

impl FromStr for CreditorId {
    type Err = WrongCreditorId;

    /// The check digits are over everything but the three characters that an association chooses itself, as those of
    /// an IBAN (ISO 7064, mod 97-10). Source: EPC262-08, creditor identifier overview.
    fn from_str(text: &str) -> Result<Self, WrongCreditorId> {
        let plain: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let is_form = (11..=35).contains(&plain.len())
            && plain.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && plain.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
            && plain.bytes().skip(2).take(2).all(|byte| byte.is_ascii_digit());
        let is_dutch = plain.len() == 19 && plain.bytes().skip(7).all(|byte| byte.is_ascii_digit());
        if !is_form || (plain.starts_with("NL") && !is_dutch) {
            return Err(WrongCreditorId::Form);
        }
        let turned = plain[7..].bytes().chain(plain[..4].bytes());
        let rest = turned.fold(0, |rest, byte| match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
        });
        if rest == 1 { Ok(Self(plain)) } else { Err(WrongCreditorId::CheckDigits) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digits_decide() {
        for (text, wrong) in [
            ("NL79ZZZ999999990000", None),
            ("nl79 zzz 999999990000", None),
            // The three characters are the association's own.
            ("NL79ABC999999990000", None),
            ("DE98ZZZ09999999999", None),
            ("NL98ZZZ999999990000", Some(WrongCreditorId::CheckDigits)),
            ("NL79ZZZ99999999000", Some(WrongCreditorId::Form)),
            ("NL79ZZZ99999999000A", Some(WrongCreditorId::Form)),
            ("", Some(WrongCreditorId::Form)),
        ] {
            assert_eq!(text.parse::<CreditorId>().err(), wrong, "{text}");
        }
    }
}
