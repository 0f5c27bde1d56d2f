//! The caller check: before a voice on the telephone hears or changes anything, it says facts that we know.
//!
//! It holds in a call that came in, from its first second until its outcome: the desk, the file, and every change of a person or
//! a membership ask [`require`]. Letters, lists and calls that we began go on as they are.

mod api;
mod form;
mod gate;
mod page;
mod route;
mod settings;
mod store;

pub(crate) use api::routes as api_routes;
pub use form::{Answer, FormPart, take};
pub use gate::{Passed, before_reading, passed, refuse, refuse_api, require};
pub use people_rules::check::{NotChecked, Refused, Wrong};
pub(crate) use route::routes;
pub use settings::{CheckRules, rules};
pub use store::{Asked, Who, ask, look};
