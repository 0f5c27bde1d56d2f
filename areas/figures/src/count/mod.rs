//! Counting: what the key figures are made of, month by month.
//!
//! Nobody presses a button. This area follows the log: flows (a visit, an answer that was told) are added as they are
//! written; of members and agreements it keeps what is known as far as it counts, and adds the difference when that changes.
//! So the sums are always those of a full recount ([`differences`]). A month is closed some days after its end and then not
//! written any more: what is learned later is booked as a correction, with its day and cause.

mod follow;
mod known;
mod recount;
mod sources;
mod store;

pub use follow::{Follower, follow};
pub use recount::{Recount, differences};
pub use store::{
    Correction, along, base_is_complete, closed_until, corrections, first_month, learned,
    learned_along, sums,
};

pub(crate) use follow::flow_cells;
pub(crate) use known::{kept_ids, stored_members};
pub(crate) use sources::subject;
pub(crate) use store::{Why, span_of};
