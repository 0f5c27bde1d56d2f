//! Targets: a number that hangs on the result, in versions, agreed by those who must reach it.

mod api;
mod page;
mod route;
mod store;

pub(crate) use page::name;
pub use page::{Read, Shown, shown};
pub(crate) use route::{held, make_agreement, may_propose, sees};
pub use store::{
    Answered, Failed, Person, Target, Version, all, answer, by_id, change, outlook_of, propose,
    withdraw,
};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
