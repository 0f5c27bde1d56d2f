//! Finding a person by anything: number in any notation, postcode, member number, e-mail, name with
//! or without its prefix, and with one mistake.

pub(crate) mod page;
mod route;
mod store;
mod vocabulary;

pub(crate) use vocabulary::after;

pub(crate) use route::routes;
pub use store::{by_phone, search};
pub use vocabulary::{Vocabulary, keep_fresh};
