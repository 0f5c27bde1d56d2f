//! The messages between the trunk's signalling and the calls. An SDP is bytes here: what it says is not SIP's concern.

use std::net::IpAddr;

use telephony_proto::sdp::Key;

use crate::message::{Incoming, LegId, Why};
use crate::trunk::{Host, TrunkState};

/// What a leg is told to do. One that does not fit its state is ignored.
#[derive(Debug)]
pub(crate) enum Order {
    Ring,
    Answer(Vec<u8>),
    Reject(u16),
    /// A new offer in a call that stands (RFC 3261, section 14): hold, resume.
    Offer(Vec<u8>),
    /// Our answer to [`Signal::Offered`], or our offer to [`Signal::OfferWanted`].
    AnswerOffer(Vec<u8>),
    RefuseOffer(u16),
    HangUp(Why),
}

#[derive(Debug)]
pub(crate) enum Signal {
    /// Without an offer the answer comes with [`Signal::Answered`].
    Incoming {
        call: Incoming,
        offer: Option<Vec<u8>>,
        /// What its sound is to be encrypted with, if it is.
        key: Option<Key>,
    },
    Ringing(LegId),
    EarlyMedia(LegId, Vec<u8>),
    /// Both sides know that the call stands. The SDP of the other side, unless it came before.
    Answered(LegId, Option<Vec<u8>>),
    /// A re-INVITE with an offer; wants [`Order::AnswerOffer`] or [`Order::RefuseOffer`].
    Offered(LegId, Vec<u8>),
    /// A re-INVITE without one: the other side answers ours in its ACK, with [`Signal::Answered`].
    OfferWanted(LegId),
    OfferTaken(LegId, Vec<u8>),
    OfferRefused(LegId, u16),
    Failed {
        leg: LegId,
        code: u16,
        reason: String,
    },
    Ended(LegId, Why),
    Registered {
        account: String,
        reachable: bool,
    },
    /// A call by us goes to a host of the trunk at this address.
    Sent {
        leg: LegId,
        to: IpAddr,
    },
    Trunk {
        host: Host,
        state: TrunkState,
    },
    /// Nothing is heard any more on the SIP port.
    Stopped,
}
