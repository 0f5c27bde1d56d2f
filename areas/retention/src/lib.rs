//! Keeping members: the cancellation case, when a notice works, what kept others.

mod advice;
mod argument;
mod article;
pub mod case;
mod catalogue;
mod reason;
pub mod terms;

use kernel::Action;
use web::{Area, Asset, Nav, PersonalData, Section};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "retention-0001-retention",
    sql: include_str!("../migrations/0001-retention.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "retention",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const ASSETS: &[Asset] = &[web::asset!("retention-case.js", "../assets/retention-case.js")];

const PERSONAL_DATA: &[PersonalData] = &[PersonalData {
    table: "cancellation_cases",
    what: "that somebody wanted to leave, why in own words, and what came of it",
    erasure: "words emptied, the rest kept without the person",
}];

#[must_use]
pub fn area() -> Area {
    Area::new("retention", TEXTS)
        .migrations(MIGRATIONS)
        .routes(
            case::routes()
                .merge(terms::routes())
                .merge(article::routes())
                .merge(catalogue::routes()),
        )
        .api(case::api_routes())
        .assets(ASSETS)
        .nav(Nav {
            rank: 17,
            path: "/behoud",
            icon: "heart",
            text: "retention-nav",
            action: Action::WorkCalls,
            part_of: None,
        })
        .section(Section {
            rank: 49,
            path: "/beheer/opzegtermijnen",
            icon: "exit",
            title: "retention-terms",
            says: "retention-terms-says",
            action: Action::ReadRules,
        })
        .section(Section {
            rank: 50,
            path: "/beheer/behoud",
            icon: "heart",
            title: "retention-catalogue",
            says: "retention-catalogue-says",
            action: Action::ReadRules,
        })
        .member_panel(case::member_panel)
        .organisation_panel(case::organisation_panel)
        .on_leave(|tx, leaver| Box::pin(case::leave(tx, leaver)))
        .personal_data(PERSONAL_DATA)
}
