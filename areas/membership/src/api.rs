//! `/api/v1/memberships`

use axum::extract::{Path, Query, State};
use db::Error;
use kernel::{MembershipId, OrganisationId, PersonId};
use people::Sight;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, FileReader, Json, List, Problem};

use crate::store::{Held, Wanted, held};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
}

/// A membership of a person or of an organisation.
#[derive(Debug, Serialize, ToSchema)]
struct MembershipBody {
    id: String,
    person: Option<String>,
    organisation: Option<String>,
    tariff: String,
    /// The first day; absent if it is too long ago to be known.
    since: Option<String>,
    /// The last day; absent as long as it lasts.
    until: Option<String>,
    /// Whether it covers today.
    current: bool,
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// Only of this person.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// Only of this organisation.
    #[param(value_type = Option<String>)]
    organisation: Option<OrganisationId>,
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: String,
}

const LIMIT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// Memberships in pages, of everybody or of one. The reading is logged.
#[utoipa::path(get, path = "/memberships", tag = "membership", params(Asked),
    responses((status = 200, body = List<MembershipBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    reader: Api<FileReader>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<MembershipBody>>, ApiError> {
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let Asked { person, organisation, .. } = asked;
    let after = MembershipId(asked.cursor.parse().unwrap_or(0));
    let found =
        read(&app, &reader, Wanted { id: None, person, organisation, after, limit }).await?;
    let full = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next_cursor = full.then(|| found.last().map(|last| last.id.clone())).flatten();
    Ok(Json(List { items: found, next_cursor }))
}

/// One membership. The reading is logged.
#[utoipa::path(get, path = "/memberships/{id}", tag = "membership", params(("id" = String, Path)),
    responses((status = 200, body = MembershipBody), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<MembershipId>,
) -> Result<Json<MembershipBody>, ApiError> {
    let wanted =
        Wanted { id: Some(id), person: None, organisation: None, after: MembershipId(0), limit: 1 };
    let found = read(&app, &reader, wanted).await?.pop();
    found.map(Json).ok_or(ApiError::NotFound)
}

/// What this user may see of it, and the note that it was seen: one step.
async fn read(
    app: &App,
    reader: &Api<FileReader>,
    wanted: Wanted,
) -> Result<Vec<MembershipBody>, ApiError> {
    let sight = Sight::of(reader.scope, reader.id);
    let today = app.now().date();
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let found = held(tx, wanted, sight).await?;
            let mut people: Vec<PersonId> =
                found.iter().filter_map(|held| held.person_id).collect();
            people.sort_unstable();
            people.dedup();
            for person in people {
                activity::log_read(tx, person, activity::Why::Api).await?;
            }
            Ok::<_, Error>(found)
        })
        .await?;
    let body = |held: Held| {
        let current = held.period().covers(today);
        let Held { id, person_id, organisation_id, tariff, starts_on, ends_on } = held;
        MembershipBody {
            id: id.to_string(),
            person: person_id.map(|id| id.to_string()),
            organisation: organisation_id.map(|id| id.to_string()),
            tariff,
            since: starts_on.map(|day| day.to_string()),
            until: ends_on.map(|day| day.to_string()),
            current,
        }
    };
    Ok(found.into_iter().map(body).collect())
}
