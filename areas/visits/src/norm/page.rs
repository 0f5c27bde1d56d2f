use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;
use texts::Texts;
use visits_rules::norm::Applies;

use super::store::StoredNorm;

pub(super) fn applies_text(applies: Applies) -> &'static str {
    match applies {
        Applies::Starter => "visits-applies-starter",
        Applies::Member => "visits-applies-member",
        Applies::Prospect => "visits-applies-prospect",
    }
}

#[derive(Template)]
#[template(path = "norms.html")]
pub(super) struct NormsPage<'a> {
    pub t: &'a Texts,
    pub norms: Vec<StoredNorm>,
    /// Versions of days to come.
    pub coming: Vec<StoredNorm>,
    pub notice: Option<String>,
}

impl NormsPage<'_> {
    fn name(&self, norm: &StoredNorm) -> String {
        super::name(self.t, norm)
    }

    fn applies(&self, norm: &StoredNorm) -> String {
        let mut text = self.t.get(applies_text(norm.applies));
        if norm.branches_min > 0 {
            text += &self.t.with("visits-norm-branches-words", "n", norm.branches_min);
        }
        if !norm.sector.is_empty() {
            text += &format!(", {}", norm.sector);
        }
        text
    }

    /// `na 30 en 100 dagen, dan elke 24 maanden`
    fn how_often(&self, norm: &StoredNorm) -> String {
        let after = norm.norm().after_days;
        let mut parts = Vec::new();
        if !after.is_empty() {
            let days = after.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            parts.push(self.t.with("visits-norm-after-words", "days", days));
        }
        if let Some(months) = norm.every_months {
            parts.push(self.t.with("visits-norm-every-words", "n", months));
        }
        if parts.is_empty() { self.t.get("visits-norm-never") } else { parts.join(", ") }
    }

    fn says_coming(&self, norm: &StoredNorm) -> String {
        let parts = [
            ("name", self.name(norm).into()),
            ("how", self.how_often(norm).into()),
            ("day", self.from(norm).into()),
        ];
        self.t.fill("visits-norm-coming", parts)
    }

    fn from(&self, norm: &StoredNorm) -> String {
        self.t.date(norm.valid_from)
    }
}

/// The form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NormForm {
    pub name_nl: String,
    pub name_en: String,
    pub position: String,
    pub applies: String,
    pub branches_min: String,
    pub sector: String,
    pub every_months: String,
    pub after_days: String,
    pub ended: String,
    pub valid_from: String,
    pub source: String,
}

impl NormForm {
    pub(super) fn of(norm: &StoredNorm, today: Date) -> Self {
        Self {
            name_nl: norm.name_nl.clone(),
            name_en: norm.name_en.clone(),
            position: norm.position.to_string(),
            applies: norm.applies.code().into(),
            branches_min: norm.branches_min.to_string(),
            sector: norm.sector.clone(),
            every_months: norm.every_months.map(|n| n.to_string()).unwrap_or_default(),
            after_days: norm.after_days.clone(),
            ended: String::new(),
            valid_from: today.to_string(),
            source: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "norm.html")]
pub(super) struct NormPage<'a> {
    pub t: &'a Texts,
    /// What is changed; none for a new one.
    pub nr: Option<i64>,
    pub form: &'a NormForm,
    pub versions: Vec<StoredNorm>,
    /// Which field is wrong, and the text that says so.
    pub wrong: Option<(&'static str, &'static str)>,
}

impl NormPage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        self.wrong.filter(|(found, _)| *found == field).map(|(_, text)| self.t.get(text))
    }

    fn action(&self) -> String {
        let nr = self.nr.map_or_else(|| "nieuw".to_owned(), |nr| nr.to_string());
        format!("/beheer/contactnorm/{nr}")
    }

    fn choices(&self) -> Vec<(&'static str, String, bool)> {
        Applies::ALL
            .iter()
            .map(|applies| {
                let text = self.t.get(applies_text(*applies));
                (applies.code(), text, self.form.applies == applies.code())
            })
            .collect()
    }

    fn day(&self, day: &Date) -> String {
        self.t.date(*day)
    }

    fn months(&self, norm: &StoredNorm) -> String {
        norm.every_months
            .map(|n| self.t.with("visits-norm-every-words", "n", n))
            .unwrap_or_default()
    }
}
