//! `/api/v1/memberships`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use db::Error;
use jiff::civil::Date;
use kernel::{MembershipId, OrganisationId, PersonId};
use membership_rules::{Began, Ended};
use people::Sight;
use people::check::{refuse_api, require};
use people::representative::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, FileReader, Json, List, Problem};

use crate::store::{Held, Holder, Refused, Wanted, begin, end, held};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(show, change))
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
    Ok(found.into_iter().map(|held| shown(held, today)).collect())
}

fn shown(held: Held, today: Date) -> MembershipBody {
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
}

#[derive(Deserialize, ToSchema)]
struct NewBody {
    /// Whose: a person, or an organisation.
    person: Option<String>,
    organisation: Option<String>,
    /// The first day.
    since: String,
    #[serde(default)]
    tariff: String,
    /// `joined` (if not given) or `transfer`.
    began_as: Option<String>,
}

/// Begins a membership.
#[utoipa::path(post, path = "/memberships", tag = "membership", request_body = NewBody,
    responses((status = 201, body = MembershipBody), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<NewBody>,
) -> Result<(StatusCode, Json<MembershipBody>), ApiError> {
    let since =
        kernel::parse_day(&body.since).ok_or_else(|| ApiError::wrong("since", "not a day"))?;
    let began = match body.began_as.as_deref() {
        None => Began::Joined,
        Some(code) => {
            code.parse().map_err(|_| ApiError::wrong("began_as", "joined or transfer"))?
        }
    };
    let person = body.person.as_deref().map(str::parse::<PersonId>);
    let organisation = body.organisation.as_deref().map(str::parse::<OrganisationId>);
    let holder = match (person, organisation) {
        (Some(Ok(person)), None) => Holder::Person(person),
        (None, Some(Ok(organisation))) => Holder::Organisation(organisation),
        _ => return Err(ApiError::wrong("person", "one of person and organisation, by id")),
    };
    let added = app
        .db()
        .write(caller.actor(), async |tx| {
            if let Holder::Person(person) = holder
                && let Err(no) = require(tx, person, Scope::Changes).await?
            {
                return Ok(Err(no));
            }
            begin(tx, holder, since, &body.tariff, began).await.map(Ok)
        })
        .await;
    let id = answered(added)?.map_err(refuse_api)?;
    Ok((StatusCode::CREATED, Json(one(&app, &caller, id).await?)))
}

#[derive(Deserialize, ToSchema)]
struct ChangeBody {
    /// The last day.
    until: String,
    /// `cancelled` (if not given), `deceased`, `arrears`, `expelled` or `transfer`.
    ended_as: Option<String>,
}

/// Gives a membership its last day.
#[utoipa::path(patch, path = "/memberships/{id}", tag = "membership", params(("id" = String, Path)), request_body = ChangeBody,
    responses((status = 200, body = MembershipBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<MembershipId>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<MembershipBody>, ApiError> {
    let until =
        kernel::parse_day(&body.until).ok_or_else(|| ApiError::wrong("until", "not a day"))?;
    let ended = match body.ended_as.as_deref() {
        None => Ended::Cancelled,
        Some(code) => code.parse().map_err(|_| {
            ApiError::wrong("ended_as", "cancelled, deceased, arrears, expelled or transfer")
        })?,
    };
    let before = one(&app, &caller, id).await?;
    let person = before.person.and_then(|id| id.parse::<PersonId>().ok());
    let changed = app
        .db()
        .write(caller.actor(), async |tx| {
            if let Some(person) = person
                && let Err(no) = require(tx, person, Scope::Cancellation).await?
            {
                return Ok(Err(no));
            }
            end(tx, id, until, ended).await.map(Ok)
        })
        .await;
    answered(changed)?.map_err(refuse_api)?;
    one(&app, &caller, id).await.map(Json)
}

fn answered<T>(done: Result<T, Refused>) -> Result<T, ApiError> {
    done.map_err(|refused| match refused {
        Refused::NoHolder => ApiError::wrong("person", refused.to_string()),
        Refused::Already => ApiError::refused("member-already", refused.to_string()),
        Refused::Over => ApiError::wrong("until", refused.to_string()),
        Refused::Broken(error) => error.into(),
    })
}

/// One membership, for whoever works with calls: all of the member base.
async fn one(
    app: &App,
    caller: &Api<Caller>,
    id: MembershipId,
) -> Result<MembershipBody, ApiError> {
    let wanted =
        Wanted { id: Some(id), person: None, organisation: None, after: MembershipId(0), limit: 1 };
    let found =
        app.db().read(caller.actor(), async |tx| held(tx, wanted, Sight::All).await).await?;
    let today = app.now().date();
    found.into_iter().next().map(|held| shown(held, today)).ok_or(ApiError::NotFound)
}
