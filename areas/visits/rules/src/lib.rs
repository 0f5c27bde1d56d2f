//! Whom we visit and when: the contact norm, the plan of a week, the order of a day, and what a report holds.

pub mod norm;
pub mod plan;
pub mod report;
pub mod way;
