//! Signing in and out, and what keeps somebody from guessing.

pub mod guesses;
mod page;
mod route;
mod store;
mod throttle;

pub(crate) use route::routes;
