//! Signing somebody up while she is on the line, and seeing that she confirms.

mod look;
mod page;
mod panel;
mod route;

pub(crate) use look::{Look, look};
pub(crate) use page::situations;
pub(crate) use panel::member_panel;
pub(crate) use route::{routes, says, stays_text};
