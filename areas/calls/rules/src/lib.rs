//! Who may be called, what an outcome brings about, when a promise is kept. Pure: no clock, no store.

pub mod arrears;
pub mod budget;
pub mod callback;
pub mod choice;
pub mod gate;
pub mod guide;
pub mod hours;
pub mod ladder;
pub mod note;
pub mod outcome;
pub mod score;
