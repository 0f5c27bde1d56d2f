//! Mandates, collections and pay-outs: when money may be collected, and what follows when it comes back. Pure.

pub mod amount;
pub mod mandate;
pub mod period;
pub mod returned;
pub mod run;
pub mod target;
