//! The telephone on the screen: a colleague's browser is her telephone, from sign-in on. With a trunk, or in the demo, the desk's
//! calls go over it, and whoever rings us is answered there.

pub mod dialling;
pub mod doctor;
mod exchange;
mod follow;
mod inbound;
mod line;
mod outside;
mod pass;
mod phone;
pub mod queue;
pub mod recording;
mod settings;
mod setup;
mod sound;
mod telephone;

use std::time::Duration;

use kernel::{Action, Feature};
use web::{App, Area, Asset, Nav, PersonalData, Section, Slot};

pub use crate::settings::{WrongSetting, check};
use crate::telephone::Telephone;

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration {
        name: "telephone-0001-queues",
        sql: include_str!("../migrations/0001-queues.sql"),
    },
    db::Migration {
        name: "telephone-0002-dialled",
        sql: include_str!("../migrations/0002-dialled.sql"),
    },
    db::Migration {
        name: "telephone-0003-recordings",
        sql: include_str!("../migrations/0003-recordings.sql"),
    },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "telephone",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const ASSETS: &[Asset] = &[
    web::asset!("telephone-bank.js", "../assets/telephone-bank.js"),
    web::asset!("telephone.js", "../assets/telephone.js"),
    web::asset!("telephone-connection.js", "../assets/telephone-connection.js"),
    web::asset!("telephone-sounds.js", "../assets/telephone-sounds.js"),
    web::asset!("telephone-test.js", "../assets/telephone-test.js"),
];

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        table: "queued_calls",
        what: "calls that came in and waited, with the number",
        erasure: "number emptied, the rest kept without the person",
    },
    PersonalData {
        table: "recordings",
        what: "recorded calls: when, what for, until when; what was said lies sealed outside the database",
        erasure: "key destroyed and every piece taken away; that it was deleted is kept without the person",
    },
];

#[must_use]
pub fn area() -> Area {
    Area::new("telephone", TEXTS)
        .part_of(Feature::CallCentre)
        .migrations(MIGRATIONS)
        .routes(
            sound::routes()
                .merge(phone::routes())
                .merge(queue::routes())
                .merge(setup::routes())
                .merge(recording::call_routes())
                .merge(recording::routes())
                .merge(recording::settings_routes()),
        )
        .api(queue::api_routes().merge(phone::api_routes()))
        .section(Section {
            rank: 46,
            path: "/beheer/wachtrijen",
            icon: "phone",
            title: "telephone-queues",
            says: "telephone-queues-says",
            action: Action::ReadRules,
        })
        .section(Section {
            rank: 47,
            path: "/beheer/telefonie",
            icon: "headset",
            title: "telephone-setup",
            says: "telephone-setup-says",
            action: Action::ReadRules,
        })
        .section(Section {
            rank: 48,
            path: "/beheer/opnemen",
            icon: "mic",
            title: "telephone-record-set",
            says: "telephone-record-set-says",
            action: Action::ReadRules,
        })
        .nav(Nav {
            rank: 90,
            path: "/opnames",
            icon: "mic",
            text: "telephone-records",
            action: Action::ReplayRecordings,
            part_of: Some(Feature::CallCentre),
        })
        .member_panel(recording::of_person)
        .personal_data(PERSONAL_DATA)
        .assets(ASSETS)
        .part(Slot::Phone, phone::part)
        .state(Telephone::default())
        .state(outside::Outside::default())
        .state(setup::Setup::default())
        .state(recording::Keeping::default())
}

/// Turns the telephone on, and keeps it so as long as the program runs.
pub async fn run(app: App) {
    if !app.settings().uses(Feature::CallCentre) {
        return;
    }
    let telephone = app.state::<Telephone>();
    app.state::<calls::line::Lines>().set(line::Desk(Telephone::clone(&telephone)));
    tokio::join!(
        follow::watch(app.clone(), Telephone::clone(&telephone)),
        inbound::go_round(app.clone(), Telephone::clone(&telephone)),
        outside::run(&app, &telephone),
        recording::watch(app.clone()),
        line_up(&app, &telephone)
    );
}

/// A machine that starts may have its network later than its programs.
const TRIES_AGAIN_AFTER: Duration = Duration::from_secs(15);

/// With a trunk the engine begins with the program: whoever calls is not to wait for the first colleague. Without, with the first
/// browser.
async fn line_up(app: &App, telephone: &Telephone) {
    if settings::outward(app).is_none() {
        return;
    }
    let setup = app.state::<setup::Setup>();
    loop {
        while let Err(error) = telephone.engine(app).await {
            tracing::error!(%error, "there is no line, and nobody can call; it is tried again");
            setup.tried(Some(error));
            tokio::time::sleep(TRIES_AGAIN_AFTER).await;
        }
        setup.tried(None);
        telephone.has_ended().await;
    }
}
