//! Why a message could not be delivered, from what the other side answered. Pure.

kernel::codes! {
    pub enum Reason {
        /// There is no such mailbox or number.
        Address = "address",
        /// The mailbox is full.
        Full = "full",
        /// The receiver does not take mail from us: a matter of our set-up (SPF, DKIM) or of its filter.
        Policy = "policy",
        /// Refused, and the other side did not say why in a way that we understand.
        Refused = "refused",
        /// Our own server could not be reached.
        Unreachable = "unreachable",
        /// Our own server does not let us in.
        SignIn = "sign_in",
        /// The message cannot be put into the form that is needed.
        Unfit = "unfit",
    }
}

impl Reason {
    /// Whether it is about our server and not about this message: then the next would fare no better.
    #[must_use]
    pub fn is_of_our_server(self) -> bool {
        matches!(self, Self::Unreachable | Self::SignIn)
    }
}

/// An answer of a mail server: its code, and the enhanced code (RFC 3463) if there is one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Answer<'a> {
    pub code: u16,
    pub text: &'a str,
}

impl Answer<'_> {
    /// For good (5xx), or for now (4xx).
    pub(crate) fn is_final(self) -> bool {
        // Not being let in is mended by us; the message is none the worse for it.
        self.code >= 500 && self.reason() != Reason::SignIn
    }

    pub(crate) fn reason(self) -> Reason {
        if matches!(self.code, 530 | 534 | 535 | 538 | 454) {
            return Reason::SignIn;
        }
        if self.code == 421 {
            return Reason::Unreachable;
        }
        match self.enhanced().as_deref().and_then(|code| code.split_once('.')) {
            Some((_, "1.1" | "1.2" | "1.3" | "1.6" | "1.10")) => Reason::Address,
            Some((_, "2.2")) => Reason::Full,
            Some((_, subject)) if subject.starts_with("7.") => Reason::Policy,
            // Without one, by the letter of RFC 5321 section 4.2.3.
            None if matches!(self.code, 550 | 551 | 553) => Reason::Address,
            None if matches!(self.code, 452 | 552) => Reason::Full,
            _ => Reason::Refused,
        }
    }

    /// `550 5.1.1`: numbers only, because the words of a server may hold the address.
    pub(crate) fn status(self) -> String {
        match self.enhanced() {
            Some(enhanced) => format!("{} {enhanced}", self.code),
            None => self.code.to_string(),
        }
    }

    fn enhanced(self) -> Option<String> {
        self.text.split(|sign: char| sign.is_whitespace() || sign == ',').find_map(|word| {
            let mut parts = word.split('.');
            let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
            let number = |part: &str, most| {
                (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
            };
            let is_code = matches!(class, "4" | "5")
                && number(subject, 3)
                && number(detail, 3)
                && parts.next().is_none();
            is_code.then(|| word.to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_whose_fault_it_is_and_for_how_long() {
        for (code, text, reason, is_final, status) in [
            (550, "5.1.1 <jan@x.nl> unknown", Reason::Address, true, "550 5.1.1"),
            (550, "No such user here", Reason::Address, true, "550"),
            (452, "4.2.2 mailbox full", Reason::Full, false, "452 4.2.2"),
            (550, "5.7.515 Access denied, domain x.nl", Reason::Policy, true, "550 5.7.515"),
            (451, "4.7.1 Greylisted, try again", Reason::Policy, false, "451 4.7.1"),
            (554, "5.3.0 transaction failed", Reason::Refused, true, "554 5.3.0"),
            (535, "5.7.8 Authentication failed", Reason::SignIn, false, "535 5.7.8"),
            (530, "5.7.0 Must issue a STARTTLS command first", Reason::SignIn, false, "530 5.7.0"),
            (421, "4.3.2 shutting down", Reason::Unreachable, false, "421 4.3.2"),
            (550, "from 192.168.0.1 refused, 5.1.1.2", Reason::Address, true, "550"),
        ] {
            let answer = Answer { code, text };
            assert_eq!(answer.reason(), reason, "{code} {text}");
            assert_eq!(answer.is_final(), is_final, "{code} {text}");
            assert_eq!(answer.status(), status, "{code} {text}");
        }
    }
}
