//! What a membership costs: the tables, what one membership pays, and what a new version would do to everybody.

mod api;
mod base;
mod draft;
mod form;
mod owed;
mod page;
mod phase;
mod result;
mod route;
mod said;
mod store;
mod words;

pub use base::{Costs, amount_on, costs, facts_of, simulate};
pub use draft::{NewTable, Refused, begin, keep, set, try_on_all};
pub use owed::{Asked, Owed, owed};
pub use phase::start_phase;
pub use store::{HolderKind, State, StoredRow, StoredTable, tables, with_rows};
pub use words::{class_name, per_text};

pub(crate) use api::routes as api_routes;
pub(crate) use page::has_value;
pub(crate) use route::routes;
pub(crate) use said::{Said, said};
pub(crate) use words::situation_text;
