use askama::Template as _;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use people::forced;
use serde::Deserialize;
use web::ui;
use web::{App, Page, PrivacyOfficer, WebError};

use super::page::{ForcedList, ForcedPage};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/noodtoegang", get(show))
        .route("/beheer/noodtoegang/lijst", get(list))
        .route("/beheer/noodtoegang/{id}/gezien", post(seen))
}

#[derive(Deserialize)]
struct Done {
    gedaan: Option<String>,
}

async fn rendered(app: &App, officer: &PrivacyOfficer) -> Result<String, WebError> {
    let forced = app.db().read(officer.actor(), async |tx| forced::latest(tx).await).await?;
    let t = app.texts(officer.language);
    Ok(ForcedList { t: &t, now: app.db().clock().now(), forced }.render()?)
}

async fn show(
    State(app): State<App>,
    officer: PrivacyOfficer,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let list = ui::rendered(rendered(&app, &officer).await?);
    let t = app.texts(officer.language);
    let body = ForcedPage { t: &t, list, done: done.gedaan.is_some() };
    web::show(&app, &officer, Page::new(t.get("admin-forced"), "/beheer"), &body).await
}

async fn list(State(app): State<App>, officer: PrivacyOfficer) -> Result<Html<String>, WebError> {
    rendered(&app, &officer).await.map(Html)
}

async fn seen(
    State(app): State<App>,
    officer: PrivacyOfficer,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    app.db().write(officer.actor(), async |tx| forced::look_at(tx, id).await).await?;
    Ok(Redirect::to("/beheer/noodtoegang?gedaan=gezien").into_response())
}
