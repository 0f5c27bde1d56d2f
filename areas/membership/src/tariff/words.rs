use kernel::Cents;
use membership_rules::tariff::{INTRO, Per, Situation};
use texts::Texts;

use super::store::StoredRow;

/// `per maand`
#[must_use]
pub fn per_text(per: Per) -> &'static str {
    match per {
        Per::Month => "membership-per-month",
        Per::Quarter => "membership-per-quarter",
        Per::HalfYear => "membership-per-half-year",
        Per::Year => "membership-per-year",
    }
}

pub(crate) fn situation_text(situation: Situation) -> &'static str {
    match situation {
        Situation::Student => "membership-situation-student",
        Situation::Benefit => "membership-situation-benefit",
        Situation::Participation => "membership-situation-participation",
        Situation::Retired => "membership-situation-retired",
        Situation::NotWorking => "membership-situation-not-working",
        Situation::Debt => "membership-situation-debt",
        Situation::Income => "membership-situation-income",
        Situation::Hours => "membership-situation-hours",
        Situation::Branches => "membership-situation-branches",
        Situation::Floor => "membership-situation-floor",
    }
}

/// The name of a class in the language of the reader: as its first row calls it.
#[must_use]
pub fn class_name<'a>(
    t: &Texts,
    rows: impl IntoIterator<Item = &'a StoredRow>,
    class: &str,
) -> String {
    if class == INTRO {
        return t.get("membership-class-intro");
    }
    let row = rows.into_iter().find(|row| row.class == class);
    row.map_or_else(|| class.to_owned(), |row| row_name(t, row))
}

pub(super) fn row_name(t: &Texts, row: &StoredRow) -> String {
    let english = t.language().code() == "en" && !row.name_en.is_empty();
    if english { row.name_en.clone() } else { row.name_nl.clone() }
}

/// When a row holds, in words: `tot en met 22 jaar, met bewijs`; for everybody else if nothing is asked.
pub(super) fn conditions(t: &Texts, row: &StoredRow) -> String {
    let mut said = Vec::new();
    match row.pension {
        Some(true) => said.push(t.get("membership-when-pension")),
        Some(false) => said.push(t.get("membership-when-no-pension")),
        None => {}
    }
    let plain = |value: i64| t.number(value);
    let money = |value: i64| t.money(Cents(value));
    let bands: [(&str, _, &dyn Fn(i64) -> String); 5] = [
        ("membership-when-age", (row.age_from, row.age_until), &plain),
        ("membership-when-income", (row.income_from, row.income_until), &money),
        ("membership-when-hours", (row.hours_from, row.hours_until), &plain),
        ("membership-when-branches", (row.branches_from, row.branches_until), &plain),
        ("membership-when-floor", (row.floor_from, row.floor_until), &plain),
    ];
    for (text, (from, until), shown) in bands {
        let band = match (from, until) {
            (None, None) => continue,
            (Some(from), None) => t.with("membership-when-from", "from", shown(from)),
            (None, Some(until)) => t.with("membership-when-until", "until", shown(until)),
            (Some(from), Some(until)) => {
                t.with2("membership-when-between", "from", shown(from), "until", shown(until))
            }
        };
        said.push(t.with(text, "band", band));
    }
    let situations: Vec<String> =
        row.situations().map(|situation| t.get(situation_text(situation))).collect();
    if !situations.is_empty() {
        said.push(situations.join(&t.get("membership-when-or")));
    }
    if !row.kinds.is_empty() {
        said.push(t.with("membership-when-kinds", "kinds", row.kinds.clone()));
    }
    if row.needs_proof {
        said.push(t.get("membership-when-proof"));
    }
    if said.is_empty() { t.get("membership-when-everybody") } else { said.join(", ") }
}
