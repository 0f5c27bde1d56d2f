//! Mandates: given by voice, on the web, on paper or at the bank; signed, changed, paused and ended.

mod amend;
mod api;
mod expire;
mod page;
mod panel;
mod route;
mod store;

pub use amend::{amend_confirm, amend_drop, amend_request};
pub(crate) use expire::expire;
pub(crate) use panel::{of_organisation, of_person};
pub use store::{
    Failed, Given, Mandate, Refused, by_id, end, give, held_by, open_of, resume, sign,
};
pub(crate) use store::{end_as, pause};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
