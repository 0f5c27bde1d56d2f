//! Conversation guides: what a team lead writes, and what an agent walks through in a call.

mod answers;
mod edit;
mod page;
mod part;
mod route;
mod shipped;
mod store;

pub(crate) use answers::{of_claim, read, save, told};
pub(crate) use part::{Closing, GuidePart, Saves};
pub(crate) use route::routes;
pub(crate) use shipped::shipped;
pub(crate) use store::{Stored, choose, for_claim, names};
