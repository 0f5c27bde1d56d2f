//! Where calls that come in wait: queues and numbers as an administrator sets them, and the log of what waited.
//!
//! Who gets which call is decided by `telephone_rules`; the loop around it reads [`settings`] and writes [`log`].

mod announcement;
mod api;
mod form;
pub mod log;
mod number;
mod page;
mod prefer;
mod recording;
mod route;
mod skill;
mod store;
mod trial;
pub(crate) mod wav;

pub use announcement::{Announced, Filled, announced, said};
pub(crate) use api::routes as api_routes;
pub use form::usual;
pub(crate) use number::led;
pub use number::{Dialled, NewNumber, for_number, keep as keep_number, show};
pub use prefer::preferred;
pub use recording::spoken;
pub(crate) use recording::text as wrong_sound;
pub(crate) use route::routes;
pub use skill::skills_of;
pub(crate) use store::names;
pub use store::{NewQueue, QueueRules, keep, queue_rules, settings};
