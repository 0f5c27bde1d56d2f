//! How one writes to a person: in which language, with which salutation, to which address.

use db::{Error, Tx};
use kernel::{Email, PersonId, PersonName, Pii, Postcode, Sex};
use texts::Language;

use super::store::by_id;
use crate::Sight;

/// What letter and mail need of a person.
#[derive(Clone, Debug)]
pub struct Addressed {
    pub language: Language,
    /// `Geachte heer Van Vliet`, without a comma.
    pub salutation: String,
    /// As outside on an envelope: `de heer Van Vliet`.
    pub whom: String,
    /// Beside an e-mail address: `W. van Vliet`.
    pub name: String,
    pub member_number: String,
    pub email: Option<Pii<Email>>,
    /// The lines of the envelope; `None` if we know no street or town.
    pub lines: Option<Pii<String>>,
}

/// Whoever asks: for what is sent because of a step that the asker may take.
pub async fn addressed(tx: &mut Tx, id: PersonId) -> Result<Option<Addressed>, Error> {
    let Some(stored) = by_id(tx, id, Sight::All).await? else { return Ok(None) };
    let person = stored.person;
    let language = match person.language.as_str() {
        "en" => Language::English,
        _ => Language::Dutch,
    };
    let whom = whom(&person.name, person.sex, language);
    let address = &person.address;
    let number = address.house_number.map(|number| number.to_string()).unwrap_or_default();
    let street = [address.street.as_str(), &number, &address.addition];
    let street = street.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let postcode = address.postcode.parse::<Postcode>();
    let postcode = postcode.map_or_else(|_| address.postcode.clone(), |code| code.to_string());
    let place = format!("{postcode}  {}", address.town.to_uppercase());
    let known = !address.street.is_empty() && !address.town.is_empty();
    Ok(Some(Addressed {
        language,
        salutation: salutation(&person.name, person.sex, language),
        name: person.name.short(),
        lines: known.then(|| Pii::new(format!("{whom}\n{street}\n{}", place.trim()))),
        whom,
        member_number: person.member_number.clone().unwrap_or_default(),
        email: person.email.and_then(|email| email.usable).map(Pii::new),
    }))
}

/// `Geachte heer Van Vliet`; to who wants neither title, by the whole name.
#[must_use]
pub fn salutation(name: &PersonName, sex: Option<Sex>, language: Language) -> String {
    let after = name.after_title();
    match (language, sex) {
        (Language::Dutch, Some(Sex::Female)) => format!("Geachte mevrouw {after}"),
        (Language::Dutch, Some(Sex::Male)) => format!("Geachte heer {after}"),
        (Language::Dutch, _) => format!("Beste {}", name.short()),
        (Language::English, Some(Sex::Female)) => format!("Dear Ms {after}"),
        (Language::English, Some(Sex::Male)) => format!("Dear Mr {after}"),
        (Language::English, _) => format!("Dear {}", name.short()),
    }
}

/// `de heer Van Vliet`
#[must_use]
pub fn whom(name: &PersonName, sex: Option<Sex>, language: Language) -> String {
    let after = name.after_title();
    match (language, sex) {
        (Language::Dutch, Some(Sex::Female)) => format!("mevrouw {after}"),
        (Language::Dutch, Some(Sex::Male)) => format!("de heer {after}"),
        (Language::English, Some(Sex::Female)) => format!("Ms {after}"),
        (Language::English, Some(Sex::Male)) => format!("Mr {after}"),
        (_, _) => name.short(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_has_a_capital_when_nothing_precedes_it() {
        let name = PersonName {
            initials: "W.".into(),
            prefix: "van".into(),
            surname: "Vliet".into(),
            ..PersonName::default()
        };
        let says = |sex, language| (salutation(&name, sex, language), whom(&name, sex, language));
        assert_eq!(
            says(Some(Sex::Male), Language::Dutch),
            ("Geachte heer Van Vliet".into(), "de heer Van Vliet".into())
        );
        assert_eq!(
            says(Some(Sex::Neutral), Language::Dutch),
            ("Beste W. van Vliet".into(), "W. van Vliet".into())
        );
        assert_eq!(
            says(Some(Sex::Female), Language::English),
            ("Dear Ms Van Vliet".into(), "Ms Van Vliet".into())
        );
    }
}
