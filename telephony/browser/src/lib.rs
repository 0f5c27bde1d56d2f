//! The browser's end of a conversation. A browser connects once, with three audio sections, and stays connected: a call only changes
//! what is routed to it. No type of the WebRTC library leaves this crate.

#[cfg(feature = "client")]
mod client;
mod leg;

#[cfg(feature = "client")]
pub use client::Client;
pub use leg::{BadOffer, Frame, Leg, SLOTS, Sound, Wants, Way};
