use askama::Template;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kernel::{Action, UserId};
use serde::Serialize;
use telephony_browser::{ConnectError, LegId};
use web::{App, Caller, Page, WebError};

use crate::browsers::{Browsers, NoSound};
use crate::exchange::{Refused, Stand};
use crate::outside::Outside;
use crate::page::{ColleaguesPart, TestPage};

/// An offer of three sections is some five kilobytes.
const OFFER_MAX: usize = 32 * 1024;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/geluid", get(test))
        .route("/geluid/verbinding", post(connect).layer(DefaultBodyLimit::max(OFFER_MAX)))
        .route("/geluid/verbinding/{leg}/echo", post(echo))
        .route("/geluid/verbinding/{leg}/sluit", post(close))
        .route("/geluid/collegas", get(colleagues))
        .route("/geluid/bel/{user}", post(call))
        .route("/geluid/neem-op", post(answer))
        .route("/geluid/hang-op", post(hang_up))
}

async fn test(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    works_calls(&caller)?;
    let t = app.texts(caller.language);
    let body = TestPage { t: &t, outside: app.state::<Outside>().address() };
    web::show(&app, &caller, Page::new(t.get("telephone-test"), "/geluid"), &body).await
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
                NoSound::Connect(ConnectError::Offer(_)) => {
                    (StatusCode::UNPROCESSABLE_ENTITY, "telephone-bad-offer")
                }
                NoSound::Connect(ConnectError::Stopped) => {
                    (StatusCode::SERVICE_UNAVAILABLE, "telephone-sound-stopped")
                }
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
    answered(app.state::<Browsers>().echo(caller.id, LegId(leg)))
}

async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(leg): Path<u64>,
) -> Result<StatusCode, WebError> {
    answered(app.state::<Browsers>().close(caller.id, LegId(leg)))
}

/// The part of the page that follows who is there and who calls.
async fn colleagues(State(app): State<App>, caller: Caller) -> Result<Html<String>, WebError> {
    works_calls(&caller)?;
    let (stand, others) = app.state::<Browsers>().stand(caller.id);
    let mut shown = others.clone();
    if let Stand::Calls(user) | Stand::Rings(user) | Stand::Speaks(user) = stand {
        shown.push(user);
    }
    let names =
        app.db().read(caller.actor(), async |tx| access::users::names(tx, &shown).await).await?;
    let t = app.texts(caller.language);
    Ok(Html(ColleaguesPart { t: &t, stand, others, names }.render()?))
}

/// Rings at a colleague's. What stands in the way is said in words.
async fn call(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<UserId>,
) -> Result<Response, WebError> {
    works_calls(&caller)?;
    let why = match app.state::<Browsers>().call(&app, caller.id, user) {
        Ok(()) => return Ok(StatusCode::NO_CONTENT.into_response()),
        Err(Refused::Unconnected) => "telephone-unconnected",
        Err(Refused::NotThere) => "telephone-not-there",
        Err(Refused::Engaged) => "telephone-engaged",
        Err(Refused::InCall) => "telephone-in-call",
    };
    let t = app.texts(caller.language);
    Ok((StatusCode::CONFLICT, t.get(why)).into_response())
}

async fn answer(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    answered(app.state::<Browsers>().answer(&app, caller.id))
}

async fn hang_up(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    answered(app.state::<Browsers>().hang_up(&app, caller.id))
}

fn answered(is_there: bool) -> Result<StatusCode, WebError> {
    if is_there { Ok(StatusCode::NO_CONTENT) } else { Err(WebError::NotFound) }
}
