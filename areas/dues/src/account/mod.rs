//! Account numbers: sealed as they come in, found by a keyed hash, shown whole only to whom may and with a line in the log.

mod rotate;
mod route;
mod store;

pub use rotate::{keys_in_use, reseal};
pub use store::{Holder, find, masked};
pub(crate) use store::{holder_of, keep, last_of, open};

use axum::Router;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}
