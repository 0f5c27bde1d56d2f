//! A line to a colleague, and a raised hand.

mod route;
mod store;

pub use store::{Message, help, send, unread};

pub(crate) fn routes() -> axum::Router<web::App> {
    route::routes()
}
