//! A browser's sound: its connection, and the page that tests it.

mod page;
mod route;

pub(crate) use route::{OFFER_MAX, routes, works_calls};
