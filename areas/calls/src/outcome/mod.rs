//! What came of a call, stored as the rule decided it.

mod api;
mod form;
mod store;

pub use api::CallbackBody;
pub(crate) use api::{failed, routes as api_routes, wrong};
pub use form::{CallbackForm, WrongForm};
pub(crate) use store::begun;
pub use store::{About, NoCall, Said, log, open_call};
