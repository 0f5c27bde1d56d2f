//! `/api/v1/presence`

use access_rules::presence::{Connection, Intent, Place};
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, List, Problem};

use super::store::{choose, mates_of, now};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(team, set))
}

#[derive(Deserialize, ToSchema)]
struct PresenceBody {
    /// `available outbound_only lunch break coaching meeting admin signed_out`
    intent: String,
    /// `office` or `home`
    place: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct PresenceAnswer {
    intent: String,
    place: String,
    #[schema(value_type = String)]
    since: Timestamp,
    /// Chosen during a call; begins after it.
    pending_intent: Option<String>,
}

/// Chooses what to do now; during a call it begins after it.
#[utoipa::path(put, path = "/presence", tag = "presence", request_body = PresenceBody,
    responses((status = 200, body = PresenceAnswer), (status = 422, body = Problem)))]
async fn set(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<PresenceBody>,
) -> Result<Json<PresenceAnswer>, ApiError> {
    let intent: Intent =
        body.intent.parse().map_err(|_| ApiError::wrong("intent", "no such intent"))?;
    let place: Option<Place> = match body.place {
        Some(code) => Some(code.parse().map_err(|_| ApiError::wrong("place", "office or home"))?),
        None => None,
    };
    let user = caller.id;
    let chosen = app
        .db()
        .write(caller.actor(), async |tx| {
            choose(tx, intent, place).await?;
            now(tx, user).await?.ok_or(db::Error::Raced)
        })
        .await?;
    Ok(Json(PresenceAnswer {
        intent: chosen.intent.code().to_owned(),
        place: chosen.place.code().to_owned(),
        since: chosen.since_at,
        pending_intent: chosen.pending_intent.map(|intent| intent.code().to_owned()),
    }))
}

#[derive(Serialize, ToSchema)]
struct MateAnswer {
    user: String,
    name: String,
    intent: String,
    place: Option<String>,
    /// `idle`, `previewing`, `talking` or `wrap_up`: derived from the calls, never set.
    engagement: &'static str,
    /// `ok` or `lost`: whether the pages of whoever is at work are heard of, measured by the server; nothing for
    /// who works by a program of their own.
    connection: Option<&'static str>,
    #[schema(value_type = Option<String>)]
    since: Option<Timestamp>,
}

/// The team: what everybody chose and what their calls show.
#[utoipa::path(get, path = "/presence", tag = "presence",
    responses((status = 200, body = List<MateAnswer>), (status = 403, body = Problem)))]
async fn team(
    State(app): State<App>,
    caller: Api<Caller>,
) -> Result<Json<List<MateAnswer>>, ApiError> {
    let team = caller.team;
    // Nobody has the id 0, so nobody is left out.
    let all = kernel::UserId(0);
    let mates = app.db().read(caller.actor(), async |tx| mates_of(tx, team, all).await).await?;
    let items = mates
        .into_iter()
        .map(|mate| MateAnswer {
            user: mate.id.to_string(),
            name: mate.name,
            intent: mate.intent.unwrap_or(Intent::SignedOut).code().to_owned(),
            place: mate.place.map(|place| place.code().to_owned()),
            engagement: match (mate.in_call, mate.after_call, mate.on_desk) {
                (true, _, _) => "talking",
                (false, true, _) => "wrap_up",
                (false, false, true) => "previewing",
                (false, false, false) => "idle",
            },
            connection: mate.connection.map(Connection::code),
            since: mate.since_at,
        })
        .collect();
    Ok(Json(List { items, next_cursor: None }))
}
