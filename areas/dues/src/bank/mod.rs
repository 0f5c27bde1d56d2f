//! What the bank says: what was booked, and what came back and why.

mod api;
mod apply;
mod parse;
mod read;
mod route;

pub use parse::{Format, Said, WrongFile, parse};
pub use read::{Outcome, ReadFailed, read};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
