//! What an administrator sees of the messages, what stands in a person's file, and what the demo shows of each.

mod captured;
mod letters;
mod overview;
mod panel;
mod words;

use kernel::Action;
use web::{Area, Section};

pub(crate) fn area(area: Area) -> Area {
    area.routes(overview::routes().merge(captured::routes()).merge(letters::routes()))
        .section(Section {
            rank: 43,
            path: "/beheer/post",
            icon: "mail",
            title: "mail-overview",
            says: "mail-overview-says",
            action: Action::Administer,
        })
        .member_panel(panel::of_person)
}
