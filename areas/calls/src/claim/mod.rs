//! Who gets whom on the desk, and for how long.

mod next;
mod store;

pub use next::{Asked, comes_soon, next};
pub use store::{
    Claim, SkipReason, Skipped, Taken, held, of_agent, of_person, put_back, release_expired, renew,
    skip, take,
};
pub(crate) use store::{let_go, make_busy};
