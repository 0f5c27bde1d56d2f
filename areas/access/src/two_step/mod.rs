//! My second step of signing in: an app that gives codes, and recovery codes for when it is lost.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
