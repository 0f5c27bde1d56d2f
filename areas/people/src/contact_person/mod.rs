//! Who speaks for an organisation, in which role, from when to when.

mod page;
mod panel;
mod route;
mod store;

pub(crate) use panel::panel;
pub(crate) use route::routes;
pub use store::{Contacts, Spokesperson, add, end, end_at, of_organisation};
