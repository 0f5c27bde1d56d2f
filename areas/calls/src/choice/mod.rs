//! What an agent can choose at the end of a call, as administrators set it.

mod api;
mod page;
mod route;
mod store;
mod words;

pub(crate) use api::routes as api_routes;
pub(crate) use route::routes;
pub(crate) use store::{tree, tree_as_of};
pub(crate) use words::{follows_in_words, label};
