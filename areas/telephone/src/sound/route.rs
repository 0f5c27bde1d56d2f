use askama::Template;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kernel::{Action, UserId};
use serde::Serialize;
use telephony_engine::{ConnectError, LegId};
use web::{App, Caller, Page, WebError};

use super::page::{ColleaguesPart, TestPage};
use crate::exchange::Exchange;
use crate::outside::Outside;
use crate::telephone::{NoSound, Telephone};

/// An offer of three sections is some five kilobytes.
pub(crate) const OFFER_MAX: usize = 32 * 1024;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/geluid", get(test))
        .route("/geluid/verbinding", post(connect).layer(DefaultBodyLimit::max(OFFER_MAX)))
        .route("/geluid/verbinding/{leg}/echo", post(echo))
        .route("/geluid/verbinding/{leg}/stil", post(silent))
        .route("/geluid/verbinding/{leg}/hier", post(uses))
        .route("/geluid/verbinding/{leg}/sluit", post(close))
        .route("/geluid/collegas", get(colleagues))
}

pub(crate) fn works_calls(caller: &Caller) -> Result<(), WebError> {
    if caller.may(Action::WorkCalls) { Ok(()) } else { Err(WebError::Forbidden) }
}

async fn test(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    works_calls(&caller)?;
    let t = app.texts(caller.language);
    let colleagues = web::ui::rendered(colleagues_part(&app, &caller).await?);
    let body = TestPage { t: &t, outside: app.state::<Outside>().desk(), colleagues };
    web::show(&app, &caller, Page::new(t.get("telephone-test"), "/geluid"), &body).await
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
    let telephone = app.state::<Telephone>();
    Ok(match telephone.connect(&app, caller.id, offer).await {
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
                NoSound::NoAddress | NoSound::Connect(ConnectError::NoPort) => {
                    (StatusCode::SERVICE_UNAVAILABLE, "telephone-no-address")
                }
                NoSound::Setting(_) | NoSound::Start(_) => {
                    (StatusCode::SERVICE_UNAVAILABLE, "telephone-no-host")
                }
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
    answered(on_echo(&app, &caller, LegId(leg), true))
}

async fn silent(
    State(app): State<App>,
    caller: Caller,
    Path(leg): Path<u64>,
) -> Result<StatusCode, WebError> {
    answered(on_echo(&app, &caller, LegId(leg), false))
}

fn on_echo(app: &App, caller: &Caller, leg: LegId, is_on: bool) -> bool {
    app.state::<Telephone>().change(app.hub(), |exchange| {
        let is_hers = exchange.is_of(leg, caller.id);
        if is_hers {
            exchange.echo(leg, is_on);
        }
        is_hers
    })
}

/// She does something in this browser, and not in another of hers.
async fn uses(
    State(app): State<App>,
    caller: Caller,
    Path(leg): Path<u64>,
) -> Result<StatusCode, WebError> {
    let uses = |exchange: &mut Exchange| exchange.uses(caller.id, LegId(leg));
    answered(app.state::<Telephone>().change(app.hub(), uses))
}

async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(leg): Path<u64>,
) -> Result<StatusCode, WebError> {
    answered(app.state::<Telephone>().close(caller.id, LegId(leg)))
}

/// The part of the page that follows who is there.
async fn colleagues(State(app): State<App>, caller: Caller) -> Result<Html<String>, WebError> {
    works_calls(&caller)?;
    Ok(Html(colleagues_part(&app, &caller).await?))
}

async fn colleagues_part(app: &App, caller: &Caller) -> Result<String, WebError> {
    let others: Vec<(UserId, bool)> = app.state::<Telephone>().look(|exchange| {
        let others = exchange.reachable().into_iter().filter(|user| *user != caller.id);
        others.map(|user| (user, exchange.is_free(user))).collect()
    });
    let shown: Vec<UserId> = others.iter().map(|(user, _)| *user).collect();
    let names =
        app.db().read(caller.actor(), async |tx| access::users::names(tx, &shown).await).await?;
    let t = app.texts(caller.language);
    Ok(ColleaguesPart { t: &t, others, names }.render()?)
}

fn answered(is_there: bool) -> Result<StatusCode, WebError> {
    if is_there { Ok(StatusCode::NO_CONTENT) } else { Err(WebError::NotFound) }
}
