//! `/api/v1/telephone`: what the telephone on the screen does, for another program of the same user.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use calls::attempt::EndedAs;
use kernel::{Action, UserId};
use serde::Serialize;
use telephony_engine::{ConnectError, LegId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, Problem};

use crate::exchange::{Call, Party, Stage};
use crate::inbound;
use crate::sound::OFFER_MAX;
use crate::telephone::{NoSound, Stand, Telephone};

pub(crate) fn routes() -> OpenApiRouter<App> {
    let connect = OpenApiRouter::new().routes(routes!(connect));
    OpenApiRouter::new()
        .merge(connect.layer(DefaultBodyLimit::max(OFFER_MAX)))
        .routes(routes!(disconnect))
        .routes(routes!(look))
        .routes(routes!(answer))
        .routes(routes!(hang_up))
        .routes(routes!(hold))
        .routes(routes!(resume))
}

fn works_calls(caller: &Caller) -> Result<(), ApiError> {
    if caller.may(Action::WorkCalls) { Ok(()) } else { Err(ApiError::Forbidden) }
}

/// An end of the token's user that has sound.
#[derive(Serialize, ToSchema)]
struct ConnectedAnswer {
    /// Give it back to close the connection.
    id: String,
    /// The answer to the offer (SDP, RFC 8829).
    answer: String,
}

/// Takes the offer (SDP) of whatever is to be the telephone of the token's user, as a browser would make it: one section of sound
/// both ways, G.711. Her calls are heard there as long as it is connected.
#[utoipa::path(post, path = "/telephone/connections", tag = "telephone", request_body(content = String, content_type = "application/sdp"),
    responses((status = 201, body = ConnectedAnswer), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn connect(
    State(app): State<App>,
    caller: Api<Caller>,
    offer: String,
) -> Result<(StatusCode, Json<ConnectedAnswer>), ApiError> {
    works_calls(&caller)?;
    match app.state::<Telephone>().connect(&app, caller.id, offer).await {
        Ok((LegId(leg), answer)) => {
            let connected = ConnectedAnswer { id: leg.to_string(), answer };
            Ok((StatusCode::CREATED, Json(connected)))
        }
        Err(NoSound::Connect(ConnectError::Offer(why))) => {
            Err(ApiError::wrong("body", why.to_string()))
        }
        Err(why) => {
            tracing::warn!(%why, "no sound for a program");
            Err(ApiError::refused("no-sound", why.to_string()))
        }
    }
}

/// Closes a connection. Whoever is spoken to over it waits a moment for the next one.
#[utoipa::path(delete, path = "/telephone/connections/{id}", tag = "telephone", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn disconnect(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(leg): Path<u64>,
) -> Result<StatusCode, ApiError> {
    done(app.state::<Telephone>().close(caller.id, LegId(leg)))
}

/// The telephone of a user.
#[derive(Serialize, ToSchema)]
struct TelephoneAnswer {
    /// Something of hers has sound.
    connected: bool,
    calls: Vec<CallAnswer>,
}

#[derive(Serialize, ToSchema)]
struct CallAnswer {
    /// `in`, `out`, or `colleague`.
    kind: &'static str,
    /// `dials`, `rings_there`, `early` (something is heard, nobody answered), `rings_here`, or `speaks`.
    stage: &'static str,
    on_hold: bool,
    /// Of the other end, in E.164; none of a colleague, or where the network tells none.
    number: Option<String>,
    /// Who has this number; more than one until it is said who it is.
    people: Vec<String>,
    /// The other end, of a call between colleagues.
    colleague: Option<String>,
    /// What is logged of it, once something is.
    attempt: Option<String>,
}

impl CallAnswer {
    fn of(call: &Call, user: UserId, stand: &Stand) -> Self {
        let known = call.outside().and_then(|leg| stand.known.get(&leg));
        let is_callers = call.of == user;
        let kind = match call.with {
            Party::Colleague(_) => "colleague",
            Party::Outside(_) if call.rang_us => "in",
            Party::Outside(_) => "out",
        };
        let stage = match call.stage {
            Stage::Dials => "dials",
            Stage::RingsThere if is_callers => "rings_there",
            Stage::RingsThere | Stage::RingsHere => "rings_here",
            Stage::Early => "early",
            Stage::Speaks => "speaks",
        };
        let number = known.and_then(|known| known.number.as_ref());
        let people = known.into_iter().flat_map(|known| &known.persons);
        Self {
            kind,
            stage,
            on_hold: call.is_held,
            number: number.map(|number| number.e164().to_owned()),
            people: people.map(ToString::to_string).collect(),
            colleague: call.users().find(|other| *other != user).map(|other| other.to_string()),
            attempt: call.attempt.map(|attempt| attempt.to_string()),
        }
    }
}

/// How it stands with the telephone of the token's user.
#[utoipa::path(get, path = "/telephone", tag = "telephone",
    responses((status = 200, body = TelephoneAnswer), (status = 403, body = Problem)))]
async fn look(
    State(app): State<App>,
    caller: Api<Caller>,
) -> Result<Json<TelephoneAnswer>, ApiError> {
    works_calls(&caller)?;
    let stand = app.state::<Telephone>().stand(caller.id);
    let calls = stand.calls.iter().map(|call| CallAnswer::of(call, caller.id, &stand)).collect();
    Ok(Json(TelephoneAnswer { connected: stand.is_connected, calls }))
}

/// Answers whoever rings.
#[utoipa::path(post, path = "/telephone/answer", tag = "telephone",
    responses((status = 204), (status = 404, description = "nobody rings", body = Problem)))]
async fn answer(State(app): State<App>, caller: Api<Caller>) -> Result<StatusCode, ApiError> {
    let telephone = app.state::<Telephone>();
    done(inbound::answer(&app, &telephone, caller.actor()).await)
}

/// Hangs up, refuses what rings, or takes back what was dialled.
#[utoipa::path(post, path = "/telephone/hang-up", tag = "telephone",
    responses((status = 204), (status = 404, description = "there is no call", body = Problem)))]
async fn hang_up(State(app): State<App>, caller: Api<Caller>) -> Result<StatusCode, ApiError> {
    done(app.state::<Telephone>().hang_up(&app, caller.id).await)
}

/// Puts on hold whoever is spoken to.
#[utoipa::path(post, path = "/telephone/hold", tag = "telephone",
    responses((status = 204), (status = 404, description = "there is nothing to hold", body = Problem)))]
async fn hold(State(app): State<App>, caller: Api<Caller>) -> Result<StatusCode, ApiError> {
    holds(&app, &caller, true).await
}

/// Goes on with whoever is on hold.
#[utoipa::path(post, path = "/telephone/resume", tag = "telephone",
    responses((status = 204), (status = 404, description = "nobody is on hold", body = Problem)))]
async fn resume(State(app): State<App>, caller: Api<Caller>) -> Result<StatusCode, ApiError> {
    holds(&app, &caller, false).await
}

async fn holds(app: &App, caller: &Caller, is_held: bool) -> Result<StatusCode, ApiError> {
    let telephone = app.state::<Telephone>();
    let held = telephone.change(app.hub(), |exchange| exchange.hold(caller.id, is_held));
    let is_done = held.is_some();
    telephone.perform(app, held.unwrap_or_default(), EndedAs::Spoken).await;
    done(is_done)
}

fn done(is_done: bool) -> Result<StatusCode, ApiError> {
    if is_done { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}
