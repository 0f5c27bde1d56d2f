//! `/api/v1/events`: the log, for another program that follows along.

use activity::Line;
use axum::extract::{Query, State};
use jiff::Timestamp;
use kernel::EventId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Administrator, Api, ApiError, App, Json, List, Problem};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(after))
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// The last id that was seen; from the beginning if not given.
    after: Option<String>,
    /// At most 1000; 100 if not given.
    limit: Option<i64>,
}

/// One step of business. Holds ids, codes and numbers; never names, words or numbers to call.
#[derive(Serialize, ToSchema)]
struct EventAnswer {
    id: String,
    #[schema(value_type = String)]
    at: Timestamp,
    /// The local day that figures count it on.
    #[schema(value_type = String)]
    day: jiff::civil::Date,
    kind: String,
    user: String,
    person: Option<String>,
    organisation: Option<String>,
    call_record: Option<String>,
    campaign: Option<String>,
    team: Option<String>,
    /// The rule, with its version, that decided.
    rule: Option<String>,
    amount: Option<i64>,
    #[schema(value_type = Object)]
    payload: serde_json::Value,
}

impl From<Line> for EventAnswer {
    fn from(line: Line) -> Self {
        Self {
            id: line.id.to_string(),
            at: line.at,
            day: line.day,
            kind: line.kind,
            user: line.actor_id.to_string(),
            person: line.person_id.map(|id| id.to_string()),
            organisation: line.organisation_id.map(|id| id.to_string()),
            call_record: line.call_record_id.map(|id| id.to_string()),
            campaign: line.campaign_id.map(|id| id.to_string()),
            team: line.team_id.map(|id| id.to_string()),
            rule: line.rule,
            amount: line.amount,
            payload: serde_json::from_str(&line.payload).unwrap_or_default(),
        }
    }
}

/// The event log behind `after`, oldest first; `next_cursor` is the next `after`, and always there.
///
/// With several processes on one database, a line may appear a moment after a later one: ask again from
/// two seconds back, or keep what was seen.
#[utoipa::path(get, path = "/events", tag = "events", params(Asked),
    responses((status = 200, body = List<EventAnswer>), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn after(
    State(app): State<App>,
    admin: Api<Administrator>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<EventAnswer>>, ApiError> {
    let after = match asked.after.as_deref() {
        None | Some("") => EventId(0),
        Some(id) => id.parse().map_err(|_| ApiError::wrong("after", "not an id"))?,
    };
    let limit = asked.limit.unwrap_or(100).clamp(1, 1000);
    let lines =
        app.db().read(admin.actor(), async |tx| activity::after(tx, after, limit).await).await?;
    let last = lines.last().map_or(after, |line| line.id);
    Ok(Json(List {
        items: lines.into_iter().map(EventAnswer::from).collect(),
        next_cursor: Some(last.to_string()),
    }))
}
