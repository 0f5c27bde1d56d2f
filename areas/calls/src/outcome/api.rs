use axum::extract::{Path, State};
use calls_rules::callback;
use calls_rules::outcome::{RecordState, Refused};
use kernel::{Fence, Pii};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, Problem};

use super::store::{About, NoCall, Said};
use super::{CallbackForm, WrongForm, begun, log};
use crate::desk::{about, refused};
use crate::{choice, claim, settings};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(log_outcome))
}

/// A promise to call back: a number of working days or a date, and who.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct CallbackBody {
    /// 0 is today.
    pub working_days: Option<u16>,
    pub date: Option<String>,
    /// `09:30`
    pub from: Option<String>,
    pub until: Option<String>,
    /// `me` (the default), `team`, or a user's id.
    pub owner: Option<String>,
    /// The person's own yes.
    pub words: Option<String>,
    /// `warm`, `lukewarm` or `cool`.
    pub warmth: Option<String>,
    /// With which sentence the next call begins.
    pub opening: Option<String>,
}

impl From<CallbackBody> for CallbackForm {
    fn from(body: CallbackBody) -> Self {
        Self {
            day: body.working_days.map(|days| days.to_string()).or(body.date).unwrap_or_default(),
            from: body.from.unwrap_or_default(),
            until: body.until.unwrap_or_default(),
            owner: body.owner.unwrap_or_default(),
            warmth: body.warmth.unwrap_or_default(),
            opening: Pii::new(body.opening.unwrap_or_default()),
            words: Pii::new(body.words.unwrap_or_default()),
            ..Self::default()
        }
    }
}

#[derive(Deserialize, ToSchema)]
struct OutcomeBody {
    #[schema(value_type = i64)]
    fence: Fence,
    /// `joined retained callback not_interested no_answer busy voicemail wrong_number other_language
    /// objection cancelled deceased`, or the number of a result of the association's own (`GET /outcomes`).
    outcome: String,
    /// The number of a reason under that result.
    reason: Option<String>,
    callback: Option<CallbackBody>,
    note: Option<String>,
    /// The person heard that an objection to calls is possible.
    #[serde(default)]
    objection_offered: bool,
}

#[derive(Serialize, ToSchema)]
struct OutcomeAnswer {
    outcome: String,
    /// Where the call record went: `done`, `promised`, `resting`, `exhausted` or `blocked`.
    record_state: Option<&'static str>,
    /// The day of the promise.
    callback_on: Option<String>,
}

/// Logs the outcome of a call. Answers 409 if the fence is old or the outcome was logged before.
#[utoipa::path(post, path = "/call-records/{id}/outcome", tag = "calls", params(("id" = String, Path)),
    request_body = OutcomeBody,
    responses((status = 200, body = OutcomeAnswer), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn log_outcome(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<i64>,
    Json(body): Json<OutcomeBody>,
) -> Result<Json<OutcomeAnswer>, ApiError> {
    let form = body.callback.map(CallbackForm::from).unwrap_or_default();
    let tree = app.db().read(caller.actor(), async |tx| choice::tree(tx).await).await?;
    let reason = body.reason.as_deref().unwrap_or_default();
    let (outcome, chosen) = form.outcome(&tree, &body.outcome, reason).map_err(wrong)?;
    if form.owner.trim() == "team" && caller.team.is_none() {
        return Err(wrong(WrongForm::Owner));
    }
    let now = app.now();
    let book = app.rulebook();
    let settings = settings::outcome_settings(&book, now.date())?;
    let rules = settings::gate_rules(&book, now.date())?;
    let logged = app
        .db()
        .write(caller.actor(), async |tx| {
            // Whoever called without saying so first, says so with the outcome.
            let claim =
                claim::of_agent(tx, caller.id).await?.filter(|claim| claim.fence == body.fence);
            if let Some(claim) = &claim
                && about(Some(claim.clone()), id).is_some()
            {
                begun(tx, claim, &rules).await?;
            }
            let said = Said {
                note: body.note.as_deref(),
                objection_offered: body.objection_offered,
                chosen,
            };
            log(tx, body.fence, About::Item(id), outcome, said, &now, &settings).await
        })
        .await
        .map_err(failed)?;
    let record_state = logged.record.map(|record| match record.to {
        RecordState::Done => "done",
        RecordState::Promised => "promised",
        RecordState::Resting { .. } => "resting",
        RecordState::Exhausted => "exhausted",
        RecordState::BlockedByObjection
        | RecordState::BlockedNoNumber
        | RecordState::BlockedDeceased => "blocked",
    });
    Ok(Json(OutcomeAnswer {
        outcome: logged.outcome.code.code().to_owned(),
        record_state,
        callback_on: logged.plan.map(|plan| plan.from.date().to_string()),
    }))
}

pub(crate) fn wrong(wrong: WrongForm) -> ApiError {
    let field = match wrong {
        WrongForm::Outcome => "outcome",
        WrongForm::Reason => "reason",
        WrongForm::Day => "callback.working_days",
        WrongForm::Window => "callback.from",
        WrongForm::Owner => "callback.owner",
        WrongForm::WordsTooLong => "callback.words",
    };
    ApiError::wrong(field, wrong.to_string())
}

/// A call that could not get its outcome, as a problem.
pub(crate) fn failed(error: NoCall) -> ApiError {
    match error {
        NoCall::NotFound => refused(&crate::attempt::Refused::ClaimEnded),
        NoCall::NotDialled(why) => refused(&why),
        NoCall::Refused(why) => refusal(&why),
        NoCall::Broken(db::Error::Raced) => refused(&crate::attempt::Refused::ClaimEnded),
        NoCall::Broken(db::Error::Duplicate) => {
            ApiError::refused("already-logged", "the outcome of this call was logged before")
        }
        NoCall::Broken(error) => error.into(),
    }
}

fn refusal(why: &Refused) -> ApiError {
    match why {
        Refused::AlreadyLogged { .. } => ApiError::refused("already-logged", why.to_string()),
        Refused::ClaimEnded => ApiError::refused("old-fence", why.to_string()),
        Refused::SomebodyAnswered { .. }
        | Refused::TheyCalledUs
        | Refused::StillRings
        | Refused::NobodyAnswered => ApiError::wrong("outcome", why.to_string()),
        Refused::Callback(callback::Refused::Objected { .. }) => {
            ApiError::wrong("callback.words", why.to_string())
        }
        Refused::Callback(callback::Refused::TodayNeedsLaterWindow) => {
            ApiError::wrong("callback.from", why.to_string())
        }
        Refused::Callback(_) => ApiError::wrong("callback.date", why.to_string()),
    }
}
