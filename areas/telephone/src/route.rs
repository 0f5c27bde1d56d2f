use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kernel::Action;
use serde::Serialize;
use telephony_browser::LegId;
use texts::Texts;
use web::{App, Caller, Page, WebError};

use crate::browsers::{Browsers, NoSound};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/geluid", get(test))
        .route("/geluid/verbinding", post(connect))
        .route("/geluid/{leg}/echo", post(echo))
        .route("/geluid/{leg}/sluit", post(close))
}

#[derive(Template)]
#[template(path = "sound_test.html")]
struct TestPage<'a> {
    t: &'a Texts,
}

async fn test(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    works_calls(&caller)?;
    let t = app.texts(caller.language);
    web::show(&app, &caller, Page::new(t.get("telephone-test"), "/geluid"), &TestPage { t: &t })
        .await
}

fn works_calls(caller: &Caller) -> Result<(), WebError> {
    if caller.may(Action::WorkCalls) { Ok(()) } else { Err(WebError::Forbidden) }
}

/// A browser that is connected, for its own scripts.
#[derive(Serialize)]
struct Connected {
    leg: String,
    answer: String,
}

/// Takes a browser's offer (SDP).
async fn connect(
    State(app): State<App>,
    caller: Caller,
    offer: String,
) -> Result<Response, WebError> {
    works_calls(&caller)?;
    let t = app.texts(caller.language);
    let browsers = app.state::<Browsers>();
    Ok(match browsers.connect(&app, caller.id, offer).await {
        Ok((LegId(leg), answer)) => {
            Json(Connected { leg: leg.to_string(), answer }).into_response()
        }
        Err(refused) => {
            tracing::warn!(%refused, "no sound for a browser");
            let (status, why) = match refused {
                NoSound::Offer(_) => (StatusCode::UNPROCESSABLE_ENTITY, "telephone-bad-offer"),
                NoSound::NoAddress => (StatusCode::SERVICE_UNAVAILABLE, "telephone-no-address"),
                NoSound::Host(_) => (StatusCode::SERVICE_UNAVAILABLE, "telephone-no-host"),
            };
            (status, t.get(why)).into_response()
        }
    })
}

/// Calls the echo line.
async fn echo(
    State(app): State<App>,
    caller: Caller,
    Path(leg): Path<u64>,
) -> Result<StatusCode, WebError> {
    answered(app.state::<Browsers>().echo(caller.id, LegId(leg), true))
}

async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(leg): Path<u64>,
) -> Result<StatusCode, WebError> {
    answered(app.state::<Browsers>().close(caller.id, LegId(leg)))
}

fn answered(is_there: bool) -> Result<StatusCode, WebError> {
    if is_there { Ok(StatusCode::NO_CONTENT) } else { Err(WebError::NotFound) }
}
