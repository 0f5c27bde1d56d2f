//! Messages to members: mail, text messages and letters, and the links in them.
//!
//! A message is written in the step that it tells of ([`send`]); a program that runs sends it a moment later ([`deliver`]).
//! What it says comes from `wording`.

mod compose;
mod deliver;
pub mod link;
mod outbox;
pub mod outside;
mod pages;
mod reason;
mod retry;
mod send;
#[cfg(feature = "test")]
pub mod test;

pub use deliver::{Done, deliver, tick, wipe};
pub use outbox::{Message, State, of_person, stop};
pub use outside::{Outside, WrongSetting};
pub use reason::Reason;
pub use send::{Channel, Failed, Outgoing, Purpose, To, send};

use web::{Area, PersonalData};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "mail-0001-outbox",
    sql: include_str!("../migrations/0001-outbox.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "mail",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        table: "outbox",
        what: "messages to a person: where they went and what they said",
        erasure: "address and words are wiped, as after the days of the rule mail.keep_days",
    },
    PersonalData {
        table: "links",
        what: "links that were sent to a person",
        erasure: "deleted: no link opens any more",
    },
];

#[must_use]
pub fn area() -> Area {
    pages::area(Area::new("mail", TEXTS).migrations(MIGRATIONS).personal_data(PERSONAL_DATA))
}
