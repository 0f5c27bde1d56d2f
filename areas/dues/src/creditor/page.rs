use askama::Template;
use texts::Texts;
use web::Fields;

use super::store::Creditor;

#[derive(Template)]
#[template(path = "creditors.html")]
pub(super) struct CreditorsPage<'a> {
    pub t: &'a Texts,
    pub creditors: Vec<(Creditor, String)>,
    pub typed: &'a Fields,
    /// Which field is wrong, and the sentence that says so.
    pub wrong: Option<(&'static str, String)>,
    pub notice: Option<String>,
}

impl CreditorsPage<'_> {
    fn why(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(found, _)| *found == field).map(|(_, text)| text.as_str())
    }

    fn is_open(&self, creditor: &Creditor) -> bool {
        creditor.ended_at.is_none()
    }

    fn open_ones(&self) -> usize {
        self.creditors.iter().filter(|(creditor, _)| self.is_open(creditor)).count()
    }
}
