//! Becoming a member, and changing one's mind about it (docs/states-membership.md §2). Pure.

pub mod reply;
pub mod same;
pub mod sign_up;
pub mod spell;
