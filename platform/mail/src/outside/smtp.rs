use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use wording::Filled;

use super::{Outcome, WrongSetting};
use crate::compose;
use crate::outbox::Claimed;
use crate::reason::{Answer, Reason};

/// A mail server that takes what we send.
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// One answer of the server.
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);
/// All answers for one message: greeting, sign-in, both addresses, the words.
const MESSAGE_WITHIN: Duration = Duration::from_mins(1);

impl Smtp {
    pub(super) fn new(url: &str, from: &str) -> Result<Self, WrongSetting> {
        if is_in_the_open(url) {
            return Err(WrongSetting::InTheOpen);
        }
        let from: Mailbox = from.parse().map_err(|_| WrongSetting::From)?;
        // The error would show the address, and the password is in it.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| WrongSetting::Smtp)?
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .timeout(Some(ANSWERS_WITHIN))
            .build();
        Ok(Self { transport, from })
    }

    pub(super) async fn send(&self, message: &Claimed, footer: &Filled) -> Outcome {
        let Ok(mail) = compose::mail(&self.from, message, footer) else {
            return Outcome::Never { reason: Reason::Unfit, status: String::new() };
        };
        match tokio::time::timeout(MESSAGE_WITHIN, self.transport.send(mail)).await {
            Ok(Ok(_)) => Outcome::Sent,
            Ok(Err(error)) if error.is_client() && !message.address.reveal().is_ascii() => {
                // An address with an é in it, and a server without SMTPUTF8 (RFC 6531).
                Outcome::Never { reason: Reason::Unfit, status: String::new() }
            }
            Ok(Err(error)) => outcome(&error),
            Err(_) => Outcome::Later { reason: Reason::Unreachable, status: String::new() },
        }
    }

    pub(super) async fn reaches(&self) -> Result<(), Reason> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Reason::Refused),
            Err(error) => Err(match outcome(&error) {
                Outcome::Later { reason, .. } | Outcome::Never { reason, .. } => reason,
                Outcome::Sent | Outcome::Kept => Reason::Refused,
            }),
        }
    }
}

/// Membership of a union is nobody's business on the way: only to this machine itself without TLS.
fn is_in_the_open(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("smtp://") else { return false };
    let (place, wishes) = rest.split_once('?').unwrap_or((rest, ""));
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let host = host.trim_end_matches('/');
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    !is_here && !wishes.split('&').any(|wish| wish == "tls=required")
}

fn outcome(error: &Error) -> Outcome {
    if error.is_client() {
        // The server offers no way to sign in that we know.
        return Outcome::Later { reason: Reason::SignIn, status: String::new() };
    }
    let Some(code) = error.status() else {
        // No answer: nobody there, no TLS, or the line broke.
        return Outcome::Later { reason: Reason::Unreachable, status: String::new() };
    };
    let text = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
    let answer = Answer { code: code.into(), text: &text };
    let (reason, status) = (answer.reason(), answer.status());
    if answer.is_final() {
        Outcome::Never { reason, status }
    } else {
        Outcome::Later { reason, status }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_gets_mail_in_the_open() {
        for (url, open) in [
            ("smtp://localhost", false),
            ("smtp://127.0.0.1:2525", false),
            ("smtp://[::1]:2525", false),
            ("smtp://mail.werkbond.example", true),
            ("smtp://localhost@mail.werkbond.example:25", true),
            ("smtp://user:pass@mail.werkbond.example:587?tls=opportunistic", true),
            ("smtp://user:pass@mail.werkbond.example:587?tls=required", false),
            ("smtps://user:pass@mail.werkbond.example", false),
        ] {
            assert_eq!(is_in_the_open(url), open, "{url}");
        }
    }

    #[tokio::test]
    async fn a_wrong_setting_is_named_without_the_password() {
        let from = "Werkbond <post@werkbond.example>";
        for (url, from, wrong) in [
            ("http://u:secret@mail.example", from, WrongSetting::Smtp),
            ("smtps://u:secret@mail.example", "", WrongSetting::From),
            ("smtp://u:secret@mail.example", from, WrongSetting::InTheOpen),
        ] {
            let found = Smtp::new(url, from).err().unwrap();
            assert_eq!(found, wrong, "{url}");
            assert!(!found.to_string().contains("secret"));
        }
        assert!(Smtp::new("smtps://u:secret@mail.example", from).is_ok());
    }
}
