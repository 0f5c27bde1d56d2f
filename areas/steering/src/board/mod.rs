//! `/cijfers`: how we stand, in one sentence, the figures, and the one next thing to do about them.

mod page;
mod route;

pub(crate) use route::routes;
