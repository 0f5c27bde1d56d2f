//! What two sides of a call tell each other about their media, on the side of the trunk.
//!
//! Source: RFC 8866 (session description, earlier RFC 4566), RFC 3264 (offer and answer), RFC 4568 (keys in the description).
//! One line of speech is ours; whatever else is offered is refused as RFC 3264 §6 asks, with its port set to zero.

mod key;
mod negotiate;
mod read;
mod said;
mod write;

use std::net::SocketAddr;

pub use key::{Crypto, KEY_BYTES, Key};
pub use negotiate::{Agreed, Answer, NotAcceptable, Numbers, Ours, agree, answer, offer};
pub use read::{BYTES_MAX, FORMATS_MAX, LINES_MAX, MEDIA_MAX, Malformed};
pub use said::Said;

use crate::g711::Law;

/// The payload type that we offer for pressed keys; dynamic, and the one that most trunks expect.
pub const EVENTS: u8 = 101;

/// Milliseconds of speech in a packet of ours.
pub const PTIME_MS: u16 = 20;

/// A whole description, as far as a call needs it. The rest is read over and not written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Description {
    /// The value of `o=`, word for word. If it is that of the description before, nothing changed (RFC 3264 §8).
    pub origin: String,
    /// In the order of the lines: an answer has as many of them as its offer.
    pub media: Vec<Media>,
}

/// One `m=` with what belongs to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Media {
    pub kind: Kind,
    /// Where it is received. None for port 0: refused, or over. The unspecified address is a hold of old (RFC 3264 §8.4).
    pub at: Option<SocketAddr>,
    pub protocol: Protocol,
    /// The most wanted first.
    pub formats: Vec<Format>,
    /// As its own side sees it.
    pub direction: Direction,
    pub ptime_ms: Option<u16>,
    /// Only those that we can use.
    pub keys: Vec<Crypto>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    Audio,
    Other(String),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Protocol {
    /// RTP/AVP: not encrypted.
    Avp,
    /// RTP/SAVP: SRTP.
    Savp,
    Other(String),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Format {
    /// As it stands in `m=`: a payload type, or whatever another protocol names a format by.
    pub token: String,
    pub encoding: Encoding,
}

impl Format {
    /// The RTP payload type; none if this is no RTP.
    pub fn number(&self) -> Option<u8> {
        let is_number = self.token.bytes().all(|byte| byte.is_ascii_digit());
        self.token.parse().ok().filter(|number| is_number && *number < 128)
    }

    fn new(number: u8, encoding: Encoding) -> Self {
        Self { token: number.to_string(), encoding }
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Encoding {
    Law(Law),
    /// Pressed keys, `telephone-event/8000` (RFC 4733).
    Events,
    /// With what `rtpmap` says of it.
    Other(Option<String>),
}

/// Who speaks, seen from the side that says it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Direction {
    /// Where nothing is said (RFC 8866 §6.7).
    #[default]
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    pub const ALL: [Self; 4] = [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive];

    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    const fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.word() == word)
    }
}
