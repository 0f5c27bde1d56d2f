use askama::Template;
use kernel::Pii;
use serde::Deserialize;
use texts::Texts;
use web::two_step::Setup;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OnForm {
    /// The secret that the page showed: it is only kept once the app gave a right code for it.
    pub secret: Pii<String>,
    pub code: String,
    pub password: Pii<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OffForm {
    pub password: Pii<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Code,
    Password,
}

impl Wrong {
    fn text_id(self) -> &'static str {
        match self {
            Self::Code => "access-two-step-code-wrong",
            Self::Password => "access-password-old-wrong",
        }
    }
}

/// Before it is on.
#[derive(Template)]
#[template(path = "two_step_setup.html")]
pub(super) struct SetupPage<'a> {
    pub t: &'a Texts,
    pub setup: &'a Setup,
    pub wrong: Option<Wrong>,
}

impl SetupPage<'_> {
    fn is_wrong(&self, wrong: Wrong) -> bool {
        self.wrong == Some(wrong)
    }
}

/// While it is on.
#[derive(Template)]
#[template(path = "two_step.html")]
pub(super) struct OnPage<'a> {
    pub t: &'a Texts,
    pub codes_left: i64,
    pub wrong: Option<Wrong>,
}

/// Just switched on: the recovery codes, this once.
#[derive(Template)]
#[template(path = "two_step_codes.html")]
pub(super) struct CodesPage<'a> {
    pub t: &'a Texts,
    pub codes: &'a [String],
}
