//! The demo associations: the named people of the two stories, one calendar, one set of figures. The demo, the
//! told story, the tests and the screenshots all read from here, so that every number agrees with every
//! other. Nobody in it exists.

mod colleagues;
mod day;
mod files;
mod shops;

pub use colleagues::Colleague;
pub use day::{CALLS, Call, FIGURES, Figures, PRESENCE, Promise, Who};
pub use files::{ContactPerson, File, on_day};
pub use shops::{Shops, shops};

use jiff::civil::DateTime;
use kernel::AssociationKind;

/// An invented association.
#[derive(Clone, Copy, Debug)]
pub struct Association {
    /// As everybody sees it.
    pub name: &'static str,
    pub kind: AssociationKind,
    /// Of its mail addresses.
    pub domain: &'static str,
    /// The team that most colleagues are in.
    pub team: &'static str,
    pub colleagues: &'static [Colleague],
    /// Taken in, in this order.
    pub files: &'static [File],
    pub contact_persons: &'static [ContactPerson],
    pub themes: &'static [Theme],
}

/// What members ask about, with the logins of who knows about it.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    pub nl: &'static str,
    pub en: &'static str,
    pub experts: &'static [&'static str],
}

const fn theme(nl: &'static str, en: &'static str, experts: &'static [&'static str]) -> Theme {
    Theme { nl, en, experts }
}

const UNION_THEMES: &[Theme] = &[
    theme("Werkdruk", "Work pressure", &["marit"]),
    theme("Pensioen", "Pension", &["bernd"]),
    theme("Contract en loon", "Contract and pay", &["sabine"]),
    theme("Reorganisatie", "Reorganisation", &["ingrid"]),
    theme("Lidmaatschap", "Membership", &["noor", "semi"]),
];

const TRADE_THEMES: &[Theme] = &[
    theme("Franchise", "Franchise", &["rianne"]),
    theme("Personeel", "Staff", &["rianne", "mees"]),
    theme("Kassa en IT", "Tills and IT", &["mees"]),
    theme("Energie", "Energy", &["kees"]),
    theme("Diefstal", "Theft", &["fatima"]),
    theme("Opvolging", "Succession", &["joris"]),
];

pub const UNION: Association = Association {
    name: "Werkbond (demo)",
    kind: AssociationKind::Union,
    domain: "werkbond.example",
    team: "Werving & Behoud",
    colleagues: colleagues::UNION,
    files: files::UNION,
    contact_persons: files::UNION_CONTACT_PERSONS,
    themes: UNION_THEMES,
};

pub const TRADE: Association = Association {
    name: "De Toonbank (demo)",
    kind: AssociationKind::Trade,
    domain: "toonbank.example",
    team: "Ledenservice",
    colleagues: colleagues::TRADE,
    files: files::TRADE,
    contact_persons: files::TRADE_CONTACT_PERSONS,
    themes: TRADE_THEMES,
};

/// The formula that the story's shops belong to, and which of them come under it, by external key.
pub const FORMULA: (&str, &[&str]) = ("Buurtmarkt Nederland", &["T-1", "T-15"]);

/// When both stories begin, on the clock in Amsterdam: a Tuesday, ten minutes before the lines open.
pub const BEGINS: DateTime = DateTime::constant(2026, 11, 24, 8, 20, 0, 0);
