//! A try to speak with somebody: when it began and when it ended. On an own phone the agent says so;
//! the server keeps the times.

mod grounds;
mod store;

pub use grounds::{Grounds, of_person};
pub(crate) use grounds::{campaign_ground, of_promise};
pub(crate) use store::end_at;
pub use store::{Attempt, Dialled, Inbound, Refused, dial, end, of_claim, ring_in, usable_number};
