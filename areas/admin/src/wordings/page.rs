use askama::Template;
use jiff::civil::Date;
use texts::{Language, Texts};
use web::ui::{Html, rendered};
use wording::{About, Filled, Kind, Placeholder, Wording, Wrong as WrongText};

use super::form::{GRADES, Variant, WordingForm, Wrong};

/// A text in the list, with what is valid today in each variant that was written.
pub(super) struct Shown<'a> {
    pub about: &'a About,
    pub now: Vec<(Variant, &'a Wording)>,
    /// The first day on which something else will be valid.
    pub later: Option<Date>,
}

impl Shown<'_> {
    fn is_unverified(&self) -> bool {
        self.now.iter().any(|(_, now)| now.is_unverified())
    }
}

/// The one that is valid on `day`; the newest first in `wordings`.
pub(super) fn valid(wordings: &[Wording], key: &str, variant: Variant, day: Date) -> Option<usize> {
    wordings.iter().position(|wording| {
        wording.key == key && variant.is_of(wording) && wording.valid_from <= day
    })
}

pub(super) fn shown(wordings: &[Wording], today: Date) -> Vec<Shown<'_>> {
    let shown = |about: &'static About| Shown {
        about,
        now: Variant::ALL
            .into_iter()
            .filter_map(|variant| {
                let nr = valid(wordings, &about.key, variant, today)?;
                Some((variant, &wordings[nr]))
            })
            .collect(),
        later: wordings
            .iter()
            .filter(|wording| wording.key == about.key && wording.valid_from > today)
            .map(|wording| wording.valid_from)
            .min(),
    };
    wording::all().iter().map(shown).collect()
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Mail => "admin-wording-mail",
        Kind::Letter => "admin-wording-letter",
        Kind::Sms => "admin-wording-sms",
        Kind::Text => "admin-wording-text",
    }
}

#[derive(Template)]
#[template(path = "wordings.html")]
pub(super) struct WordingsPage<'a> {
    pub t: &'a Texts,
    pub shown: Vec<Shown<'a>>,
}

impl WordingsPage<'_> {
    fn kinds(&self) -> [(&'static str, &'static str); 4] {
        [Kind::Mail, Kind::Letter, Kind::Sms, Kind::Text].map(|kind| (kind.code(), kind_name(kind)))
    }

    fn of(&self, kind: &str) -> Vec<&Shown<'_>> {
        self.shown.iter().filter(|shown| shown.about.kind().code() == kind).collect()
    }

    fn purpose<'b>(&self, about: &'b About) -> &'b str {
        about.purpose(self.t.language())
    }

    /// Which variants somebody here wrote, and how often; most are as they came.
    fn versions(&self, shown: &Shown<'_>) -> Option<String> {
        let one = |(variant, now): &(Variant, &Wording)| {
            self.t.with2(
                "admin-wording-version-of",
                "language",
                self.t.get(variant.name()),
                "version",
                now.version,
            )
        };
        let written = shown.now.iter().filter(|(_, now)| now.changed_by.is_some());
        let written: Vec<String> = written.map(one).collect();
        (!written.is_empty()).then(|| written.join(" · "))
    }
}

#[derive(Template)]
#[template(path = "wording.html")]
pub(super) struct WordingPage<'a> {
    pub t: &'a Texts,
    pub about: &'static About,
    pub variant: Variant,
    /// All versions of this variant, the newest first, with who wrote each.
    pub versions: Vec<(&'a Wording, Option<&'a str>)>,
    /// The version that is shown: the one of today, or an older one that was asked for.
    pub shown: Option<&'a Wording>,
    pub is_asked_for: bool,
    pub form: &'a WordingForm,
    pub wrong: &'a [Wrong],
    pub may_change: bool,
    pub done: bool,
}

impl WordingPage<'_> {
    fn purpose(&self) -> &str {
        self.about.purpose(self.t.language())
    }

    fn kind(&self) -> String {
        self.t.get(kind_name(self.about.kind()))
    }

    fn has_title(&self) -> bool {
        self.about.kind() != Kind::Sms
    }

    fn title_label(&self) -> &'static str {
        if self.about.kind() == Kind::Mail {
            "admin-wording-subject"
        } else {
            "admin-wording-title"
        }
    }

    /// Code, name, and whether it is the one of this page.
    fn variants(&self) -> [(&'static str, String, bool); 3] {
        Variant::ALL.map(|one| (one.code(), self.t.get(one.name()), one == self.variant))
    }

    fn filled(&self, title: &str, body: &str) -> Filled {
        wording::with_examples(self.about, self.variant.language, title, body)
    }

    fn now(&self) -> Option<(&Wording, Filled)> {
        self.shown.map(|wording| (wording, self.filled(&wording.title, &wording.body)))
    }

    fn preview(&self) -> Option<Filled> {
        self.form.is_preview().then(|| self.filled(&self.form.title, &self.form.body()))
    }

    /// Made of an administrator's words, in which HTML is shown as what was typed.
    fn html(&self, filled: &Filled) -> Html {
        rendered(filled.html.clone())
    }

    fn length(&self, filled: &Filled) -> Option<String> {
        let signs = filled.text.chars().count();
        (self.about.kind() == Kind::Sms)
            .then(|| self.t.with("admin-wording-length", "signs", signs))
    }

    /// Placeholder, what it stands for, whether the text needs it.
    fn placeholders(&self) -> Vec<(&str, &str, bool)> {
        let language: Language = self.t.language();
        let one = |name: &'static str| {
            let meaning = Placeholder::named(name).map_or("", |known| known.meaning(language));
            (name, meaning, self.about.needs.iter().any(|needed| needed == name))
        };
        self.about.placeholders().map(one).collect()
    }

    fn grade(&self, wording: &Wording) -> String {
        self.t.get(&format!("admin-grade-{}", wording.grade.to_lowercase()))
    }

    fn grades(&self) -> [(&'static str, &'static str); 3] {
        GRADES
    }

    fn is_grade(&self, code: &str) -> bool {
        self.form.grade == code
    }

    /// What is wrong with a field, one sentence for each mistake.
    fn why(&self, field: &str) -> Option<String> {
        let sentence = |wrong: &Wrong| {
            let (of, sentence) = match wrong {
                Wrong::Text(wrong) => return self.why_text(wrong, field),
                Wrong::Day => ("valid_from", "admin-wrong-day"),
                Wrong::Source => ("source", "admin-wrong-source"),
                Wrong::Grade => ("grade", "admin-wrong-grade"),
            };
            (of == field).then(|| self.t.get(sentence))
        };
        let sentences: Vec<String> = self.wrong.iter().filter_map(sentence).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    fn why_text(&self, wrong: &WrongText, field: &str) -> Option<String> {
        let named = |id: &str, name: &str| self.t.with(id, "name", format!("{{{name}}}"));
        let (of, sentence) = match wrong {
            WrongText::NoTitle => ("title", self.t.get("admin-wording-no-title")),
            WrongText::TitleTooLong => {
                let most = wording::TITLE_MAX;
                ("title", self.t.with("admin-wording-title-too-long", "most", most))
            }
            WrongText::NoBody => ("body", self.t.get("admin-wording-no-body")),
            WrongText::BodyTooLong => {
                let most = wording::BODY_MAX;
                ("body", self.t.with("admin-wording-body-too-long", "most", most))
            }
            WrongText::Unknown(name) => ("body", named("admin-wording-unknown", name)),
            WrongText::Missing(name) => ("body", named("admin-wording-missing", name)),
            WrongText::NoPicturesOrHtml => ("body", self.t.get("admin-wording-no-pictures")),
            WrongText::Link(to) => ("body", self.t.with("admin-wording-link", "to", to)),
        };
        (of == field).then_some(sentence)
    }
}
