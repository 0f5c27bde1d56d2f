use access_rules::presence::{Intent, Place};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;
use web::{App, Caller, Form, WebError, back};

use super::store::choose;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/status", post(choose_status))
}

#[derive(Deserialize)]
struct StatusForm {
    intent: Option<String>,
    place: Option<String>,
}

/// Chooses what to do now, or from where; then back to the page on which it was chosen.
async fn choose_status(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<StatusForm>,
) -> Result<Response, WebError> {
    let intent: Option<Intent> = match form.intent {
        Some(code) => Some(code.parse().map_err(|_| WebError::Unreadable)?),
        None => None,
    };
    let place: Option<Place> = match form.place {
        Some(code) => Some(code.parse().map_err(|_| WebError::Unreadable)?),
        None => None,
    };
    app.db()
        .write(caller.actor(), async |tx| {
            let current = super::store::now(tx, caller.id)
                .await?
                .map(|now| now.pending_intent.unwrap_or(now.intent));
            let wish = intent.or(current).unwrap_or(Intent::Available);
            choose(tx, wish, place).await
        })
        .await?;
    Ok(Redirect::to(&back(&headers)).into_response())
}
