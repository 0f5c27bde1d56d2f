//! What De Toonbank has when its story begins: shops, formulas, and who runs them.

use import_rules::columns::Kind;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Actor;
use people::organisation;
use people_rules::organisation::{Draft, NewContactPerson};
use visits::due;
use visits::visit::Report;
use visits_rules::report::{Field, Write};
use visits_rules::way::Point;

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

/// Where everything is, and what was brought home from visits before the story; needs contact persons.
pub(super) async fn visits(seeding: &Seeding<'_>, shops: u64) -> Result<(), Failure> {
    let shops = u32::try_from(shops).unwrap_or(u32::MAX);
    let invented = story::shops(shops, seeding.today);
    let mut visits = Vec::new();
    let mut points = Vec::new();
    for visited in story::VISITED {
        visits.push(Brought {
            place: visited.place.to_owned(),
            on: visited.on,
            visitor: Some(visited.visitor),
            spoke: visited.spoke.iter().map(|key| (*key).to_owned()).collect(),
            lives: visited.lives,
        });
    }
    points.extend(story::PLACES.iter().map(|(key, lat, lon)| ((*key).to_owned(), *lat, *lon)));
    for (nr, place) in (1..).zip(&invented.places) {
        points.push((format!("S-{nr}"), place.lat_e6, place.lon_e6));
        if let Some(days) = place.visited_days_ago {
            visits.push(Brought {
                place: format!("S-{nr}"),
                on: seeding.today.saturating_sub(days.days()),
                visitor: None,
                spoke: vec![format!("R-{nr}")],
                lives: "",
            });
        }
    }
    let by = Actor::user(seeding.staff.lead);
    seeding
        .db
        .write(by, async |tx| {
            for (key, lat_e6, lon_e6) in &points {
                let place = organisation::by_external_id(tx, key).await?.ok_or(db::Error::Raced)?;
                let point = Point { lat_e6: *lat_e6, lon_e6: *lon_e6 };
                visits::visit::put_point(tx, place, point, "typed").await?;
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    let rules =
        due::Rules { norms: vec![], starter_months: 0, today: seeding.today, regions: vec![] };
    for brought in &visits {
        brought.report(seeding, &rules).await?;
    }
    Ok(())
}

/// A visit of the past.
struct Brought {
    place: String,
    on: Date,
    /// A login; without one, whoever comes there by rule.
    visitor: Option<&'static str>,
    spoke: Vec<String>,
    lives: &'static str,
}

impl Brought {
    /// Takes it in as a telephone would have. `rules` need not be those of today: the program counts again who is due
    /// when it starts.
    async fn report(&self, seeding: &Seeding<'_>, rules: &due::Rules) -> Result<(), Failure> {
        db::row! { struct ByRule { user_id: kernel::UserId } }

        let found = seeding
            .db
            .read(Actor::SYSTEM, async |tx| {
                let place = organisation::by_external_id(tx, &self.place).await?;
                let visitor = match self.visitor {
                    Some(login) => access::users::by_login(tx, login).await?,
                    None => tx
                        .one::<ByRule>(
                            "select r.user_id from user_regions r, organisations o
                              where o.external_id = $1 and o.postcode >= r.postcode_from
                                and substr(o.postcode, 1, 4) <= r.postcode_until limit 1",
                            db::args![&self.place],
                        )
                        .await?
                        .map(|row| row.user_id),
                };
                let mut spoke = Vec::new();
                for key in &self.spoke {
                    spoke.extend(people::person::by_external_id(tx, key).await?);
                }
                Ok::<_, db::Error>((place, visitor, spoke))
            })
            .await?;
        let (Some(place), Some(visitor), spoke) = found else {
            return Err(Failure::told(format!("nobody comes at {}", self.place)));
        };
        let spoke = spoke.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let write = |field, value: String| Write { field, value, seen_nr: 0 };
        let mut writes = vec![write(Field::Spoke, spoke)];
        if !self.lives.is_empty() {
            writes.push(write(Field::Lives, self.lives.to_owned()));
        }
        let report = Report {
            visit: None,
            place,
            visited_on: self.on,
            writes,
            met: vec![],
            left: vec![],
            point: None,
            agreements: vec![],
            wishes: vec![],
            key: None,
        };
        let by = Actor { team: Some(seeding.staff.team), ..Actor::user(visitor) };
        seeding
            .db
            .write(by, async |tx| visits::visit::report(tx, &report, rules).await)
            .await
            .map_err(|failed| Failure::told(format!("{}: {failed}", self.place)))?;
        Ok(())
    }
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
