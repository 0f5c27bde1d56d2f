//! Teams: who works together, and shares promises and lists.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
pub use store::{Team, add, all};
