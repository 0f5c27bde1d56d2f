//! A cancellation: opened by a notice, decided once, and felt everywhere at once (docs/states-membership.md §1).

mod api;
mod decide;
mod list;
mod look;
mod page;
mod panel;
mod past;
mod route;
mod store;
mod told;

pub use decide::{
    Ending, Keeping, Refused, Rules, Would, bring, end, keep, rules, take_back, would_end,
};
pub use look::kind_of;
pub use past::{Past, take_over};
pub use store::{NewNotice, Stored, by_id, note, open, void};

pub(crate) use api::routes as api_routes;
pub(crate) use panel::{member_panel, organisation_panel};
pub(crate) use store::leave;

use axum::Router;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes().merge(list::routes())
}
