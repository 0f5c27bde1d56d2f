//! Signing in and out.

mod page;
mod route;
mod store;
mod throttle;

pub(crate) use route::routes;
