use askama::Template;
use jiff::civil::Date;
use membership_rules::pension::{AgeRow, reaches};
use serde::Deserialize;
use texts::Texts;

use super::store::StoredAge;

#[derive(Template)]
#[template(path = "pension_ages.html")]
pub(super) struct AgesPage<'a> {
    pub t: &'a Texts,
    /// Valid today, in the order of birth.
    pub ages: Vec<&'a StoredAge>,
    /// Versions of days to come.
    pub coming: Vec<&'a StoredAge>,
    pub notice: Option<String>,
}

impl AgesPage<'_> {
    /// `1-1-1961 – 30-9-1961`
    fn born(&self, nr: &usize) -> String {
        let from = self.t.figure_date(self.ages[*nr].born_from);
        match self.until(*nr) {
            Some(until) => format!("{from} – {}", self.t.figure_date(until)),
            None => self.t.with("membership-pension-and-later", "day", from),
        }
    }

    fn until(&self, nr: usize) -> Option<Date> {
        self.ages.get(nr + 1)?.born_from.yesterday().ok()
    }

    /// The days on which whoever was born between those reaches the age.
    fn reached(&self, nr: &usize) -> String {
        let rows: Vec<AgeRow> = self.ages.iter().map(|age| age.row()).collect();
        let on = |born: Date| reaches(&rows, born).map(|pension| self.t.figure_date(pension.on));
        let first = on(self.ages[*nr].born_from).unwrap_or_default();
        let last = self.until(*nr).and_then(on);
        last.map_or_else(
            || self.t.with("membership-pension-and-later", "day", first.clone()),
            |last| format!("{first} – {last}"),
        )
    }

    fn age(&self, age: &StoredAge) -> String {
        super::age(self.t, age.years, age.months, age.is_estimate)
    }

    fn says_coming(&self, age: &StoredAge) -> String {
        let what = if age.ended { self.t.get("membership-pension-gone") } else { self.age(age) };
        self.t.fill(
            "membership-pension-coming",
            [
                ("day", self.t.figure_date(age.valid_from).into()),
                ("born", self.t.figure_date(age.born_from).into()),
                ("what", what.into()),
            ],
        )
    }
}

/// The form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AgeForm {
    pub born_from: String,
    pub years: String,
    pub months: String,
    pub is_estimate: String,
    pub ended: String,
    pub valid_from: String,
    pub source: String,
}

impl AgeForm {
    pub(super) fn of(age: &StoredAge, today: Date) -> Self {
        Self {
            born_from: age.born_from.to_string(),
            years: age.years.to_string(),
            months: age.months.to_string(),
            is_estimate: if age.is_estimate { "ja".into() } else { String::new() },
            ended: String::new(),
            valid_from: today.to_string(),
            source: String::new(),
        }
    }
}

/// A field, and the sentence that says what is wrong with it.
pub(super) type Wrong = (&'static str, String);

#[derive(Template)]
#[template(path = "pension_age.html")]
pub(super) struct AgePage<'a> {
    pub t: &'a Texts,
    /// The row that is changed; none for a new one.
    pub born_from: Option<Date>,
    pub form: &'a AgeForm,
    pub versions: Vec<&'a StoredAge>,
    pub wrong: Option<Wrong>,
}

impl AgePage<'_> {
    fn why(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(found, _)| *found == field).map(|(_, why)| why.as_str())
    }

    fn action(&self) -> String {
        let row = self.born_from.map_or_else(|| "nieuw".to_owned(), |day| day.to_string());
        format!("/beheer/aow/{row}")
    }

    fn title(&self) -> String {
        match self.born_from {
            Some(day) => self.t.with("membership-pension-row", "day", self.t.figure_date(day)),
            None => self.t.get("membership-pension-new"),
        }
    }

    fn says(&self, age: &StoredAge) -> String {
        if age.ended {
            return self.t.get("membership-pension-gone");
        }
        super::age(self.t, age.years, age.months, age.is_estimate)
    }
}
