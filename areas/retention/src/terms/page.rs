use askama::Template;
use db::{Error, Tx};
use jiff::civil::Date;
use retention_rules::notice::{Boundary, Unit};
use texts::Texts;
use web::Fields;

use super::store::{StoredRight, StoredTerms, valid, versions};

pub(super) fn unit_text(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "retention-unit-days",
        Unit::Weeks => "retention-unit-weeks",
        Unit::Months => "retention-unit-months",
    }
}

pub(super) fn boundary_text(boundary: Boundary) -> &'static str {
    match boundary {
        Boundary::FinancialYearEnd => "retention-boundary-financial-year",
        Boundary::CalendarYearEnd => "retention-boundary-calendar-year",
        Boundary::QuarterEnd => "retention-boundary-quarter",
        Boundary::MonthEnd => "retention-boundary-month",
        Boundary::AnyDay => "retention-boundary-any",
    }
}

/// `4 weken, tegen het einde van het boekjaar`
fn says(t: &Texts, terms: &StoredTerms) -> String {
    if terms.ended {
        return t.get("retention-terms-gone");
    }
    let notice = t.with(unit_text(terms.notice_unit), "n", terms.notice_n);
    let mut said = t.with2(
        "retention-terms-words",
        "notice",
        notice,
        "boundary",
        t.get(boundary_text(terms.boundary)),
    );
    if !terms.latest_day.is_empty() {
        said += &t.with("retention-terms-latest-words", "day", terms.latest_day.clone());
    }
    if terms.min_term_months > 0 {
        said += &t.with("retention-terms-first-words", "n", terms.min_term_months);
    }
    said
}

/// How a membership of this kind ends, for whoever thinks of joining; `None` if nothing says so.
pub async fn sentence(
    tx: &mut Tx,
    t: &Texts,
    kind: &str,
    day: Date,
) -> Result<Option<String>, Error> {
    let versions = versions(tx).await?;
    let found = valid(&versions, kind, day).or_else(|| valid(&versions, "", day));
    Ok(found.map(|terms| t.with("retention-terms-sentence", "terms", says(t, terms))))
}

#[derive(Template)]
#[template(path = "terms.html")]
pub(super) struct TermsPage<'a> {
    pub t: &'a Texts,
    pub versions: &'a [StoredTerms],
    pub rights: Vec<StoredRight>,
    pub today: Date,
    pub notice: Option<String>,
}

impl TermsPage<'_> {
    /// Each kind with what holds today, the one for every other first.
    fn now(&self) -> Vec<&StoredTerms> {
        let mut kinds: Vec<&str> =
            self.versions.iter().map(|version| version.kind.as_str()).collect();
        kinds.dedup();
        kinds.iter().filter_map(|kind| valid(self.versions, kind, self.today)).collect()
    }

    fn coming(&self) -> Vec<&StoredTerms> {
        self.versions.iter().filter(|version| version.valid_from > self.today).collect()
    }

    fn kind(&self, terms: &StoredTerms) -> String {
        if terms.kind.is_empty() { self.t.get("retention-terms-all") } else { terms.kind.clone() }
    }

    fn says(&self, terms: &StoredTerms) -> String {
        says(self.t, terms)
    }

    fn from(&self, terms: &StoredTerms) -> String {
        self.t.date(terms.valid_from)
    }

    /// In an address.
    fn path(&self, terms: &StoredTerms) -> String {
        if terms.kind.is_empty() { "overig".to_owned() } else { terms.kind.clone() }
    }

    fn right(&self, right: &StoredRight) -> String {
        let english = self.t.language().code() == "en" && !right.name_en.is_empty();
        let name = if english { &right.name_en } else { &right.name_nl };
        self.t.fill(
            "retention-right-words",
            [
                ("name", name.clone().into()),
                ("from", self.t.date(right.sent_on).into()),
                ("until", self.t.date(right.until_on).into()),
            ],
        )
    }
}

/// The form of the terms for one kind, or of a decision.
#[derive(Template)]
#[template(path = "terms_edit.html")]
pub(super) struct TermsEdit<'a> {
    pub t: &'a Texts,
    /// The kind in the address; `nieuw` for another.
    pub path: &'a str,
    pub typed: &'a Fields,
    pub versions: Vec<&'a StoredTerms>,
    pub wrong: Option<(&'static str, &'static str)>,
}

impl TermsEdit<'_> {
    fn is_new(&self) -> bool {
        self.path == "nieuw"
    }

    /// The terms for every other kind stay.
    fn may_end(&self) -> bool {
        !matches!(self.path, "nieuw" | "overig")
    }

    fn title(&self) -> String {
        match self.path {
            "nieuw" => self.t.get("retention-terms-new"),
            "overig" => self.t.get("retention-terms-all"),
            kind => kind.to_owned(),
        }
    }

    fn why(&self, field: &str) -> Option<String> {
        self.wrong.filter(|(found, _)| *found == field).map(|(_, text)| self.t.get(text))
    }

    fn units(&self) -> Vec<(&'static str, String, bool)> {
        Unit::ALL
            .iter()
            .map(|unit| {
                let text = self.t.get(match unit {
                    Unit::Days => "retention-unit-name-days",
                    Unit::Weeks => "retention-unit-name-weeks",
                    Unit::Months => "retention-unit-name-months",
                });
                (unit.code(), text, self.typed.text("eenheid") == unit.code())
            })
            .collect()
    }

    fn boundaries(&self) -> Vec<(&'static str, String, bool)> {
        Boundary::ALL
            .iter()
            .map(|boundary| {
                let text = self.t.get(boundary_text(*boundary));
                (boundary.code(), text, self.typed.text("grens") == boundary.code())
            })
            .collect()
    }

    fn says(&self, terms: &StoredTerms) -> String {
        says(self.t, terms)
    }

    fn from(&self, terms: &StoredTerms) -> String {
        self.t.date(terms.valid_from)
    }
}

/// A decision after which members may leave at once.
#[derive(Template)]
#[template(path = "leave_right.html")]
pub(super) struct RightEdit<'a> {
    pub t: &'a Texts,
    pub typed: &'a Fields,
    pub wrong: Option<(&'static str, &'static str)>,
}

impl RightEdit<'_> {
    fn why(&self, field: &str) -> Option<String> {
        self.wrong.filter(|(found, _)| *found == field).map(|(_, text)| self.t.get(text))
    }
}
