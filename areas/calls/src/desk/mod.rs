//! The desk: who is in front of me, why, and what I do with it.

mod api;
mod page;
mod person;
mod phone;
mod route;

pub(crate) use api::{OUTSIDE, about, refused, routes as api_routes};
pub use page::{bars, warmth_text};
pub(crate) use page::{blocked_text, code_text, refusal_text};
pub use person::{DeskRules, OnDesk, on_desk, reason};
pub(crate) use phone::part as phone_part;
pub use route::callers_of;
pub(crate) use route::routes;
