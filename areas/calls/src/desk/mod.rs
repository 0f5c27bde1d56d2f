//! The desk: who is in front of me, why, and what I do with it.

mod api;
mod form;
mod list;
mod page;
mod person;
mod phone;
mod route;

pub(crate) use api::{OUTSIDE, about, refused, routes as api_routes};
pub(crate) use form::refusal_text;
pub use list::{bars, warmth_text};
pub(crate) use page::{blocked_text, code_text};
pub use person::{DeskRules, OnDesk, on_desk, reason};
pub(crate) use phone::part as phone_part;
pub use route::callers_of;
pub(crate) use route::routes;
