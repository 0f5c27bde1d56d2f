//! What we write to members and ask them to agree to: data in versions, in both languages, with a source, that an
//! administrator changes. The words of the program itself are in `texts`.
//!
//! ```ignore
//! let wording = wording::on(tx, "mail.signup.confirm", person.language, today).await?;
//! let filled = wording::fill(&wording, &[("aanhef", salutation), ("link", address)])?;
//! ```

mod fill;
mod markup;
mod shipped;
mod store;

pub use fill::{Filled, Unfilled, fill, with_examples};
pub use markup::{BODY_MAX, TITLE_MAX, Wrong, check};
pub use shipped::{About, Kind, Placeholder, about, all, seed};
pub use store::{Address, Lost, NewWording, Wording, change, history, on, version};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "wording-0001-wordings",
    sql: include_str!("../migrations/0001-wordings.sql"),
}];
