//! `/api/v1/campaigns`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use calls_rules::gate::Ground;
use kernel::{CampaignId, GuideId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, CampaignManager, Json, List, Problem};

use super::fill::start_to_the_end;
use super::page::CampaignForm;
use super::route::guide_is_ours;
use super::store::change_settings;
use super::{
    Campaign, CampaignSettings, Funnel, NewCampaign, Purpose, Source, State as CampaignState,
    by_id, funnel, list, set_state,
};
use crate::settings::gate_rules;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(all, make))
        .routes(routes!(change))
        .routes(routes!(show_funnel))
}

#[derive(Serialize, ToSchema)]
struct CampaignAnswer {
    id: String,
    name: String,
    ground: String,
    purpose: String,
    status: String,
    source: Source,
    settings: SettingsBody,
}

impl CampaignAnswer {
    fn of(campaign: &Campaign) -> Self {
        Self {
            id: campaign.id.to_string(),
            name: campaign.name.clone(),
            ground: campaign.ground.code().to_owned(),
            purpose: campaign.purpose.code().to_owned(),
            status: campaign.state.code().to_owned(),
            settings: SettingsBody::of(campaign),
            source: serde_json::from_str(&campaign.source).unwrap_or_else(|_| Source::Filter {
                filter: super::Filter::default(),
                living: false,
            }),
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
    settings: Option<SettingsBody>,
}

/// What a team lead can set; what is left out follows the rules of the association.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SettingsBody {
    /// -1, 0 or 1: campaigns with a higher number come first.
    priority: i64,
    /// First and last day.
    starts_on: Option<String>,
    ends_on: Option<String>,
    /// A part of the day, within the hours in which calls may be made: `18:00`, `21:00`.
    from: Option<String>,
    until: Option<String>,
    /// How often somebody is tried.
    tries_max: Option<i64>,
    /// How long somebody rests who did not answer.
    rest_minutes: Option<i64>,
    /// The sentence that a call begins with.
    opening: String,
    /// The id of a conversation guide of the team.
    guide: Option<String>,
}

impl SettingsBody {
    fn of(campaign: &Campaign) -> Self {
        let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
        Self {
            priority: campaign.priority,
            starts_on: campaign.starts_on.map(|day| day.to_string()),
            ends_on: campaign.ends_on.map(|day| day.to_string()),
            from: campaign.from_time.map(time),
            until: campaign.until_time.map(time),
            tries_max: campaign.tries_max,
            rest_minutes: campaign.rest_minutes,
            opening: campaign.opening.clone(),
            guide: campaign.guide_id.map(|id| id.to_string()),
        }
    }

    fn read(self) -> Result<CampaignSettings, ApiError> {
        let number = |number: Option<i64>| number.map(|number| number.to_string());
        let form = CampaignForm {
            priority: self.priority.to_string(),
            starts_on: self.starts_on.unwrap_or_default(),
            ends_on: self.ends_on.unwrap_or_default(),
            from: self.from.unwrap_or_default(),
            until: self.until.unwrap_or_default(),
            tries_max: number(self.tries_max).unwrap_or_default(),
            rest_minutes: number(self.rest_minutes).unwrap_or_default(),
            opening: self.opening,
            guide: self.guide.unwrap_or_default(),
            ..CampaignForm::default()
        };
        form.settings().map_err(|wrong| {
            ApiError::wrong(wrong.field(), "cannot be read, or is outside what is possible")
        })
    }
}

async fn guide_is_there(
    app: &App,
    manager: &CampaignManager,
    campaign: Option<CampaignId>,
    guide: Option<GuideId>,
) -> Result<(), ApiError> {
    let is_there = guide_is_ours(app, manager, campaign, guide).await?;
    if is_there { Ok(()) } else { Err(ApiError::wrong("guide", "no such guide of this team")) }
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
    if let Source::Filter { filter, .. } = &body.source
        && let Some((field, must)) = filter.wrong()
    {
        return Err(ApiError::wrong(field, must));
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
    let settings = body.settings.map(SettingsBody::read).transpose()?.unwrap_or_default();
    guide_is_there(&app, &manager, None, settings.guide).await?;
    let new = NewCampaign {
        name: body.name,
        ground,
        purpose,
        state,
        source: body.source,
        team,
        settings,
    };
    let id = start_to_the_end(&app, manager.actor(), new, rules).await??;
    let made = app.db().read(manager.actor(), async |tx| by_id(tx, id, team).await).await?;
    let made = made.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::CREATED, Json(CampaignAnswer::of(&made))))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    name: Option<String>,
    /// `active`, `paused` or `ended`.
    status: Option<String>,
    /// All settings; what is left out follows the rules of the association again.
    settings: Option<SettingsBody>,
}

/// Renames, pauses or ends a campaign, or gives it other settings; they hold from the next call on.
#[utoipa::path(patch, path = "/campaigns/{id}", tag = "campaigns", params(("id" = String, Path)),
    request_body = ChangeBody,
    responses((status = 200, body = CampaignAnswer), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    manager: Api<CampaignManager>,
    Path(id): Path<CampaignId>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<CampaignAnswer>, ApiError> {
    let name = body.name.map(|name| name.trim().to_owned());
    if name.as_ref().is_some_and(|name| !(1..=100).contains(&name.chars().count())) {
        return Err(ApiError::wrong("name", "a campaign has a name of at most 100 characters"));
    }
    let state: Option<CampaignState> = match body.status.as_deref() {
        None => None,
        Some(code) => {
            Some(code.parse().map_err(|_| ApiError::wrong("status", "active, paused or ended"))?)
        }
    };
    let settings = body.settings.map(SettingsBody::read).transpose()?;
    let guide = settings.as_ref().and_then(|settings| settings.guide);
    guide_is_there(&app, &manager, Some(id), guide).await?;
    let team = manager.team;
    let changed = app
        .db()
        .write(manager.actor(), async |tx| {
            let Some(campaign) = by_id(tx, id, team).await? else {
                return Ok::<_, db::Error>(None);
            };
            if name.is_some() || settings.is_some() {
                let settings = settings.clone().unwrap_or_else(|| campaign.settings());
                let name = name.as_deref().unwrap_or(&campaign.name);
                change_settings(tx, id, name, &settings).await?;
            }
            if let Some(state) = state.filter(|state| *state != campaign.state) {
                set_state(tx, id, state).await?;
            }
            by_id(tx, id, team).await
        })
        .await?;
    let changed = changed.ok_or(ApiError::NotFound)?;
    Ok(Json(CampaignAnswer::of(&changed)))
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
