//! What an account must be like; what colleagues choose to do, and how their time adds up. Pure.

pub mod account;
pub mod presence;
pub mod roster;
