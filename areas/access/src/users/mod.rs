//! Colleagues: their accounts, from the first day to the last.

mod page;
mod route;
mod store;

pub use access_rules::account::Region;
pub(crate) use route::routes;
pub use store::{NewUser, add_user, by_login, names, set_regions};
pub(crate) use store::{set_language, set_password};
