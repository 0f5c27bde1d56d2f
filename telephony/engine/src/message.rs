//! The messages between the engine and whoever uses it. They hold values only, so that they can cross to another process.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use telephony_proto::record::Pauses;

use crate::trunk::{Host, TrunkState};

/// One call towards the trunk, from its first message to its last, or one browser, as long as it is connected. Never used twice
/// while the program runs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct LegId(pub u64);

impl LegId {
    /// Where an engine that starts now begins to count: what was begun by one before it, which somebody may still ask something of, is
    /// far below. Nobody begins a million legs a second.
    pub(crate) fn first() -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_micros()).unwrap_or(0).max(1)
    }
}

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leg {}", self.0)
    }
}

/// A call that we begin.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Dial {
    /// The number as the trunk wants it, or the name of a registered softphone.
    pub to: String,
    /// The number that the other side sees.
    pub from: String,
    pub through: Through,
    /// For a trunk that asks who we are (401 or 407).
    pub login: Option<Login>,
    /// How long it rings before we cancel.
    pub ring_max: Duration,
    pub sound: Sound,
}

/// Which way a call goes out.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Through {
    /// The trunk or PBX at this address.
    Udp(SocketAddr),
    Tcp(SocketAddr),
    /// The softphone that registered under the dialled name.
    Registered,
    /// The trunk of the settings: its first host that is up, and the next one if that does not answer or has no room.
    /// Its own login counts.
    Trunk,
}

#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct Login {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// What a leg hears from us.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Sound {
    #[default]
    Silence,
    /// What it says itself, later by [`crate::Settings::echo_delay`].
    Echo,
    Music,
    /// It rings at whom was called.
    RingingTone,
    /// Whom was called is engaged or did not want to.
    BusyTone,
    /// In hertz, below 4,000.
    Tone(u16),
}

/// What may be asked of a leg. A command that does not fit its state is ignored: the answer may have crossed it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Command {
    /// 180 to a caller.
    Ring,
    /// 200 to a caller, who then hears this.
    Answer(Sound),
    /// A final refusal to a caller; 400 to 699.
    Reject(u16),
    /// Ends it whatever its state: CANCEL, BYE or 480; closes the connection of a browser.
    HangUp,
    /// Puts the other side on hold: it hears music and we hear nothing.
    Hold,
    Resume,
    /// What it hears while nobody else is to be heard on its first section.
    Play(Sound),
    /// This first, and then what it hears otherwise: an announcement, in A-law of 8,000 bytes a second.
    Say(Arc<[u8]>),
    /// From now on a section of it hears these legs and nobody else; several are mixed. A call has one section, a browser
    /// [`crate::SECTIONS`]. A leg that ended is heard by nobody, without being told.
    Hear {
        section: usize,
        from: Vec<LegId>,
    },
}

/// One recording, under a number of whoever asks for it; never used twice while the program runs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct TapeId(pub u64);

/// What is to be recorded. It follows a call and not its legs: whoever takes the call over is named in the next order.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Taping {
    /// From now on these are written, several of one side mixed.
    Write {
        ours: Vec<LegId>,
        theirs: Vec<LegId>,
    },
    /// Nothing of anybody is written from now on.
    Pause(Pauses),
    End,
}

/// What came of a recording, in its order.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub enum Taped {
    /// A second at most: pairs of A-law, ours and theirs, 8,000 a second.
    Sound(Arc<[u8]>),
    /// Everything before this was handed on.
    Paused(Pauses),
    /// It is written from here on: for the first time, or after a pause.
    Resumed,
    /// Nothing follows.
    Ended,
}

impl fmt::Debug for Taped {
    /// What was said stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sound(piece) => write!(f, "Sound({} bytes)", piece.len()),
            Self::Paused(why) => write!(f, "Paused({why:?})"),
            Self::Resumed => f.write_str("Resumed"),
            Self::Ended => f.write_str("Ended"),
        }
    }
}

/// What happened to a leg, in its order; what was heard is told beside it and may come before or after.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Event {
    Incoming(Incoming),
    /// 180 from whom we dialled.
    Ringing(LegId),
    /// Sound before the answer: an announcement or the trunk's own ringing tone.
    EarlyMedia(LegId),
    /// Both sides agreed: speech goes to and fro.
    Answered(LegId),
    /// What we dialled was not answered. `code` is the SIP status; 408 also when it rang too long.
    Failed {
        leg: LegId,
        code: u16,
        reason: String,
    },
    /// A browser: its sound can go both ways.
    Connected(LegId),
    /// An answered leg, a caller's leg in any state, or the connection of a browser is over.
    Ended {
        leg: LegId,
        why: Why,
    },
    HeldByPeer(LegId),
    Resumed(LegId),
    /// Our [`Command::Hold`] was taken; `false` after [`Command::Resume`].
    Held {
        leg: LegId,
        held: bool,
    },
    /// The first RTP packet of a leg came in.
    Heard(LegId),
    /// A key that the other side pressed: one of `0123456789*#ABCD`.
    Key {
        leg: LegId,
        key: char,
    },
    /// A [`Command::Say`] was said to its end.
    Said(LegId),
    Taped {
        tape: TapeId,
        what: Taped,
    },
    /// A softphone registered, or went away (`false`).
    Registered {
        account: String,
        reachable: bool,
    },
    /// A host of the trunk is up or down, for the first time or again.
    Trunk {
        host: Host,
        state: TrunkState,
    },
    /// The engine does not hear the trunk any more, and must be started again.
    Stopped,
}

/// A call to one of our numbers.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct Incoming {
    pub leg: LegId,
    /// The caller's number as the network asserts it, else as the caller says.
    pub from: String,
    /// The number that was dialled.
    pub to: String,
    pub source: SocketAddr,
}

impl fmt::Debug for Incoming {
    /// Numbers are personal data: they stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incoming({}, …)", self.leg)
    }
}

/// Why a leg ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Why {
    HungUpByPeer,
    HungUpByUs,
    /// The caller gave up before the answer.
    Cancelled,
    /// We refused the caller.
    Rejected(u16),
    /// Answered, but the caller never acknowledged it.
    NotAcknowledged,
    /// No sound for [`crate::Settings::rtp_silence_max`].
    Silent,
    /// The other side no longer knows the call, or did not refresh it in time (RFC 4028); a browser is not there any more.
    Lost,
    /// No codec or address that both sides know.
    NothingInCommon,
}
