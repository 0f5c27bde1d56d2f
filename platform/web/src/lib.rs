//! Everything between a browser and an area: sign-in, rights, the shell around every page, errors
//! as pages, static files. The only crate that turns an error into a page.

// Templates name `web::icon`, here and in every area.
extern crate self as web;

mod api;
mod app;
mod area;
mod assets;
mod back;
mod demo_clock;
mod error;
mod form;
mod guard;
mod live_route;
mod markdown;
pub mod password;
mod permit;
mod sections;
mod serve;
mod session;
mod shell;
mod sign_in;
pub mod totp;
pub mod two_step;
pub mod ui;
mod watch;

pub use api::{Api, ApiError, Json, List, Problem, idempotent};
pub use app::{
    App, Demo, DemoAccount, DemoCaller, MailSettings, RecordingSettings, Settings, SmsSettings,
    SoundSettings, TelephoneSettings,
};
pub use area::{
    Area, DoneFn, DoneFuture, FirstStep, HookFn, HookFuture, LeaveFn, Leaver, Nav,
    OrganisationPanelFn, Panel, PanelFn, PanelFuture, PartFn, PartFuture, PersonalData, Section,
    Side, Slot,
};
pub use assets::{Asset, asset_path};
pub use back::back;
pub use error::{Broken, WebError};
pub use form::{Fields, Form};
pub use guard::Source;
pub use live::Topic;
pub use markdown::markdown;
pub use permit::{
    Administrator, AgreementKeeper, Caller, CampaignManager, FigureReader, FileReader, Permit,
    PrivacyOfficer, Releaser, Replayer, RuleReader, TariffSetter, Treasurer, Unmasker, Visitor,
};
pub use serve::router;
pub use session::{SessionToken, User, end_all, end_others, monogram, new_token, token_hash};
pub use shell::{Page, again, show};
pub use sign_in::guesses;
pub use texts::Texts;
pub use ui::{PresenceShape, icon};
pub use watch::watch;

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration { name: "web-0001-sign-in", sql: include_str!("../migrations/0001-sign-in.sql") },
    db::Migration {
        name: "web-0002-two-step",
        sql: include_str!("../migrations/0002-two-step.sql"),
    },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "web",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};
