use jiff::civil::Date;
use serde::Deserialize;
use texts::Language;
use wording::{About, Address, NewWording, Wording};

/// The language of a text and how it speaks to its reader: one word in the address of a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Variant {
    pub language: Language,
    pub address: Address,
}

impl Variant {
    pub(super) const ALL: [Self; 3] = [
        Self { language: Language::Dutch, address: Address::U },
        Self { language: Language::Dutch, address: Address::Je },
        Self { language: Language::English, address: Address::U },
    ];

    pub(super) fn code(self) -> &'static str {
        match (self.language, self.address) {
            (Language::Dutch, Address::U) => "nl",
            (Language::Dutch, Address::Je) => "nl-je",
            (Language::English, _) => "en",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match (self.language, self.address) {
            (Language::Dutch, Address::U) => "admin-wording-nl-u",
            (Language::Dutch, Address::Je) => "admin-wording-nl-je",
            (Language::English, _) => "admin-wording-en",
        }
    }

    /// Dutch if nothing, or something unknown, was asked for.
    pub(super) fn asked(code: &str) -> Self {
        Self::ALL.into_iter().find(|variant| variant.code() == code).unwrap_or(Self::ALL[0])
    }

    pub(super) fn is_of(self, wording: &Wording) -> bool {
        (wording.language, wording.address) == (self.language, self.address)
    }
}

/// The form as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WordingForm {
    pub taal: String,
    pub title: String,
    pub body: String,
    pub valid_from: String,
    pub source: String,
    pub grade: String,
    /// `bekijk` shows what it will look like and keeps nothing.
    pub actie: String,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Text(wording::Wrong),
    /// No day, or one that has been: what was shown then cannot change afterwards.
    Day,
    Source,
    Grade,
}

const SOURCE_MAX: usize = 300;
/// What a text may rest on once somebody answers for it.
pub(super) const GRADES: [(&str, &str); 3] =
    [("A", "admin-grade-a"), ("B", "admin-grade-b"), ("D", "admin-grade-d")];

impl WordingForm {
    pub(super) fn of(now: Option<&Wording>, variant: Variant, today: Date) -> Self {
        Self {
            taal: variant.code().to_owned(),
            title: now.map_or_else(String::new, |now| now.title.clone()),
            body: now.map_or_else(String::new, |now| now.body.clone()),
            valid_from: today.to_string(),
            ..Self::default()
        }
    }

    /// A browser ends its lines with two signs; the text has one.
    pub(super) fn body(&self) -> String {
        self.body.replace("\r\n", "\n").trim().to_owned()
    }

    pub(super) fn variant(&self) -> Variant {
        Variant::asked(&self.taal)
    }

    pub(super) fn is_preview(&self) -> bool {
        self.actie == "bekijk"
    }

    pub(super) fn read(&self, about: &About, today: Date) -> Result<NewWording, Vec<Wrong>> {
        let (title, body) = (self.title.trim().to_owned(), self.body());
        let mut wrong: Vec<Wrong> =
            wording::check(about, &title, &body).into_iter().map(Wrong::Text).collect();
        let valid_from = kernel::parse_day(&self.valid_from).filter(|day| *day >= today);
        if valid_from.is_none() {
            wrong.push(Wrong::Day);
        }
        let source = self.source.trim().to_owned();
        if !(1..=SOURCE_MAX).contains(&source.chars().count()) {
            wrong.push(Wrong::Source);
        }
        let grade = GRADES.iter().find(|(code, _)| *code == self.grade);
        if grade.is_none() {
            wrong.push(Wrong::Grade);
        }
        match (valid_from, grade) {
            (Some(valid_from), Some((grade, _))) if wrong.is_empty() => {
                let Variant { language, address } = self.variant();
                Ok(NewWording {
                    key: about.key.clone(),
                    language,
                    address,
                    title,
                    body,
                    source,
                    grade: (*grade).to_owned(),
                    valid_from,
                })
            }
            _ => Err(wrong),
        }
    }
}
