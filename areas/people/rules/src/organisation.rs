//! An organisation as typed becomes an organisation as kept; and who speaks for it, from when to when.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use kernel::{Email, PersonId, PhoneNumber, fold};

use crate::person::{Address, AddressText, TEXT_MAX, Why, Wrong, clean, read_date, some};

kernel::codes! {
    pub enum Kind {
        /// Several companies under one roof.
        Concern = "concern",
        Company = "company",
        /// A place of a company, with a number of its own in the trade register.
        Branch = "branch",
        /// A retail formula, under which companies of their own work.
        Formula = "formula",
    }
}

kernel::codes! {
    /// As the trade register knows it. It decides whether a call needs a ground.
    pub enum LegalForm {
        Bv = "bv",
        Nv = "nv",
        Stichting = "stichting",
        Vereniging = "vereniging",
        Cooperatie = "cooperatie",
        Vof = "vof",
        Maatschap = "maatschap",
        Cv = "cv",
        Eenmanszaak = "eenmanszaak",
    }
}

impl LegalForm {
    /// A legal form in any of the ways in which people write it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let letters: String = fold(text).chars().filter(char::is_ascii_alphanumeric).collect();
        Some(match letters.as_str() {
            "bv" | "beslotenvennootschap" => Self::Bv,
            "nv" | "naamlozevennootschap" => Self::Nv,
            "stichting" => Self::Stichting,
            "vereniging" => Self::Vereniging,
            "cooperatie" | "cooperatievevereniging" => Self::Cooperatie,
            "vof" | "vennootschaponderfirma" => Self::Vof,
            "maatschap" => Self::Maatschap,
            "cv" | "commanditairevennootschap" => Self::Cv,
            "eenmanszaak" | "zzp" => Self::Eenmanszaak,
            _ => return None,
        })
    }
}

/// A number of the trade register: exactly `N` digits, zeros in front included.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Digits<const N: usize>(String);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WrongDigits;

impl<const N: usize> FromStr for Digits<N> {
    type Err = WrongDigits;

    /// Spaces and dots between the digits are how people read them out.
    fn from_str(text: &str) -> Result<Self, WrongDigits> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
        let right = digits.len() == N && digits.bytes().all(|b| b.is_ascii_digit());
        if right { Ok(Self(digits)) } else { Err(WrongDigits) }
    }
}

impl<const N: usize> fmt::Display for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The fields as text, each under the name that forms, the API and files give it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Draft {
    pub kind: String,
    pub name: String,
    pub external_id: String,
    pub member_number: String,
    pub kvk: String,
    pub branch_number: String,
    pub legal_form: String,
    pub formula: String,
    pub sector: String,
    pub street: String,
    pub house_number: String,
    pub addition: String,
    pub postcode: String,
    pub town: String,
    pub country: String,
    pub phone: String,
    pub email: String,
}

/// An organisation as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Organisation {
    pub kind: Kind,
    pub name: String,
    pub external_id: Option<String>,
    pub member_number: Option<String>,
    pub kvk: Option<Digits<8>>,
    pub branch_number: Option<Digits<12>>,
    /// Unknown means that a call needs a ground.
    pub legal_form: Option<LegalForm>,
    pub formula: String,
    pub sector: String,
    pub address: Address,
    pub phone: Option<PhoneNumber>,
    pub email: Option<Email>,
}

impl Draft {
    /// Understands the fields. Unlike a file with a thousand rows, somebody sits at this form: whatever
    /// is not understood is asked again, each beside its field.
    pub fn read(&self) -> Result<Organisation, Vec<Wrong>> {
        let mut wrong = Vec::new();
        for (field, text) in self.texts() {
            if text.chars().count() > TEXT_MAX {
                wrong.push(Wrong { field, why: Why::TooLong });
            }
        }
        let name = clean(&self.name);
        if name.is_empty() {
            wrong.push(Wrong { field: "name", why: Why::NameMissing });
        }
        let kind = known("kind", &self.kind, Why::NotAKind, &mut wrong, |text| text.parse().ok());
        let kind = kind.unwrap_or_else(|| {
            if clean(&self.branch_number).is_empty() { Kind::Company } else { Kind::Branch }
        });
        let kvk =
            known("kvk", &self.kvk, Why::NotEightDigits, &mut wrong, |text| text.parse().ok());
        let branch_number =
            known("branch_number", &self.branch_number, Why::NotTwelveDigits, &mut wrong, |text| {
                text.parse().ok()
            });
        if branch_number.is_some() && kind != Kind::Branch {
            wrong.push(Wrong { field: "branch_number", why: Why::OnlyForABranch });
        }
        if branch_number.is_some() && clean(&self.kvk).is_empty() {
            wrong.push(Wrong { field: "kvk", why: Why::NeedsKvk });
        }
        let legal_form =
            known("legal_form", &self.legal_form, Why::NotALegalForm, &mut wrong, LegalForm::read);
        let phone =
            known("phone", &self.phone, Why::NotAPhoneNumber, &mut wrong, |text| text.parse().ok());
        let email =
            known("email", &self.email, Why::NotAnEmail, &mut wrong, |text| text.parse().ok());
        let address = AddressText {
            street: &self.street,
            house_number: &self.house_number,
            addition: &self.addition,
            postcode: &self.postcode,
            town: &self.town,
            country: &self.country,
        };
        let address = address.read(&mut wrong);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Organisation {
            kind,
            name,
            external_id: some(&self.external_id),
            member_number: some(&self.member_number),
            kvk,
            branch_number,
            legal_form,
            formula: clean(&self.formula),
            sector: clean(&self.sector),
            address,
            phone,
            email,
        })
    }

    fn texts(&self) -> [(&'static str, &str); 16] {
        [
            ("name", &self.name),
            ("external_id", &self.external_id),
            ("member_number", &self.member_number),
            ("kvk", &self.kvk),
            ("branch_number", &self.branch_number),
            ("legal_form", &self.legal_form),
            ("formula", &self.formula),
            ("sector", &self.sector),
            ("street", &self.street),
            ("house_number", &self.house_number),
            ("addition", &self.addition),
            ("postcode", &self.postcode),
            ("town", &self.town),
            ("country", &self.country),
            ("phone", &self.phone),
            ("email", &self.email),
        ]
    }
}

/// An empty field is none; any other must be understood.
fn known<T>(
    field: &'static str,
    text: &str,
    why: Why,
    wrong: &mut Vec<Wrong>,
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let found = read(text);
    if found.is_none() {
        wrong.push(Wrong { field, why });
    }
    found
}

/// Who is to speak for an organisation, as typed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ContactDraft {
    pub person: String,
    pub role: String,
    pub from: String,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewContactPerson {
    pub person: PersonId,
    pub role: String,
    /// Unknown if nobody wrote it down.
    pub from: Option<Date>,
}

impl ContactDraft {
    /// A role that begins later is not a role yet: the gate would count on it today.
    pub fn read(&self, today: Date) -> Result<NewContactPerson, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let person = self.person.parse().ok();
        if person.is_none() {
            wrong.push(Wrong { field: "person", why: Why::Missing });
        }
        let role = clean(&self.role);
        if role.is_empty() {
            wrong.push(Wrong { field: "role", why: Why::Missing });
        }
        if role.chars().count() > TEXT_MAX {
            wrong.push(Wrong { field: "role", why: Why::TooLong });
        }
        let from = read_date("from", &self.from, &mut wrong);
        if from.is_some_and(|from| from > today) {
            wrong.push(Wrong { field: "from", why: Why::InTheFuture });
        }
        match person {
            Some(person) if wrong.is_empty() => Ok(NewContactPerson { person, role, from }),
            _ => Err(wrong),
        }
    }
}

/// The last day of a role that began on `from`.
pub fn read_end(text: &str, from: Option<Date>, today: Date) -> Result<Date, Wrong> {
    let wrong = |why| Err(Wrong { field: "until", why });
    match kernel::parse_day(text) {
        None if text.trim().is_empty() => wrong(Why::Missing),
        None => wrong(Why::NotADate),
        Some(until) if until > today => wrong(Why::InTheFuture),
        Some(until) if from.is_some_and(|from| until < from) => wrong(Why::EndsBeforeItBegins),
        Some(until) => Ok(until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 24);

    fn linde() -> Draft {
        Draft {
            kind: "branch".into(),
            name: " De  Linde, wijkteam Noord".into(),
            kvk: "8100 0011".into(),
            branch_number: "000081000012".into(),
            legal_form: "B.V.".into(),
            house_number: "18a".into(),
            postcode: "7321 bd".into(),
            phone: "055-123 45 68".into(),
            email: "noord@delinde.example".into(),
            ..Draft::default()
        }
    }

    fn refused(draft: &Draft) -> Vec<(&'static str, Why)> {
        draft.read().unwrap_err().into_iter().map(|wrong| (wrong.field, wrong.why)).collect()
    }

    #[test]
    fn fields_are_understood_as_people_write_them() {
        let read = linde().read().unwrap();
        assert_eq!((read.name.as_str(), read.kind), ("De Linde, wijkteam Noord", Kind::Branch));
        assert_eq!(read.kvk.unwrap().to_string(), "81000011");
        assert_eq!(read.phone.unwrap().e164(), "+31551234568");
        assert_eq!(
            (read.legal_form, read.address.postcode.as_str()),
            (Some(LegalForm::Bv), "7321BD")
        );
        assert_eq!((read.address.house_number, read.address.addition.as_str()), (Some(18), "a"));
    }

    #[test]
    fn a_name_is_enough() {
        let read = Draft { name: "Zorg Zuid".into(), ..Draft::default() }.read().unwrap();
        assert_eq!(
            (read.kind, read.kvk, read.phone, read.email),
            (Kind::Company, None, None, None)
        );
    }

    #[test]
    fn what_is_not_understood_is_asked_again_beside_its_field() {
        type Asked = &'static [(&'static str, Why)];
        let cases: [(&str, Draft, Asked); 9] = [
            ("no name", Draft { name: " ".into(), ..linde() }, &[("name", Why::NameMissing)]),
            ("kind", Draft { kind: "shop".into(), ..linde() }, &[("kind", Why::NotAKind)]),
            (
                "seven digits",
                Draft { kvk: "8100001".into(), ..linde() },
                &[("kvk", Why::NotEightDigits)],
            ),
            (
                "letters",
                Draft { kvk: "8100001x".into(), ..linde() },
                &[("kvk", Why::NotEightDigits)],
            ),
            ("no company", Draft { kvk: String::new(), ..linde() }, &[("kvk", Why::NeedsKvk)]),
            (
                "a company",
                Draft { kind: "company".into(), ..linde() },
                &[("branch_number", Why::OnlyForABranch)],
            ),
            (
                "legal form",
                Draft { legal_form: "iets".into(), ..linde() },
                &[("legal_form", Why::NotALegalForm)],
            ),
            (
                "several",
                Draft {
                    phone: "112".into(),
                    email: "noord".into(),
                    postcode: "732".into(),
                    ..linde()
                },
                &[
                    ("phone", Why::NotAPhoneNumber),
                    ("email", Why::NotAnEmail),
                    ("postcode", Why::NotAPostcode),
                ],
            ),
            ("long", Draft { formula: "x".repeat(201), ..linde() }, &[("formula", Why::TooLong)]),
        ];
        for (what, draft, expected) in cases {
            assert_eq!(refused(&draft), expected, "{what}");
        }
    }

    #[test]
    fn a_contact_person_has_a_role_that_has_begun() {
        let draft = |person: &str, role: &str, from: &str| {
            let draft =
                ContactDraft { person: person.into(), role: role.into(), from: from.into() };
            draft.read(TODAY).map_err(|wrong| {
                wrong.into_iter().map(|wrong| (wrong.field, wrong.why)).collect::<Vec<_>>()
            })
        };
        let begun = draft("7", " Hoofd  HR ", "24-11-2026").unwrap();
        assert_eq!(
            (begun.person, begun.role.as_str(), begun.from),
            (PersonId(7), "Hoofd HR", Some(TODAY))
        );
        assert_eq!(draft("7", "Hoofd HR", "").unwrap().from, None);
        assert_eq!(draft("", "", ""), Err(vec![("person", Why::Missing), ("role", Why::Missing)]));
        assert_eq!(draft("7", "Hoofd HR", "25-11-2026"), Err(vec![("from", Why::InTheFuture)]));
        assert_eq!(draft("7", "Hoofd HR", "31-2-2026"), Err(vec![("from", Why::NotADate)]));
    }

    #[test]
    fn a_role_ends_after_it_began_and_not_tomorrow() {
        let from = Some(Date::constant(2026, 3, 1));
        let end = |text: &str| read_end(text, from, TODAY).map_err(|wrong| wrong.why);
        assert_eq!(end("24-11-2026"), Ok(TODAY));
        assert_eq!(end("1-3-2026"), Ok(Date::constant(2026, 3, 1)), "a role of one day");
        assert_eq!(end("28-2-2026"), Err(Why::EndsBeforeItBegins));
        assert_eq!(end("25-11-2026"), Err(Why::InTheFuture));
        assert_eq!(end(" "), Err(Why::Missing));
        assert_eq!(end("gisteren"), Err(Why::NotADate));
        assert_eq!(read_end("1-1-1990", None, TODAY), Ok(Date::constant(1990, 1, 1)));
    }
}
