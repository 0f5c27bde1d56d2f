//! The demo associations: the named people of the two stories, one calendar, one set of figures. The demo, the
//! told story, the tests and the screenshots all read from here, so that every number agrees with every
//! other. Nobody in it exists.

mod colleagues;
mod day;
mod files;
pub mod keeping;
mod shops;
mod steering;
pub mod tariff;

pub use colleagues::Colleague;
pub use day::{CALLS, Call, FIGURES, Figures, PRESENCE, Promise, Who};
pub use files::{ContactPerson, File, on_day};
pub use shops::{Place, Shops, shops};
pub use steering::{AIMS, Aim, OTHERS, SERIES, TOLD};

use jiff::civil::{Date, DateTime};
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
    /// Members and prospects of those files who ring when asked to, with their numbers in E.164.
    pub callers: &'static [(&'static str, &'static str)],
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
    callers: &[("Willem van Vliet", "+31575123456"), ("Sevda Arslan", "+31612345678")],
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
    callers: &[],
};

/// A visit of before the story began.
#[derive(Clone, Copy, Debug)]
pub struct Visited {
    /// External key of the place.
    pub place: &'static str,
    pub on: Date,
    /// The login of who was there.
    pub visitor: &'static str,
    /// External keys of whom was spoken to.
    pub spoke: &'static [&'static str],
    pub lives: &'static str,
}

const fn visited(
    place: &'static str,
    on: Date,
    spoke: &'static [&'static str],
    lives: &'static str,
) -> Visited {
    Visited { place, on, visitor: "joris", spoke, lives }
}

/// What was brought home before, at the shops of the story.
pub const VISITED: &[Visited] = &[
    visited(
        "T-2",
        Date::constant(2026, 6, 9),
        &["C-1"],
        "Opening Gouda besproken. Tevreden over de cao-helpdesk.",
    ),
    visited(
        "T-3",
        Date::constant(2026, 6, 9),
        &["C-3"],
        "Zoekt een tweede bedrijfsleider voor de zomer.",
    ),
    visited(
        "T-11",
        Date::constant(2024, 9, 3),
        &["C-11"],
        "Wil de zaak over vijf jaar overdragen aan zijn dochter.",
    ),
    visited("T-12", Date::constant(2025, 3, 18), &["C-12"], "Energie is het grootste zorgpunt."),
    visited(
        "T-13",
        Date::constant(2025, 1, 21),
        &["C-13"],
        "Net begonnen met de formule, veel vragen over de kassa.",
    ),
    visited(
        "T-14",
        Date::constant(2024, 10, 8),
        &["C-14"],
        "Tevreden. Mist contact met collega's in de kaas.",
    ),
    visited(
        "T-15",
        Date::constant(2024, 11, 12),
        &["C-15"],
        "Twijfelt over de franchiseovereenkomst.",
    ),
];

/// Where the shops of the story are, in millionths of a degree.
pub const PLACES: &[(&str, i64, i64)] = &[
    ("T-1", 52_085_900, 4_883_100),
    ("T-2", 52_085_900, 4_883_100),
    ("T-3", 52_082_500, 4_748_900),
    ("T-4", 52_128_400, 4_657_900),
    ("T-5", 52_011_500, 4_711_000),
    ("T-10", 52_012_000, 4_708_800),
    ("T-11", 52_087_000, 4_879_000),
    ("T-12", 52_149_900, 4_777_300),
    ("T-13", 52_059_700, 4_495_100),
    ("T-14", 52_010_900, 4_712_200),
    ("T-15", 52_150_400, 4_776_000),
    ("T-16", 52_162_200, 4_487_800),
    ("T-17", 52_131_000, 4_650_100),
];

/// The formula that the story's shops belong to, and which of them come under it, by external key.
pub const FORMULA: (&str, &[&str]) = ("Buurtmarkt Nederland", &["T-1", "T-15"]);

/// When both stories begin, on the clock in Amsterdam: a Tuesday, ten minutes before the lines open.
pub const BEGINS: DateTime = DateTime::constant(2026, 11, 24, 8, 20, 0, 0);
