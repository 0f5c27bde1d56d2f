//! Persons and prospects.

use db::{Error, Tx};
use import_rules::columns::Mapping;
use import_rules::row::{Cells, Key, MembershipCells, PersonRow, Refused, key, person};
use jiff::civil::Date;
use kernel::{MembershipId, PersonId};
use membership::Membership;
use people::person::{Stored, bulk};
use people_rules::person::{Draft, Person};
use serde::{Deserialize, Serialize};

use super::match_person::{Known, by_rules};
use super::step::{Action, Outcome, Step, doubt};
use crate::file::Row;

/// What stood there before a row changed it.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Before {
    pub person: Option<KeptDraft>,
    pub membership: Option<KeptMembership>,
}

/// A membership as an undo brings it back, or takes it out.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum KeptMembership {
    Added(i64),
    Changed { id: i64, tariff: String, starts_on: Option<String>, ends_on: Option<String> },
}

/// A person's fields as they would be typed, in the order of the draft.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct KeptDraft(Vec<String>);

impl KeptDraft {
    pub(super) fn of(person: &Person) -> Self {
        let Draft {
            member_number,
            external_id,
            initials,
            first_name,
            call_name,
            prefix,
            last_name,
            name: _,
            birth_date,
            sex,
            street,
            house_number,
            addition,
            postcode,
            town,
            country,
            phone,
            mobile,
            email,
            sector,
            employer,
            occupation,
            source,
            interest,
            language,
        } = Draft::from(person);
        Self(vec![
            member_number,
            external_id,
            initials,
            first_name,
            call_name,
            prefix,
            last_name,
            birth_date,
            sex,
            street,
            house_number,
            addition,
            postcode,
            town,
            country,
            phone,
            mobile,
            email,
            sector,
            employer,
            occupation,
            source,
            interest,
            language,
        ])
    }

    pub(super) fn draft(self) -> Option<Draft> {
        let [
            member_number,
            external_id,
            initials,
            first_name,
            call_name,
            prefix,
            last_name,
            birth_date,
            sex,
            street,
            house_number,
            addition,
            postcode,
            town,
            country,
            phone,
            mobile,
            email,
            sector,
            employer,
            occupation,
            source,
            interest,
            language,
        ] = <[String; 24]>::try_from(self.0).ok()?;
        Some(Draft {
            member_number,
            external_id,
            initials,
            first_name,
            call_name,
            prefix,
            last_name,
            name: String::new(),
            birth_date,
            sex,
            street,
            house_number,
            addition,
            postcode,
            town,
            country,
            phone,
            mobile,
            email,
            sector,
            employer,
            occupation,
            source,
            interest,
            language,
        })
    }
}

/// A row that is understood, on its way to be matched.
pub(super) struct Understood {
    row: PersonRow,
    key: Option<Key>,
}

impl Understood {
    pub(super) fn has_no_key(&self) -> bool {
        self.key.is_none()
    }
}

/// What the rows say; needs no database, and so happens beside the writing of the rows before.
pub(super) fn understand(
    rows: &[Row],
    mapping: &Mapping,
    today: Date,
    prospects: bool,
) -> Vec<Result<Understood, Refused>> {
    let one = |row: &Row| {
        let cells = Cells::new(mapping, &row.cells)?;
        Ok(Understood { row: person(&cells, today, prospects)?, key: key(&cells) })
    };
    rows.iter().map(one).collect()
}

pub(super) async fn write(
    tx: &mut Tx,
    step: &Step<'_>,
    understood: Vec<Result<Understood, Refused>>,
) -> Result<Vec<Outcome>, Error> {
    let keys: Vec<Key> =
        understood.iter().filter_map(|row| row.as_ref().ok()?.key.clone()).collect();
    let mut known = Known::load(tx, &keys).await?;

    let mut outcomes = Vec::with_capacity(step.rows.len());
    let mut added = Added::default();
    for row in understood {
        let Understood { row, key } = match row {
            Ok(understood) => understood,
            Err(refused) => {
                outcomes.push(Outcome::refused(refused));
                continue;
            }
        };
        let found = match &key {
            Some(key) => Ok(known.get(key)),
            None if added.is_empty() => by_rules(tx, &row.person).await?,
            // Somebody without a key may be somebody of this very file.
            None => {
                added.write(tx).await?;
                by_rules(tx, &row.person).await?
            }
        };
        let doubts: Vec<String> = row.doubts.iter().copied().map(doubt).collect();
        let mut outcome = match found {
            Err(refused) => Outcome::refused(refused),
            Ok(None) if step.was_seen(key.as_ref()) => Outcome::of(Action::Changed, PersonId(0)),
            Ok(None) => {
                let id = PersonId(db::new_id());
                if let Some(key) = key {
                    step.remember(&key, id);
                    known.add(key, id);
                }
                added.push(id, row);
                Outcome::of(Action::Added, id)
            }
            Ok(Some(id)) => {
                added.write(tx).await?;
                update(tx, id, row, step).await?
            }
        };
        outcome.doubts = doubts;
        outcomes.push(outcome);
    }
    added.write(tx).await?;
    Ok(outcomes)
}

/// New people, gathered so that they are written in few statements.
#[derive(Default)]
struct Added {
    people: Vec<(PersonId, Person)>,
    memberships: Vec<(PersonId, Membership)>,
}

impl Added {
    fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    fn push(&mut self, id: PersonId, row: PersonRow) {
        if let Some(MembershipCells { since, until, tariff }) = row.membership {
            let membership = Membership {
                id: MembershipId(db::new_id()),
                tariff,
                starts_on: since,
                ends_on: until,
            };
            self.memberships.push((id, membership));
        }
        self.people.push((id, row.person));
    }

    async fn write(&mut self, tx: &mut Tx) -> Result<(), Error> {
        if self.people.is_empty() {
            return Ok(());
        }
        let people: Vec<(PersonId, &Person)> =
            self.people.iter().map(|(id, person)| (*id, person)).collect();
        bulk::insert(tx, &people).await?;
        membership::bulk_insert(tx, &self.memberships).await?;
        self.people.clear();
        self.memberships.clear();
        Ok(())
    }
}

/// Brings somebody up to date. An empty cell says nothing: what is there stays.
async fn update(
    tx: &mut Tx,
    id: PersonId,
    row: PersonRow,
    step: &Step<'_>,
) -> Result<Outcome, Error> {
    let Some(stored) = people::person::by_id(tx, id, people::Sight::All).await? else {
        return Ok(Outcome::refused(Refused::Unknown));
    };
    let merged = over(row.draft, Draft::from(&stored.person));
    let person = match merged.read(step.today) {
        Ok(read) => read.person,
        Err(wrong) => return Ok(Outcome::refused(Refused::Field(wrong[0]))),
    };
    let mut before = Before::default();
    let mut version = None;
    if Draft::from(&person) != Draft::from(&stored.person) {
        if taken(tx, id, &stored, &person).await? {
            return Ok(Outcome::refused(Refused::KeyTaken));
        }
        bulk::update(tx, &[(id, &person)]).await?;
        version = Some(stored.version + 1);
        before.person = Some(KeptDraft::of(&stored.person));
    }
    if let Some(MembershipCells { since, until, tariff }) = row.membership {
        before.membership = put(tx, id, since, until, &tariff).await?;
    }
    let changed = before.person.is_some() || before.membership.is_some();
    let mut outcome = Outcome::of(if changed { Action::Changed } else { Action::Unchanged }, id);
    outcome.version = version;
    outcome.before = changed.then(|| serde_json::to_string(&before).expect("text and numbers"));
    Ok(outcome)
}

/// Writes a membership and says what an undo has to do.
pub(super) async fn put(
    tx: &mut Tx,
    person: PersonId,
    since: Option<jiff::civil::Date>,
    until: Option<jiff::civil::Date>,
    tariff: &str,
) -> Result<Option<KeptMembership>, Error> {
    Ok(match membership::put(tx, person, since, until, tariff).await? {
        membership::Written::Nothing => None,
        membership::Written::Added(id) => Some(KeptMembership::Added(id.0)),
        membership::Written::Changed { before } => Some(KeptMembership::Changed {
            id: before.id.0,
            tariff: before.tariff,
            starts_on: before.starts_on.map(|day| day.to_string()),
            ends_on: before.ends_on.map(|day| day.to_string()),
        }),
    })
}

/// Whether a new member number or external key is somebody else's.
async fn taken(tx: &mut Tx, id: PersonId, stored: &Stored, person: &Person) -> Result<bool, Error> {
    let mut keys = Vec::new();
    if person.member_number != stored.person.member_number
        && let Some(number) = &person.member_number
    {
        keys.push(Key::MemberNumber(people_rules::search::compact(number)));
    }
    if person.external_id != stored.person.external_id
        && let Some(external) = &person.external_id
    {
        keys.push(Key::ExternalId(external.clone()));
    }
    let known = Known::load(tx, &keys).await?;
    Ok(keys.iter().any(|key| known.get(key).is_some_and(|found| found != id)))
}

/// The cells of a row over what is there; an empty one says nothing.
fn over(row: Draft, stored: Draft) -> Draft {
    let own = |row: String, stored: String| if row.trim().is_empty() { stored } else { row };
    // Parts that belong to another come with it: `Berg` alone says nothing about the `van den` that is known,
    // another surname or house number takes its own prefix or addition along.
    let same = |row: &str, stored: &str| {
        row.trim().is_empty() || kernel::fold(row) == kernel::fold(stored)
    };
    let same_surname = row.name.trim().is_empty() && same(&row.last_name, &stored.last_name);
    let same_house = same(&row.house_number, &stored.house_number);
    Draft {
        member_number: own(row.member_number, stored.member_number),
        external_id: own(row.external_id, stored.external_id),
        initials: own(row.initials, stored.initials),
        first_name: own(row.first_name, stored.first_name),
        call_name: own(row.call_name, stored.call_name),
        prefix: if same_surname { own(row.prefix, stored.prefix) } else { row.prefix },
        last_name: if row.name.trim().is_empty() {
            own(row.last_name, stored.last_name)
        } else {
            row.last_name
        },
        name: row.name,
        birth_date: own(row.birth_date, stored.birth_date),
        sex: own(row.sex, stored.sex),
        street: own(row.street, stored.street),
        house_number: own(row.house_number, stored.house_number),
        addition: if same_house { own(row.addition, stored.addition) } else { row.addition },
        postcode: own(row.postcode, stored.postcode),
        town: own(row.town, stored.town),
        country: own(row.country, stored.country),
        phone: own(row.phone, stored.phone),
        mobile: own(row.mobile, stored.mobile),
        email: own(row.email, stored.email),
        sector: own(row.sector, stored.sector),
        employer: own(row.employer, stored.employer),
        occupation: own(row.occupation, stored.occupation),
        source: own(row.source, stored.source),
        interest: own(row.interest, stored.interest),
        language: own(row.language, stored.language),
    }
}
