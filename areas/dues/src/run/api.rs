//! `/api/v1/payment-runs`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use dues_rules::amount::Kind;
use dues_rules::run::Refused;
use kernel::PaymentRunId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Json, List, Problem, Releaser, Treasurer};

use super::fill;
use super::release::{Failed, release, withdraw};
use super::store::{PaymentRun, by_id, file_of, latest, make};
use crate::{creditor, file};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show))
        .routes(routes!(let_go))
        .routes(routes!(take_back))
        .routes(routes!(download))
}

/// A run of collections or of pay-outs.
#[derive(Serialize, ToSchema)]
struct RunBody {
    id: String,
    /// `collection` or `pay_out`.
    kind: String,
    /// The day on which the bank carries it out.
    day: String,
    /// `filling`, `made`, `released` or `withdrawn`.
    state: String,
    rows: i64,
    /// In whole cents.
    cents: i64,
    made_by: String,
    made_at: String,
    released_at: Option<String>,
    /// SHA-256 of the file.
    hash: Option<String>,
}

impl From<PaymentRun> for RunBody {
    fn from(run: PaymentRun) -> Self {
        Self {
            id: run.id.to_string(),
            kind: run.kind.to_string(),
            day: run.day.to_string(),
            state: run.state.to_string(),
            rows: run.row_count,
            cents: run.cents.0,
            made_by: run.made_by.to_string(),
            made_at: run.made_at.to_string(),
            released_at: run.released_at.map(|at| at.to_string()),
            hash: run.hash,
        }
    }
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// `collection` (if not given) or `pay_out`.
    kind: Option<String>,
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: String,
}

fn kind(code: Option<&str>) -> Result<Kind, ApiError> {
    match code {
        None => Ok(Kind::Collection),
        Some(code) => code.parse().map_err(|_| ApiError::wrong("kind", "collection or pay_out")),
    }
}

/// Runs in pages, the latest first.
#[utoipa::path(get, path = "/payment-runs", tag = "dues", params(Asked),
    responses((status = 200, body = List<RunBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    user: Api<Releaser>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<RunBody>>, ApiError> {
    let kind = kind(asked.kind.as_deref())?;
    let limit = asked.limit.unwrap_or(50).clamp(1, 200);
    let before = PaymentRunId(asked.cursor.parse().unwrap_or(i64::MAX));
    let found =
        app.db().read(user.actor(), async |tx| latest(tx, kind, before, limit).await).await?;
    let full = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next_cursor = full.then(|| found.last().map(|last| last.id.to_string())).flatten();
    Ok(Json(List { items: found.into_iter().map(RunBody::from).collect(), next_cursor }))
}

#[derive(Deserialize, ToSchema)]
struct NewBody {
    /// `collection` or `pay_out`.
    kind: String,
    /// A day on which banks settle.
    day: String,
    /// The id of a creditor; the current one if not given.
    creditor: Option<String>,
}

/// Makes a run of everything that may be collected or paid on a day.
#[utoipa::path(post, path = "/payment-runs", tag = "dues", request_body = NewBody,
    responses((status = 201, body = RunBody), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    user: Api<Treasurer>,
    Json(body): Json<NewBody>,
) -> Result<(StatusCode, Json<RunBody>), ApiError> {
    let kind = kind(Some(&body.kind))?;
    let day = kernel::parse_day(&body.day).ok_or_else(|| ApiError::wrong("day", "not a day"))?;
    let wanted = body.creditor.as_deref().map(str::parse::<i64>).transpose();
    let wanted = wanted.map_err(|_| ApiError::wrong("creditor", "an id"))?;
    let book = app.rulebook();
    let made = app
        .db()
        .write(user.actor(), async |tx| {
            let creditor = match wanted {
                Some(id) => creditor::by_id(tx, id).await?,
                None => creditor::current(tx).await?,
            };
            let Some(creditor) = creditor else { return Ok(None) };
            make(tx, &book, kind, creditor.id, day).await.map(Some)
        })
        .await
        .map_err(answer)?;
    let id = made.ok_or_else(|| ApiError::wrong("creditor", "none to collect for"))?;
    fill(&app, id).await.map_err(answer)?;
    Ok((StatusCode::CREATED, Json(one(&app, &user, id).await?)))
}

async fn one<P: web::Permit>(
    app: &App,
    user: &Api<P>,
    id: PaymentRunId,
) -> Result<RunBody, ApiError> {
    let found = app.db().read(user.actor(), async |tx| by_id(tx, id).await).await?;
    found.map(RunBody::from).ok_or(ApiError::NotFound)
}

/// One run.
#[utoipa::path(get, path = "/payment-runs/{id}", tag = "dues", params(("id" = String, Path)),
    responses((status = 200, body = RunBody), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    user: Api<Releaser>,
    Path(id): Path<PaymentRunId>,
) -> Result<Json<RunBody>, ApiError> {
    one(&app, &user, id).await.map(Json)
}

fn answer(failed: Failed) -> ApiError {
    match failed {
        Failed::Refused(refused) => {
            let kind = match refused {
                Refused::OwnRun => "own-run",
                Refused::AlreadyReleased => "already-released",
                Refused::BankClosed { .. } | Refused::TooSoon { .. } => "no-bank-day",
                Refused::Empty => "empty-run",
                Refused::Withdrawn | Refused::NotFilled => "not-now",
                Refused::Differs { .. } => "totals-differ",
            };
            ApiError::refused(kind, refused.to_string())
        }
        Failed::Broken(broken) => broken.into(),
    }
}

/// Lets a run go to the bank that a colleague made.
#[utoipa::path(post, path = "/payment-runs/{id}/release", tag = "dues", params(("id" = String, Path)),
    responses((status = 200, body = RunBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn let_go(
    State(app): State<App>,
    user: Api<Releaser>,
    Path(id): Path<PaymentRunId>,
) -> Result<Json<RunBody>, ApiError> {
    one(&app, &user, id).await?;
    release(&app, user.actor(), id).await.map_err(answer)?;
    one(&app, &user, id).await.map(Json)
}

/// Takes a run back that did not go out.
#[utoipa::path(post, path = "/payment-runs/{id}/withdraw", tag = "dues", params(("id" = String, Path)),
    responses((status = 200, body = RunBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn take_back(
    State(app): State<App>,
    user: Api<Treasurer>,
    Path(id): Path<PaymentRunId>,
) -> Result<Json<RunBody>, ApiError> {
    one(&app, &user, id).await?;
    let done = app.db().write(user.actor(), async |tx| withdraw(tx, id).await).await;
    done.map_err(answer)?;
    one(&app, &user, id).await.map(Json)
}

/// The file of a released run, the same byte for byte each time.
#[utoipa::path(get, path = "/payment-runs/{id}/file", tag = "dues", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/xml"), (status = 404, body = Problem)))]
async fn download(
    State(app): State<App>,
    user: Api<Treasurer>,
    Path(id): Path<PaymentRunId>,
) -> Result<Response, ApiError> {
    let run = app.db().write(user.actor(), async |tx| file_of(tx, id).await).await?;
    Ok(file::download(&app, &run.ok_or(ApiError::NotFound)?).await?)
}
