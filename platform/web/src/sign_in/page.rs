use askama::Template;
use kernel::Pii;
use serde::Deserialize;
use texts::Texts;

use crate::{DemoAccount, asset_path};

/// The form as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SignInForm {
    pub user: String,
    pub password: Pii<String>,
    /// Where to go on.
    pub naar: String,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    NameOrPassword,
    Wait { minutes: i64 },
}

#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage<'a> {
    pub t: &'a Texts,
    pub association: &'a str,
    pub greeting: &'static str,
    pub form: &'a SignInForm,
    pub wrong: Option<Wrong>,
    pub demo: &'a [DemoAccount],
}

impl SignInPage<'_> {
    fn asset(&self, name: &str) -> String {
        asset_path(name)
    }

    fn message(&self) -> Option<String> {
        Some(match self.wrong.as_ref()? {
            Wrong::NameOrPassword => self.t.get("web-sign-in-wrong"),
            Wrong::Wait { minutes } => self.t.with("web-sign-in-wait", "minutes", *minutes),
        })
    }

    fn role(&self, account: &DemoAccount) -> String {
        self.t.get(&format!("access-role-{}", account.role.replace('_', "-")))
    }

    /// The accounts of the demo share it.
    fn demo_password(&self) -> &str {
        self.demo.first().map_or("", |account| &account.password)
    }

    fn is_nl(&self) -> bool {
        self.t.language() == texts::Language::Dutch
    }
}

/// The second step, for accounts that have it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    pub code: String,
    pub naar: String,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
pub(super) struct CodePage<'a> {
    pub t: &'a Texts,
    pub form: &'a CodeForm,
    pub wrong: Option<&'static str>,
}

impl CodePage<'_> {
    fn asset(&self, name: &str) -> String {
        asset_path(name)
    }
}
