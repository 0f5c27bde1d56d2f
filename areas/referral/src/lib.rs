//! Members recruit members: a code to pass on, who joined with it, and the premium that it earns.
//!
//! Of whoever gets a code nothing is known until that person signs up, and nobody is ever called because of it (R2).

mod api;
mod board;
mod broken;
mod code;
mod decide;
mod give;
mod join;
mod line;
mod member;
mod named;
mod panel;
mod pay;
mod premiums;
mod remind;
mod settings;
mod team;
mod words;

pub use broken::Broken;
pub use code::{Referrer, by_code, of_person as code_of};
pub use decide::{look, taken_back, watch};
pub use give::{Handing, Refused, give, link};
pub use join::{NotJoined, join};
pub use line::{Line, of_member, referrer_of};
pub use pay::{Handed, Owed, owed, pay};
pub use remind::remind;

use kernel::Action;
use web::{Area, Asset, Nav, PersonalData};

pub const MIGRATIONS: &[db::Migration] = &[db::Migration {
    name: "referral-0001-referral",
    sql: include_str!("../migrations/0001-referral.sql"),
}];

pub const TEXTS: texts::Source = texts::Source {
    area: "referral",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const ASSETS: &[Asset] = &[web::asset!("referral-number.js", "../assets/referral-number.js")];

const PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        table: "referral_codes",
        what: "the code that a member passes on",
        erasure: "deleted: nobody joins with it any more",
    },
    PersonalData {
        table: "referral_invitations",
        what: "how many invitations a member got to pass on",
        erasure: "kept without the person, for the counts",
    },
    PersonalData {
        table: "referrals",
        what: "who joined with whose code, and the premium",
        erasure: "kept for the books, seven years, without the persons",
    },
    PersonalData {
        table: "referral_lines",
        what: "premiums that a member has to come",
        erasure: "kept for the books, seven years, without the person",
    },
    PersonalData {
        table: "referral_payments",
        what: "premiums that a member was paid",
        erasure: "kept for the books, seven years, without the person",
    },
    PersonalData {
        table: "referral_board",
        what: "that a member is on the board and earns no premiums",
        erasure: "deleted",
    },
    PersonalData {
        table: "referral_reminders",
        what: "that a member said not now, and on which day we ask again",
        erasure: "deleted",
    },
];

#[must_use]
pub fn area() -> Area {
    Area::new("referral", TEXTS)
        .migrations(MIGRATIONS)
        .routes(member::routes().merge(team::routes()).merge(premiums::routes()))
        .api(api::routes())
        .assets(ASSETS)
        .nav(Nav {
            rank: 36,
            path: "/werving",
            icon: "gift",
            text: "referral-nav",
            action: Action::WorkCalls,
            part_of: None,
        })
        .nav(Nav {
            rank: 43,
            path: "/werving/premies",
            icon: "gift",
            text: "referral-premiums",
            action: Action::ManageDues,
            part_of: None,
        })
        .member_panel(panel::of_person)
        .on_leave(|tx, leaver| Box::pin(remind::leave(tx, leaver)))
        .personal_data(PERSONAL_DATA)
}
