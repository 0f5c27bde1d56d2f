//! What members ask and what was agreed with them. The states are those of `docs/states.md`.

pub mod agreement;
pub mod cells;
pub mod ladder;
pub mod mention;
pub mod owner;
pub mod wish;
