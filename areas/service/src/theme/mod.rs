//! Themes: what members ask about, in the words of the association, and who of us knows about it.

mod page;
mod route;
mod store;

pub(crate) use store::is_there;
pub use store::{Expert, Theme, all, experts, keep, who_knows};

use axum::Router;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}
