//! Break-glass: one file, opened with a reason by somebody who may not open files.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
pub(crate) use store::is_open;
pub use store::{Forced, latest, look_at};
