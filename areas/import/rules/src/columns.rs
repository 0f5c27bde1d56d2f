//! Which header stands for which field. Source: contract, "Import columns".

use kernel::fold;

kernel::codes! {
    /// What a file is about.
    pub enum Kind {
        Persons = "persons",
        Memberships = "memberships",
        Organisations = "organisations",
        Prospects = "prospects",
        Consents = "consents",
        Objections = "objections",
        Contacts = "contacts",
        Callbacks = "callbacks",
    }
}

macro_rules! fields {
    ($($variant:ident = $code:literal $(| $other:literal)*;)+) => {
        kernel::codes! {
            /// A field that a column can hold; its code is the English header.
            pub enum Field { $($variant = $code),+ }
        }

        /// Every header that stands for a field, folded.
        const HEADERS: &[(&str, Field)] = &[$(($code, Field::$variant), $(($other, Field::$variant),)*)+];
    };
}

fields! {
    MemberNumber = "member_number" | "lidnummer" | "lidnr" | "relatienummer";
    ExternalId = "external_id" | "extern_id";
    Initials = "initials" | "voorletters";
    FirstName = "first_name" | "voornaam" | "voornamen";
    CallName = "call_name" | "roepnaam";
    Prefix = "prefix" | "tussenvoegsel" | "tussenvoegsels";
    LastName = "last_name" | "achternaam" | "surname";
    Name = "name" | "naam";
    BirthDate = "birth_date" | "geboortedatum";
    Sex = "sex" | "geslacht";
    Street = "street" | "straat";
    HouseNumber = "house_number" | "huisnummer";
    Addition = "addition" | "toevoeging" | "huisnummertoevoeging";
    Postcode = "postcode";
    Town = "town" | "plaats" | "woonplaats";
    Country = "country" | "land";
    Phone = "phone" | "telefoon" | "telefoonnummer";
    Mobile = "mobile" | "mobiel" | "mobiele_telefoon";
    Email = "email" | "e_mail" | "e_mailadres" | "emailadres";
    Sector = "sector";
    Employer = "employer" | "werkgever";
    Occupation = "occupation" | "beroep";
    MemberSince = "member_since" | "lid_sinds";
    MemberUntil = "member_until" | "lid_tot";
    Tariff = "tariff" | "tarief";
    Source = "source" | "herkomst";
    Interest = "interest" | "interesse";
    Language = "language" | "taal";
    Organisation = "organisation" | "organisatie";
    Kvk = "kvk" | "kvk_nummer";
    BranchNumber = "branch_number" | "vestigingsnummer";
    Formula = "formula" | "formule";
    LegalForm = "legal_form" | "rechtsvorm";
    Role = "role" | "rol" | "functie";
    Purpose = "purpose" | "doel";
    Channel = "channel" | "kanaal";
    Basis = "basis" | "grond";
    Date = "date" | "datum";
    Text = "text" | "tekst";
    Subject = "subject" | "onderwerp";
    ContactKind = "contact_kind" | "soort";
    From = "from" | "van";
    Until = "until" | "tot";
    Owner = "owner" | "eigenaar";
    Opening = "opening" | "begin_met";
    Words = "words" | "woorden";
    ValidUntil = "valid_until" | "geldig_tot";
    CallMeFrom = "call_me_from" | "bel_mij_vanaf";
}

/// The field that a header stands for; any case, any language of ours, spaces or dashes for underscores.
#[must_use]
pub fn recognise(header: &str) -> Option<Field> {
    let header: String = fold(header.trim_start_matches('\u{feff}'))
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let header = header.trim_matches('_');
    HEADERS.iter().find(|(known, _)| *known == header).map(|(_, field)| *field)
}

/// Which column holds what; `None` is a column that is not taken in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mapping(pub Vec<Option<Field>>);

impl Mapping {
    /// Recognises the headers. A field that two columns claim goes to the first.
    #[must_use]
    pub fn recognised(headers: &[String]) -> Self {
        let mut taken = Vec::new();
        let columns = headers.iter().map(|header| {
            let field = recognise(header).filter(|field| !taken.contains(field))?;
            taken.push(field);
            Some(field)
        });
        Self(columns.collect())
    }

    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.0.contains(&Some(field))
    }

    /// As kept: codes with a comma between, empty for a column that is not taken in.
    #[must_use]
    pub fn stored(&self) -> String {
        self.0.iter().map(|field| field.map_or("", Field::code)).collect::<Vec<_>>().join(",")
    }

    #[must_use]
    pub fn read(stored: &str) -> Self {
        Self(stored.split(',').map(|code| code.parse().ok()).collect())
    }

    /// What a file of this kind cannot do without and lacks; empty if all is there.
    #[must_use]
    pub fn lacks(&self, kind: Kind) -> Vec<Field> {
        let any = |fields: &[Field]| fields.iter().any(|field| self.has(*field));
        let key = || {
            if any(&[Field::MemberNumber, Field::ExternalId]) {
                None
            } else {
                Some(Field::MemberNumber)
            }
        };
        let needed = |field| if self.has(field) { None } else { Some(field) };
        let lacking = match kind {
            Kind::Persons | Kind::Prospects => {
                vec![if any(&[Field::LastName, Field::Name]) {
                    None
                } else {
                    Some(Field::LastName)
                }]
            }
            Kind::Organisations => vec![needed(Field::Organisation)],
            Kind::Memberships => vec![key()],
            Kind::Consents => vec![key(), needed(Field::Date)],
            Kind::Objections => vec![key()],
            Kind::Contacts => vec![key(), needed(Field::Subject), needed(Field::Date)],
            Kind::Callbacks => vec![key(), needed(Field::Date)],
        };
        lacking.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_in_any_spelling() {
        for (header, field) in [
            ("Lidnummer", Some(Field::MemberNumber)),
            ("member_number", Some(Field::MemberNumber)),
            ("MEMBER NUMBER", Some(Field::MemberNumber)),
            ("\u{feff}Achternaam", Some(Field::LastName)),
            ("E-mail", Some(Field::Email)),
            ("e-mailadres", Some(Field::Email)),
            (" Woonplaats ", Some(Field::Town)),
            ("lid sinds", Some(Field::MemberSince)),
            ("Schoenmaat", None),
            ("", None),
        ] {
            assert_eq!(recognise(header), field, "{header}");
        }
    }

    #[test]
    fn no_header_stands_for_two_fields() {
        for (nr, (header, field)) in HEADERS.iter().enumerate() {
            let again = HEADERS[nr + 1..].iter().find(|(other, _)| other == header);
            assert_eq!(again, None, "{header} of {field}");
            assert_eq!(
                recognise(header),
                Some(*field),
                "{header} cannot be recognised as it is written"
            );
        }
    }

    #[test]
    fn a_mapping_survives_being_kept() {
        let headers = ["naam", "schoenmaat", "mobiel", "Naam"].map(str::to_owned);
        let mapping = Mapping::recognised(&headers);
        assert_eq!(mapping.0, [Some(Field::Name), None, Some(Field::Mobile), None]);
        assert_eq!(Mapping::read(&mapping.stored()), mapping);
        assert_eq!(mapping.lacks(Kind::Persons), []);
        assert_eq!(mapping.lacks(Kind::Consents), [Field::MemberNumber, Field::Date]);
    }
}
