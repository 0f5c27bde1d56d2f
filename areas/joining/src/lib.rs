//! Becoming a member: by telephone, on the web and at a visit; confirming it, and thinking better of it.

mod api;
mod broken;
mod desk;
mod known;
mod offer;
mod open;
mod settings;
pub mod sign_up;
mod typed;
mod watch;

pub use broken::{Broken, Refused};
pub use known::{Asked, Known, alike};
pub use typed::{NewSignUp, Typed};
pub use watch::{tick, watch};

use kernel::Action;
use web::{Area, Asset, Nav, PersonalData};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "joining-0001-joining",
    sql: include_str!("../migrations/0001-joining.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "joining",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const ASSETS: &[Asset] = &[web::asset!("joining-form.js", "../assets/joining-form.js")];

const PERSONAL_DATA: &[PersonalData] = &[PersonalData {
    table: "sign_ups",
    what: "when and how somebody became a member, a parent's name, and which texts were shown with which values in them",
    erasure: "kept for the books, seven years, without the person, the parent's name and the values of the texts",
}];

#[must_use]
pub fn area() -> Area {
    Area::new("joining", TEXTS)
        .migrations(MIGRATIONS)
        .routes(desk::routes().merge(open::routes()))
        .api(api::routes())
        .assets(ASSETS)
        .nav(Nav {
            // Behind the day: on a full rail this one is missed least, the desk leads here by itself.
            rank: 31,
            path: "/aanmelden",
            icon: "person-plus",
            text: "joining-nav",
            action: Action::WorkCalls,
            part_of: None,
        })
        .member_panel(desk::member_panel)
        .personal_data(PERSONAL_DATA)
}
