//! The telephone's trunk side: signalling (SIP), sound (RTP), and the lines that answer by themselves.
//!
//! [`Engine::start`] listens; [`Command`]s go in and [`Event`]s come out, as values over channels, so that the engine can
//! run in a process of its own. Signalling runs on tokio with a task for each call; sound runs on one thread with `mio`,
//! which owns the sockets of all legs. `calls.rs` is the only place where both meet.

mod calls;
mod engine;
mod media;
mod message;
mod settings;
mod sip;
mod trunk;

pub use engine::{Alive, Engine, Events, StartError};
pub use message::*;
pub use settings::*;
pub use sip::NoTrust;
pub use trunk::*;
