//! Files that were opened by force: the privacy officer sees each at once, and says so.

mod page;
mod route;

pub(crate) use route::routes;
