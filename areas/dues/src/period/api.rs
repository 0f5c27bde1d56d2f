//! `/api/v1/dues/periods`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kernel::DuePeriodId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Json, List, Problem, Treasurer};

use super::fill::fill;
use super::store::{self, DuePeriod, Failed};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(show))
}

/// What memberships owe for the periods that begin on a day, written down by one press.
#[derive(Serialize, ToSchema)]
struct PeriodBody {
    id: String,
    /// The first day of the periods.
    day: String,
    /// Collected from this day.
    due_on: String,
    /// `filling` or `made`.
    state: String,
    /// How many were asked.
    members: i64,
    /// In whole cents.
    cents: i64,
    /// How many got a notice by it.
    told: i64,
    made_at: String,
}

impl From<DuePeriod> for PeriodBody {
    fn from(period: DuePeriod) -> Self {
        Self {
            id: period.id.to_string(),
            day: period.day.to_string(),
            due_on: period.due_on.to_string(),
            state: period.state.to_string(),
            members: period.row_count,
            cents: period.cents.0,
            told: period.told,
            made_at: period.made_at.to_string(),
        }
    }
}

/// One press, with who was not asked.
#[derive(Serialize, ToSchema)]
struct PeriodWithLeft {
    #[serde(flatten)]
    period: PeriodBody,
    left: Vec<LeftBody>,
    /// Memberships for which no tariff says what they owe, 200 at most.
    unpriced: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct LeftBody {
    /// `already`, `exempt`, `introduction`, `no_tariff` or `died`.
    why: String,
    members: i64,
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: String,
}

/// What was made, the latest first.
#[utoipa::path(get, path = "/dues/periods", tag = "dues", params(Asked),
    responses((status = 200, body = List<PeriodBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    user: Api<Treasurer>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<PeriodBody>>, ApiError> {
    let limit = asked.limit.unwrap_or(50).clamp(1, 200);
    let before = DuePeriodId(asked.cursor.parse().unwrap_or(i64::MAX));
    let read = async |tx: &mut db::Tx| store::latest(tx, before, limit).await;
    let found = app.db().read(user.actor(), read).await?;
    let full = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next_cursor = full.then(|| found.last().map(|last| last.id.to_string())).flatten();
    Ok(Json(List { items: found.into_iter().map(PeriodBody::from).collect(), next_cursor }))
}

#[derive(Deserialize, ToSchema)]
struct NewBody {
    /// The first of a month: what begins on it is asked, and the rest of a period of who began in the middle of it.
    day: String,
    /// Collected from this day; `day` if not given.
    due_on: Option<String>,
}

/// Writes down what every membership owes for the periods that begin on a day. Once more it asks whoever was not asked yet.
#[utoipa::path(post, path = "/dues/periods", tag = "dues", request_body = NewBody,
    responses((status = 201, body = PeriodWithLeft), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    user: Api<Treasurer>,
    Json(body): Json<NewBody>,
) -> Result<(StatusCode, Json<PeriodWithLeft>), ApiError> {
    let day = kernel::parse_day(&body.day).ok_or_else(|| ApiError::wrong("day", "not a day"))?;
    let due_on = match body.due_on.as_deref() {
        None => day,
        Some(text) => {
            kernel::parse_day(text).ok_or_else(|| ApiError::wrong("due_on", "not a day"))?
        }
    };
    let make = async |tx: &mut db::Tx| store::make(tx, day, due_on).await;
    let id = app.db().write(user.actor(), make).await.map_err(|failed| match failed {
        Failed::Refused(refused) => {
            let field = match refused {
                dues_rules::period::Refused::CollectedBefore => "due_on",
                _ => "day",
            };
            ApiError::wrong(field, refused.to_string())
        }
        Failed::Broken(broken) => broken.into(),
    })?;
    fill(&app, id).await?;
    Ok((StatusCode::CREATED, Json(one(&app, &user, id).await?)))
}

async fn one(
    app: &App,
    user: &Api<Treasurer>,
    id: DuePeriodId,
) -> Result<PeriodWithLeft, ApiError> {
    let found = app
        .db()
        .read(user.actor(), async |tx| {
            let Some(period) = store::by_id(tx, id).await? else { return Ok::<_, db::Error>(None) };
            let unpriced = store::unpriced(tx, id, 200).await?;
            Ok(Some((period, store::left(tx, id).await?, unpriced)))
        })
        .await?;
    let (period, left, unpriced) = found.ok_or(ApiError::NotFound)?;
    Ok(PeriodWithLeft {
        period: period.into(),
        left: left
            .into_iter()
            .map(|(why, members)| LeftBody { why: why.to_string(), members })
            .collect(),
        unpriced: unpriced.into_iter().map(|one| one.membership.to_string()).collect(),
    })
}

/// One press and what came of it.
#[utoipa::path(get, path = "/dues/periods/{id}", tag = "dues", params(("id" = String, Path)),
    responses((status = 200, body = PeriodWithLeft), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    user: Api<Treasurer>,
    Path(id): Path<DuePeriodId>,
) -> Result<Json<PeriodWithLeft>, ApiError> {
    one(&app, &user, id).await.map(Json)
}
