//! Visits: planned, reported, amended; what one found becomes a task at the office.

mod api;
mod form;
mod list;
mod page;
mod panel;
mod report;
mod route;
mod store;

pub(crate) use list::along_the_way;
pub(crate) use page::AwayVisit;
pub(crate) use panel::panel;
pub use report::{Met, Report, Reported, report};
pub(crate) use route::{From, Saved, load, page as visits_page, take_in};
pub(crate) use store::leave;
pub use store::{
    Change, Failed, NewVisit, Visit, Whose, change, of_whose, plan, planned, put_point, values,
};

use axum::Router;
use kernel::Scope;
use utoipa_axum::router::OpenApiRouter;
use web::{App, Visitor};

pub(crate) fn routes() -> Router<App> {
    list::routes().merge(route::routes())
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}

/// How far this right reaches: own visits, or those of the team.
pub(crate) fn whose(visitor: &Visitor) -> Whose {
    if visitor.scope > Scope::Own {
        Whose::Team(visitor.id, visitor.team)
    } else {
        Whose::Own(visitor.id)
    }
}
