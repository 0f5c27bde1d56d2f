//! Runs of collections and of pay-outs: filled, looked at, released by another, downloaded.

mod api;
mod fill;
mod page;
mod release;
mod route;
mod store;

pub use fill::{Left, fill, fill_unfinished, left_out_of};
pub use release::{Failed, release, released, withdraw};
pub use store::{PaymentRun, by_id, latest, make};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
