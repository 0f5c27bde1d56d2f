use askama::Template;
use jiff::Timestamp;
use kernel::UserId;
use serde::Deserialize;
use texts::Texts;

use super::Scope;
use super::store::{Listed, NewToken};

#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub(super) struct TokenForm {
    pub name: String,
    /// The sign-in name of the user in whose name the program works.
    pub login: String,
    /// `read` or `write`, which includes reading.
    pub may: String,
    pub days: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        Self { name: String::new(), login: String::new(), may: "read".into(), days: "365".into() }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Name,
    Login,
    Days,
}

/// A token is not for ever: who made it may have left by then.
const DAYS_MAX: u32 = 3_660;

impl TokenForm {
    /// All but the user, which only the store knows.
    pub(super) fn read(&self, user: Option<UserId>) -> Result<NewToken, Wrong> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=100).contains(&name.chars().count()) {
            return Err(Wrong::Name);
        }
        let user = user.ok_or(Wrong::Login)?;
        let days = self
            .days
            .trim()
            .parse()
            .ok()
            .filter(|days| (1..=DAYS_MAX).contains(days))
            .ok_or(Wrong::Days)?;
        let scopes =
            if self.may == "write" { vec![Scope::Read, Scope::Write] } else { vec![Scope::Read] };
        Ok(NewToken { user, name, scopes, days: Some(days) })
    }
}

#[derive(Template)]
#[template(path = "tokens.html")]
pub(super) struct TokensPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub tokens: Vec<Listed>,
    pub form: &'a TokenForm,
    pub wrong: Option<Wrong>,
    /// Just made: shown this once.
    pub made: Option<&'a str>,
    pub revoked: bool,
}

impl TokensPage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        let (of, text) = match self.wrong? {
            Wrong::Name => ("name", "access-token-name-wrong"),
            Wrong::Login => ("login", "access-token-login-wrong"),
            Wrong::Days => ("days", "access-token-days-wrong"),
        };
        (of == field).then(|| self.t.get(text))
    }

    fn may(&self, token: &Listed) -> String {
        let text = |scope: &str| match scope {
            "write" => "access-token-may-write",
            "admin" => "access-token-may-admin",
            _ => "access-token-may-read",
        };
        token.scopes.split(',').map(|scope| self.t.get(text(scope))).collect::<Vec<_>>().join(", ")
    }

    fn until(&self, token: &Listed) -> String {
        token.ends_at.map_or_else(
            || self.t.get("access-token-no-end"),
            |ends_at| self.t.moment(ends_at, self.now),
        )
    }
}
