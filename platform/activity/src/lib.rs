//! The event log: every statement about a person goes through [`record`], in the transaction that
//! changes the state. Timeline, counters, boards and audit read from here.

mod count;
mod follow;
mod read_log;
mod record;
mod timeline;

pub use count::{Counted, Dim, Recount, behind, counted_in, counts, counts_with, recount};
pub use follow::Followed;
pub use read_log::{Opened, Why, log_read, opened_by};
pub use record::record;
pub use timeline::{Line, after, latest, of_days, of_organisation, of_person};

pub const MIGRATIONS: &[db::Migration] =
    &[db::Migration { name: "activity-0001-log", sql: include_str!("../migrations/0001-log.sql") }];
