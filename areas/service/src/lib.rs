//! Serving members: what they ask and wish, what was agreed with them, and who of us knows the answer.

pub mod agreement;
pub mod mention;
mod owned;
mod panel;
mod subject;
pub mod theme;
mod watch;
pub mod wish;
mod words;

pub use owned::{Colleague, colleagues, others, read_owner};
pub use watch::{look, watch};

use kernel::Action;
use web::{Area, DoneFuture, FirstStep, Nav, PersonalData, Section};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration {
        name: "service-0001-service",
        sql: include_str!("../migrations/0001-service.sql"),
    },
    db::Migration {
        name: "service-0002-for-what",
        sql: include_str!("../migrations/0002-for-what.sql"),
    },
    db::Migration {
        name: "service-0003-mentions",
        sql: include_str!("../migrations/0003-mentions.sql"),
    },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "service",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        table: "wishes",
        what: "what somebody asked or wished, and the answer",
        erasure: "words and answer emptied, the rest kept without the person",
    },
    PersonalData {
        table: "agreements",
        what: "what was agreed with somebody",
        erasure: "words emptied, the rest kept without the person",
    },
];

#[must_use]
pub fn area() -> Area {
    Area::new("service", TEXTS)
        .migrations(MIGRATIONS)
        .routes(
            wish::routes()
                .merge(agreement::routes())
                .merge(theme::routes())
                .merge(mention::routes()),
        )
        .api(wish::api_routes().merge(agreement::api_routes()))
        .nav(Nav {
            rank: 37,
            path: "/afspraken",
            icon: "check",
            text: "service-promised",
            action: Action::KeepAgreements,
            part_of: None,
        })
        .nav(Nav {
            rank: 38,
            path: "/wensen",
            icon: "talk",
            text: "service-wishes",
            action: Action::OpenFiles,
            part_of: None,
        })
        .section(Section {
            rank: 47,
            path: "/beheer/themas",
            icon: "text",
            title: "service-themes",
            says: "service-themes-says",
            action: Action::Administer,
        })
        .first_step(FirstStep {
            rank: 40,
            path: "/beheer/themas",
            title: "service-first-themes",
            says: "service-first-themes-says",
            action: Action::Administer,
            is_done: has_theme,
        })
        .member_panel(panel::of_person)
        .organisation_panel(panel::of_organisation)
        .on_leave(|tx, leaver| Box::pin(owned::leave(tx, leaver)))
        .personal_data(PERSONAL_DATA)
}

fn has_theme(tx: &mut db::Tx) -> DoneFuture<'_> {
    Box::pin(async { Ok(!theme::all(tx).await?.is_empty()) })
}
