//! The telephone on the screen. So far: a colleague's browser connects, hears itself on the echo line, and calls a colleague's.

mod browsers;
mod exchange;
mod outside;
mod page;
pub mod queue;
mod route;

pub use outside::outside;

use kernel::{Action, Feature};
use web::{Area, Asset, PersonalData, Section};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "telephone-0001-queues",
    sql: include_str!("../migrations/0001-queues.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "telephone",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const ASSETS: &[Asset] = &[
    Asset {
        name: "telephone-connection.js",
        bytes: include_bytes!("../assets/telephone-connection.js"),
    },
    Asset { name: "telephone-test.js", bytes: include_bytes!("../assets/telephone-test.js") },
];

const PERSONAL_DATA: &[PersonalData] = &[PersonalData {
    table: "queued_calls",
    what: "calls that came in and waited, with the number",
    erasure: "number emptied, the rest kept without the person",
}];

#[must_use]
pub fn area() -> Area {
    Area::new("telephone", TEXTS)
        .part_of(Feature::CallCentre)
        .migrations(MIGRATIONS)
        .routes(route::routes().merge(queue::routes()))
        .api(queue::api_routes())
        .section(Section {
            rank: 46,
            path: "/beheer/wachtrijen",
            icon: "phone",
            title: "telephone-queues",
            says: "telephone-queues-says",
            action: Action::ReadRules,
        })
        .personal_data(PERSONAL_DATA)
        .assets(ASSETS)
        .state(browsers::Browsers::default())
        .state(outside::Outside::default())
}
