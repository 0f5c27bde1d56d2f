//! What a person and an organisation are, and what a searched text can mean. Pure.

pub mod organisation;
pub mod person;
pub mod search;
