use crate::fold;

crate::codes! {
    /// How somebody wishes to be addressed; `x` for neither, nothing at all for unknown.
    pub enum Sex {
        Female = "f",
        Male = "m",
        Neutral = "x",
    }
}

impl Sex {
    /// As found in files: `V`, `vrouw`, `M`, `man`, `female`, `X`, `onzijdig`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match fold(text).trim_end_matches('.') {
            "f" | "v" | "vrouw" | "female" | "woman" | "mevrouw" | "mevr" | "mw" => {
                Some(Self::Female)
            }
            "m" | "man" | "male" | "heer" | "de heer" | "dhr" => Some(Self::Male),
            "x" | "neutral" | "neutraal" | "onzijdig" | "non-binair" | "anders" => {
                Some(Self::Neutral)
            }
            _ => None,
        }
    }
}

/// A Dutch name in its parts. Every part is kept as it was written.
///
/// Sorting is on the head word (`Meulen, P. van der` under M); the prefix is lower case after
/// another part of the name and has a capital when nothing precedes it (domain facts §8.3).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PersonName {
    /// `P.J.`
    pub initials: String,
    pub first_name: String,
    pub call_name: String,
    /// `van der`
    pub prefix: String,
    pub surname: String,
}

impl PersonName {
    /// `P. van der Meulen`, or `Pieter van der Meulen` where we have no initials.
    #[must_use]
    pub fn short(&self) -> String {
        let given = if self.initials.is_empty() { self.given() } else { &self.initials };
        join([given, &self.prefix, &self.surname])
    }

    /// What colleagues would say: `Piet van der Meulen`.
    #[must_use]
    pub fn spoken(&self) -> String {
        let given = if self.given().is_empty() { &self.initials } else { self.given() };
        join([given, &self.prefix, &self.surname])
    }

    /// Behind `de heer` or `mevrouw`: `Van der Meulen`.
    #[must_use]
    pub fn after_title(&self) -> String {
        capital(&join([&self.prefix, &self.surname]))
    }

    /// `Meulen, P. van der`
    #[must_use]
    pub fn sorted(&self) -> String {
        let given = if self.initials.is_empty() { self.given() } else { &self.initials };
        let rest = join([given, &self.prefix]);
        if rest.is_empty() { self.surname.clone() } else { format!("{}, {rest}", self.surname) }
    }

    /// What lists are ordered by: the folded head word, then what precedes it.
    #[must_use]
    pub fn sort_key(&self) -> String {
        let given = if self.given().is_empty() { &self.initials } else { self.given() };
        fold(&join([&self.surname, given, &self.prefix]))
    }

    /// One or two letters for a round picture.
    #[must_use]
    pub fn monogram(&self) -> String {
        let given = if self.given().is_empty() { &self.initials } else { self.given() };
        [given, self.surname.as_str()]
            .iter()
            .filter_map(|part| part.chars().next())
            .flat_map(char::to_uppercase)
            .collect()
    }

    fn given(&self) -> &str {
        if self.call_name.is_empty() { &self.first_name } else { &self.call_name }
    }
}

fn join<const N: usize>(parts: [&str; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// With a capital, as at the beginning of a sentence.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // `'t Hart` begins with an apostrophe; the letter behind it stays small.
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// A whole name taken apart. `certain` is false where a person should look at it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TakenApart {
    pub name: PersonName,
    pub sex: Option<Sex>,
    pub certain: bool,
}

/// Takes `Mevr. S. van der Arslan`, `Vliet, W. van` or `Jan de Vries` apart.
///
/// `None` if nothing is left that could be a surname.
#[must_use]
pub fn take_apart(whole: &str) -> Option<TakenApart> {
    let (whole, sex) = without_title(whole.trim());
    let (before_comma, after_comma) = match whole.split_once(',') {
        Some((surname, rest)) => (surname.trim(), Some(rest.trim())),
        None => (whole, None),
    };

    let mut name = PersonName::default();
    let mut words: Vec<&str> = before_comma.split_whitespace().collect();
    if let Some(rest) = after_comma {
        // `Vliet, W. van`: what follows the comma is given names, then the prefix.
        let rest: Vec<&str> = rest.split_whitespace().collect();
        let prefix_from = rest.iter().position(|word| is_prefix(word)).unwrap_or(rest.len());
        set_given(&mut name, &rest[..prefix_from]);
        name.prefix = rest[prefix_from..].join(" ");
        name.surname = words.join(" ");
    } else {
        let surname_from = match words.iter().position(|word| is_prefix(word)) {
            Some(first) if first + 1 < words.len() => {
                let last = words[first..].iter().take_while(|word| is_prefix(word)).count() + first;
                let last = last.min(words.len() - 1);
                name.prefix = words[first..last].join(" ");
                words.drain(first..last);
                first
            }
            _ => words.iter().position(|word| !is_initials(word)).map_or(0, |first_word| {
                // `Jan Jansen`: the last word is the surname; `J. Jansen Venneboer`: both are.
                if first_word > 0 { first_word } else { words.len().saturating_sub(1) }
            }),
        };
        set_given(&mut name, &words[..surname_from]);
        name.surname = words[surname_from..].join(" ");
    }

    let has_surname = name.surname.chars().any(char::is_alphabetic);
    let certain = after_comma.is_some() || !name.prefix.is_empty() || words.len() == 2;
    has_surname.then_some(TakenApart { name, sex, certain })
}

fn without_title(whole: &str) -> (&str, Option<Sex>) {
    const TITLES: [(&str, Option<Sex>); 9] = [
        ("mevrouw ", Some(Sex::Female)),
        ("mevr. ", Some(Sex::Female)),
        ("mevr ", Some(Sex::Female)),
        ("mw. ", Some(Sex::Female)),
        ("de heer ", Some(Sex::Male)),
        ("dhr. ", Some(Sex::Male)),
        ("dhr ", Some(Sex::Male)),
        ("familie ", None),
        ("fam. ", None),
    ];
    for (title, sex) in TITLES {
        if whole.eq_ignore_ascii_case(title.trim_end()) {
            return ("", sex);
        }
        if whole.get(..title.len()).is_some_and(|start| start.eq_ignore_ascii_case(title)) {
            return (whole[title.len()..].trim_start(), sex);
        }
    }
    (whole, None)
}

fn set_given(name: &mut PersonName, words: &[&str]) {
    if words.iter().all(|word| is_initials(word)) {
        name.initials = words.concat();
    } else {
        name.first_name = words.join(" ");
    }
}

/// `P.`, `P.J.`, `PJ`: at most four letters, all capital or followed by a dot.
fn is_initials(word: &str) -> bool {
    let letters: String = word.chars().filter(|c| *c != '.').collect();
    let short = (1..=5).contains(&letters.chars().count());
    short && letters.chars().all(char::is_uppercase) && (word.contains('.') || letters.len() == 1)
}

/// The prefixes that a Dutch surname can have; foreign ones (`El`, `Da`) stay part of the surname.
fn is_prefix(word: &str) -> bool {
    const PREFIXES: [&str; 22] = [
        "van", "de", "der", "den", "het", "'t", "’t", "ter", "ten", "te", "op", "in", "aan", "bij",
        "onder", "over", "uit", "voor", "von", "d'", "v.d.", "v/d",
    ];
    PREFIXES.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(initials: &str, first_name: &str, prefix: &str, surname: &str) -> PersonName {
        PersonName {
            initials: initials.into(),
            first_name: first_name.into(),
            prefix: prefix.into(),
            surname: surname.into(),
            ..PersonName::default()
        }
    }

    #[test]
    fn prefix_has_a_capital_only_when_nothing_precedes_it() {
        let vliet = name("W.", "", "van", "Vliet");
        assert_eq!(vliet.short(), "W. van Vliet");
        assert_eq!(vliet.after_title(), "Van Vliet");
        assert_eq!(vliet.sorted(), "Vliet, W. van");
        assert_eq!(vliet.monogram(), "WV");
    }

    #[test]
    fn lists_are_ordered_by_the_head_word() {
        let mut names = [
            name("P.", "", "van der", "Meulen"),
            name("", "Ömer", "", "Çelik"),
            name("A.", "", "", "Meulenbelt"),
        ];
        names.sort_by_key(PersonName::sort_key);
        let order: Vec<_> = names.iter().map(PersonName::sorted).collect();
        assert_eq!(order, ["Çelik, Ömer", "Meulen, P. van der", "Meulenbelt, A."]);
    }

    #[test]
    fn a_person_with_one_name_stays_whole() {
        let teller = name("", "", "", "Teller");
        assert_eq!((teller.short(), teller.sorted()), ("Teller".into(), "Teller".into()));
    }

    #[test]
    fn whole_names_are_taken_apart() {
        for (whole, initials, first, prefix, surname, sex) in [
            ("Mevr. S. Arslan", "S.", "", "", "Arslan", Some(Sex::Female)),
            ("de heer W. van Vliet", "W.", "", "van", "Vliet", Some(Sex::Male)),
            ("Vliet, W. van", "W.", "", "van", "Vliet", None),
            ("Jan de Vries", "", "Jan", "de", "Vries", None),
            ("Anna Maria van der Meulen", "", "Anna Maria", "van der", "Meulen", None),
            ("P.J. Jansen", "P.J.", "", "", "Jansen", None),
            ("Jan Jansen", "", "Jan", "", "Jansen", None),
            ("Van der Ven-van Dijk", "", "", "Van der", "Ven-van Dijk", None),
            ("Teller", "", "", "", "Teller", None),
            ("H. in 't Veld", "H.", "", "in 't", "Veld", None),
        ] {
            let apart = take_apart(whole).unwrap_or_else(|| panic!("{whole}"));
            assert_eq!(
                (apart.name, apart.sex),
                (name(initials, first, prefix, surname), sex),
                "{whole}"
            );
        }
        for nothing in ["", "  ", "Mevr. ", "12"] {
            assert_eq!(take_apart(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn sex_is_read_from_any_spelling() {
        for (text, sex) in [
            ("V", Some(Sex::Female)),
            ("man", Some(Sex::Male)),
            ("X", Some(Sex::Neutral)),
            ("?", None),
        ] {
            assert_eq!(Sex::read(text), sex, "{text}");
        }
    }
}
