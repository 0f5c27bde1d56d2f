//! What the columns of a file mean and what a row of it says. Pure.

pub mod columns;
pub mod row;
