//! Users, teams, roles and tokens.

pub mod account;
pub mod token;
pub mod users;

use web::{Area, PersonalData};

pub const MIGRATIONS: &[db::Migration] =
    &[db::Migration { name: "access-0001-users", sql: include_str!("../migrations/0001-users.sql") }];

pub const TEXTS: texts::Source = texts::Source {
    area: "access",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

/// Colleagues are no members: nothing here is about a person of the member base.
const PERSONAL_DATA: &[PersonalData] = &[];

#[must_use]
pub fn area() -> Area {
    Area::new("access", TEXTS)
        .migrations(MIGRATIONS)
        .routes(account::routes())
        .personal_data(PERSONAL_DATA)
}
