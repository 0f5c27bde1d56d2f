use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use kernel::UserId;
use serde::Deserialize;
use web::{App, Caller, Form, WebError, back};

use super::store::{help, read, send};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/collegas/{user}/bericht", post(write))
        .route("/berichten/{id}/gelezen", post(mark_read))
        .route("/hulp", post(raise))
}

#[derive(Deserialize)]
struct MessageForm {
    text: String,
}

async fn write(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(to): Path<UserId>,
    Form(form): Form<MessageForm>,
) -> Result<Response, WebError> {
    let text: String = form.text.trim().chars().take(300).collect();
    // An empty line says nothing.
    if !text.is_empty() {
        let team = caller.team;
        let sent =
            app.db().write(caller.actor(), async |tx| send(tx, to, team, &text).await).await?;
        if !sent {
            return Err(WebError::NotFound);
        }
    }
    Ok(Redirect::to(&back(&headers)).into_response())
}

async fn mark_read(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    app.db().write(caller.actor(), async |tx| read(tx, id).await).await?;
    Ok(Redirect::to(&back(&headers)).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HelpForm {
    wanted: String,
}

async fn raise(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<HelpForm>,
) -> Result<Response, WebError> {
    let wanted = form.wanted == "ja";
    app.db().write(caller.actor(), async |tx| help(tx, wanted).await).await?;
    Ok(Redirect::to(&back(&headers)).into_response())
}
