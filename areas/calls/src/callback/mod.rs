//! Promises to call back: made, moved, brought to their owner, never silently gone.

mod api;
mod ladder;
mod page;
mod route;
mod store;
mod told;
mod warn;

pub(crate) use api::routes as api_routes;
pub use ladder::{look, watch};
pub use store::near;
pub use store::{
    Callback, CancelWhy, NoPromise, Only, Show, at_risk, by_id, cancel, give, list, make, move_to,
    of_day, promise,
};
pub(crate) use store::{end_forbidden, hand_over, look_again, record_of};

pub use crate::campaign::Purpose;
pub use calls_rules::callback::Plan;

use axum::Router;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}
