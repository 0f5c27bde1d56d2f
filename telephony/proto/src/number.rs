//! Telephone numbers as people type them, what may be dialled, and how often.

mod allowance;
mod dial;
mod typed;

pub use allowance::{Allowance, Limit, Spent};
pub use dial::{Refused, Rule, may_dial};
pub use typed::{NotANumber, Number};
