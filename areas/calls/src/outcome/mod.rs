//! What came of a call, stored as the rule decided it.

mod api;
mod correct;
mod form;
mod store;

pub use api::CallbackBody;
pub(crate) use api::{failed, routes as api_routes, wrong};
pub use correct::{Corrected, EXCHANGED, Why, correct};
pub use form::{CallbackForm, WrongForm};
pub(crate) use store::begun;
pub use store::{About, NoCall, Said, log, open_call};
