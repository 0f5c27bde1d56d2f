//! `/api/v1/outcomes`

use axum::extract::State;
use calls_rules::choice::{Choice, name};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, List};

use super::store::tree;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A result that the desk offers after a call.
#[derive(Serialize, ToSchema)]
struct OutcomeChoice {
    /// What `outcome` is called with: a code, or the number of a result of the association's own.
    outcome: String,
    /// What `result` of the event `outcome_logged` says.
    number: i64,
    /// Whether the desk offers it still.
    offered: bool,
    /// The code that it counts as.
    counts_as: &'static str,
    reached: bool,
    label_nl: String,
    label_en: String,
    reasons: Vec<OutcomeReason>,
}

/// A reason that can be given with a result.
#[derive(Serialize, ToSchema)]
struct OutcomeReason {
    /// What `reason` is called with, and what the event says.
    reason: String,
    offered: bool,
    label_nl: String,
    label_en: String,
}

/// What can be chosen after a call, in the order of the desk, and what could be.
#[utoipa::path(get, path = "/outcomes", tag = "calls", responses((status = 200, body = List<OutcomeChoice>)))]
async fn list(
    State(app): State<App>,
    caller: Api<Caller>,
) -> Result<Json<List<OutcomeChoice>>, ApiError> {
    let tree = app.db().read(caller.actor(), async |tx| tree(tx).await).await?;
    let under = |parent: Option<i64>| {
        let is_one = move |choice: &&Choice| choice.parent == parent;
        tree.iter().filter(is_one)
    };
    let items = under(None).map(|result| OutcomeChoice {
        outcome: name(&tree, result),
        number: result.nr,
        offered: result.is_offered,
        counts_as: result.code.code(),
        reached: result.code.is_reached(),
        label_nl: result.label_nl.clone(),
        label_en: result.label_en.clone(),
        reasons: under(Some(result.nr))
            .map(|reason| OutcomeReason {
                reason: reason.nr.to_string(),
                offered: reason.is_offered,
                label_nl: reason.label_nl.clone(),
                label_en: reason.label_en.clone(),
            })
            .collect(),
    });
    Ok(Json(List { items: items.collect(), next_cursor: None }))
}
