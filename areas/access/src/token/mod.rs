//! Tokens of the API: a program works in the name of a user.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
pub(crate) use store::revoke_all;
pub use store::{NewToken, Scope, create};
