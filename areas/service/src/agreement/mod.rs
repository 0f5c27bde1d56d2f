//! Agreements: who does what, by which day; and the one list of what was promised and is not done.

mod api;
mod page;
mod route;
mod store;

pub use store::{Agreement, Change, Failed, Only, Whose, add, by_id, change, is_for, list};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
