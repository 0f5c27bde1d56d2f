//! The work calendar: days on which something is different, each flag for itself.

mod page;
mod route;

pub(crate) use route::routes;
