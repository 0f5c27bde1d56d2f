//! What an administrator sets, rules, texts and calendar; what the privacy officer sees, the read log and
//! files that were opened by force.

mod calendar;
mod forced;
mod read_log;
mod rules;
mod wordings;

use kernel::Action;
use web::{Area, Section};

pub use rules::title_text;

pub const TEXTS: texts::Source = texts::Source {
    area: "admin",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

#[must_use]
pub fn area() -> Area {
    let section =
        |rank, path, icon, title, says, action| Section { rank, path, icon, title, says, action };
    Area::new("admin", TEXTS)
        .routes(
            rules::routes()
                .merge(calendar::routes())
                .merge(read_log::routes())
                .merge(forced::routes())
                .merge(wordings::routes()),
        )
        .section(section(
            40,
            "/beheer/regels",
            "doc",
            "admin-rules",
            "admin-rules-says",
            Action::ReadRules,
        ))
        .section(section(
            42,
            "/beheer/teksten",
            "text",
            "admin-wordings",
            "admin-wordings-says",
            Action::ReadRules,
        ))
        .section(section(
            50,
            "/beheer/kalender",
            "calendar",
            "admin-calendar",
            "admin-calendar-says",
            Action::ReadRules,
        ))
        .section(section(
            60,
            "/beheer/leeslog",
            "eye",
            "admin-reads",
            "admin-reads-says",
            Action::GuardPrivacy,
        ))
        .section(section(
            70,
            "/beheer/noodtoegang",
            "lock",
            "admin-forced",
            "admin-forced-says",
            Action::GuardPrivacy,
        ))
}
