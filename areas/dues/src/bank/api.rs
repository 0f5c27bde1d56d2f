//! `/api/v1/bank-files`

use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Json, Problem, Treasurer};

use super::read::{Outcome, ReadFailed, read};
use super::route::{FILE_MAX, receive};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::max(FILE_MAX))
}

/// What a file of the bank came to.
#[derive(Serialize, ToSchema)]
struct OutcomeBody {
    booked: u64,
    returned: u64,
    /// Said before, by this file or another.
    known: u64,
    /// About other payments, or with another amount.
    others: u64,
}

/// Reads a pain.002, camt.053 or camt.054 in: the field `file` of a form.
#[utoipa::path(post, path = "/bank-files", tag = "dues",
    responses((status = 201, body = OutcomeBody), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn upload(
    State(app): State<App>,
    user: Api<Treasurer>,
    multipart: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, Json<OutcomeBody>), ApiError> {
    let no_file = || ApiError::wrong("file", "a form with a file");
    let received = receive(multipart.map_err(|_| no_file())?).await;
    let (name, file) = received.ok().flatten().ok_or_else(no_file)?;
    let read = read(&app, user.actor(), &name, file).await.map_err(|failed| match failed {
        ReadFailed::Wrong(wrong) => ApiError::wrong("file", wrong.to_string()),
        ReadFailed::Broken(broken) => broken.into(),
    });
    let Outcome { booked, returned, known, others } = read?;
    Ok((StatusCode::CREATED, Json(OutcomeBody { booked, returned, known, others })))
}
