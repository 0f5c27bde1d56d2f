//! Teams: who works together, and shares promises and lists.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
pub(crate) use store::is_there;
pub use store::{Team, add, all};
