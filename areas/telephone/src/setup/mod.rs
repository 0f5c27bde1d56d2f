//! `/beheer/telefonie`: whether the line, the numbers and the sound are as they must be, and what to do where they are not.

mod page;
mod route;
mod test_call;

pub(crate) use route::routes;
pub(crate) use test_call::{Setup, hears};
