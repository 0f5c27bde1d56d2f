//! `/beheer/behoud`: the reasons, arguments and articles that an association keeps members with. Everything is a new version; cases
//! that were decided keep what they named.

mod form;
mod page;
mod route;
mod store;

pub(crate) use route::routes;
