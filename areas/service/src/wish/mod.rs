//! What members ask and wish: registered with an owner, answered, and told back.

mod api;
mod page;
mod route;
mod store;

pub(crate) use page::{state_text, tone};
pub use store::{Failed, Only, Wish, add, by_id, hand_over, list, take};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
