use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::TeamId;
use serde::Deserialize;
use web::{Administrator, App, Form, Page, WebError};

use super::page::{TeamForm, TeamsPage, Wrong};
use super::store;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/teams", get(show).post(add))
        .route("/beheer/teams/{id}/naam", post(rename))
        .route("/beheer/teams/{id}/stopt", post(end))
}

#[derive(Deserialize)]
struct Done {
    gedaan: Option<String>,
}

async fn show(
    State(app): State<App>,
    administrator: Administrator,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let done = match done.gedaan.as_deref() {
        Some("nieuw") => Some("access-team-added"),
        Some("naam") => Some("access-team-renamed"),
        Some("gestopt") => Some("access-team-ended"),
        _ => None,
    };
    render(&app, &administrator, &TeamForm::default(), None, done).await
}

async fn add(
    State(app): State<App>,
    administrator: Administrator,
    Form(form): Form<TeamForm>,
) -> Result<Response, WebError> {
    let Some(name) = form.read() else {
        return wrong(&app, &administrator, &form, None, "access-team-name-wrong").await;
    };
    match app.db().write(administrator.actor(), async |tx| store::add(tx, &name).await).await {
        Ok(_) => Ok(Redirect::to("/beheer/teams?gedaan=nieuw").into_response()),
        Err(db::Error::Duplicate) => {
            wrong(&app, &administrator, &form, None, "access-team-name-taken").await
        }
        Err(error) => Err(error.into()),
    }
}

async fn rename(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<TeamId>,
    Form(form): Form<TeamForm>,
) -> Result<Response, WebError> {
    let Some(name) = form.read() else {
        return wrong(&app, &administrator, &form, Some(id), "access-team-name-wrong").await;
    };
    match app.db().write(administrator.actor(), async |tx| store::rename(tx, id, &name).await).await
    {
        Ok(()) => Ok(Redirect::to("/beheer/teams?gedaan=naam").into_response()),
        Err(db::Error::Duplicate) => {
            wrong(&app, &administrator, &form, Some(id), "access-team-name-taken").await
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<TeamId>,
) -> Result<Response, WebError> {
    let t = app.texts(administrator.language);
    match app.db().write(administrator.actor(), async |tx| store::end(tx, id).await).await? {
        Ok(()) => Ok(Redirect::to("/beheer/teams?gedaan=gestopt").into_response()),
        Err((members, promises)) => {
            let text = if members.is_empty() {
                t.with("access-team-has-promises", "promises", promises)
            } else {
                t.with("access-team-has-people", "names", members.join(", "))
            };
            let wrong = Some(Wrong { team: Some(id), text });
            render(&app, &administrator, &TeamForm::default(), wrong, None).await
        }
    }
}

async fn wrong(
    app: &App,
    administrator: &Administrator,
    form: &TeamForm,
    team: Option<TeamId>,
    text: &str,
) -> Result<Response, WebError> {
    let text = app.texts(administrator.language).get(text);
    render(app, administrator, form, Some(Wrong { team, text }), None).await
}

async fn render(
    app: &App,
    administrator: &Administrator,
    form: &TeamForm,
    wrong: Option<Wrong>,
    done: Option<&'static str>,
) -> Result<Response, WebError> {
    let teams = app.db().read(administrator.actor(), async |tx| store::staffed(tx).await).await?;
    let t = app.texts(administrator.language);
    let page = Page::new(t.get("access-teams"), "/beheer");
    let again = wrong.is_some();
    let body = TeamsPage { t: &t, teams, form, wrong, done };
    if again {
        web::again(app, administrator, page, &body).await
    } else {
        web::show(app, administrator, page, &body).await
    }
}
