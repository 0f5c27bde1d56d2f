//! Files in and out: what a row means is decided first, written in steps, and can be taken back.

pub mod api;
pub mod export;
pub mod file;
mod page;
mod route;
pub mod run;
mod store;
pub mod synthetic;

pub use route::resume;
pub use run::{Counts, Progress, Run, UndoFailed, dry_run, run, undo};
pub use store::{Import, by_id, list};

use kernel::Action;
use web::{Area, DoneFuture, FirstStep, Nav, PersonalData};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "import-0001-imports",
    sql: include_str!("../migrations/0001-imports.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "import",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const PERSONAL_DATA: &[PersonalData] = &[PersonalData {
    table: "import_rows",
    what: "from which file a person came, and what stood there before",
    erasure: "emptied",
}];

#[must_use]
pub fn area(uploads: std::path::PathBuf) -> Area {
    Area::new("import", TEXTS)
        .migrations(MIGRATIONS)
        .routes(route::routes())
        .api(api::routes())
        .state(Uploads(uploads))
        .state(route::Running::default())
        .nav(Nav {
            rank: 90,
            path: "/import",
            icon: "upload",
            text: "import-nav",
            action: Action::Administer,
            part_of: None,
        })
        .first_step(FirstStep {
            rank: 10,
            path: "/import",
            title: "import-first",
            says: "import-first-says",
            action: Action::Administer,
            is_done: has_people,
        })
        .personal_data(PERSONAL_DATA)
}

fn has_people(tx: &mut db::Tx) -> DoneFuture<'_> {
    Box::pin(async { Ok(!people::person::is_empty(tx).await?) })
}

/// The folder in which uploaded files wait until they are taken in.
pub(crate) struct Uploads(pub std::path::PathBuf);
