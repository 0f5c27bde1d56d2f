//! The texts that we ship, and what each is for: which placeholders it may use, and which it cannot do without.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use db::{Error, Tx, args};
use jiff::civil::Date;
use serde::Deserialize;
use texts::Language;

use crate::store::{Address, NewWording, insert};

const FILES: [&str; 4] = [
    include_str!("../data/mail.toml"),
    include_str!("../data/letter.toml"),
    include_str!("../data/sms.toml"),
    include_str!("../data/text.toml"),
];
const PLACEHOLDERS: &str = include_str!("../data/placeholders.toml");

/// The day from which on a shipped text is valid.
const SHIPPED_FROM: Date = Date::constant(2026, 1, 1);

kernel::codes! {
    /// What becomes of a text: the first part of its key.
    pub enum Kind {
        Mail = "mail",
        Letter = "letter",
        Sms = "sms",
        Text = "text",
    }
}

#[derive(Deserialize)]
struct File {
    wording: Vec<About>,
}

/// A text as we ship it. What it may say is fixed here; how it says so is the administrator's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub key: String,
    for_nl: String,
    for_en: String,
    /// Placeholders that it cannot do without.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Placeholders that it may use besides.
    #[serde(default)]
    pub may: Vec<String>,
    source: String,
    grade: String,
    nl: Words,
    je: Option<Words>,
    en: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(default)]
    title: String,
    body: String,
}

impl About {
    #[must_use]
    pub fn kind(&self) -> Kind {
        let first = self.key.split('.').next().unwrap_or_default();
        first.parse().expect("the shipped texts are tested")
    }

    /// What the text is for, in one line.
    #[must_use]
    pub fn purpose(&self, language: Language) -> &str {
        match language {
            Language::Dutch => &self.for_nl,
            Language::English => &self.for_en,
        }
    }

    /// All placeholders, those that it needs first.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.needs.iter().chain(&self.may).map(String::as_str)
    }

    #[must_use]
    pub fn knows(&self, placeholder: &str) -> bool {
        self.placeholders().any(|known| known == placeholder)
    }
}

/// What a placeholder stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placeholder {
    nl: String,
    en: String,
    example_nl: String,
    example_en: Option<String>,
}

impl Placeholder {
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        KNOWN.get(name)
    }

    #[must_use]
    pub fn meaning(&self, language: Language) -> &str {
        match language {
            Language::Dutch => &self.nl,
            Language::English => &self.en,
        }
    }

    /// What stands there in a preview.
    #[must_use]
    pub fn example(&self, language: Language) -> &str {
        match (language, &self.example_en) {
            (Language::English, Some(example)) => example,
            _ => &self.example_nl,
        }
    }
}

static SHIPPED: LazyLock<Vec<About>> = LazyLock::new(|| {
    let read = |file: &str| toml::from_str::<File>(file).expect("the shipped texts are tested");
    FILES.into_iter().flat_map(|file| read(file).wording).collect()
});

static KNOWN: LazyLock<BTreeMap<String, Placeholder>> =
    LazyLock::new(|| toml::from_str(PLACEHOLDERS).expect("the shipped texts are tested"));

/// Every text that the program uses, in the order in which an administrator finds them.
#[must_use]
pub fn all() -> &'static [About] {
    &SHIPPED
}

#[must_use]
pub fn about(key: &str) -> Option<&'static About> {
    SHIPPED.iter().find(|about| about.key == key)
}

/// Adds the texts that are not there yet; what an administrator wrote stays.
pub async fn seed(tx: &mut Tx) -> Result<(), Error> {
    for about in all() {
        let forms = [
            (Language::Dutch, Address::U, Some(&about.nl)),
            (Language::Dutch, Address::Je, about.je.as_ref()),
            (Language::English, Address::U, Some(&about.en)),
        ];
        for (language, address, words) in forms {
            let Some(words) = words else { continue };
            let known: i64 = tx
                .value(
                    "select count(*) as value from wordings where key = $1 and language = $2 and address = $3",
                    args![about.key.as_str(), language, address],
                )
                .await?;
            if known == 0 {
                let new = NewWording {
                    key: about.key.clone(),
                    language,
                    address,
                    title: words.title.clone(),
                    body: words.body.trim().to_owned(),
                    source: about.source.clone(),
                    grade: about.grade.clone(),
                    valid_from: SHIPPED_FROM,
                };
                insert(tx, new, None).await?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check, with_examples};

    #[test]
    fn every_shipped_text_may_be_saved_as_it_is() {
        for about in all() {
            let forms = [Some(&about.nl), about.je.as_ref(), Some(&about.en)];
            for words in forms.into_iter().flatten() {
                assert_eq!(check(about, &words.title, &words.body), [], "{}", about.key);
            }
            for name in about.placeholders() {
                assert!(Placeholder::named(name).is_some(), "{}: {name} means nothing", about.key);
            }
        }
    }

    #[test]
    fn no_shipped_subject_says_that_somebody_is_a_member() {
        for about in all().iter().filter(|about| about.kind() == Kind::Mail) {
            for words in [Some(&about.nl), about.je.as_ref(), Some(&about.en)].into_iter().flatten()
            {
                let subject = words.title.to_lowercase();
                for told in
                    ["lid", "bond", "member", "union", "vereniging", "{vereniging}", "contributie"]
                {
                    assert!(!subject.contains(told), "{}: {subject}", about.key);
                }
            }
        }
    }

    #[test]
    fn a_text_message_is_one_message() {
        for about in all().iter().filter(|about| about.kind() == Kind::Sms) {
            for (language, words) in [(Language::Dutch, &about.nl), (Language::English, &about.en)]
            {
                let text = with_examples(about, language, &words.title, &words.body).text;
                // 160 characters is one message of the GSM alphabet (3GPP TS 23.038).
                assert!(text.chars().count() <= 160, "{}: {} {text}", about.key, text.len());
            }
        }
    }
}
