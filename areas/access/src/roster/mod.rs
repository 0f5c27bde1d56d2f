//! Who works when, who is away, and who stands in.

mod page;
mod route;
mod store;

pub use access_rules::roster::{AbsenceKind, Away};
pub use store::{NewAbsence, Roster, end_absence, load, report_absence, set_shifts, set_stand_in};

pub(crate) fn routes() -> axum::Router<web::App> {
    route::routes()
}
