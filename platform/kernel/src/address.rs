use std::fmt;
use std::str::FromStr;

/// A Dutch postcode: four digits and two letters, stored without the space.
///
/// Source: `[1-9][0-9]{3}` and two letters, never SA, SD or SS (domain facts §8.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Postcode(String);

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a Dutch postcode")]
pub struct WrongPostcode;

impl Postcode {
    /// As stored: `7201AB`.
    #[must_use]
    pub fn compact(&self) -> &str {
        &self.0
    }
}

impl FromStr for Postcode {
    type Err = WrongPostcode;

    fn from_str(text: &str) -> Result<Self, WrongPostcode> {
        let compact: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let bytes = compact.as_bytes();
        let shaped = bytes.len() == 6
            && matches!(bytes[0], b'1'..=b'9')
            && bytes[1..4].iter().all(u8::is_ascii_digit)
            && bytes[4..].iter().all(u8::is_ascii_uppercase);
        if shaped && !matches!(&bytes[4..], b"SA" | b"SD" | b"SS") {
            Ok(Self(compact))
        } else {
            Err(WrongPostcode)
        }
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", &self.0[..4], &self.0[4..])
    }
}

#[cfg(test)]
mod tests {
    use super::Postcode;

    #[test]
    fn postcodes_in_any_spelling() {
        assert_eq!(" 7201 ab".parse::<Postcode>().unwrap().to_string(), "7201 AB");
        assert_eq!("7201AB".parse::<Postcode>().unwrap().compact(), "7201AB");
        for wrong in ["0201AB", "7201", "7201SS", "7201A1", "72O1AB", ""] {
            assert!(wrong.parse::<Postcode>().is_err(), "{wrong}");
        }
    }
}
