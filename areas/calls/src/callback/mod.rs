//! Promises to call back: made, moved, brought to their owner, never silently gone.

mod api;
mod page;
mod route;
mod store;

pub(crate) use api::routes as api_routes;
pub use store::{Callback, Show, by_id, cancel, list, make, move_to, of_day};
pub(crate) use store::{end_forbidden, hand_over, record_of};

pub use crate::campaign::Purpose;

use axum::Router;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}
