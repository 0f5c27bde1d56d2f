//! Why somebody was called, or not: each list and each call with what decided it, in plain words.

mod page;
mod route;
mod store;

pub(crate) use page::panel;

pub(crate) fn routes() -> axum::Router<web::App> {
    route::routes()
}
