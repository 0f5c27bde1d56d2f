//! Who gets which waiting call. No IO, no clock: times come in, decisions go out.
//!
//! Source: features §A (inbound), state machines §4.2 (inbound) and §4.4 (routing).
//!
//! What a call does when it comes in is in [`arrival`], what becomes of it while it waits in [`waiting`], and who
//! is offered it in [`offer`]. The loop around them asks again after every change, and at [`offer::wakes_at`].

pub mod agent;
pub mod arrival;
pub mod hours;
pub mod offer;
pub mod prefer;
pub mod record;
pub mod settings;
pub mod waiting;

#[cfg(test)]
mod example;
