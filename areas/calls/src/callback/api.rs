//! `/api/v1/callbacks`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use calls_rules::callback as rules;
use db::Tx;
use jiff::Timestamp;
use kernel::{CallbackId, PersonId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, List, Problem};

use super::store::{self, Callback, CancelWhy, Only, Show};
use crate::desk::{OUTSIDE, callers_of};
use crate::outcome::{CallbackBody, CallbackForm, wrong};
use crate::settings;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(change))
}

/// A promise to call back.
#[derive(Serialize, ToSchema)]
struct CallbackAnswer {
    id: String,
    person: String,
    /// A user's id, or `team`.
    owner: String,
    #[schema(value_type = String)]
    from: Timestamp,
    #[schema(value_type = String)]
    until: Timestamp,
    /// The day in Dutch wall time.
    due_on: String,
    /// `scheduled`, `due`, `offered`, `in_attempt`, `retrying`, `overdue`, `escalated`, `kept`,
    /// `closed_unreached`, `cancelled` or `replaced`.
    state: String,
    /// How far it climbed: `owner`, `stand_in`, `team` or `lead`.
    level: &'static str,
    stand_in: Option<String>,
    warmth: Option<String>,
}

impl CallbackAnswer {
    fn of(callback: &Callback, now: Timestamp) -> Self {
        Self {
            id: callback.id.to_string(),
            person: callback.person_id.to_string(),
            owner: callback.owner_id.map_or_else(|| "team".to_owned(), |id| id.to_string()),
            from: callback.from_at,
            until: callback.until_at,
            due_on: callback.due_on.to_string(),
            state: callback.state(now),
            level: callback.level().code(),
            stand_in: callback.stand_in_id.map(|id| id.to_string()),
            warmth: callback.warmth.map(|warmth| warmth.code().to_owned()),
        }
    }
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// `mine` (the default) or `team`.
    #[serde(default)]
    show: String,
    /// Up to and including this day.
    until: Option<String>,
}

/// Open promises, the one that presses most first.
#[utoipa::path(get, path = "/callbacks", tag = "callbacks", params(Asked),
    responses((status = 200, body = List<CallbackAnswer>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Api<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<CallbackAnswer>>, ApiError> {
    let show = match asked.show.as_str() {
        "" | "mine" => Show::Mine,
        "team" => Show::Team,
        _ => return Err(ApiError::wrong("show", "mine or team")),
    };
    let until = match asked.until {
        Some(day) => {
            Some(kernel::parse_day(&day).ok_or_else(|| ApiError::wrong("until", "not a day"))?)
        }
        None => None,
    };
    let (user, team) = (caller.id, caller.team);
    let only = Only { until, ..Only::default() };
    let found = app
        .db()
        .read(caller.actor(), async |tx| store::list(tx, show, user, team, &only, 500).await)
        .await?;
    let now = app.db().clock().now();
    let items = found.iter().map(|callback| CallbackAnswer::of(callback, now)).collect();
    Ok(Json(List { items, next_cursor: None }))
}

#[derive(Deserialize, ToSchema)]
struct MakeBody {
    person: String,
    #[serde(flatten)]
    callback: CallbackBody,
}

/// Makes a promise outside a call. One that is open is replaced by it.
#[utoipa::path(post, path = "/callbacks", tag = "callbacks", request_body = MakeBody,
    responses((status = 201, body = CallbackAnswer), (status = 422, body = Problem)))]
async fn make(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<MakeBody>,
) -> Result<(StatusCode, Json<CallbackAnswer>), ApiError> {
    let person: PersonId =
        body.person.parse().map_err(|_| ApiError::wrong("person", "not an id"))?;
    let wish = CallbackForm::from(body.callback).wish().map_err(wrong)?;
    let now = app.now();
    let settings = settings::outcome_settings(&app.rulebook(), now.date())?;
    let (user, team) = (caller.id, caller.team);
    let made = app
        .db()
        .write(caller.actor(), async |tx| {
            if people::person::find(tx, person, now.date()).await?.is_none() {
                return Err(Failed::NotFound);
            }
            let objection = super::store::objection(tx, person).await?;
            let plan = rules::plan(
                wish,
                user,
                objection,
                &now,
                &settings.calendar,
                settings.office_hours,
            )?;
            may_own(tx, plan.owner, user, team).await?;
            let id = store::make(tx, person, None, OUTSIDE, &plan).await?;
            super::store::record_made(tx, person, &plan).await?;
            Ok(store::by_id(tx, id, user, team).await?)
        })
        .await
        .map_err(ApiError::from)?;
    let made = made.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::CREATED, Json(CallbackAnswer::of(&made, now.timestamp()))))
}

#[derive(Deserialize, ToSchema)]
struct ChangeBody {
    /// `cancelled` ends the promise; without it, the other fields move it.
    state: Option<String>,
    /// Why it ends: `member_said_so` (the default), `settled` or `mistake`.
    why: Option<String>,
    /// The person asked for the other time.
    #[serde(default)]
    asked_by_member: bool,
    #[serde(flatten)]
    callback: CallbackBody,
}

/// Moves a promise to another time or owner, or cancels it.
#[utoipa::path(patch, path = "/callbacks/{id}", tag = "callbacks", params(("id" = String, Path)),
    request_body = ChangeBody,
    responses((status = 200, body = CallbackAnswer), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<CallbackId>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<CallbackAnswer>, ApiError> {
    let cancel = match body.state.as_deref() {
        None => false,
        Some("cancelled") => true,
        Some(_) => {
            return Err(ApiError::wrong("state", "cancelled is the only state that can be set"));
        }
    };
    let why = match body.why.as_deref() {
        None => CancelWhy::MemberSaidSo,
        Some(code) => code
            .parse()
            .ok()
            // An objection is recorded as one, and ends what is promised.
            .filter(|why| *why != CancelWhy::Objection)
            .ok_or_else(|| ApiError::wrong("why", "member_said_so, settled or mistake"))?,
    };
    let says_whose = body.callback.owner.is_some();
    let wish =
        if cancel { None } else { Some(CallbackForm::from(body.callback).wish().map_err(wrong)?) };
    let now = app.now();
    let settings = settings::outcome_settings(&app.rulebook(), now.date())?;
    let (user, team) = (caller.id, caller.team);
    let changed = app
        .db()
        .write(caller.actor(), async |tx| {
            let leads = caller.may(kernel::Action::ManageCampaigns);
            let open = store::by_id(tx, id, user, team)
                .await?
                .filter(|found| found.ended_at.is_none() && found.is_for(user, leads));
            let open = open.ok_or(Failed::NotFound)?;
            match wish {
                None => store::cancel(tx, id, open.person_id, why).await?,
                Some(wish) => {
                    let objection = super::store::objection(tx, open.person_id).await?;
                    let mut plan = rules::plan(
                        wish,
                        user,
                        objection,
                        &now,
                        &settings.calendar,
                        settings.office_hours,
                    )?;
                    // Moving is not taking over.
                    if says_whose {
                        may_own(tx, plan.owner, user, team).await?;
                    } else {
                        plan.owner = open.owner_id;
                    }
                    store::move_to(tx, id, open.person_id, &plan, body.asked_by_member).await?;
                }
            }
            Ok(store::by_id(tx, id, user, team).await?)
        })
        .await
        .map_err(|failed: Failed| ApiError::from(failed))?;
    let changed = changed.ok_or(ApiError::NotFound)?;
    Ok(Json(CallbackAnswer::of(&changed, now.timestamp())))
}

/// A promise is of whoever makes it, of the team, or of a colleague of the team who calls.
async fn may_own(
    tx: &mut Tx,
    owner: Option<UserId>,
    user: UserId,
    team: Option<TeamId>,
) -> Result<(), Failed> {
    let Some(owner) = owner.filter(|owner| *owner != user) else { return Ok(()) };
    let is_colleague = callers_of(tx, team).await?.iter().any(|(id, _)| *id == owner);
    if is_colleague { Ok(()) } else { Err(Failed::Owner) }
}

/// Why nothing was promised.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error("no such callback or person for this user")]
    NotFound,
    #[error("nobody of the team who calls")]
    Owner,
    #[error(transparent)]
    Refused(#[from] rules::Refused),
    #[error(transparent)]
    Broken(#[from] db::Error),
}

impl From<Failed> for ApiError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::NotFound => Self::NotFound,
            Failed::Owner => Self::wrong("owner", failed.to_string()),
            Failed::Refused(why @ rules::Refused::Objected { .. }) => {
                Self::wrong("words", why.to_string())
            }
            Failed::Refused(why @ rules::Refused::TodayNeedsLaterWindow) => {
                Self::wrong("from", why.to_string())
            }
            Failed::Refused(why) => Self::wrong("date", why.to_string()),
            Failed::Broken(error) => error.into(),
        }
    }
}
