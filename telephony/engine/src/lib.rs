//! The telephone: signalling (SIP), the sound of the trunk (RTP) and of browsers (WebRTC), the routes between them, and the lines
//! that answer by themselves.
//!
//! [`Engine::start`] listens; [`Command`]s go in and [`Event`]s come out, as values over channels. [`Engine::reach`] does the same with
//! an engine that runs in a process of its own ([`serve`]). Signalling runs on tokio with a task for each call; sound runs on one thread with `mio`,
//! which owns all legs. `calls.rs` is the only place where both meet.

mod apart;
mod calls;
mod engine;
mod media;
mod message;
mod settings;
mod sip;
mod trunk;

pub use apart::{NotServed, serve};
pub use engine::{Alive, ConnectError, Engine, Events, StartError};
pub use message::*;
pub use settings::*;
pub use sip::NoTrust;
pub use telephony_browser::{BadOffer, SLOTS as SECTIONS};
pub use trunk::*;
