//! What a person allowed and what a person does not want, per purpose and channel, with proof.

mod panel;
mod store;

pub(crate) use panel::panel;
pub use store::{
    Basis, Channel, Consent, NewConsent, Objection, Purpose, add_consent, consents, object,
    objections, withdraw_consent, withdraw_objection,
};
