//! A try to speak with somebody: when it began and when it ended. On an own phone the agent says so; a line of ours says it
//! itself, and why.

mod grounds;
mod line;
mod store;

pub use grounds::campaign_ground;
pub(crate) use grounds::of_promise;
pub use grounds::{Grounds, of_person};
pub use line::{
    EndedAs, Live, NotHandedOver, answered, ended, gone, hand_over, held, is_alone, on_line, rang,
    resumed, seen,
};
pub(crate) use store::end_at;
pub use store::{
    Attempt, Channel, Dialled, Ended, Inbound, Over, Refused, dial, end, is_in_call, of_claim,
    ring_in, usable_number,
};
