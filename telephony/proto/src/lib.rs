//! What the telephone decides, without a socket, a clock or a thread.
//!
//! Time comes in as a [`Duration`](std::time::Duration), bytes come in as slices, and what is to happen goes out as a value.
//! Whatever arrives from the network may be anything: nothing here panics on it, and everything has a limit.

pub mod continuity;
pub mod demux;
pub mod dtmf;
pub mod g711;
pub mod mix;
pub mod number;
pub mod record;
pub mod rtp;
pub mod sdp;
pub mod session_timer;
pub mod srtp;
pub mod tone;
