//! The program as a library, so that its tests run what its users run.

pub mod commands;
pub mod demo;
mod failure;
mod installation;
mod keys;
mod serve;
mod settings;
pub mod telling;
mod tls;

pub use failure::Failure;
pub use installation::{Installation, Place};
pub use serve::{Listen, Server, router, start};
pub use settings::Settings;
pub use tls::{TlsSettings, WrongCertificate};

use web::Area;

/// Everything that the program can do. Lower in the list may write through higher.
#[must_use]
pub fn areas(uploads: std::path::PathBuf) -> Vec<Area> {
    vec![
        access::area(),
        people::area(),
        mail::area(),
        membership::area(),
        dues::area(),
        referral::area(),
        service::area(),
        calls::area(),
        retention::area(),
        joining::area(),
        visits::area(),
        figures::area(),
        steering::area(),
        telephone::area(),
        import::area(uploads),
        admin::area(),
    ]
}

/// The whole schema, in the order in which it is built.
#[must_use]
pub fn migrations(areas: &[Area]) -> Vec<db::Migration> {
    let platform =
        [db::MIGRATIONS, activity::MIGRATIONS, rulebook::MIGRATIONS, wording::MIGRATIONS];
    let mut steps: Vec<db::Migration> = platform.concat();
    let mut areas = areas.iter();
    // Sessions belong to users.
    steps.extend(areas.next().map(|access| access.migrations).unwrap_or_default());
    steps.extend(web::MIGRATIONS);
    steps.extend(areas.flat_map(|area| area.migrations));
    steps
}
