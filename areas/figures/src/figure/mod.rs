//! One key figure: what it is, how it went, what stands behind it.

mod api;
mod page;
mod route;
mod rows;
mod store;

pub use page::{a_year_ago, figure_name, formula_text, january, written, written_number};
pub use store::{Along, Line, Month1, along, line, may_see, names, survival, universe_of};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
