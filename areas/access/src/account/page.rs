use askama::Template;
use kernel::Pii;
use serde::Deserialize;
use texts::{Language, Texts};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PasswordForm {
    pub old: Pii<String>,
    pub new: Pii<String>,
    pub again: Pii<String>,
}

/// Length is what makes a password hard to guess (NIST SP 800-63B); rules about signs only annoy.
pub(super) const PASSWORD_MIN: usize = 12;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Old,
    TooShort,
    NotTheSame,
    /// The temporary one once more.
    Temporary,
}

impl PasswordForm {
    pub(super) fn parse(&self) -> Result<Pii<String>, Wrong> {
        if self.new.reveal().chars().count() < PASSWORD_MIN {
            return Err(Wrong::TooShort);
        }
        if self.new != self.again {
            return Err(Wrong::NotTheSame);
        }
        Ok(self.new.clone())
    }
}

impl Wrong {
    fn field(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::TooShort | Self::Temporary => "new",
            Self::NotTheSame => "again",
        }
    }

    fn text_id(self) -> &'static str {
        match self {
            Self::Old => "access-password-old-wrong",
            Self::TooShort => "access-password-too-short",
            Self::NotTheSame => "access-password-not-the-same",
            Self::Temporary => "access-choose-password-same",
        }
    }
}

/// The first page of somebody whose password an administrator knows.
#[derive(Template)]
#[template(path = "choose_password.html")]
pub(super) struct ChoosePage<'a> {
    pub t: &'a Texts,
    pub wrong: Option<Wrong>,
}

#[derive(Template)]
#[template(path = "account.html")]
pub(super) struct AccountPage<'a> {
    pub t: &'a Texts,
    pub name: &'a str,
    pub roles: Vec<String>,
    pub has_place: bool,
    /// Files are closed to this user, but for a reason.
    pub may_force: bool,
    pub in_two_steps: bool,
    pub done: Option<&'static str>,
    pub wrong: Option<Wrong>,
}

impl AccountPage<'_> {
    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.is_some_and(|wrong| wrong.field() == field)
    }

    fn is_language(&self, code: &str) -> bool {
        self.t.language() == code.parse().unwrap_or(Language::Dutch)
    }
}
