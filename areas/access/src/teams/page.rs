use askama::Template;
use kernel::TeamId;
use serde::Deserialize;
use texts::Texts;

use super::store::Staffed;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TeamForm {
    pub name: String,
}

const NAME_MAX: usize = 60;

impl TeamForm {
    pub(super) fn read(&self) -> Option<String> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        (1..=NAME_MAX).contains(&name.chars().count()).then_some(name)
    }
}

/// What did not happen, and to which team; `None` is the new one.
pub(super) struct Wrong {
    pub team: Option<TeamId>,
    pub text: String,
}

#[derive(Template)]
#[template(path = "teams.html")]
pub(super) struct TeamsPage<'a> {
    pub t: &'a Texts,
    pub teams: Vec<Staffed>,
    pub form: &'a TeamForm,
    pub wrong: Option<Wrong>,
    pub done: Option<&'static str>,
}

impl TeamsPage<'_> {
    fn wrong_of(&self, team: &TeamId) -> Option<&str> {
        self.wrong
            .as_ref()
            .filter(|wrong| wrong.team == Some(*team))
            .map(|wrong| wrong.text.as_str())
    }

    fn wrong_new(&self) -> Option<&str> {
        self.wrong.as_ref().filter(|wrong| wrong.team.is_none()).map(|wrong| wrong.text.as_str())
    }

    /// A name that was refused stands in its own field, to be mended.
    fn name_of<'b>(&'b self, team: &'b Staffed) -> &'b str {
        if self.wrong_of(&team.id).is_some() && !self.form.name.is_empty() {
            &self.form.name
        } else {
            &team.name
        }
    }

    fn new_name(&self) -> &str {
        if self.wrong_new().is_some() { &self.form.name } else { "" }
    }
}
