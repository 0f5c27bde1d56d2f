//! What members of the demo union pay: written, tried and set as an administrator does it.

use kernel::{Actor, Cents};
use membership::tariff::{HolderKind, NewTable, StoredRow};
use membership_rules::tariff::{Per, ProRata};
use story::tariff::{Holds, INTRO, ROWS, SINCE, TariffRow};

use super::seed::Seeding;
use crate::Failure;

pub(super) async fn seed(seeding: &Seeding<'_>) -> Result<(), Failure> {
    let by = Actor::user(seeding.staff.administrator);
    let table = NewTable {
        per: Per::Month,
        pro_rata: ProRata::None,
        surcharge: Cents(100),
        intro_months: Some(INTRO.0),
        intro_cents: Some(Cents(INTRO.1)),
        intro_not_classes: "youth,student".into(),
        intro_not_transfer: true,
        intro_not_within: Some(12),
        valid_from: SINCE,
        source: "Besluit ledenparlement, december 2025 (verzonnen)".into(),
        rows: ROWS.iter().map(row).collect(),
    };
    let wrong = |error: membership::tariff::Refused| Failure::told(error.to_string());
    let write = async |tx: &mut db::Tx| {
        let id = membership::tariff::begin(tx, HolderKind::Person, SINCE).await?;
        membership::tariff::keep(tx, id, &table).await?;
        Ok::<_, membership::tariff::Refused>(id)
    };
    let id = seeding.db.write(by.clone(), write).await.map_err(wrong)?;
    membership::tariff::try_on_all(seeding.db, by.clone(), id).await.map_err(wrong)?;
    seeding.db.write(by, async |tx| membership::tariff::set(tx, id).await).await.map_err(wrong)
}

fn row(row: &TariffRow) -> StoredRow {
    let TariffRow { class, nl, en, cents, holds } = *row;
    let (age_until, pension, situations, kinds) = match holds {
        Holds::Proved(situation) => (None, None, situation, ""),
        Holds::Pension => (None, Some(true), "", ""),
        Holds::Until(age) => (Some(age), None, "", ""),
        Holds::Kind(kind) => (None, None, "", kind),
        Holds::Always => (None, None, "", ""),
    };
    StoredRow {
        class: class.into(),
        name_nl: nl.into(),
        name_en: en.into(),
        cents: Cents(cents),
        age_until,
        pension,
        situations: situations.into(),
        kinds: kinds.into(),
        needs_proof: matches!(holds, Holds::Proved(_)),
        ..StoredRow::default()
    }
}
