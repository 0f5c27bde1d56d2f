//! What one row says, understood.

use jiff::civil::{Date, DateTime};
use kernel::{Window, fold};
use people_rules::organisation::LegalForm;
use people_rules::person::{Draft, Person, Why, Wrong, read_date};

use crate::columns::{Field, Mapping};

/// The cells of a row under their fields; empty where the file has no such column.
pub struct Cells<'a> {
    mapping: &'a Mapping,
    cells: &'a [String],
}

/// Why a row is not taken in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// A field makes no sense.
    Field(Wrong),
    /// A cell that a spreadsheet would carry out.
    Formula { field: Field },
    /// Signs that are none in the encoding of the file.
    Unreadable { field: Field },
    /// More cells than headers: a separator inside a text without quotes.
    TooManyCells,
    /// Neither a member number nor an external key.
    NoKey,
    /// Nobody has this key.
    Unknown,
    /// Several people could be meant.
    Several,
    /// The key belongs to somebody else.
    KeyTaken,
    /// A word that is none of the possible ones.
    Code { field: Field },
    /// The end lies before the beginning.
    EndsBeforeItBegins,
    /// No colleague with this name.
    NoSuchUser,
}

impl<'a> Cells<'a> {
    /// # Errors
    ///
    /// [`Refused::Formula`], [`Refused::Unreadable`] or [`Refused::TooManyCells`], whatever the kind of file.
    pub fn new(mapping: &'a Mapping, cells: &'a [String]) -> Result<Self, Refused> {
        if cells.len() > mapping.0.len()
            && cells[mapping.0.len()..].iter().any(|cell| !cell.trim().is_empty())
        {
            return Err(Refused::TooManyCells);
        }
        for (cell, field) in cells.iter().zip(&mapping.0) {
            let Some(field) = *field else { continue };
            if cell.contains('\u{fffd}') {
                return Err(Refused::Unreadable { field });
            }
            if cell.trim_start().starts_with('=') {
                return Err(Refused::Formula { field });
            }
        }
        Ok(Self { mapping, cells })
    }

    /// The text under a field, as a person would read it.
    ///
    /// Our own exports put an apostrophe before a cell that a spreadsheet could take for a formula.
    #[must_use]
    pub fn get(&self, field: Field) -> &'a str {
        let at = self.mapping.0.iter().position(|found| *found == Some(field));
        let cell = at.and_then(|at| self.cells.get(at)).map_or("", |cell| cell.trim());
        match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
            _ => cell,
        }
    }

    fn owned(&self, field: Field) -> String {
        self.get(field).to_owned()
    }

    #[must_use]
    pub fn draft(&self) -> Draft {
        use Field as F;

        Draft {
            member_number: self.owned(F::MemberNumber),
            external_id: self.owned(F::ExternalId),
            initials: self.owned(F::Initials),
            first_name: self.owned(F::FirstName),
            call_name: self.owned(F::CallName),
            prefix: self.owned(F::Prefix),
            last_name: self.owned(F::LastName),
            name: self.owned(F::Name),
            birth_date: self.owned(F::BirthDate),
            sex: self.owned(F::Sex),
            street: self.owned(F::Street),
            house_number: self.owned(F::HouseNumber),
            addition: self.owned(F::Addition),
            postcode: self.owned(F::Postcode),
            town: self.owned(F::Town),
            country: self.owned(F::Country),
            phone: self.owned(F::Phone),
            mobile: self.owned(F::Mobile),
            email: self.owned(F::Email),
            sector: self.owned(F::Sector),
            employer: self.owned(F::Employer),
            occupation: self.owned(F::Occupation),
            source: self.owned(F::Source),
            interest: self.owned(F::Interest),
            language: self.owned(F::Language),
        }
    }
}

/// What a row says of a membership; `None` if it says nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MembershipCells {
    pub since: Option<Date>,
    pub until: Option<Date>,
    pub tariff: String,
}

/// A person of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PersonRow {
    pub draft: Draft,
    pub person: Person,
    pub doubts: Vec<Wrong>,
    pub membership: Option<MembershipCells>,
}

/// Understands a person. Whoever has a member number is or was a member, also where the file does not
/// say since when; a prospect is none, whatever the file says.
pub fn person(cells: &Cells<'_>, today: Date, prospect: bool) -> Result<PersonRow, Refused> {
    let draft = cells.draft();
    let read = draft.read(today).map_err(|wrong| Refused::Field(wrong[0]))?;
    let membership = membership(cells)?;
    let says_member = membership.since.is_some()
        || membership.until.is_some()
        || !membership.tariff.is_empty()
        || !draft.member_number.is_empty();
    Ok(PersonRow {
        person: read.person,
        doubts: read.doubts,
        draft,
        membership: (says_member && !prospect).then_some(membership),
    })
}

/// The dates and tariff of a membership.
pub fn membership(cells: &Cells<'_>) -> Result<MembershipCells, Refused> {
    let date = |field: Field| date(cells, field);
    let (since, until) = (date(Field::MemberSince)?, date(Field::MemberUntil)?);
    if since.zip(until).is_some_and(|(since, until)| until < since) {
        return Err(Refused::EndsBeforeItBegins);
    }
    Ok(MembershipCells { since, until, tariff: cells.owned(Field::Tariff) })
}

fn date(cells: &Cells<'_>, field: Field) -> Result<Option<Date>, Refused> {
    let mut wrong = Vec::new();
    let date = read_date(field.code(), cells.get(field), &mut wrong);
    match wrong.first() {
        Some(wrong) => Err(Refused::Field(*wrong)),
        None => Ok(date),
    }
}

fn needed_date(cells: &Cells<'_>, field: Field) -> Result<Date, Refused> {
    let missing = Refused::Field(Wrong { field: field.code(), why: Why::NotADate });
    date(cells, field)?.ok_or(missing)
}

/// How a row says whom it is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Key {
    /// Letters and digits only, upper case.
    MemberNumber(String),
    ExternalId(String),
}

/// The key of a row: the member number, else the external key.
#[must_use]
pub fn key(cells: &Cells<'_>) -> Option<Key> {
    let number = people_rules::search::compact(cells.get(Field::MemberNumber));
    if !number.is_empty() {
        return Some(Key::MemberNumber(number));
    }
    let external = cells.get(Field::ExternalId);
    (!external.is_empty()).then(|| Key::ExternalId(external.to_owned()))
}

/// A consent of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConsentRow {
    pub purpose: &'static str,
    pub channel: &'static str,
    pub basis: &'static str,
    pub given_on: Date,
    pub text: String,
    pub source: String,
    pub until: Option<Date>,
}

pub fn consent(cells: &Cells<'_>) -> Result<ConsentRow, Refused> {
    let basis = one_of(
        cells,
        Field::Basis,
        "consent",
        &[
            ("consent", &["toestemming"]),
            ("donation", &["donatie", "donateur"]),
            ("volunteer", &["vrijwilliger", "kaderlid"]),
            ("event", &["bijeenkomst", "manifestatie"]),
        ],
    )?;
    Ok(ConsentRow {
        purpose: purpose(cells)?,
        channel: channel(cells)?,
        basis,
        given_on: needed_date(cells, Field::Date)?,
        text: cells.owned(Field::Text),
        source: cells.owned(Field::Source),
        until: date(cells, Field::ValidUntil)?,
    })
}

/// What a consent or an objection is about; without a word, everything.
fn purpose(cells: &Cells<'_>) -> Result<&'static str, Refused> {
    one_of(
        cells,
        Field::Purpose,
        "any",
        &[
            ("any", &["alles", "elk"]),
            ("recruitment", &["werving", "lid worden"]),
            ("retention", &["behoud", "lid blijven"]),
            ("service", &["dienstverlening"]),
            ("newsletter", &["nieuwsbrief"]),
        ],
    )
}

/// An objection of a file; without a date it counts from the import.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectionRow {
    pub channel: &'static str,
    pub purpose: &'static str,
    pub source: String,
    /// What the person said.
    pub words: String,
}

pub fn objection(cells: &Cells<'_>) -> Result<ObjectionRow, Refused> {
    Ok(ObjectionRow {
        channel: channel(cells)?,
        purpose: purpose(cells)?,
        source: cells.owned(Field::Source),
        words: cells.owned(Field::Words),
    })
}

fn channel(cells: &Cells<'_>) -> Result<&'static str, Refused> {
    one_of(
        cells,
        Field::Channel,
        "phone",
        &[
            ("phone", &["telefoon", "bellen"]),
            ("email", &["e mail", "e-mail", "mail"]),
            ("sms", &[]),
            ("post", &[]),
        ],
    )
}

/// A contact moment of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContactRow {
    pub kind: &'static str,
    pub subject: String,
    pub on: Date,
    pub source: String,
    /// The person asked to be called about it, from this moment of local time on.
    pub call_me_from: Option<DateTime>,
}

pub fn contact(cells: &Cells<'_>) -> Result<ContactRow, Refused> {
    let kind = one_of(
        cells,
        Field::ContactKind,
        "other",
        &[
            ("brochure", &[]),
            ("web_form", &["webformulier", "formulier"]),
            ("question", &["vraag"]),
            ("mail", &["e-mail", "email"]),
            ("letter", &["brief", "post"]),
            ("call", &["gesprek", "telefoon"]),
            ("visit", &["bezoek"]),
            ("meeting", &["bijeenkomst"]),
            ("poll", &["peiling", "poll"]),
            ("other", &["anders", "overig"]),
        ],
    )?;
    let subject = cells.owned(Field::Subject);
    if subject.is_empty() {
        return Err(Refused::Field(Wrong { field: Field::Subject.code(), why: Why::NameMissing }));
    }
    Ok(ContactRow {
        kind,
        subject,
        on: needed_date(cells, Field::Date)?,
        source: cells.owned(Field::Source),
        call_me_from: call_me_from(cells)?,
    })
}

/// `2026-11-24 08:30`, or a day alone: from its beginning.
fn call_me_from(cells: &Cells<'_>) -> Result<Option<DateTime>, Refused> {
    let cell = cells.get(Field::CallMeFrom);
    let (day, hour) = cell.split_once([' ', 'T']).unwrap_or((cell, "0:00"));
    let mut wrong = Vec::new();
    let day = read_date(Field::CallMeFrom.code(), day, &mut wrong);
    if let Some(wrong) = wrong.first() {
        return Err(Refused::Field(*wrong));
    }
    let Some(day) = day else { return Ok(None) };
    let hour = kernel::parse_time(hour).ok_or(Refused::Code { field: Field::CallMeFrom })?;
    Ok(Some(day.to_datetime(hour)))
}

/// An open promise of an older system.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CallbackRow {
    pub on: Date,
    pub window: Option<Window>,
    /// The login of a colleague; empty is the team.
    pub owner: String,
    pub opening: String,
    pub words: String,
}

pub fn callback(cells: &Cells<'_>) -> Result<CallbackRow, Refused> {
    let window = match (cells.get(Field::From), cells.get(Field::Until)) {
        ("", "") => None,
        (from, until) => Some(Window::parse(from, until).ok_or(Refused::EndsBeforeItBegins)?),
    };
    Ok(CallbackRow {
        on: needed_date(cells, Field::Date)?,
        window,
        owner: cells.get(Field::Owner).to_lowercase(),
        opening: cells.owned(Field::Opening),
        words: cells.owned(Field::Words),
    })
}

/// An organisation of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OrganisationRow {
    pub name: String,
    pub external_id: String,
    pub member_number: String,
    /// Eight digits; a spreadsheet may have eaten the leading zeros.
    pub kvk: String,
    /// Twelve digits.
    pub branch_number: String,
    pub legal_form: &'static str,
    pub formula: String,
    pub sector: String,
    pub address: people_rules::person::Address,
    pub phone: String,
    pub email: String,
    pub membership: Option<MembershipCells>,
}

pub fn organisation(cells: &Cells<'_>) -> Result<OrganisationRow, Refused> {
    let name = cells.owned(Field::Organisation);
    if name.is_empty() {
        return Err(Refused::Field(Wrong {
            field: Field::Organisation.code(),
            why: Why::NameMissing,
        }));
    }
    let digits = |field: Field, length: usize| {
        let digits: String = cells.get(field).chars().filter(char::is_ascii_digit).collect();
        match digits.len() {
            0 => Ok(String::new()),
            found if found <= length => Ok(format!("{digits:0>length$}")),
            _ => Err(Refused::Field(Wrong { field: field.code(), why: Why::NotANumber })),
        }
    };
    let membership = membership(cells)?;
    let says_member = membership.since.is_some()
        || membership.until.is_some()
        || !cells.get(Field::MemberNumber).is_empty();
    // The address is understood by the rules of a person's.
    let as_person = Draft { last_name: "x".into(), ..cells.draft() };
    let address =
        as_person.read(Date::MAX).map_err(|wrong| Refused::Field(wrong[0]))?.person.address;
    Ok(OrganisationRow {
        name,
        external_id: cells.owned(Field::ExternalId),
        member_number: cells.owned(Field::MemberNumber),
        kvk: digits(Field::Kvk, 8)?,
        branch_number: digits(Field::BranchNumber, 12)?,
        legal_form: LegalForm::read(cells.get(Field::LegalForm)).map_or("", LegalForm::code),
        formula: cells.owned(Field::Formula),
        sector: cells.owned(Field::Sector),
        address,
        phone: cells.owned(Field::Phone),
        email: cells.owned(Field::Email),
        membership: says_member.then_some(membership),
    })
}

/// The code that a cell says, by itself or by its Dutch words; `default` for an empty cell.
fn one_of(
    cells: &Cells<'_>,
    field: Field,
    default: &'static str,
    codes: &[(&'static str, &[&str])],
) -> Result<&'static str, Refused> {
    let word = fold(cells.get(field));
    if word.is_empty() {
        return Ok(default);
    }
    codes
        .iter()
        .find(|(code, others)| *code == word || others.contains(&word.as_str()))
        .map(|(code, _)| *code)
        .ok_or(Refused::Code { field })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 24);

    fn read<T>(
        headers: &str,
        cells: &str,
        understand: impl Fn(&Cells<'_>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let headers: Vec<String> = headers.split(';').map(str::to_owned).collect();
        let cells: Vec<String> = cells.split(';').map(str::to_owned).collect();
        let mapping = Mapping::recognised(&headers);
        understand(&Cells::new(&mapping, &cells)?)
    }

    #[test]
    fn a_person_is_a_member_when_the_file_says_so() {
        let row = |cells: &str| {
            read("lidnummer;achternaam;lid_sinds;lid_tot;tarief", cells, |cells| {
                person(cells, TODAY, false)
            })
        };
        let since = |row: PersonRow| {
            row.membership.map(|membership| membership.since.map(|day| day.to_string()))
        };
        assert_eq!(
            since(row("184;Van Vliet;1-3-1984;;Vol").unwrap()),
            Some(Some("1984-03-01".into()))
        );
        assert_eq!(since(row("184;Van Vliet;;;").unwrap()), Some(None));
        assert_eq!(since(row(";Arslan;;;").unwrap()), None);
        assert_eq!(row("184;Van Vliet;2020-01-01;2019-01-01;"), Err(Refused::EndsBeforeItBegins));
        assert!(matches!(row("184;Van Vliet;31-02-1984;;"), Err(Refused::Field(_))));
        assert!(matches!(row("184;;;;"), Err(Refused::Field(_))));
        let prospect =
            read("lidnummer;achternaam", "184;Bos", |cells| person(cells, TODAY, true)).unwrap();
        assert_eq!(prospect.membership, None);
    }

    #[test]
    fn cells_that_a_spreadsheet_would_carry_out_are_refused() {
        let row =
            |cell: &str| read("achternaam;telefoon", cell, |cells| person(cells, TODAY, false));
        assert!(matches!(
            row("=cmd|'/c calc'!A1;"),
            Err(Refused::Formula { field: Field::LastName })
        ));
        assert_eq!(row("Bos;;teveel"), Err(Refused::TooManyCells));
        assert!(matches!(row("B\u{fffd}s;"), Err(Refused::Unreadable { .. })));
        // What our own export protected comes back as it was.
        let phone =
            row("Bos;'+31201234567").unwrap().person.phones[0].number.usable.clone().unwrap();
        assert_eq!(phone.e164(), "+31201234567");
    }

    #[test]
    fn words_of_both_languages_are_understood() {
        let headers = "lidnummer;doel;kanaal;grond;datum;tekst";
        let row = read(headers, "184;Werving;telefoon;toestemming;10-11-2026;Ja, bel mij", consent)
            .unwrap();
        assert_eq!((row.purpose, row.channel, row.basis), ("recruitment", "phone", "consent"));
        let bare = read(headers, "184;;;;10-11-2026;", consent).unwrap();
        assert_eq!((bare.purpose, bare.channel, bare.basis), ("any", "phone", "consent"));
        assert_eq!(
            read(headers, "184;;fax;;10-11-2026;", consent),
            Err(Refused::Code { field: Field::Channel })
        );
        assert!(matches!(read(headers, "184;;;;;", consent), Err(Refused::Field(_))));
    }

    #[test]
    fn a_contact_can_ask_for_a_call() {
        let headers = "extern_id;soort;onderwerp;datum;bel_mij_vanaf";
        let asks = |cells: &str| {
            read(headers, cells, contact).map(|row| row.call_me_from.map(|at| at.to_string()))
        };
        assert_eq!(
            asks("W-1;brochure;Werkdruk;10-11-2026;24-11-2026 8:30"),
            Ok(Some("2026-11-24T08:30:00".into()))
        );
        assert_eq!(
            asks("W-1;brochure;Werkdruk;10-11-2026;2026-11-24"),
            Ok(Some("2026-11-24T00:00:00".into()))
        );
        assert_eq!(asks("W-1;brochure;Werkdruk;10-11-2026;"), Ok(None));
        assert_eq!(
            asks("W-1;brochure;Werkdruk;10-11-2026;24-11-2026 vroeg"),
            Err(Refused::Code { field: Field::CallMeFrom })
        );
    }

    #[test]
    fn a_trade_register_number_gets_its_zeros_back() {
        let headers = "organisatie;kvk;vestigingsnummer;rechtsvorm";
        let row = read(headers, "Van Leeuwen Versmarkten;1234567;12345678901;B.V.", organisation)
            .unwrap();
        assert_eq!(
            (row.kvk.as_str(), row.branch_number.as_str(), row.legal_form),
            ("01234567", "012345678901", "bv")
        );
        assert!(matches!(
            read(headers, "Van Leeuwen;123456789;;", organisation),
            Err(Refused::Field(_))
        ));
    }
}
