//! `/api/v1/team/board`

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, Problem};

use super::store::board;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// What the caller's team did today, and what it has to do.
#[derive(Serialize, ToSchema)]
struct BoardAnswer {
    day: String,
    new_members: i64,
    retained_members: i64,
    attempts: i64,
    conversations: i64,
    callbacks_due: i64,
    callbacks_kept: i64,
    /// Open promises whose window is over, or that climbed.
    callbacks_at_risk: i64,
    /// Of those, waiting for the team lead.
    callbacks_for_the_lead: i64,
    /// Colleagues who are at work.
    here: usize,
}

/// The same figures as the team's board.
#[utoipa::path(get, path = "/team/board", tag = "figures",
    responses((status = 200, body = BoardAnswer), (status = 404, body = Problem)))]
async fn show(State(app): State<App>, caller: Api<Caller>) -> Result<Json<BoardAnswer>, ApiError> {
    let team = caller.team.ok_or(ApiError::NotFound)?;
    let found = app.db().read(caller.actor(), async |tx| board(tx, team).await).await?;
    Ok(Json(BoardAnswer {
        day: found.day.to_string(),
        new_members: found.new_members,
        retained_members: found.retained_members,
        attempts: found.attempts,
        conversations: found.conversations,
        callbacks_due: found.callbacks_due,
        callbacks_kept: found.callbacks_kept,
        callbacks_at_risk: found.at_risk,
        callbacks_for_the_lead: found.for_the_lead,
        here: found.mates.iter().filter(|mate| mate.is_here()).count(),
    }))
}
