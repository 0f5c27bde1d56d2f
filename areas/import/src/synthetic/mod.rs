//! Invented members by the number, in the columns of an import: to try things, and to measure.
//!
//! A row is made from the seed and its number alone, so that consents, contacts and the rest speak of the
//! same people as a file of persons with the same seed.

mod person;
mod words;

use std::io::Write;

use import_rules::columns::{Field, Kind};
use jiff::ToSpan as _;
use jiff::civil::Date;

use person::Invented;

/// What is made.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub kind: Kind,
    pub rows: u64,
    pub seed: u64,
    /// The day that dates lie around.
    pub today: Date,
    /// Logins that promises are given to in turn; without any, promises cannot be made.
    pub owners: &'a [&'a str],
}

/// Writes a CSV file with a header.
pub fn write(wish: Wish<'_>, out: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(out);
    writer.write_record(columns(wish.kind).iter().map(|field| field.code()))?;
    for row in 0..wish.rows {
        writer.write_record(cells(wish, row))?;
    }
    writer.flush()?;
    Ok(())
}

fn columns(kind: Kind) -> &'static [Field] {
    use Field as F;
    match kind {
        Kind::Persons => &[
            F::MemberNumber,
            F::Initials,
            F::FirstName,
            F::Prefix,
            F::LastName,
            F::Sex,
            F::BirthDate,
            F::Street,
            F::HouseNumber,
            F::Addition,
            F::Postcode,
            F::Town,
            F::Phone,
            F::Mobile,
            F::Email,
            F::Sector,
            F::Employer,
            F::Occupation,
            F::MemberSince,
            F::MemberUntil,
            F::Tariff,
        ],
        Kind::Prospects => &[
            F::ExternalId,
            F::Initials,
            F::FirstName,
            F::Prefix,
            F::LastName,
            F::Sex,
            F::BirthDate,
            F::Street,
            F::HouseNumber,
            F::Addition,
            F::Postcode,
            F::Town,
            F::Phone,
            F::Mobile,
            F::Email,
            F::Sector,
            F::Employer,
            F::Occupation,
            F::Source,
            F::Interest,
        ],
        Kind::Organisations => &[
            F::ExternalId,
            F::Organisation,
            F::Kvk,
            F::BranchNumber,
            F::LegalForm,
            F::Sector,
            F::Street,
            F::HouseNumber,
            F::Postcode,
            F::Town,
            F::Phone,
        ],
        Kind::Memberships => &[F::MemberNumber, F::MemberSince, F::MemberUntil, F::Tariff],
        Kind::Consents => {
            &[F::MemberNumber, F::Purpose, F::Channel, F::Basis, F::Date, F::Text, F::Source]
        }
        Kind::Objections => &[F::MemberNumber, F::Channel, F::Source],
        Kind::Contacts => &[F::MemberNumber, F::ContactKind, F::Subject, F::Date, F::Source],
        Kind::Callbacks => {
            &[F::MemberNumber, F::Date, F::From, F::Until, F::Owner, F::Opening, F::Words]
        }
    }
}

fn cells(wish: Wish<'_>, row: u64) -> Vec<String> {
    let Wish { kind, rows: _, seed, today, owners } = wish;
    // A golden-ratio step keeps neighbouring rows from looking alike.
    let mut rng =
        fastrand::Rng::with_seed(seed.wrapping_add((row + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let mut somebody = Invented::new(&mut rng, row, today);
    let ago = |rng: &mut fastrand::Rng, days: i64| {
        today.saturating_sub(rng.i64(1..days).days()).to_string()
    };
    let text = str::to_owned;
    match kind {
        Kind::Persons => {
            let mut cells = vec![somebody.member_number()];
            cells.extend(somebody.cells(&mut rng));
            cells.extend(somebody.membership(&mut rng, today));
            cells
        }
        Kind::Prospects => {
            let mut cells = vec![format!("P-{}", 100_000 + row)];
            cells.extend(somebody.cells(&mut rng));
            cells.extend(
                [words::pick(&mut rng, words::SOURCES), words::pick(&mut rng, words::THEMES)]
                    .map(text),
            );
            cells
        }
        Kind::Organisations => somebody.organisation(&mut rng, row),
        Kind::Memberships => {
            let [since, until, tariff] = somebody.membership(&mut rng, today);
            vec![somebody.member_number(), since, until, tariff]
        }
        Kind::Consents => vec![
            somebody.member_number(),
            text(words::pick(&mut rng, &["recruitment", "retention", "service", "any"])),
            text("phone"),
            text("consent"),
            ago(&mut rng, 400),
            text("Ja, u mag mij bellen"),
            text(words::pick(&mut rng, words::SOURCES)),
        ],
        Kind::Objections => {
            vec![
                somebody.member_number(),
                text("phone"),
                text(words::pick(&mut rng, words::SOURCES)),
            ]
        }
        Kind::Contacts => vec![
            somebody.member_number(),
            text(words::pick(&mut rng, &["brochure", "question", "meeting", "letter", "call"])),
            text(words::pick(&mut rng, words::THEMES)),
            ago(&mut rng, 700),
            text(words::pick(&mut rng, words::SOURCES)),
        ],
        Kind::Callbacks => {
            let hour = rng.i8(9..16);
            vec![
                somebody.member_number(),
                today.saturating_add(rng.i64(0..10).days()).to_string(),
                format!("{hour}:00"),
                format!("{hour}:30"),
                text(
                    owners
                        .get(usize::try_from(row).unwrap_or(0) % owners.len().max(1))
                        .unwrap_or(&""),
                ),
                text("‘U zou erover nadenken.’"),
                text("Bel me dan maar terug"),
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(kind: Kind, rows: u64) -> String {
        let today = "2026-11-24".parse().unwrap();
        let mut out = Vec::new();
        write(Wish { kind, rows, seed: 7, today, owners: &["noor"] }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_same_seed_makes_the_same_people() {
        for kind in Kind::ALL {
            let few = made(*kind, 3);
            assert!(made(*kind, 50).starts_with(&few), "{kind}");
            let columns = few.lines().next().unwrap().split(';').count();
            assert_eq!(columns, super::columns(*kind).len());
        }
        let numbers = |text: String| -> Vec<String> {
            text.lines().map(|line| line.split(';').next().unwrap().to_owned()).collect()
        };
        assert_eq!(numbers(made(Kind::Persons, 20)), numbers(made(Kind::Consents, 20)));
    }

    #[test]
    fn every_invented_person_can_be_taken_in() {
        use import_rules::columns::Mapping;
        use import_rules::row::{Cells, organisation, person};

        let today: Date = "2026-11-24".parse().unwrap();
        for kind in [Kind::Persons, Kind::Prospects, Kind::Organisations] {
            let text = made(kind, 2_000);
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
            let headers: Vec<String> =
                reader.headers().unwrap().iter().map(str::to_owned).collect();
            let mapping = Mapping::recognised(&headers);
            for record in reader.records() {
                let cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
                let read = Cells::new(&mapping, &cells).unwrap();
                if kind == Kind::Organisations {
                    organisation(&read).unwrap();
                } else {
                    let row = person(&read, today, false).unwrap();
                    assert!(row.doubts.is_empty(), "{:?} of {cells:?}", row.doubts);
                }
            }
        }
    }
}
