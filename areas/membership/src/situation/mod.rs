//! What a member told about work, income or the company, because an amount hangs on it.

mod page;
mod route;
mod store;

pub use store::{NewSituation, delete_of_person, tell};

pub(crate) use route::{path, routes};
use store::StoredSituation;
