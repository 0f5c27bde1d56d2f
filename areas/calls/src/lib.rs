//! The phone desk: campaigns, who is offered to whom, the call, its outcome, the promise to call back.

pub mod arrears;
pub mod attempt;
pub mod callback;
pub mod campaign;
mod choice;
pub mod claim;
pub mod desk;
mod explain;
mod guide;
pub mod line;
pub mod note;
pub mod outcome;
pub mod request;
mod settings;

pub use settings::{GateRules, gate_rules, lease, outcome_settings};

use kernel::{Action, Feature};
use web::{Area, Asset, HookFuture, Leaver, Nav, PersonalData, Section};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration { name: "calls-0001-calls", sql: include_str!("../migrations/0001-calls.sql") },
    db::Migration { name: "calls-0002-next", sql: include_str!("../migrations/0002-next.sql") },
    db::Migration { name: "calls-0003-gate", sql: include_str!("../migrations/0003-gate.sql") },
    db::Migration { name: "calls-0004-ladder", sql: include_str!("../migrations/0004-ladder.sql") },
    db::Migration {
        name: "calls-0005-campaign-settings",
        sql: include_str!("../migrations/0005-campaign-settings.sql"),
    },
    db::Migration {
        name: "calls-0006-corrections",
        sql: include_str!("../migrations/0006-corrections.sql"),
    },
    db::Migration {
        name: "calls-0007-one-correction",
        sql: include_str!("../migrations/0007-one-correction.sql"),
    },
    db::Migration {
        name: "calls-0008-outcome-choices",
        sql: include_str!("../migrations/0008-outcome-choices.sql"),
    },
    db::Migration { name: "calls-0009-guides", sql: include_str!("../migrations/0009-guides.sql") },
    db::Migration { name: "calls-0010-filled", sql: include_str!("../migrations/0010-filled.sql") },
    db::Migration { name: "calls-0011-held", sql: include_str!("../migrations/0011-held.sql") },
    db::Migration {
        name: "calls-0012-arrears",
        sql: include_str!("../migrations/0012-arrears.sql"),
    },
    db::Migration { name: "calls-0013-line", sql: include_str!("../migrations/0013-line.sql") },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "calls",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const ASSETS: &[Asset] = &[
    web::asset!("call-note.js", "../assets/call-note.js"),
    web::asset!("call-lease.js", "../assets/call-lease.js"),
    web::asset!("call-guide.js", "../assets/call-guide.js"),
    web::asset!("call-outcome.js", "../assets/call-outcome.js"),
    web::asset!("campaign-who.js", "../assets/campaign-who.js"),
];

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData { table: "call_requests", what: "calls that were asked for", erasure: "deleted" },
    PersonalData {
        table: "call_records",
        what: "in which campaigns somebody was",
        erasure: "kept without the person",
    },
    PersonalData {
        table: "callbacks",
        what: "promises, with the person's words",
        erasure: "words emptied, the rest kept without the person",
    },
    PersonalData {
        table: "claims",
        what: "on whose desk somebody was",
        erasure: "kept without the person",
    },
    PersonalData {
        table: "attempts",
        what: "calls, with number and ground",
        erasure: "number emptied, the rest kept without the person",
    },
    PersonalData {
        table: "guide_answers",
        what: "what somebody answered to the questions of a guide",
        erasure: "deleted",
    },
    PersonalData { table: "notes", what: "what an agent wrote down", erasure: "deleted" },
];

#[must_use]
pub fn area() -> Area {
    Area::new("calls", TEXTS)
        .part_of(Feature::CallCentre)
        .migrations(MIGRATIONS)
        .routes(
            desk::routes()
                .merge(campaign::routes())
                .merge(callback::routes())
                .merge(explain::routes())
                .merge(choice::routes())
                .merge(guide::routes()),
        )
        .member_panel(explain::panel)
        .api(
            desk::api_routes()
                .merge(outcome::api_routes())
                .merge(callback::api_routes())
                .merge(campaign::api_routes())
                .merge(choice::api_routes()),
        )
        .assets(ASSETS)
        .nav(Nav {
            rank: 10,
            path: "/werkplek",
            icon: "headset",
            text: "calls-nav-desk",
            action: Action::WorkCalls,
            part_of: None,
        })
        .nav(Nav {
            rank: 15,
            path: "/campagnes",
            icon: "flag",
            text: "calls-nav-campaigns",
            action: Action::ManageCampaigns,
            part_of: None,
        })
        .section(Section {
            rank: 45,
            path: "/beheer/uitkomsten",
            icon: "flag",
            title: "calls-choices",
            says: "calls-choices-says",
            action: Action::ReadRules,
        })
        .state(line::Lines::default())
        .on_leave(leave)
        .personal_data(PERSONAL_DATA)
}

/// Somebody's account ends: whom she has on the desk goes back to the list, her people belong to nobody in
/// particular, and her promises become the team's. None of them dies.
fn leave(tx: &mut db::Tx, leaver: Leaver) -> HookFuture<'_> {
    Box::pin(async move {
        claim::let_go(tx, leaver.user).await?;
        let free = "update call_records set owner_id = null where owner_id = $1";
        tx.execute(free, db::args![leaver.user]).await?;
        callback::hand_over(tx, leaver.user, leaver.heir).await
    })
}

/// Somebody told us that a person died: no list offers this person from now on, and no promise is kept any more.
pub async fn report_death(tx: &mut db::Tx, person: kernel::PersonId) -> Result<(), db::Error> {
    people::person::report_death(tx, person).await?;
    callback::end_forbidden(tx, Some(person)).await.map(drop)
}

/// Takes a person out of every list in which nobody called this person yet: the undo of an import.
pub async fn forget_untouched(tx: &mut db::Tx, person: kernel::PersonId) -> Result<(), db::Error> {
    for sql in [
        "delete from call_requests where person_id = $1",
        "delete from call_records where person_id = $1 and tries = 0 and state in ('waiting', 'resting', 'blocked')",
    ] {
        tx.execute(sql, db::args![person]).await?;
    }
    Ok(())
}
