//! What a person allowed and what a person does not want, per purpose and channel, with proof.

mod api;
mod page;
mod panel;
mod route;
mod store;

pub(crate) use panel::panel;
pub use store::{
    Basis, Channel, Consent, NewConsent, NewObjection, Objection, Purpose, add_consent, consents,
    object, objections, used, withdraw_consent, withdraw_objection,
};

pub(crate) fn api_routes() -> utoipa_axum::router::OpenApiRouter<web::App> {
    api::routes()
}

pub(crate) fn routes() -> axum::Router<web::App> {
    route::routes()
}
