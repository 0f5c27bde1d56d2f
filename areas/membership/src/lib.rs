//! Memberships, from when to when, at which tariff; the state pension.

mod api;
mod panel;
pub mod pension;
mod route;
pub mod situation;
mod store;
pub mod tariff;

pub use store::{
    Holder, Membership, Refused, Written, begin, bulk_insert, by_id, current, delete,
    delete_of_organisation, delete_of_person, end, go_on, member_of, of_person, put,
    put_organisation, restore, void,
};

use kernel::Action;
use web::{Area, PersonalData, Section};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration {
        name: "membership-0001-memberships",
        sql: include_str!("../migrations/0001-memberships.sql"),
    },
    db::Migration {
        name: "membership-0002-kinds",
        sql: include_str!("../migrations/0002-kinds.sql"),
    },
    db::Migration {
        name: "membership-0003-pension",
        sql: include_str!("../migrations/0003-pension.sql"),
    },
    db::Migration {
        name: "membership-0004-tariff",
        sql: include_str!("../migrations/0004-tariff.sql"),
    },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "membership",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        table: "memberships",
        what: "from when to when somebody was a member, and the tariff class",
        erasure: "kept for the books, seven years, without the person",
    },
    PersonalData {
        table: "situations",
        what: "what somebody told about study, work and income, because the contribution hangs on it",
        erasure: "deleted",
    },
];

#[must_use]
pub fn area() -> Area {
    Area::new("membership", TEXTS)
        .migrations(MIGRATIONS)
        .routes(
            route::routes()
                .merge(pension::routes())
                .merge(tariff::routes())
                .merge(situation::routes()),
        )
        .api(api::routes().merge(pension::api_routes()).merge(tariff::api_routes()))
        .section(Section {
            rank: 48,
            path: "/beheer/tarieven",
            icon: "card",
            title: "membership-tariffs",
            says: "membership-tariffs-says",
            action: Action::SetTariffs,
        })
        .section(Section {
            rank: 47,
            path: "/beheer/aow",
            icon: "calendar",
            title: "membership-pension-ages",
            says: "membership-pension-ages-says",
            action: Action::ReadRules,
        })
        .member_panel(panel::head)
        .member_panel(panel::beside)
        .organisation_panel(panel::organisation)
        .personal_data(PERSONAL_DATA)
}
