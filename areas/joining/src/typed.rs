//! A sign-up as it is typed, in a form or by another program, becomes one that is meant.

use jiff::civil::Date;
use joining_rules::sign_up::{Method, Way};
use kernel::{Iban, PersonId, Pii};
use membership_rules::Began;
use membership_rules::tariff::{Situation, Told};
use people_rules::person::{Draft, Person, PhoneKind, Why};
use serde::{Deserialize, Deserializer};
use texts::Texts;

/// The fields as text. No `Debug`: nearly all of it is personal data.
#[derive(Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "boxes of a form, each with a meaning of its own"
)]
pub struct Typed {
    /// Made by whoever sends it: the same twice is one sign-up.
    pub key: String,
    /// Somebody who is known already.
    pub person: String,
    /// The person looks like a member but is somebody else.
    #[serde(deserialize_with = "flag")]
    pub other: bool,
    pub first_name: String,
    pub prefix: String,
    pub last_name: String,
    pub initials: String,
    /// `f`, `m`, `x` or empty.
    pub sex: String,
    pub birth_date: String,
    pub street: String,
    pub house_number: String,
    pub postcode: String,
    pub town: String,
    pub email: String,
    pub mobile: String,
    pub phone: String,
    pub employer: String,
    pub sector: String,
    /// `nl` or `en`.
    pub language: String,
    /// `student`, `benefit`, `participation`, `retired`, `not_working`, `debt`, or empty for who works.
    pub situation: String,
    /// In a week.
    pub hours: String,
    /// Gross euros a month.
    pub income: String,
    /// Comes from another union or association.
    #[serde(deserialize_with = "flag")]
    pub transfer: bool,
    /// Empty for who does not pay by direct debit.
    #[schema(value_type = String, default)]
    pub iban: Pii<String>,
    /// The name on the account; the new member's own if empty.
    pub holder: String,
    /// Said yes to the direct debit.
    #[serde(deserialize_with = "flag")]
    pub yes: bool,
    /// Heard or read what the law wants told.
    #[serde(deserialize_with = "flag")]
    pub told: bool,
    #[serde(deserialize_with = "flag")]
    pub newsletter: bool,
    /// The name of a parent or guardian, for who is too young to decide alone.
    pub parent: String,
    /// The code of the member who brought this one.
    pub referral: String,
    /// `phone_out`, `phone_in`, `visit`; in a call it is known.
    pub method: String,
    /// `email`, `sms`, `letter` or `paper`.
    pub way: String,
}

/// A box of a form that is ticked, or a boolean.
fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Yes(bool),
        Box(String),
    }
    Ok(match Flag::deserialize(from)? {
        Flag::Yes(yes) => yes,
        Flag::Box(text) => !text.is_empty(),
    })
}

/// Which field is wrong, and the sentence that says so.
pub(crate) type Wrong = (&'static str, String);

/// A sign-up as it is meant.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "boxes of a form, each with a meaning of its own"
)]
pub struct NewSignUp {
    pub key: String,
    pub person: Option<PersonId>,
    pub other: bool,
    pub typed: Pii<Person>,
    pub told: Vec<Told>,
    pub began: Began,
    pub iban: Option<Pii<Iban>>,
    /// The name on the account.
    pub holder: Pii<String>,
    pub said_yes: bool,
    pub is_told: bool,
    pub newsletter: bool,
    pub parent: Pii<String>,
    pub referral: String,
    pub method: Method,
    pub way: Way,
}

/// As in the table of other names.
const NAME_MAX: usize = 200;
const CODE_MAX: usize = 40;
const HOURS_MAX: i64 = 80;

impl Typed {
    /// What was typed of the person, as far as it can be understood by `people`.
    pub(crate) fn draft(&self) -> Draft {
        Draft {
            initials: self.initials.clone(),
            first_name: self.first_name.clone(),
            prefix: self.prefix.clone(),
            last_name: self.last_name.clone(),
            birth_date: self.birth_date.clone(),
            sex: self.sex.clone(),
            street: self.street.clone(),
            house_number: self.house_number.clone(),
            postcode: self.postcode.clone(),
            town: self.town.clone(),
            email: self.email.clone(),
            mobile: self.mobile.clone(),
            phone: self.phone.clone(),
            employer: self.employer.clone(),
            sector: self.sector.clone(),
            language: self.language.clone(),
            source: "aanmelding".into(),
            ..Draft::default()
        }
    }

    pub(crate) fn person_id(&self) -> Option<PersonId> {
        self.person.parse().ok()
    }

    pub(crate) fn born(&self) -> Option<Date> {
        kernel::parse_day(&self.birth_date)
    }

    pub(crate) fn began(&self) -> Began {
        if self.transfer { Began::Transfer } else { Began::Joined }
    }

    pub(crate) fn way(&self) -> Way {
        self.way.parse().unwrap_or(Way::Email)
    }

    /// What was told about work and income, as far as it makes sense, from `from` on.
    pub(crate) fn told(&self, from: Date) -> Vec<Told> {
        let told =
            |situation, value| Told { situation, from, until: None, value, proof_until: None };
        let mut all = Vec::new();
        if let Ok(situation) = self.situation.parse::<Situation>() {
            all.push(told(situation, None));
        }
        if let Ok(Some(hours)) = self.hours() {
            all.push(told(Situation::Hours, Some(hours)));
        }
        if let Ok(Some(cents)) = self.income() {
            all.push(told(Situation::Income, Some(cents)));
        }
        all
    }

    fn hours(&self) -> Result<Option<i64>, ()> {
        match self.hours.trim() {
            "" => Ok(None),
            text => text
                .parse()
                .ok()
                .filter(|hours| (0..=HOURS_MAX).contains(hours))
                .map(Some)
                .ok_or(()),
        }
    }

    /// In cents.
    fn income(&self) -> Result<Option<i64>, ()> {
        let plain: String = self.income.chars().filter(|c| !matches!(c, ' ' | '.' | '€')).collect();
        match plain.split(',').next().unwrap_or_default() {
            "" => Ok(None),
            euros => {
                let euros: i64 = euros.parse().map_err(|_| ())?;
                (0..1_000_000).contains(&euros).then(|| Some(euros * 100)).ok_or(())
            }
        }
    }

    /// Understands all of it.
    ///
    /// # Errors
    ///
    /// Every field that makes no sense, or that is needed and empty.
    pub(crate) fn read(
        &self,
        t: &Texts,
        method: Method,
        (today, starts_on): (Date, Date),
    ) -> Result<NewSignUp, Vec<Wrong>> {
        let mut wrong: Vec<Wrong> = Vec::new();
        let draft = self.draft();
        let person = match draft.read(today) {
            Ok(read) => {
                for doubt in read.doubts {
                    wrong.push((doubt.field, t.get(people::person::why_text(doubt.why))));
                }
                Some(read.person)
            }
            Err(found) => {
                let says = |why| t.get(people::person::why_text(why));
                wrong.extend(found.into_iter().map(|wrong| (wrong.field, says(wrong.why))));
                None
            }
        };
        if self.first_name.trim().is_empty() && self.initials.trim().is_empty() {
            wrong.push(("first_name", t.get(people::person::why_text(Why::Missing))));
        }
        if self.birth_date.trim().is_empty() {
            wrong.push(("birth_date", t.get(people::person::why_text(Why::Missing))));
        }
        if self.hours().is_err() {
            wrong.push(("hours", t.get("joining-wrong-hours")));
        }
        if self.income().is_err() {
            wrong.push(("income", t.get("joining-wrong-income")));
        }
        let iban = match self.iban() {
            None => None,
            Some(Ok(iban)) => Some(Pii::new(iban)),
            Some(Err(why)) => {
                wrong.push(("iban", dues::iban_text(t, why)));
                None
            }
        };
        let way = self.way();
        if let Some(person) = &person {
            wrong.extend(unreachable(t, person, way));
        }
        for (field, text, max) in [
            ("parent", &self.parent, NAME_MAX),
            ("holder", &self.holder, NAME_MAX),
            ("referral", &self.referral, CODE_MAX),
            ("key", &self.key, NAME_MAX),
        ] {
            if text.chars().count() > max {
                wrong.push((field, t.get(people::person::why_text(Why::TooLong))));
            }
        }
        let Some(person) = person.filter(|_| wrong.is_empty()) else { return Err(wrong) };
        let holder = match self.holder.trim() {
            "" => person.name.short(),
            holder => holder.to_owned(),
        };
        Ok(NewSignUp {
            key: self.key.clone(),
            person: self.person_id(),
            other: self.other,
            told: self.told(starts_on),
            began: self.began(),
            said_yes: self.yes || iban.is_none(),
            iban,
            holder: Pii::new(holder),
            is_told: self.told,
            newsletter: self.newsletter,
            parent: Pii::new(self.parent.trim().to_owned()),
            referral: self.referral.trim().to_owned(),
            method,
            way,
            typed: Pii::new(person),
        })
    }

    /// The account number as far as it was typed; none if nothing was.
    pub(crate) fn iban(&self) -> Option<Result<Iban, kernel::WrongIban>> {
        let typed = self.iban.reveal().trim();
        (!typed.is_empty()).then(|| {
            let iban: Iban = typed.parse()?;
            if iban.is_sepa() { Ok(iban) } else { Err(kernel::WrongIban::Country) }
        })
    }
}

/// Without what the confirmation goes to nobody can confirm.
fn unreachable(t: &Texts, person: &Person, way: Way) -> Option<Wrong> {
    let missing = |field| Some((field, t.get("joining-wrong-needed-to-confirm")));
    match way {
        Way::Email if person.email.is_none() => missing("email"),
        Way::Sms if mobile_of(person).is_none() => missing("mobile"),
        Way::Letter if person.address.street.is_empty() => missing("street"),
        Way::Letter if person.address.postcode.is_empty() => missing("postcode"),
        Way::Letter if person.address.town.is_empty() => missing("town"),
        _ => None,
    }
}

/// The number that a text message reaches.
pub(crate) fn mobile_of(person: &Person) -> Option<&kernel::PhoneNumber> {
    let phones = person.phones.iter().filter(|phone| phone.kind == PhoneKind::Mobile);
    phones.filter_map(|phone| phone.number.usable.as_ref()).find(|number| number.is_mobile())
}

/// Puts what was typed over what is known of a person; what was left empty stays.
pub(crate) fn put_over(known: &mut Person, typed: &Person) {
    let name = &mut known.name;
    for (part, typed) in [
        (&mut name.initials, &typed.name.initials),
        (&mut name.first_name, &typed.name.first_name),
        (&mut name.surname, &typed.name.surname),
        (&mut known.employer, &typed.employer),
        (&mut known.sector, &typed.sector),
    ] {
        if !typed.is_empty() {
            part.clone_from(typed);
        }
    }
    // A surname without a prefix has none.
    name.prefix.clone_from(&typed.name.prefix);
    known.birth_date = typed.birth_date.or(known.birth_date);
    known.sex = typed.sex.or(known.sex);
    if !typed.address.postcode.is_empty() || !typed.address.street.is_empty() {
        known.address = typed.address.clone();
    }
    if typed.email.is_some() {
        known.email.clone_from(&typed.email);
    }
    let new = typed.phones.iter().filter(|phone| {
        let number = &phone.number.usable;
        known.phones.iter().all(|known| known.number.usable != *number)
    });
    let mut phones: Vec<_> = new.cloned().collect();
    phones.append(&mut known.phones);
    known.phones = phones;
    known.language.clone_from(&typed.language);
}
