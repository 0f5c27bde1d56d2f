//! Keeping members: when a notice works, what may be done with a cancellation, what kept others. Pure.

pub mod advice;
pub mod case;
pub mod notice;
