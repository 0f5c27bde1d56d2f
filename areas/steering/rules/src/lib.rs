//! Steering by numbers: targets, and what may leave the house of them.

pub mod exchange;
pub mod target;
