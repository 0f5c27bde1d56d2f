//! The desk: who is in front of me, why, and what I do with it.

mod api;
mod form;
mod list;
mod page;
mod person;
mod route;

pub(crate) use api::{OUTSIDE, about, refused, routes as api_routes};
pub use form::not_now;
pub(crate) use form::refusal_text;
pub use list::{bars, listed, short_formal, warmth_text};
pub(crate) use page::{blocked_text, code_text};
pub use person::{DeskRules, OnDesk, conceal, on_desk, reason};
pub use route::callers_of;
pub(crate) use route::routes;
