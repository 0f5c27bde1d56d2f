use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::{Action, Role, Roles, Scope};
use texts::Texts;
use web::{Administrator, App, Page, WebError};

use super::role_text;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/beheer/rollen", get(show))
}

#[derive(Template)]
#[template(path = "roles.html")]
struct RolesPage<'a> {
    t: &'a Texts,
}

impl RolesPage<'_> {
    fn actions(&self) -> Vec<String> {
        Action::ALL.iter().map(|action| self.t.get(action_text(*action))).collect()
    }

    fn rows(&self) -> Vec<(String, Vec<Option<String>>)> {
        let cell = |role: Role, action: Action| {
            Roles::new([role]).scope(action).map(|scope| self.t.get(scope_text(scope)))
        };
        let row = |role: &Role| {
            let cells = Action::ALL.iter().map(|action| cell(*role, *action)).collect();
            (self.t.get(role_text(*role)), cells)
        };
        Role::ALL.iter().map(row).collect()
    }
}

fn action_text(action: Action) -> &'static str {
    match action {
        Action::OpenFiles => "access-action-open-files",
        Action::Unmask => "access-action-unmask",
        Action::WorkCalls => "access-action-work-calls",
        Action::ManageCampaigns => "access-action-manage-campaigns",
        Action::KeepAgreements => "access-action-keep-agreements",
        Action::VisitMembers => "access-action-visit-members",
        Action::ManageDues => "access-action-manage-dues",
        Action::ReleaseRuns => "access-action-release-runs",
        Action::SeeFigures => "access-action-see-figures",
        Action::GuardPrivacy => "access-action-guard-privacy",
        Action::Administer => "access-action-administer",
        Action::ReadRules => "access-action-read-rules",
        Action::ReplayRecordings => "access-action-replay-recordings",
        Action::SetTariffs => "access-action-set-tariffs",
    }
}

fn scope_text(scope: Scope) -> &'static str {
    match scope {
        Scope::Aggregates => "access-scope-aggregates",
        Scope::Own => "access-scope-own",
        Scope::Team => "access-scope-team",
        Scope::Region => "access-scope-region",
        Scope::All => "access-scope-all",
    }
}

async fn show(State(app): State<App>, administrator: Administrator) -> Result<Response, WebError> {
    let t = app.texts(administrator.language);
    web::show(
        &app,
        &administrator,
        Page::new(t.get("access-roles"), "/beheer"),
        &RolesPage { t: &t },
    )
    .await
}
