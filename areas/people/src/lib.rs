//! Persons and organisations: who they are, how to reach them, what they allowed; finding them.

mod address_bar;
pub mod check;
pub mod contact;
pub mod contact_person;
mod field;
pub mod forced;
pub mod organisation;
pub mod permission;
pub mod person;
pub mod representative;
pub mod search;
mod sight;

pub use sight::Sight;

use kernel::Action;
use web::{Area, Nav, PersonalData};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration {
        name: "people-0001-people",
        sql: include_str!("../migrations/0001-people.sql"),
    },
    db::Migration {
        name: "people-0002-organisations",
        sql: include_str!("../migrations/0002-organisations.sql"),
    },
    db::Migration {
        name: "people-0003-forced-files",
        sql: include_str!("../migrations/0003-forced-files.sql"),
    },
    db::Migration {
        name: "people-0004-by-person",
        sql: include_str!("../migrations/0004-by-person.sql"),
    },
    db::Migration {
        name: "people-0005-name-words",
        sql: include_str!("../migrations/0005-name-words.sql"),
    },
    db::Migration { name: "people-0006-lists", sql: include_str!("../migrations/0006-lists.sql") },
    db::Migration { name: "people-0007-proof", sql: include_str!("../migrations/0007-proof.sql") },
    db::Migration {
        name: "people-0008-published",
        sql: include_str!("../migrations/0008-published.sql"),
    },
    db::Migration { name: "people-0009-birth", sql: include_str!("../migrations/0009-birth.sql") },
    db::Migration {
        name: "people-0010-caller-check",
        sql: include_str!("../migrations/0010-caller-check.sql"),
    },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "people",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        table: "people",
        what: "name, birth date, address, e-mail, work",
        erasure: "emptied",
    },
    PersonalData { table: "phones", what: "telephone numbers", erasure: "deleted" },
    PersonalData { table: "name_words", what: "words of the name, for search", erasure: "deleted" },
    PersonalData {
        table: "consents",
        what: "what was allowed, with proof",
        erasure: "kept as proof, without the person",
    },
    PersonalData {
        table: "objections",
        what: "what is not wanted",
        erasure: "kept as a keyed hash of number and address",
    },
    PersonalData { table: "contact_persons", what: "role at an organisation", erasure: "deleted" },
    PersonalData { table: "contacts", what: "requests and other contact", erasure: "deleted" },
    PersonalData {
        table: "forced_files",
        what: "who forced the file open, and why",
        erasure: "kept 24 months as proof",
    },
    PersonalData {
        table: "representatives",
        what: "who may speak for somebody, and what was seen that says so",
        erasure: "deleted",
    },
    PersonalData {
        table: "caller_checks",
        what: "that whoever called was checked; never what was said",
        erasure: "deleted",
    },
];

#[must_use]
pub fn area() -> Area {
    Area::new("people", TEXTS)
        .migrations(MIGRATIONS)
        .routes(
            person::routes()
                .merge(organisation::routes())
                .merge(contact_person::routes())
                .merge(forced::routes())
                .merge(permission::routes())
                .merge(check::routes())
                .merge(representative::routes())
                .merge(search::routes()),
        )
        .api(
            person::api_routes()
                .merge(permission::api_routes())
                .merge(organisation::api_routes())
                .merge(check::api_routes()),
        )
        .nav(Nav {
            rank: 20,
            path: "/leden",
            icon: "people",
            text: "people-nav",
            action: Action::OpenFiles,
            part_of: None,
        })
        // Behind the figures: whoever has more than five places misses this one least.
        .nav(Nav {
            rank: 35,
            path: "/organisaties",
            icon: "building",
            text: "people-organisations-nav",
            action: Action::OpenFiles,
            part_of: None,
        })
        .member_panel(contact_person::panel)
        .member_panel(representative::panel)
        .member_panel(permission::panel)
        .state(search::Vocabulary::default())
        .personal_data(PERSONAL_DATA)
}
