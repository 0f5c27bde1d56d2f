//! Who opened whose file, when, and from where.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
