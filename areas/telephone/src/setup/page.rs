use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use askama::Template;
use telephony_engine::{Down, StartError, TrunkState};
use texts::Texts;

use super::test_call::{Stage, TestCall};
use crate::telephone::NoSound;

/// `/beheer/telefonie`
#[derive(Template)]
#[template(path = "setup.html")]
pub(super) struct SetupPage<'a> {
    pub t: &'a Texts,
    /// How it stands with the line and the test call, rendered.
    pub stand: web::ui::Html,
    pub line: Option<Line>,
    pub is_demo: bool,
    /// Each number, and the queue that it leads to.
    pub numbers: Vec<(String, String)>,
    pub sound: Sound,
    pub microphone: Microphone,
    pub may_test_sound: bool,
    /// There is a way for a test call, and the reader may ask for one.
    pub may_call: bool,
    pub typed: &'a str,
    pub wrong: Option<String>,
}

/// The line as it is set.
pub(super) struct Line {
    pub number: String,
    /// A call for the number that is shown is answered somewhere.
    pub leads: bool,
    pub is_encrypted: bool,
    pub has_echo: bool,
}

/// Where browsers are told to send their sound.
pub(super) enum Sound {
    /// Listens everywhere, and nobody said where it is found.
    NoAddress,
    At {
        at: SocketAddr,
        told: Vec<IpAddr>,
    },
}

impl Sound {
    fn is_nowhere(&self) -> bool {
        matches!(self, Self::NoAddress)
    }

    fn is_only_here(&self) -> bool {
        match self {
            Self::NoAddress => false,
            Self::At { at, told } => at.ip().is_loopback() && told.iter().all(IpAddr::is_loopback),
        }
    }

    fn addresses(&self) -> String {
        match self {
            Self::NoAddress => String::new(),
            Self::At { at, told } if told.is_empty() => at.ip().to_string(),
            Self::At { told, .. } => {
                told.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// Zero: a free one, once somebody connects.
    fn port(&self) -> u16 {
        match self {
            Self::NoAddress => 0,
            Self::At { at, .. } => at.port(),
        }
    }
}

/// Whether a browser gives its microphone to this page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Microphone {
    Https,
    /// Without TLS, on the machine itself.
    Localhost,
    No,
}

impl Microphone {
    fn text(self) -> &'static str {
        match self {
            Self::Https => "telephone-setup-https",
            Self::Localhost => "telephone-setup-localhost",
            Self::No => "telephone-setup-no-https",
        }
    }
}

/// What changes by itself.
#[derive(Template)]
#[template(path = "setup_stand.html")]
pub(super) struct StandPart<'a> {
    pub t: &'a Texts,
    pub is_set: bool,
    /// Each host of the line; none yet of which nothing is known.
    pub hosts: Vec<(String, Option<TrunkState>)>,
    pub failed: Option<Arc<NoSound>>,
    pub call: Option<TestCall>,
    pub may_end: bool,
}

impl StandPart<'_> {
    fn is_up(&self, state: &Option<TrunkState>) -> bool {
        *state == Some(TrunkState::Up)
    }

    fn state(&self, state: &Option<TrunkState>) -> String {
        match state {
            None => self.t.get("telephone-host-asked"),
            Some(TrunkState::Up) => self.t.get("telephone-host-up"),
            Some(TrunkState::Down { why }) => self.t.get(match why {
                Down::WrongPassword => "telephone-host-wrong-password",
                Down::Unreachable => "telephone-host-unreachable",
                Down::NameNotFound => "telephone-host-name-not-found",
                Down::NotTrusted => "telephone-host-not-trusted",
                Down::Refused { code } => {
                    return self.t.with("telephone-host-refused", "code", i64::from(*code));
                }
            }),
        }
    }

    fn why(&self, failed: &NoSound) -> String {
        match failed {
            NoSound::Start(StartError::Listen { address, .. }) => {
                self.t.with("telephone-setup-no-listen", "at", address.to_string())
            }
            NoSound::Start(StartError::NoTrust(_)) => self.t.get("telephone-setup-no-trust"),
            NoSound::Start(StartError::Sound(_)) => self.t.get("telephone-setup-no-sound-port"),
            _ => self.t.get("telephone-setup-no-network"),
        }
    }

    fn stage(&self, call: &TestCall) -> String {
        let text = match call.stage {
            Stage::Dialled => "telephone-proof-dialled",
            Stage::Rings => "telephone-proof-rings",
            Stage::Answered => "telephone-proof-answered",
            Stage::Over => "telephone-proof-over",
            Stage::Failed(code) => {
                let text = match code {
                    401 | 403 | 407 => "telephone-proof-forbidden",
                    404 | 410 | 484 | 604 => "telephone-proof-no-number",
                    408 | 480 | 487 => "telephone-proof-no-answer",
                    486 | 600 => "telephone-proof-busy",
                    488 | 606 => "telephone-proof-no-codec",
                    603 | 607 | 608 => "telephone-proof-declined",
                    _ => "telephone-proof-failed",
                };
                return self.t.with(text, "code", i64::from(code));
            }
        };
        self.t.get(text)
    }

    fn is_good(&self, call: &TestCall) -> bool {
        matches!(call.stage, Stage::Answered | Stage::Over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_that_only_this_machine_reaches_is_told_apart() {
        let at = |at: &str, told: &[&str]| Sound::At {
            at: at.parse().unwrap(),
            told: told.iter().map(|told| told.parse().unwrap()).collect(),
        };
        assert!(at("127.0.0.1:40000", &[]).is_only_here());
        assert!(!at("127.0.0.1:40000", &["192.0.2.10"]).is_only_here());
        assert!(!at("192.0.2.10:40000", &[]).is_only_here());
        let outside = at("0.0.0.0:40000", &["192.0.2.10", "2001:db8::1"]);
        assert_eq!(outside.addresses(), "192.0.2.10, 2001:db8::1");
        assert_eq!(outside.port(), 40_000);
    }
}
