//! The demo association: the named people of the story, one calendar, one set of figures. The demo, the
//! told story, the tests and the screenshots all read from here, so that every number agrees with every
//! other. Nobody in it exists.

mod colleagues;
mod day;
mod files;

pub use colleagues::{COLLEAGUES, Colleague, TEAM};
pub use day::{CALLS, Call, FIGURES, Figures, PRESENCE, Promise, Who};
pub use files::{CONTACT_PERSONS, ContactPerson, FILES, File, on_day};

use jiff::civil::DateTime;

/// What the demo union is called.
pub const UNION: &str = "Werkbond (demo)";

/// When the story begins, on the clock in Amsterdam: a Tuesday, ten minutes before the lines open.
pub const BEGINS: DateTime = DateTime::constant(2026, 11, 24, 8, 20, 0, 0);
