//! Pages without an account: what a link opens, the form on the website, and a member's own page.

mod frame;
mod join;
mod link;
mod mine;

use axum::Router;
use axum::routing::get;
use web::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/l/{token}", get(link::show).post(link::act))
        .route("/word-lid", get(join::show).post(join::send))
        .route("/mijn", get(mine::ask).post(mine::send))
}
