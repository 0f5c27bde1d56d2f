//! Figures: only reads, from the counters of the one log, so that desk, summary, export and API agree.

pub mod chart;
pub mod count;
pub mod day;
pub mod figure;
pub mod team;

use kernel::{Action, Feature};
use web::{Area, Nav, Slot};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "figures-0001-figures",
    sql: include_str!("../migrations/0001-figures.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "figures",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

#[must_use]
pub fn area() -> Area {
    Area::new("figures", TEXTS)
        .migrations(MIGRATIONS)
        .routes(day::routes().merge(team::routes()).merge(figure::routes()))
        .state(team::Boards::default())
        .api(day::api_routes().merge(team::api_routes()).merge(figure::api_routes()))
        .part(Slot::Day, day::part)
        .nav(Nav {
            rank: 25,
            path: "/team",
            icon: "board",
            text: "figures-nav-team",
            action: Action::WorkCalls,
            part_of: Some(Feature::CallCentre),
        })
        .nav(Nav {
            rank: 30,
            path: "/mijn-dag",
            icon: "sun",
            text: "figures-nav-day",
            action: Action::WorkCalls,
            part_of: Some(Feature::CallCentre),
        })
}
