use std::collections::HashMap;

use access_rules::account::{Draft, Refused, Region, Wrong};
use askama::Template;
use kernel::{Role, Roles, TeamId, UserId};
use serde::Deserialize;
use texts::{Language, Texts};

use super::store::{Listed, Stored};
use crate::roles::{does_text, role_text};
use crate::teams::Team;

/// The form as the browser sends it; a role that is ticked is a field of its own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UserForm {
    pub name: String,
    pub first_name: String,
    pub login: String,
    pub email: String,
    pub team: String,
    pub language: String,
    pub regions: String,
    #[serde(flatten)]
    pub rest: HashMap<String, String>,
}

const ROLE: &str = "role_";

impl UserForm {
    pub(super) fn of(stored: &Stored, regions: &[Region]) -> Self {
        let range = |region: &Region| {
            if region.from == region.until {
                region.from.clone()
            } else {
                format!("{}-{}", region.from, region.until)
            }
        };
        Self {
            name: stored.name.clone(),
            first_name: stored.first_name.clone(),
            login: stored.login.clone(),
            email: stored.email.clone(),
            team: stored.team_id.map(|team| team.to_string()).unwrap_or_default(),
            language: stored.language.to_string(),
            regions: regions.iter().map(range).collect::<Vec<_>>().join(", "),
            rest: Roles::read(&stored.roles)
                .iter()
                .map(|role| (format!("{ROLE}{role}"), "on".into()))
                .collect(),
        }
    }

    pub(super) fn draft(&self) -> Draft {
        Draft {
            name: self.name.clone(),
            first_name: self.first_name.clone(),
            login: self.login.clone(),
            email: self.email.clone(),
            roles: self
                .rest
                .keys()
                .filter_map(|field| field.strip_prefix(ROLE))
                .map(str::to_owned)
                .collect(),
            regions: self.regions.clone(),
        }
    }

    pub(super) fn team(&self) -> Option<TeamId> {
        self.team.parse().ok()
    }

    pub(super) fn language(&self) -> Language {
        self.language.parse().unwrap_or(Language::Dutch)
    }
}

/// Why the form comes back.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Problems {
    pub wrong: Vec<Wrong>,
    pub login_taken: bool,
    pub email_taken: bool,
    pub team_gone: bool,
    pub refused: Option<Refused>,
}

impl Problems {
    fn why(&self, field: &str) -> Option<&'static str> {
        if field == "login" && self.login_taken {
            return Some("access-user-login-taken");
        }
        if field == "email" && self.email_taken {
            return Some("access-user-email-taken");
        }
        if field == "team" && self.team_gone {
            return Some("access-user-team-gone");
        }
        self.wrong.iter().find_map(|wrong| {
            let (of, text) = match wrong {
                Wrong::Name => ("name", "access-user-name-wrong"),
                Wrong::FirstName => ("first_name", "access-user-first-name-wrong"),
                Wrong::Login => ("login", "access-user-login-wrong"),
                Wrong::Email => ("email", "access-user-email-wrong"),
                Wrong::Roles => ("roles", "access-user-roles-wrong"),
                Wrong::Regions => ("regions", "access-user-regions-wrong"),
            };
            (of == field).then_some(text)
        })
    }
}

pub(super) fn refused_text(refused: Refused) -> &'static str {
    match refused {
        Refused::LastAdministrator => "access-user-last-administrator",
        Refused::Oneself => "access-user-oneself",
        Refused::InCall => "access-user-in-call",
        Refused::NeedsTeam => "access-user-needs-team",
    }
}

pub(super) struct Field<'a> {
    pub name: &'static str,
    pub label: &'static str,
    pub value: &'a str,
    pub kind: &'static str,
}

#[derive(Template)]
#[template(path = "user.html")]
pub(super) struct UserPage<'a> {
    pub t: &'a Texts,
    /// `None`: a new colleague.
    pub stored: Option<&'a Stored>,
    pub is_oneself: bool,
    pub form: &'a UserForm,
    pub teams: &'a [Team],
    pub problems: &'a Problems,
    pub done: Option<&'static str>,
}

impl UserPage<'_> {
    fn action(&self) -> String {
        self.stored.map_or_else(
            || "/beheer/collegas/nieuw".into(),
            |stored| format!("/beheer/collegas/{}", stored.id),
        )
    }

    fn why(&self, field: &str) -> Option<String> {
        self.problems.why(field).map(|text| self.t.get(text))
    }

    fn refused(&self) -> Option<String> {
        self.problems.refused.map(|refused| self.t.get(refused_text(refused)))
    }

    fn fields(&self) -> [Field<'_>; 4] {
        let UserForm { name, first_name, login, email, .. } = self.form;
        [
            Field { name: "name", label: "access-user-name", value: name, kind: "text" },
            Field {
                name: "first_name",
                label: "access-user-first-name",
                value: first_name,
                kind: "text",
            },
            Field { name: "login", label: "access-user-login", value: login, kind: "text" },
            Field { name: "email", label: "access-user-email", value: email, kind: "email" },
        ]
    }

    fn roles(&self) -> Vec<(Role, String, String, bool)> {
        Role::ALL
            .iter()
            .map(|role| {
                let ticked = self.form.rest.contains_key(&format!("{ROLE}{role}"));
                (*role, self.t.get(role_text(*role)), self.t.get(does_text(*role)), ticked)
            })
            .collect()
    }

    fn is_team(&self, team: &Team) -> bool {
        self.form.team() == Some(team.id)
    }

    fn is_language(&self, code: &str) -> bool {
        self.form.language().code() == code
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    pub q: String,
    pub gestopt: String,
    /// The last row of the page before: its id, then its name.
    pub na: String,
}

impl Filter {
    pub(super) fn after(&self) -> Option<(&str, UserId)> {
        let (id, name) = self.na.split_once(' ')?;
        Some((name, id.parse().ok()?))
    }
}

#[derive(Template)]
#[template(path = "users.html")]
pub(super) struct UsersPage<'a> {
    pub t: &'a Texts,
    pub filter: &'a Filter,
    pub found: Vec<Listed>,
    pub next: Option<String>,
    pub done: Option<&'static str>,
}

impl UsersPage<'_> {
    fn roles(&self, user: &Listed) -> String {
        let roles = Roles::read(&user.roles);
        roles.iter().map(|role| self.t.get(role_text(role))).collect::<Vec<_>>().join(", ")
    }

    fn shows_ended(&self) -> bool {
        !self.filter.gestopt.is_empty()
    }
}

/// A password that is shown this once.
#[derive(Template)]
#[template(path = "user_password.html")]
pub(super) struct PasswordPage<'a> {
    pub t: &'a Texts,
    pub id: UserId,
    pub name: &'a str,
    pub login: &'a str,
    pub password: &'a str,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EndForm {
    pub team: String,
}

#[derive(Template)]
#[template(path = "user_end.html")]
pub(super) struct EndPage<'a> {
    pub t: &'a Texts,
    pub stored: &'a Stored,
    pub teams: &'a [Team],
    pub team: Option<TeamId>,
    pub refused: Option<Refused>,
}

impl EndPage<'_> {
    fn is_team(&self, team: &Team) -> bool {
        self.team == Some(team.id)
    }

    fn why(&self) -> Option<String> {
        self.refused.map(|refused| self.t.get(refused_text(refused)))
    }
}
