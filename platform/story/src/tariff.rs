//! What members of the demo union pay since the year of its story began. Invented, in whole cents a month.

use jiff::civil::Date;

pub const SINCE: Date = Date::constant(2026, 1, 1);

/// A row of the union's tariff; the first that holds decides.
#[derive(Clone, Copy, Debug)]
pub struct TariffRow {
    pub class: &'static str,
    pub nl: &'static str,
    pub en: &'static str,
    pub cents: i64,
    pub holds: Holds,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holds {
    /// With proof of this situation.
    Proved(&'static str),
    Pension,
    /// Up to this age.
    Until(i64),
    /// For this type of membership.
    Kind(&'static str),
    Always,
}

const fn row(
    class: &'static str,
    nl: &'static str,
    en: &'static str,
    cents: i64,
    holds: Holds,
) -> TariffRow {
    TariffRow { class, nl, en, cents, holds }
}

pub const ROWS: &[TariffRow] = &[
    row("exempt", "Vrijstelling", "Exempt", 0, Holds::Proved("debt")),
    row("pension", "Pensioentarief", "Pensioner", 875, Holds::Pension),
    row("youth", "Jongerentarief", "Youth", 250, Holds::Until(22)),
    row("student", "Studententarief", "Student", 250, Holds::Proved("student")),
    row("half", "Half tarief", "Half", 925, Holds::Proved("benefit")),
    row("three_quarter", "Driekwart tarief", "Three quarters", 1390, Holds::Kind("deeltijd")),
    row("full", "Vol tarief", "Full", 1850, Holds::Always),
];

/// Months and cents of the introduction.
pub const INTRO: (i64, i64) = (4, 2500);
