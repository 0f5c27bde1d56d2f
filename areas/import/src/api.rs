//! `/api/v1/imports`

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::StatusCode;
use import_rules::columns::{Kind, Mapping};
use kernel::ImportId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Administrator, Api, ApiError, App, Json, Problem};

use crate::route::{FILE_MAX, begin, receive};
use crate::run::{self, Run, register};
use crate::store::{Import, State as ImportState, by_id};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(upload))
        .routes(routes!(show))
        .routes(routes!(undo))
        .layer(DefaultBodyLimit::max(FILE_MAX))
}

/// An import and how far it is.
#[derive(Serialize, ToSchema)]
struct ImportAnswer {
    id: String,
    kind: String,
    /// `uploaded checking checked running done failed undoing undone`
    state: String,
    rows: i64,
    added: i64,
    changed: i64,
    unchanged: i64,
    refused: i64,
    /// Taken in, with something that a person should look at.
    doubts: i64,
    problem: Option<String>,
}

impl ImportAnswer {
    fn of(import: &Import) -> Self {
        Self {
            id: import.id.to_string(),
            kind: import.kind.code().to_owned(),
            state: import.state.code().to_owned(),
            rows: import.rows,
            added: import.added,
            changed: import.changed,
            unchanged: import.unchanged,
            refused: import.refused,
            doubts: import.doubts,
            problem: import.problem.clone(),
        }
    }
}

/// The parts of the upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the multipart body; axum reads it part by part")]
struct Upload {
    /// `persons memberships organisations prospects consents objections contacts callbacks`
    kind: String,
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// So long an answer waits for a small file to be taken in; a large one goes on behind it.
const WAITS: Duration = Duration::from_secs(10);

/// Takes a file in, with the columns as their headers say. Answers when it is done or after ten seconds.
#[utoipa::path(post, path = "/imports", tag = "imports", request_body(content = Upload, content_type = "multipart/form-data"),
    responses((status = 201, body = ImportAnswer), (status = 422, body = Problem)))]
async fn upload(
    State(app): State<App>,
    admin: Api<Administrator>,
    multipart: Multipart,
) -> Result<(StatusCode, Json<ImportAnswer>), ApiError> {
    let (kind, file_name, path) = receive(&app, multipart)
        .await
        .map_err(|wrong| ApiError::wrong(wrong.field(), wrong.to_string()))?;
    let headers =
        run::headers(&path).map_err(|broken| ApiError::wrong("file", broken.to_string()))?;
    let mapping = Mapping::recognised(&headers);
    let lacks = mapping.lacks(kind);
    if !lacks.is_empty() {
        return Err(ApiError::wrong("file", run::Failed::Lacks(lacks).to_string()));
    }
    let id = register(app.db(), admin.actor(), kind, &file_name, &mapping).await?;
    let ready = crate::route::keep(&path, &app, id)
        .map_err(|error| ApiError::Broken(web::Broken::new(error)))?;
    let run =
        Run { id, kind, file: ready, mapping, errors: Some(crate::route::errors_path(&app, id)) };
    let running = begin(&app, admin.actor(), run, true);
    // A file that is too large to wait for goes on by itself.
    let _ = tokio::time::timeout(WAITS, running).await;
    Ok((StatusCode::CREATED, Json(answer(&app, &admin, id).await?)))
}

async fn answer(
    app: &App,
    admin: &Api<Administrator>,
    id: ImportId,
) -> Result<ImportAnswer, ApiError> {
    let found = app.db().read(admin.actor(), async |tx| by_id(tx, id).await).await?;
    let mut answer = ImportAnswer::of(&found.ok_or(ApiError::NotFound)?);
    if let Some(so_far) = crate::route::progress(app, id) {
        answer.rows = i64::try_from(so_far.rows).unwrap_or(i64::MAX);
    }
    Ok(answer)
}

/// An import and how far it is.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", params(("id" = String, Path)),
    responses((status = 200, body = ImportAnswer), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    admin: Api<Administrator>,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportAnswer>, ApiError> {
    Ok(Json(answer(&app, &admin, id).await?))
}

/// What was taken back.
#[derive(Serialize, ToSchema)]
struct UndoAnswer {
    removed: u64,
    restored: u64,
    /// Lines that stay, because somebody worked with the person since.
    kept: Vec<u64>,
    state: &'static str,
}

/// Takes a whole import back.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "imports", params(("id" = String, Path)),
    responses((status = 200, body = UndoAnswer), (status = 409, body = Problem)))]
async fn undo(
    State(app): State<App>,
    admin: Api<Administrator>,
    Path(id): Path<ImportId>,
) -> Result<Json<UndoAnswer>, ApiError> {
    let days = app.rulebook().number("import.undo_days", app.now().date())?;
    match run::undo(app.db(), admin.actor(), id, days).await {
        Ok(undone) => Ok(Json(UndoAnswer {
            removed: undone.removed,
            restored: undone.restored,
            kept: undone.kept,
            state: ImportState::Undone.code(),
        })),
        Err(run::UndoFailed::Broken(error)) => Err(error.into()),
        Err(refused) => Err(ApiError::refused("cannot-undo", refused.to_string())),
    }
}

/// The kind of a file, as a form or message says it.
pub(crate) fn kind(code: &str) -> Option<Kind> {
    code.trim().parse().ok()
}
