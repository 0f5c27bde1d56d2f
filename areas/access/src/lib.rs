//! Users, teams, roles and tokens.

pub mod account;
pub mod presence;
pub mod token;
mod two_step;
pub mod users;

use web::{Area, PersonalData, Slot};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration { name: "access-0001-users", sql: include_str!("../migrations/0001-users.sql") },
    db::Migration {
        name: "access-0002-presence",
        sql: include_str!("../migrations/0002-presence.sql"),
    },
];

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
        .routes(account::routes().merge(presence::routes()).merge(two_step::routes()))
        .api(presence::api_routes())
        .part(Slot::Presence, presence::own)
        .part(Slot::Mates, presence::mates)
        .on_sign_in(presence::signed_in)
        .on_sign_out(presence::signed_out)
        .on_seen(presence::seen)
        .personal_data(PERSONAL_DATA)
}
