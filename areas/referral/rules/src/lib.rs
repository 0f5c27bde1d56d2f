//! Member gets member: codes, who counts as a new member, and when a premium is earned. Pure.

pub mod code;
pub mod earn;
pub mod give;
pub mod join;
