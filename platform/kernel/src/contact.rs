use std::fmt;
use std::str::FromStr;

/// An e-mail address as it was written, without the spaces around it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Email(String);

impl Email {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two addresses are compared by. Only the domain is case-insensitive by the letter of
    /// RFC 5321; no provider that our members use tells `Jan@` from `jan@`.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct WrongEmail;

impl FromStr for Email {
    type Err = WrongEmail;

    fn from_str(text: &str) -> Result<Self, WrongEmail> {
        let text = text.trim();
        // Without a dot in the domain it may be valid somewhere, but no member has one.
        let has_domain = text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'));
        if has_domain && email_address::EmailAddress::is_valid(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WrongEmail)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn addresses_are_checked_and_kept_as_written() {
        assert_eq!(" Jan@Voorbeeld.nl ".parse::<Email>().unwrap().as_str(), "Jan@Voorbeeld.nl");
        for wrong in ["", "jan", "jan@", "@voorbeeld.nl", "jan@voorbeeld", "jan piet@voorbeeld.nl"]
        {
            assert!(wrong.parse::<Email>().is_err(), "{wrong}");
        }
    }
}
