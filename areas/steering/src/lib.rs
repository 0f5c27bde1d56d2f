//! Steering by numbers: targets, meetings about them, the board of key figures, results for the whole team, the exchange
//! with other associations, and how people like their work.

mod board;
pub mod exchange;
mod proposer;
mod pulse;
mod results;
mod session;
pub mod target;

use kernel::Action;
use web::{Area, Nav};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "steering-0001-steering",
    sql: include_str!("../migrations/0001-steering.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "steering",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

#[must_use]
pub fn area() -> Area {
    Area::new("steering", TEXTS)
        .migrations(MIGRATIONS)
        .routes(
            board::routes()
                .merge(target::routes())
                .merge(session::routes())
                .merge(results::routes())
                .merge(exchange::routes())
                .merge(pulse::routes()),
        )
        .api(target::api_routes())
        .nav(Nav {
            rank: 16,
            path: "/cijfers",
            icon: "chart",
            text: "steering-nav",
            action: Action::SeeFigures,
            part_of: None,
        })
}
