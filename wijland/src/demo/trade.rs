//! What De Toonbank has when its story begins: shops, formulas, and who runs them.

use import_rules::columns::Kind;
use kernel::Actor;
use people::organisation;
use people_rules::organisation::{Draft, NewContactPerson};

use super::seed::Seeding;
use crate::Failure;

/// The shops of the story and `shops` invented ones; gives the number of people.
pub(super) async fn seed(seeding: &Seeding<'_>, shops: u64) -> Result<u64, Failure> {
    let mut people = 0;
    for file in seeding.association.files {
        let added = seeding.take_in_story(*file).await?.1;
        if file.kind == "persons" {
            people += added;
        }
    }
    let shops = u32::try_from(shops).unwrap_or(u32::MAX);
    let invented = story::shops(shops, seeding.today);
    if shops > 0 {
        let organisations = invented.organisations.as_bytes();
        seeding.take_in(Kind::Organisations, "winkels-verzonnen.csv", organisations).await?;
        let persons = invented.people.as_bytes();
        people += seeding.take_in(Kind::Persons, "winkeliers-verzonnen.csv", persons).await?.1;
    }
    formula(seeding).await?;
    shopkeepers(seeding, shops).await?;
    Ok(people)
}

/// The formula of the story, with those who run a shop of it under it.
async fn formula(seeding: &Seeding<'_>) -> Result<(), Failure> {
    let (name, shops) = story::FORMULA;
    let draft = Draft { kind: "formula".into(), name: name.into(), ..Draft::default() };
    let formula = draft.read().map_err(|_| Failure::told(format!("{name} is no organisation")))?;
    let by = Actor::user(seeding.staff.lead);
    seeding
        .db
        .write(by, async |tx| {
            let id = organisation::add(tx, &formula, None).await?;
            for shop in shops {
                let shop = organisation::by_external_id(tx, shop).await?.ok_or(db::Error::Raced)?;
                organisation::place_under(tx, shop, Some(id)).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    Ok(())
}

/// Every invented shop has somebody who runs it.
async fn shopkeepers(seeding: &Seeding<'_>, shops: u32) -> Result<(), Failure> {
    let by = Actor::user(seeding.staff.lead);
    seeding
        .db
        .write(by, async |tx| {
            for nr in 1..=shops {
                let shop = organisation::by_external_id(tx, &format!("S-{nr}")).await?;
                let person = people::person::by_external_id(tx, &format!("R-{nr}")).await?;
                let (shop, person) = shop.zip(person).ok_or(db::Error::Raced)?;
                let new = NewContactPerson { person, role: "Eigenaar".into(), from: None };
                people::contact_person::add(tx, shop, &new).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    Ok(())
}
