use askama::Template;
use serde::Deserialize;
use texts::Texts;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ForceForm {
    pub member_number: String,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Nobody,
    /// Too short to tell the privacy officer anything.
    Reason,
}

/// `ja` is no reason.
const REASON_MIN: usize = 10;
const REASON_MAX: usize = 500;

impl ForceForm {
    pub(super) fn reason(&self) -> Option<&str> {
        let reason = self.reason.trim();
        (REASON_MIN..=REASON_MAX).contains(&reason.chars().count()).then_some(reason)
    }
}

#[derive(Template)]
#[template(path = "force.html")]
pub(super) struct ForcePage<'a> {
    pub t: &'a Texts,
    pub form: &'a ForceForm,
    pub minutes: i64,
    pub wrong: Option<Wrong>,
}

impl ForcePage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        let (of, text) = match self.wrong? {
            Wrong::Nobody => ("member_number", "people-force-nobody"),
            Wrong::Reason => ("reason", "people-force-reason-wrong"),
        };
        (of == field).then(|| self.t.get(text))
    }
}
