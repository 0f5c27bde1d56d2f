//! A person as typed, in a form, a file or a message, becomes a person as kept: one place for all three.

use jiff::civil::Date;
use kernel::{Email, PersonName, PhoneNumber, Postcode, Sex, parse_day, take_apart};

/// The fields as text, each under the name that forms, the API and files give it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Draft {
    pub member_number: String,
    pub external_id: String,
    pub initials: String,
    pub first_name: String,
    pub call_name: String,
    pub prefix: String,
    pub last_name: String,
    /// A whole name, for files that have nothing better; only used without a surname.
    pub name: String,
    pub birth_date: String,
    pub sex: String,
    pub street: String,
    pub house_number: String,
    pub addition: String,
    pub postcode: String,
    pub town: String,
    pub country: String,
    pub phone: String,
    pub mobile: String,
    pub email: String,
    pub sector: String,
    pub employer: String,
    pub occupation: String,
    pub source: String,
    pub interest: String,
    pub language: String,
}

/// A person as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    pub member_number: Option<String>,
    pub external_id: Option<String>,
    pub name: PersonName,
    pub sex: Option<Sex>,
    pub birth_date: Option<Date>,
    pub address: Address,
    pub phones: Vec<Phone>,
    pub email: Option<Reach<Email>>,
    pub sector: String,
    pub employer: String,
    pub occupation: String,
    pub source: String,
    pub interest: String,
    pub language: String,
}

impl Person {
    /// Every number that could be understood, in the order in which they are called.
    #[must_use]
    pub fn numbers(&self) -> Vec<PhoneNumber> {
        self.phones.iter().filter_map(|phone| phone.number.usable.clone()).collect()
    }
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Address {
    pub street: String,
    pub house_number: Option<u32>,
    /// Letter and addition: `a`, `bis`, `2-hoog`.
    pub addition: String,
    /// Compact for a Dutch one, as written for another.
    pub postcode: String,
    pub town: String,
    /// ISO 3166, two letters.
    pub country: String,
}

/// How to reach somebody, as it was written; understood or not. What cannot be understood is shown
/// and can be mended; it is never thrown away.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reach<T> {
    pub written: String,
    pub usable: Option<T>,
}

impl<T: std::str::FromStr> Reach<T> {
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let written = written.trim();
        (!written.is_empty())
            .then(|| Self { written: written.to_owned(), usable: written.parse().ok() })
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Phone {
    pub kind: PhoneKind,
    pub number: Reach<PhoneNumber>,
}

kernel::codes! {
    pub enum PhoneKind {
        Mobile = "mobile",
        Phone = "phone",
    }
}

/// Something that makes no sense, under the field it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wrong {
    pub field: &'static str,
    pub why: Why,
}

kernel::codes! {
    pub enum Why {
        /// There is nothing to call this person or organisation by.
        NameMissing = "name_missing",
        NotADate = "not_a_date",
        /// Born after today, or so long ago that it must be a mistake.
        ImpossibleDate = "impossible_date",
        TooLong = "too_long",
        NotAPostcode = "not_a_postcode",
        NotANumber = "not_a_number",
        NotASex = "not_a_sex",
        NotAPhoneNumber = "not_a_phone_number",
        NotAnEmail = "not_an_email",
        NotALanguage = "not_a_language",
        /// The name was taken apart by guessing.
        NameGuessed = "name_guessed",
        /// Something must stand here.
        Missing = "missing",
        NotAKind = "not_a_kind",
        NotALegalForm = "not_a_legal_form",
        NotEightDigits = "not_eight_digits",
        NotTwelveDigits = "not_twelve_digits",
        /// Only a branch has a branch number.
        OnlyForABranch = "only_for_a_branch",
        /// Without the number of the company nobody knows whose branch it is.
        NeedsKvk = "needs_kvk",
        /// What is said to be so cannot begin or have ended after today.
        InTheFuture = "in_the_future",
        EndsBeforeItBegins = "ends_before_it_begins",
        /// A number that may be a citizen service number.
        HoldsBsn = "holds_bsn",
    }
}

/// What was understood, and what a person should look at although it is taken in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Read {
    pub person: Person,
    pub doubts: Vec<Wrong>,
}

pub(crate) const TEXT_MAX: usize = 200;
const OLDEST_BIRTH_YEAR: i16 = 1900;

impl Draft {
    /// Understands the fields.
    ///
    /// A missing name and an impossible date refuse the person. Everything else that cannot be
    /// understood (a number with a digit too few) is kept as written, with a doubt.
    pub fn read(&self, today: Date) -> Result<Read, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut doubts = Vec::new();
        for (field, text) in self.texts() {
            if text.chars().count() > TEXT_MAX {
                wrong.push(Wrong { field, why: Why::TooLong });
            }
        }

        let (name, sex_of_title) = self.read_name(&mut wrong, &mut doubts);
        let birth_date = read_date("birth_date", &self.birth_date, &mut wrong);
        if let Some(birth_date) = birth_date
            && (birth_date > today || birth_date.year() < OLDEST_BIRTH_YEAR)
        {
            wrong.push(Wrong { field: "birth_date", why: Why::ImpossibleDate });
        }
        let sex = Sex::read(&self.sex);
        if sex.is_none() && !is_unknown(&self.sex) {
            doubts.push(Wrong { field: "sex", why: Why::NotASex });
        }
        let address = self.address().read(&mut doubts);
        let phones =
            [(PhoneKind::Mobile, "mobile", &self.mobile), (PhoneKind::Phone, "phone", &self.phone)]
                .into_iter()
                .filter_map(|(kind, field, written)| {
                    let number = Reach::read(written)?;
                    if number.usable.is_none() {
                        doubts.push(Wrong { field, why: Why::NotAPhoneNumber });
                    }
                    Some(Phone { kind, number })
                })
                .collect();
        let email = Reach::<Email>::read(&self.email);
        if email.as_ref().is_some_and(|email| email.usable.is_none()) {
            doubts.push(Wrong { field: "email", why: Why::NotAnEmail });
        }
        let language = match kernel::fold(&self.language).as_str() {
            "" | "nl" | "nederlands" | "dutch" => "nl",
            "en" | "engels" | "english" => "en",
            other if other.len() == 2 && other.bytes().all(|b| b.is_ascii_lowercase()) => {
                self.language.trim()
            }
            _ => {
                doubts.push(Wrong { field: "language", why: Why::NotALanguage });
                "nl"
            }
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let person = Person {
            member_number: some(&self.member_number),
            external_id: some(&self.external_id),
            name,
            sex: sex.or(sex_of_title),
            birth_date,
            address,
            phones,
            email,
            sector: clean(&self.sector),
            employer: clean(&self.employer),
            occupation: clean(&self.occupation),
            source: clean(&self.source),
            interest: clean(&self.interest),
            language: language.to_lowercase(),
        };
        Ok(Read { person, doubts })
    }

    fn read_name(
        &self,
        wrong: &mut Vec<Wrong>,
        doubts: &mut Vec<Wrong>,
    ) -> (PersonName, Option<Sex>) {
        let name = PersonName {
            initials: initials(&self.initials),
            first_name: clean(&self.first_name),
            call_name: clean(&self.call_name),
            prefix: clean(&self.prefix),
            surname: clean(&self.last_name),
        };
        if name.surname.chars().any(char::is_alphabetic) {
            return (name, None);
        }
        match take_apart(&self.name) {
            Some(apart) => {
                if !apart.certain {
                    doubts.push(Wrong { field: "name", why: Why::NameGuessed });
                }
                let own =
                    |given: String, taken: String| if given.is_empty() { taken } else { given };
                let name = PersonName {
                    initials: own(name.initials, apart.name.initials),
                    first_name: own(name.first_name, apart.name.first_name),
                    call_name: own(name.call_name, apart.name.call_name),
                    prefix: own(name.prefix, apart.name.prefix),
                    surname: apart.name.surname,
                };
                (name, apart.sex)
            }
            None => {
                wrong.push(Wrong { field: "last_name", why: Why::NameMissing });
                (name, None)
            }
        }
    }

    fn address(&self) -> AddressText<'_> {
        AddressText {
            street: &self.street,
            house_number: &self.house_number,
            addition: &self.addition,
            postcode: &self.postcode,
            town: &self.town,
            country: &self.country,
        }
    }

    fn texts(&self) -> [(&'static str, &str); 25] {
        [
            ("member_number", &self.member_number),
            ("external_id", &self.external_id),
            ("initials", &self.initials),
            ("first_name", &self.first_name),
            ("call_name", &self.call_name),
            ("prefix", &self.prefix),
            ("last_name", &self.last_name),
            ("name", &self.name),
            ("birth_date", &self.birth_date),
            ("sex", &self.sex),
            ("street", &self.street),
            ("house_number", &self.house_number),
            ("addition", &self.addition),
            ("postcode", &self.postcode),
            ("town", &self.town),
            ("country", &self.country),
            ("phone", &self.phone),
            ("mobile", &self.mobile),
            ("email", &self.email),
            ("sector", &self.sector),
            ("employer", &self.employer),
            ("occupation", &self.occupation),
            ("source", &self.source),
            ("interest", &self.interest),
            ("language", &self.language),
        ]
    }
}

/// An address as it was written, of a person or an organisation.
pub(crate) struct AddressText<'a> {
    pub street: &'a str,
    pub house_number: &'a str,
    pub addition: &'a str,
    pub postcode: &'a str,
    pub town: &'a str,
    pub country: &'a str,
}

impl AddressText<'_> {
    pub(crate) fn read(&self, doubts: &mut Vec<Wrong>) -> Address {
        let country = country_code(self.country);
        let postcode = match self.postcode.parse::<Postcode>() {
            Ok(postcode) => postcode.compact().to_owned(),
            Err(_) => {
                if country == "NL" && !self.postcode.trim().is_empty() {
                    doubts.push(Wrong { field: "postcode", why: Why::NotAPostcode });
                }
                clean(self.postcode)
            }
        };
        // Files often have `12a` or `12-2` where the number alone should be.
        let written = clean(self.house_number);
        let digits = written.chars().take_while(char::is_ascii_digit).count();
        let house_number = written[..digits].parse().ok();
        if house_number.is_none() && !written.is_empty() {
            doubts.push(Wrong { field: "house_number", why: Why::NotANumber });
        }
        let behind = if house_number.is_some() {
            written[digits..].trim_start_matches([' ', '-'])
        } else {
            &written
        };
        let addition = [behind, &clean(self.addition)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        Address {
            street: clean(self.street),
            house_number,
            addition,
            postcode,
            town: clean(self.town),
            country,
        }
    }
}

impl From<&Person> for Draft {
    /// The fields as they would be typed: for a form that shows what we have, and for an export that
    /// comes back identical.
    fn from(person: &Person) -> Self {
        let phone = |kind| {
            let found = person.phones.iter().find(|phone| phone.kind == kind);
            found.map_or_else(String::new, |phone| {
                let number = &phone.number;
                number
                    .usable
                    .as_ref()
                    .map_or_else(|| number.written.clone(), |usable| usable.e164().to_owned())
            })
        };
        Self {
            member_number: person.member_number.clone().unwrap_or_default(),
            external_id: person.external_id.clone().unwrap_or_default(),
            initials: person.name.initials.clone(),
            first_name: person.name.first_name.clone(),
            call_name: person.name.call_name.clone(),
            prefix: person.name.prefix.clone(),
            last_name: person.name.surname.clone(),
            name: String::new(),
            birth_date: person.birth_date.map(|date| date.to_string()).unwrap_or_default(),
            sex: person.sex.map(|sex| sex.code().to_owned()).unwrap_or_default(),
            street: person.address.street.clone(),
            house_number: person
                .address
                .house_number
                .map(|number| number.to_string())
                .unwrap_or_default(),
            addition: person.address.addition.clone(),
            postcode: person.address.postcode.clone(),
            town: person.address.town.clone(),
            country: person.address.country.clone(),
            phone: phone(PhoneKind::Phone),
            mobile: phone(PhoneKind::Mobile),
            email: person.email.as_ref().map(|email| email.written.clone()).unwrap_or_default(),
            sector: person.sector.clone(),
            employer: person.employer.clone(),
            occupation: person.occupation.clone(),
            source: person.source.clone(),
            interest: person.interest.clone(),
            language: person.language.clone(),
        }
    }
}

/// A date of a form or file; empty is none.
pub fn read_date(field: &'static str, text: &str, wrong: &mut Vec<Wrong>) -> Option<Date> {
    if text.trim().is_empty() {
        return None;
    }
    let day = parse_day(text);
    if day.is_none() {
        wrong.push(Wrong { field, why: Why::NotADate });
    }
    day
}

pub(crate) fn clean(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn some(text: &str) -> Option<String> {
    let text = clean(text);
    (!text.is_empty()).then_some(text)
}

fn is_unknown(sex: &str) -> bool {
    matches!(kernel::fold(sex).as_str(), "" | "onbekend" | "unknown" | "o" | "?" | "-")
}

/// `pj`, `P J`, `P.J.` become `P.J.`; anything that is not initials stays as written.
fn initials(text: &str) -> String {
    let text = clean(text);
    let plain = !text.is_empty()
        && text.chars().all(|c| c.is_alphabetic() || c == '.' || c == ' ')
        && (text.contains(['.', ' ']) || text.chars().count() <= 4);
    if !plain || text.chars().filter(|c| c.is_lowercase()).count() > 4 {
        return text;
    }
    text.split(['.', ' '])
        .filter(|part| !part.is_empty())
        // `Th.` is one initial, `pj` are two.
        .flat_map(|part| {
            let mut chars = part.chars();
            let first = chars.next().expect("not empty").to_uppercase().to_string();
            let rest: String = chars.collect();
            if part.chars().count() > 1
                && rest.chars().all(char::is_lowercase)
                && text.contains('.')
            {
                vec![first + &rest]
            } else {
                part.chars().map(|c| c.to_uppercase().to_string()).collect()
            }
        })
        .fold(String::new(), |all, initial| all + &initial + ".")
}

/// Two letters; the names that Dutch files write out are known, anything else stays as written.
fn country_code(text: &str) -> String {
    match kernel::fold(text).as_str() {
        "" | "nl" | "nld" | "nederland" | "netherlands" | "the netherlands" => "NL".to_owned(),
        "be" | "bel" | "belgie" | "belgium" => "BE".to_owned(),
        "de" | "deu" | "duitsland" | "germany" => "DE".to_owned(),
        "fr" | "frankrijk" | "france" => "FR".to_owned(),
        other if other.len() == 2 => other.to_uppercase(),
        _ => clean(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 24);

    fn arslan() -> Draft {
        Draft {
            initials: "s".into(),
            last_name: "Arslan".into(),
            sex: "V".into(),
            birth_date: "14-2-1989".into(),
            mobile: "06 12345678".into(),
            email: "s.arslan@voorbeeld.nl".into(),
            house_number: "12a".into(),
            postcode: "3511 ab".into(),
            ..Draft::default()
        }
    }

    #[test]
    fn fields_are_understood_as_people_write_them() {
        let Read { person, doubts } = arslan().read(TODAY).unwrap();
        assert_eq!(doubts, []);
        assert_eq!(person.name.short(), "S. Arslan");
        assert_eq!(person.birth_date, Some(Date::constant(1989, 2, 14)));
        assert_eq!(person.phones[0].number.usable.as_ref().unwrap().e164(), "+31612345678");
        assert_eq!(
            (person.address.house_number, person.address.addition.as_str()),
            (Some(12), "a")
        );
        assert_eq!(
            (person.address.postcode.as_str(), person.address.country.as_str()),
            ("3511AB", "NL")
        );
    }

    #[test]
    fn a_missing_name_and_an_impossible_date_refuse() {
        let refuse = |draft: Draft| draft.read(TODAY).unwrap_err();
        assert_eq!(
            refuse(Draft::default())[0],
            Wrong { field: "last_name", why: Why::NameMissing }
        );
        for (date, why) in [
            ("31-02-1980", Why::NotADate),
            ("gisteren", Why::NotADate),
            ("25-11-2026", Why::ImpossibleDate),
            ("01-01-1850", Why::ImpossibleDate),
        ] {
            let draft = Draft { birth_date: date.into(), ..arslan() };
            assert_eq!(refuse(draft), [Wrong { field: "birth_date", why }], "{date}");
        }
    }

    #[test]
    fn what_is_not_understood_is_kept_with_a_doubt() {
        let draft =
            Draft { mobile: "06-1234".into(), email: "s.arslan at voorbeeld".into(), ..arslan() };
        let Read { person, doubts } = draft.read(TODAY).unwrap();
        assert_eq!(person.phones[0].number, Reach { written: "06-1234".into(), usable: None });
        assert_eq!(person.email.unwrap().written, "s.arslan at voorbeeld");
        assert_eq!(doubts.iter().map(|doubt| doubt.field).collect::<Vec<_>>(), ["mobile", "email"]);
    }

    #[test]
    fn a_whole_name_is_taken_apart_and_marked_when_guessed() {
        let whole =
            |name: &str| Draft { name: name.into(), ..Draft::default() }.read(TODAY).unwrap();
        let vliet = whole("de heer W. van Vliet");
        assert_eq!(
            (vliet.person.name.sorted().as_str(), vliet.person.sex),
            ("Vliet, W. van", Some(Sex::Male))
        );
        assert_eq!(vliet.doubts, []);
        assert_eq!(whole("Maria Anna Jansen").doubts[0].why, Why::NameGuessed);
    }

    #[test]
    fn initials_get_their_dots() {
        for (text, expected) in [
            ("pj", "P.J."),
            ("P J", "P.J."),
            ("P.J.", "P.J."),
            ("Th.M.", "Th.M."),
            ("Sevim", "Sevim"),
            ("", ""),
        ] {
            assert_eq!(initials(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_reads_back_the_same(
            last_name in "[A-Z][a-z]{1,12}", initials in "[A-Z]{0,3}", number in "0[2357][0-9]{8}",
            house in "[0-9]{0,3}[a-z]{0,2}", town in "[A-Za-z ]{0,20}",
        ) {
            let draft = Draft { last_name, initials, phone: number, house_number: house, town, ..Draft::default() };
            let first = draft.read(TODAY).unwrap().person;
            let again = Draft::from(&first).read(TODAY).unwrap().person;
            prop_assert_eq!(Draft::from(&again), Draft::from(&first));
        }
    }
}
