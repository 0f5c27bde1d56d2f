//! Who may speak for a member, about what, and until when.

mod page;
mod panel;
mod route;
mod store;

pub(crate) use page::relation_text;
pub(crate) use panel::panel;
pub use people_rules::representative::Scope;
pub(crate) use route::routes;
pub(crate) use store::speaking;
pub use store::{Representative, add, end, of_person};
