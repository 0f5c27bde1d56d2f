//! Meetings about the figures, in a series: an agenda that follows from what lags, decisions, and whether what was agreed was
//! kept.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
pub(crate) use store::decisions_about;
