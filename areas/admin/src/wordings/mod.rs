//! What members read, as an administrator writes it: every text with its versions, and a new one from a day on.

mod form;
mod page;
mod route;

pub(crate) use route::routes;
