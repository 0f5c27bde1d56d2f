//! Contact that did not come through the desk, and the timeline in which all contact comes together.

mod store;
mod timeline;
mod words;

pub use store::{Contact, Kind, NewContact, add, delete, latest, of_person};
pub use timeline::{Moment, What, timeline};
pub use words::{icon, when, words};
