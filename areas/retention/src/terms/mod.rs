//! What the statutes say about leaving, and decisions after which members may leave at once.

mod page;
mod route;
mod store;

pub use page::sentence;
pub(crate) use route::routes;
pub use store::{NewTerms, keep};
pub(crate) use store::{on, right_on};
