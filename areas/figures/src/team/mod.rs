//! The team's board: what we did today, who is there, what needs somebody. It praises the team, ranks nobody,
//! and shows nothing that says who a member is.

mod api;
mod page;
mod route;
mod store;

pub use page::Boards;
pub use store::{Board, board};

pub(crate) fn routes() -> axum::Router<web::App> {
    route::routes()
}

pub(crate) fn api_routes() -> utoipa_axum::router::OpenApiRouter<web::App> {
    api::routes()
}
