//! My own account: language and password.

mod page;
mod route;

pub(crate) use route::routes;
