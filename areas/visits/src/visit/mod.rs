//! Visits: planned, reported, amended; what one found becomes a task at the office.

mod api;
mod form;
mod page;
mod panel;
mod report;
mod route;
mod store;

pub(crate) use panel::panel;
pub use report::{Met, Report, Reported, report};
pub(crate) use store::leave;
pub use store::{
    Change, Failed, NewVisit, Visit, Whose, by_id, change, plan, planned, put_point, values,
};

use axum::Router;
use kernel::Scope;
use utoipa_axum::router::OpenApiRouter;
use web::{App, Visitor};

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}

/// How far this right reaches: own visits, or everybody's.
pub(crate) fn whose(visitor: &Visitor) -> Whose {
    if visitor.scope > Scope::Own { Whose::All } else { Whose::Own(visitor.id) }
}
