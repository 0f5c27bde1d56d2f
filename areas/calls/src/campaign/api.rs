//! `/api/v1/campaigns`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use calls_rules::gate::Ground;
use kernel::CampaignId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, CampaignManager, Json, List, Problem};

use super::fill::start_to_the_end;
use super::{
    Campaign, Funnel, NewCampaign, Purpose, Source, State as CampaignState, by_id, funnel, list,
};
use crate::settings::gate_rules;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(all, make)).routes(routes!(show_funnel))
}

#[derive(Serialize, ToSchema)]
struct CampaignAnswer {
    id: String,
    name: String,
    ground: String,
    purpose: String,
    status: String,
    source: Source,
}

impl CampaignAnswer {
    fn of(campaign: &Campaign) -> Self {
        Self {
            id: campaign.id.to_string(),
            name: campaign.name.clone(),
            ground: campaign.ground.code().to_owned(),
            purpose: campaign.purpose.code().to_owned(),
            status: campaign.state.code().to_owned(),
            source: serde_json::from_str(&campaign.source)
                .unwrap_or_else(|_| Source::Filter { filter: super::Filter::default() }),
        }
    }
}

/// The campaigns of the team, newest first.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns",
    responses((status = 200, body = List<CampaignAnswer>), (status = 403, body = Problem)))]
async fn all(
    State(app): State<App>,
    manager: Api<CampaignManager>,
) -> Result<Json<List<CampaignAnswer>>, ApiError> {
    let team = manager.team;
    let found = app.db().read(manager.actor(), async |tx| list(tx, team).await).await?;
    Ok(Json(List { items: found.iter().map(CampaignAnswer::of).collect(), next_cursor: None }))
}

#[derive(Deserialize, ToSchema)]
struct CampaignBody {
    name: String,
    /// `consent requested_call service legal_person exception`
    ground: String,
    /// `recruitment` (the default), `retention` or `service`; a consent must be for this or for anything.
    purpose: Option<String>,
    source: Source,
    /// `active` (the default) or `paused`.
    status: Option<String>,
}

/// Starts a campaign: fills it and judges everybody in it.
#[utoipa::path(post, path = "/campaigns", tag = "campaigns", request_body = CampaignBody,
    responses((status = 201, body = CampaignAnswer), (status = 422, body = Problem)))]
async fn make(
    State(app): State<App>,
    manager: Api<CampaignManager>,
    Json(body): Json<CampaignBody>,
) -> Result<(StatusCode, Json<CampaignAnswer>), ApiError> {
    if body.name.trim().is_empty() {
        return Err(ApiError::wrong("name", "a campaign has a name"));
    }
    let ground: Ground = body.ground.parse().map_err(|_| {
        ApiError::wrong("ground", "consent, requested_call, service, legal_person or exception")
    })?;
    let purpose = match body.purpose.as_deref() {
        None if ground == Ground::Service => Purpose::Service,
        None => Purpose::Recruitment,
        Some(code) => code
            .parse()
            .map_err(|_| ApiError::wrong("purpose", "recruitment, retention or service"))?,
    };
    let state = match body.status.as_deref() {
        None => CampaignState::Active,
        Some(code) => code.parse().map_err(|_| ApiError::wrong("status", "active or paused"))?,
    };
    let rules = gate_rules(&app.rulebook(), app.now().date())?;
    let team = manager.team;
    let new = NewCampaign { name: body.name, ground, purpose, state, source: body.source, team };
    let id = start_to_the_end(&app, manager.actor(), new, rules).await??;
    let made = app.db().read(manager.actor(), async |tx| by_id(tx, id, team).await).await?;
    let made = made.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::CREATED, Json(CampaignAnswer::of(&made))))
}

/// Why the list is empty, or how full it is.
#[utoipa::path(get, path = "/campaigns/{id}/funnel", tag = "campaigns", params(("id" = String, Path)),
    responses((status = 200, body = Funnel), (status = 404, body = Problem)))]
async fn show_funnel(
    State(app): State<App>,
    manager: Api<CampaignManager>,
    Path(id): Path<CampaignId>,
) -> Result<Json<Funnel>, ApiError> {
    let team = manager.team;
    let rules = gate_rules(&app.rulebook(), app.now().date())?;
    let found = app
        .db()
        .read(manager.actor(), async |tx| match by_id(tx, id, team).await? {
            Some(campaign) => funnel(tx, &campaign, &rules).await.map(Some),
            None => Ok::<_, db::Error>(None),
        })
        .await?;
    found.map(Json).ok_or(ApiError::NotFound)
}
