//! One person: add, change, show.

mod addressed;
mod api;
pub mod bulk;
mod list;
mod page;
mod route;
mod store;
mod words;

pub use addressed::{Addressed, addressed, salutation, whom};
pub use api::PersonBody;
pub use page::{formal, why_text};
pub(crate) use store::found_query;
pub use store::{
    Found, Standing, Stored, add, by_external_id, by_id, by_member_number, change, find, hold,
    is_empty, number_is_wrong, page, push_standing, report_death,
};
pub(crate) use words::words;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes().merge(list::routes())
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
