//! Amounts: what a member owes us and what we owe a member, each once.

mod api;
mod give_back;
mod go_on;
mod notice;
mod page;
mod route;
mod situation;
mod stop;
mod store;
mod waiting;

pub use give_back::give_back;
pub(crate) use give_back::to_give_back;
pub use go_on::go_on;
pub(crate) use notice::{Notices, tell};
pub(crate) use situation::follow as follow_situations;
pub use stop::{Stops, stop};
pub(crate) use store::announce_all;
pub use store::{
    Due, Failed, NewDue, NewPayOut, Priced, Refused, announce, by_id, cancel, due, of_membership,
    outstanding, pay_out,
};
pub use waiting::{again, taken_up, waiting};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}
