use askama::Template;
use kernel::{PersonId, Pii};
use people_rules::person::Wrong;
use people_rules::representative::{Draft, Relation, Scope};
use texts::Texts;
use web::Fields;

use crate::person::why_text;

pub(crate) fn relation_text(relation: Relation) -> &'static str {
    match relation {
        Relation::Family => "people-relation-family",
        Relation::Administrator => "people-relation-administrator",
        Relation::Guardian => "people-relation-guardian",
        Relation::Heir => "people-relation-heir",
    }
}

pub(super) fn scope_text(scope: Scope) -> &'static str {
    match scope {
        Scope::Information => "people-scope-information",
        Scope::Changes => "people-scope-changes",
        Scope::Cancellation => "people-scope-cancellation",
    }
}

pub(super) fn draft(typed: &Fields) -> Draft {
    let text = |name| typed.text(name).to_owned();
    Draft {
        name: Pii::new(text("name")),
        relation: text("relation"),
        scopes: typed.all("scope").map(str::to_owned).collect(),
        from: text("from"),
        until: text("until"),
        proof: Pii::new(text("proof")),
        seen_on: text("seen_on"),
    }
}

#[derive(Template)]
#[template(path = "representative_new.html")]
pub(super) struct NewPage<'a> {
    pub t: &'a Texts,
    pub person: PersonId,
    pub member: String,
    pub typed: &'a Fields,
    pub wrong: &'a [Wrong],
}

impl NewPage<'_> {
    fn why(&self, field: &str) -> Option<String> {
        let wrong = self.wrong.iter().find(|wrong| wrong.field == field)?;
        Some(self.t.get(match field {
            "relation" => "people-relation-missing",
            "scope" => "people-scope-missing",
            _ => why_text(wrong.why),
        }))
    }

    fn relations(&self) -> Vec<(&'static str, String, bool)> {
        let chosen = self.typed.text("relation");
        let option = |relation: &Relation| {
            (relation.code(), self.t.get(relation_text(*relation)), relation.code() == chosen)
        };
        Relation::ALL.iter().map(option).collect()
    }

    fn scopes(&self) -> Vec<(&'static str, String, bool)> {
        let option = |scope: &Scope| {
            let is_chosen = self.typed.all("scope").any(|chosen| chosen == scope.code());
            (scope.code(), self.t.get(scope_text(*scope)), is_chosen)
        };
        Scope::ALL.iter().map(option).collect()
    }

    /// Name, label and class of the days.
    fn days(&self) -> [(&'static str, &'static str); 3] {
        [
            ("from", "people-representative-from"),
            ("until", "people-representative-until"),
            ("seen_on", "people-representative-seen"),
        ]
    }
}
