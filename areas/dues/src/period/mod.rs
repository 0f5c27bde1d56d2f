//! The contribution of a month: what every membership owes for the periods that begin on a day, written down by one press.

mod api;
mod fill;
mod page;
mod route;
mod store;

pub use fill::{fill, fill_unfinished};
pub use store::{DuePeriod, by_id, latest, make};

pub(crate) use store::offered;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
