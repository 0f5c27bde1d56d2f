use askama::Template;
use people_rules::organisation::ContactDraft;
use people_rules::person::Wrong;
use serde::Deserialize;
use texts::Texts;

use super::store::Spokesperson;
use crate::organisation::{Stored, why_text};
use crate::person::Found;
use crate::search::page::status;

/// The form exactly as the browser sends it; searching sends it too, so that nothing typed is lost.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ContactForm {
    /// What was searched for.
    pub q: String,
    pub person: String,
    pub role: String,
    pub from: String,
}

impl ContactForm {
    pub(super) fn draft(&self) -> ContactDraft {
        ContactDraft {
            person: self.person.clone(),
            role: self.role.clone(),
            from: self.from.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "contact_person_new.html")]
pub(super) struct NewPage<'a> {
    pub t: &'a Texts,
    pub organisation: &'a Stored,
    pub form: &'a ContactForm,
    pub found: Vec<Found>,
    pub wrong: &'a [Wrong],
    /// The person is a contact person here already.
    pub taken: bool,
}

impl NewPage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        let wrong = self.wrong.iter().find(|wrong| wrong.field == field)?;
        Some(self.t.get(if field == "person" {
            "people-contact-person-nobody-chosen"
        } else {
            why_text(wrong.why)
        }))
    }

    /// The one who was chosen; the only one found is chosen already.
    fn is_chosen(&self, person: &Found) -> bool {
        self.form.person == person.id.to_string()
            || (self.form.person.is_empty() && self.found.len() == 1)
    }

    fn status(&self, person: &Found) -> String {
        status(self.t, person)
    }

    fn was_searched(&self) -> bool {
        !self.form.q.trim().is_empty()
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EndForm {
    pub until: String,
}

#[derive(Template)]
#[template(path = "contact_person_end.html")]
pub(super) struct EndPage<'a> {
    pub t: &'a Texts,
    pub organisation: &'a Stored,
    pub contact: &'a Spokesperson,
    pub form: &'a EndForm,
    pub wrong: Option<Wrong>,
}

impl EndPage<'_> {
    fn why(&self) -> Option<String> {
        self.wrong.map(|wrong| self.t.get(why_text(wrong.why)))
    }
}
