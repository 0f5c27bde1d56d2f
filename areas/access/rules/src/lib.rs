//! What colleagues choose to do, and how their time adds up. Pure.

pub mod presence;
