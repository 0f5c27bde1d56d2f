//! Who is doing what: what a colleague chose, and what the calls show.

mod absence;
mod api;
mod connection;
mod part;
mod route;
mod store;

pub use absence::sign_off_absent;
pub(crate) use api::routes as api_routes;
pub use connection::lose;
pub use part::{intent_text, shape_of, status_of};
pub(crate) use part::{mates, own};
pub(crate) use route::routes;
pub use store::{
    Mate, Now, Seen, choose, desk_cleared, everybody, mates_of, now, seconds_of_day, seen,
    sign_off, stretches_of_day, takes_records, watched,
};
pub(crate) use store::{is_busy, leaves, signed_in, signed_out};
