//! What a person is, and what a searched text can mean. Pure.

pub mod person;
pub mod search;
