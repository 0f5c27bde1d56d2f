//! Organisations: concerns, companies, branches and formulas, and the people who speak for them.

mod store;

pub use store::{Given, Written, delete, put, restore};
