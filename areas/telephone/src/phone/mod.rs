//! The telephone beside every page: who is on the line, and what can be done about it.

mod api;
mod page;
mod route;

pub(crate) use api::routes as api_routes;
pub(crate) use page::part;
pub(crate) use route::{is, routes};
