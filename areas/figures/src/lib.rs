//! Figures: the day and the team from the counters of the one log, key figures by following it, so that desk, summary, export
//! and API agree.

mod behind;
pub mod chart;
pub mod count;
pub mod day;
pub mod figure;
mod named;
pub mod team;

use kernel::{Action, Feature};
use web::{Area, Nav, PersonalData, Slot};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "figures-0001-figures",
    sql: include_str!("../migrations/0001-figures.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "figures",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const PERSONAL_DATA: &[PersonalData] = &[PersonalData {
    table: "figure_members",
    what: "from when to when somebody was a member, in which months there was contact, and the sector: what figures are counted from",
    erasure: "the row is deleted; the sums stay",
}];

#[must_use]
pub fn area() -> Area {
    Area::new("figures", TEXTS)
        .migrations(MIGRATIONS)
        .personal_data(PERSONAL_DATA)
        .routes(day::routes().merge(behind::routes()).merge(team::routes()).merge(figure::routes()))
        .state(team::Boards::default())
        .api(
            day::api_routes()
                .merge(behind::api_routes())
                .merge(team::api_routes())
                .merge(figure::api_routes()),
        )
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
