//! Under which name, number and account the association collects and pays.

mod page;
mod route;
mod store;

pub use store::{Creditor, NewCreditor, add, all, current};
pub(crate) use store::{by_id, reseal};

use axum::Router;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}
