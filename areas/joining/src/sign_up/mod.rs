//! A sign-up: begun, confirmed, withdrawn or lapsed (docs/states-membership.md §2).

mod commit;
mod confirm;
mod message;
mod number;
mod store;
mod texts_shown;
mod undo;

pub(crate) use commit::own_call;
pub use commit::{Done, commit};
pub use confirm::{By, confirm};
pub(crate) use message::{Facts, filled, language, remind, send_member_link, values, values_of};
pub(crate) use store::{Listed, awaited, lapsed, page, reminded, to_remind};
pub use store::{SignUp, by_id, of_person};
pub use texts_shown::shown;
pub(crate) use undo::lapse;
pub use undo::withdraw;
