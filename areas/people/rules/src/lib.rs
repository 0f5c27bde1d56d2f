//! What a person and an organisation are, who may speak for whom, and what a searched text can mean. Pure.

pub mod check;
pub mod organisation;
pub mod person;
pub mod representative;
pub mod search;
