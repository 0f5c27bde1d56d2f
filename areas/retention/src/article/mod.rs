//! What an argument rests on, for an agent to read.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
pub(crate) use store::{Article, all};
