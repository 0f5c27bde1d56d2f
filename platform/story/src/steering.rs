//! What the trade association steers by when its story begins: targets, who acts on what lags, meetings, and what other
//! associations told.

use jiff::civil::Date;

/// A target of this year; `number` in millionths.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    pub figure: &'static str,
    /// A sector, or empty for the whole association.
    pub sector: &'static str,
    pub number_e6: i64,
    /// Logins of who must reach it.
    pub people: &'static [&'static str],
}

const fn aim(figure: &'static str, number_e6: i64, people: &'static [&'static str]) -> Aim {
    Aim { figure, sector: "", number_e6, people }
}

pub const AIMS: &[Aim] = &[
    aim("visits", 150_000_000, &["corine", "joris", "fatima", "kees"]),
    aim("joined", 36_000_000, &["corine", "joris"]),
    aim("visit_coverage", 680_000, &["corine"]),
    Aim { sector: "Koken en tafelen", ..aim("retention", 900_000, &["corine", "kees"]) },
];

/// The meetings: their name, how many, the first and every so many weeks.
pub const SERIES: (&str, i64, Date, i64) = ("Samen sterker", 8, Date::constant(2026, 11, 24), 4);

/// Other associations, invented: shares in whole per cents of growth, inflow, outflow, retention, renewal, members spoken to and
/// visited; and the least number of their class.
pub const OTHERS: &[(&str, [i64; 7], &str)] = &[
    ("Bloem & Blad", [1, 3, 2, 91, 89, 48, 61], "1000"),
    ("Houtgilde", [-2, 2, 4, 86, 85, 52, 70], "500"),
    ("Tweewielerkring", [2, 4, 2, 92, 90, 57, 66], "1000"),
    ("Optiekhuis", [-1, 2, 3, 89, 88, 44, 58], "500"),
    ("Boekenbond", [-4, 1, 5, 83, 82, 39, 49], "500"),
    ("Juweliersraad", [1, 3, 2, 90, 89, 61, 73], "250"),
];

/// What those shares are of.
pub const TOLD: [&str; 7] =
    ["growth", "inflow", "outflow", "retention", "renewal", "contact_coverage", "visit_coverage"];
