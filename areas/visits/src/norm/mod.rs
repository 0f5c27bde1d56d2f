//! The contact norm: how often each class of members is visited.

mod page;
mod route;
mod store;

pub use store::{NewNorm, StoredNorm, keep, valid_on, versions};

use axum::Router;
use texts::Texts;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

/// In the language of the reader.
pub(crate) fn name(t: &Texts, norm: &StoredNorm) -> String {
    let english = t.language().code() == "en" && !norm.name_en.is_empty();
    if english { norm.name_en.clone() } else { norm.name_nl.clone() }
}
