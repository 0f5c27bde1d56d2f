//! One day of one colleague.

mod api;
mod page;
mod route;
mod store;

pub(crate) use api::{may_see, routes as api_routes};
pub(crate) use page::part;
pub(crate) use route::routes;
pub use store::{Summary, summary};
