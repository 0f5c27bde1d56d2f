//! Recorded calls: which, once whoever is on the line was told; kept in pieces that only the key of the recording opens; heard again
//! with a reason; deleted so that nothing of them is left.

mod call;
mod kept;
mod listen;
mod page;
mod panel;
mod policy;
mod route;
mod settings;
mod store;
mod sweep;
mod tape;
mod wav;

pub(crate) use kept::{Keeping, try_out};
pub use kept::{WrongPlace, check};
pub use store::{keys_in_use, reseal};
pub use sweep::{left, look, watch};

pub(crate) use call::{handed_on, routes as call_routes, said, speaks};
pub(crate) use panel::of_person;
pub(crate) use policy::words;
pub(crate) use route::routes;
pub(crate) use settings::routes as settings_routes;
pub(crate) use tape::{Tapes, tape_of};
