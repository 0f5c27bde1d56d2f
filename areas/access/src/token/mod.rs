//! Tokens of the API: a program works in the name of a user.

mod store;

pub use store::{NewToken, Scope, create};
