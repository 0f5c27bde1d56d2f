//! Organisations: concerns, companies, branches and formulas, as a tree.

mod api;
mod list;
mod page;
mod put;
mod route;
mod store;

pub(crate) use page::why_text;
pub use put::{Given, Written, delete, put, restore};
pub(crate) use store::suggest;
pub use store::{Listed, Stored, add, by_external_id, by_id, change, hold, place_under};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes().merge(list::routes())
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
