//! Colleagues travel to members: who is due by the contact norm, the plan of the week, the visit and its report.

mod away;
pub mod due;
pub mod norm;
pub mod visit;
mod week;

use kernel::{Action, Feature};
use web::{Area, Asset, Nav, PersonalData, Section};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration {
        name: "visits-0001-visits",
        sql: include_str!("../migrations/0001-visits.sql"),
    },
    db::Migration { name: "visits-0002-away", sql: include_str!("../migrations/0002-away.sql") },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "visits",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const ASSETS: &[Asset] = &[
    web::asset!("away.js", "../assets/away.js"),
    web::asset!("away-vault.js", "../assets/away-vault.js"),
    web::asset!("away-form.js", "../assets/away-form.js"),
    web::asset!("away-office.js", "../assets/away-office.js"),
    web::asset!("visit-here.js", "../assets/visit-here.js"),
];

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        table: "visit_people",
        what: "on which visits somebody was spoken to",
        erasure: "deleted",
    },
    PersonalData {
        table: "visit_fields",
        what: "who was spoken to, and what colleagues wrote down at a member's",
        erasure: "the person's id taken out; words about the person emptied by whoever carries the request out",
    },
    PersonalData {
        table: "visit_conflicts",
        what: "the same, as another colleague wrote it",
        erasure: "as with visit_fields",
    },
];

#[must_use]
pub fn area() -> Area {
    Area::new("visits", TEXTS)
        .part_of(Feature::Visits)
        .migrations(MIGRATIONS)
        .routes(visit::routes().merge(norm::routes()).merge(away::routes()))
        .assets(ASSETS)
        .api(visit::api_routes())
        .nav(Nav {
            rank: 12,
            path: "/bezoeken",
            icon: "car",
            text: "visits-nav",
            action: Action::VisitMembers,
            part_of: None,
        })
        .section(Section {
            rank: 46,
            path: "/beheer/contactnorm",
            icon: "calendar",
            title: "visits-norms",
            says: "visits-norms-says",
            action: Action::ReadRules,
        })
        .organisation_panel(visit::panel)
        .on_leave(|tx, leaver| Box::pin(visit::leave(tx, leaver)))
        .on_leave(|tx, leaver| Box::pin(away::leave(tx, leaver)))
        .personal_data(PERSONAL_DATA)
}
