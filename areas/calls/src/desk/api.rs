//! `/api/v1/call-records` and `/api/v1/calls`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use calls_rules::gate::Ground;
use jiff::Timestamp;
use kernel::{Fence, PersonId, PhoneNumber, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, Problem};

use super::person::{log_opening, on_desk, reason};
use crate::attempt::{self, Ended, Inbound, Over, Refused};
use crate::campaign::Purpose;
use crate::choice;
use crate::claim::{self, Asked, Claim, SkipReason, Skipped};
use crate::line::{InCall, Lines};
use crate::outcome::{self, About, CallbackBody, CallbackForm, Said};
use crate::settings;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(next))
        .routes(routes!(begin_attempt))
        .routes(routes!(end_attempt))
        .routes(routes!(skip))
        .routes(routes!(log_call))
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
struct NextBody {
    /// Lists only of this campaign; own promises that are due come first in any case.
    campaign: Option<String>,
}

/// Somebody on the desk.
#[derive(Serialize, ToSchema)]
struct NextAnswer {
    /// `call_record`, `callback`, or `person` for somebody outside a list.
    kind: &'static str,
    id: String,
    /// Give it back with every command about this person.
    #[schema(value_type = i64)]
    fence: Fence,
    #[schema(value_type = String)]
    lease_until: Timestamp,
    person: PersonRef,
    /// Why this person is called, in the words of the desk.
    reason: String,
    ground: Option<String>,
    campaign: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct PersonRef {
    id: String,
    name: String,
}

/// Claims the next person for the token's user. Asked again, it gives the same person.
#[utoipa::path(post, path = "/call-records/next", tag = "calls", request_body = NextBody,
    responses((status = 200, body = NextAnswer), (status = 204, description = "nobody now"), (status = 403, body = Problem)))]
async fn next(
    State(app): State<App>,
    caller: Api<Caller>,
    body: axum::body::Bytes,
) -> Result<Response, ApiError> {
    let body: NextBody = if body.is_empty() {
        NextBody::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| ApiError::wrong("body", error.to_string()))?
    };
    let campaign = match body.campaign {
        Some(id) => Some(id.parse().map_err(|_| ApiError::wrong("campaign", "not an id"))?),
        None => None,
    };
    let now = app.now();
    let book = app.rulebook();
    let rules = settings::gate_rules(&book, now.date())?;
    let desk_rules = settings::desk_rules(&book, now.date())?;
    let asked = Asked { team: caller.team, campaign, lease: settings::lease(&book, now.date())? };
    let claimed = app
        .db()
        .write(caller.actor(), async |tx| {
            let Some(claim) = claim::next(tx, asked, &rules).await? else {
                return Ok::<_, db::Error>(None);
            };
            log_opening(tx, claim.person_id).await?;
            on_desk(tx, claim, desk_rules, now.date()).await.map(Some)
        })
        .await?;
    let Some(desk) = claimed else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let t = app.texts(caller.language);
    let (kind, id) = item(&desk.claim);
    Ok(Json(NextAnswer {
        kind,
        id,
        fence: desk.claim.fence,
        lease_until: desk.claim.lease_until_at,
        person: PersonRef { id: desk.person.id.to_string(), name: desk.person.name().short() },
        reason: reason(&t, &desk, &now),
        ground: if desk.promise.is_some() {
            Some(Ground::RequestedCall.code().to_owned())
        } else {
            desk.ground.map(|ground| ground.code().to_owned())
        },
        campaign: desk.claim.campaign_id.map(|id| id.to_string()),
    })
    .into_response())
}

fn item(claim: &Claim) -> (&'static str, String) {
    match (claim.callback_id, claim.call_record_id) {
        (Some(id), _) => ("callback", id.to_string()),
        (None, Some(id)) => ("call_record", id.to_string()),
        (None, None) => ("person", claim.person_id.to_string()),
    }
}

#[derive(Deserialize, ToSchema)]
struct AttemptBody {
    #[schema(value_type = i64)]
    fence: Fence,
    /// `own_phone`, or `browser`: it is dialled, and heard in the browser that the token's user has her telephone on in.
    channel: String,
}

#[derive(Serialize, ToSchema)]
struct AttemptAnswer {
    id: String,
    #[schema(value_type = String)]
    started_at: Timestamp,
}

/// Begins a call to the person of this call record or callback. The gate is asked once more.
#[utoipa::path(post, path = "/call-records/{id}/attempts", tag = "calls", params(("id" = String, Path)),
    request_body = AttemptBody,
    responses((status = 201, body = AttemptAnswer), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn begin_attempt(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<i64>,
    Json(body): Json<AttemptBody>,
) -> Result<(StatusCode, Json<AttemptAnswer>), ApiError> {
    let lines = app.state::<Lines>();
    let over = over(&app, &lines, caller.id, &body.channel)?;
    let rules = settings::gate_rules(&app.rulebook(), app.now().date())?;
    let (person, dialled) = app
        .db()
        .write(caller.actor(), async |tx| match about(claim::of_agent(tx, caller.id).await?, id) {
            Some(person) => {
                let dialled = attempt::dial(tx, person, body.fence, &rules, over.clone()).await?;
                Ok(dialled.map(|dialled| (person, dialled)))
            }
            None => Ok::<_, db::Error>(Err(Refused::ClaimEnded)),
        })
        .await?
        .map_err(|error| refused(&error))?;
    if over != Over::OwnPhone {
        lines.begun(&app, caller.id, person, &dialled).await;
    }
    let answer = AttemptAnswer { id: dialled.attempt.to_string(), started_at: dialled.started_at };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Over which telephone a call of this channel goes.
fn over(app: &App, lines: &Lines, user: UserId, channel: &str) -> Result<Over, ApiError> {
    match channel {
        "own_phone" => Ok(Over::OwnPhone),
        "browser" => match lines.dials_over(app, user) {
            Ok(Over::OwnPhone) => {
                let why =
                    "no browser of yours has its telephone on, or there is no line to call over";
                Err(ApiError::refused("no-telephone", why))
            }
            Ok(over) => Ok(over),
            Err(InCall) => Err(refused(&Refused::InCall)),
        },
        _ => Err(ApiError::wrong("channel", "own_phone or browser")),
    }
}

/// The person of a claim that is about the call record, callback or person with this id.
pub(crate) fn about(claim: Option<Claim>, id: i64) -> Option<PersonId> {
    let claim = claim?;
    let same = claim.call_record_id.is_some_and(|found| found.0 == id)
        || claim.callback_id.is_some_and(|found| found.0 == id)
        || claim.person_id.0 == id;
    same.then_some(claim.person_id)
}

pub(crate) fn refused(refused: &Refused) -> ApiError {
    let (kind, detail) = match refused {
        Refused::ClaimEnded => (
            "old-fence",
            "this person is no longer on your desk; somebody else may be calling".to_owned(),
        ),
        Refused::Blocked(why) => ("blocked", format!("this person may not be called: {why}")),
        Refused::NumberBusy => ("number-busy", "somebody is calling this number now".to_owned()),
        Refused::OnAnotherDesk { agent } => {
            ("on-another-desk", format!("this person is on the desk of user {agent}"))
        }
        Refused::DeskNotEmpty => {
            ("desk-not-empty", "finish the call on your desk first".to_owned())
        }
        Refused::NotNow { again: Some(again) } => {
            ("not-now", format!("nobody is called now who did not ask for it; again from {again}"))
        }
        Refused::NotNow { again: None } => {
            ("not-now", "no day is open for calls that nobody asked for".to_owned())
        }
        Refused::CampaignStopped => (
            "campaign-stopped",
            "the campaign was paused or has ended; skip this person".to_owned(),
        ),
        Refused::InCall => {
            ("in-call", "you are in a call in the browser: hang up first".to_owned())
        }
        Refused::NoGround => ("no-ground", "there is no ground to call this person".to_owned()),
    };
    ApiError::refused(kind, detail)
}

#[derive(Deserialize, ToSchema)]
struct FenceBody {
    #[schema(value_type = i64)]
    fence: Fence,
}

/// The call ended; its outcome is due.
#[utoipa::path(post, path = "/call-records/{id}/hang-up", tag = "calls", params(("id" = String, Path)),
    request_body = FenceBody, responses((status = 204), (status = 409, body = Problem)))]
async fn end_attempt(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<i64>,
    Json(body): Json<FenceBody>,
) -> Result<StatusCode, ApiError> {
    let ended = app
        .db()
        .write(caller.actor(), async |tx| match about(claim::of_agent(tx, caller.id).await?, id) {
            Some(person) => attempt::end(tx, person, body.fence).await,
            None => Ok::<_, db::Error>(Ended::Old),
        })
        .await?;
    match ended {
        Ended::Done => Ok(StatusCode::NO_CONTENT),
        Ended::Old => Err(refused(&Refused::ClaimEnded)),
        Ended::OnALine => {
            Err(ApiError::refused("on-a-line", "this call is in a browser: hang up there"))
        }
    }
}

#[derive(Deserialize, ToSchema)]
struct SkipBody {
    #[schema(value_type = i64)]
    fence: Fence,
    /// `not_now`, `know_them` or `data_wrong`.
    reason: String,
}

/// Passes the person by; the list offers this person again later.
#[utoipa::path(post, path = "/call-records/{id}/skip", tag = "calls", params(("id" = String, Path)),
    request_body = SkipBody, responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn skip(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<i64>,
    Json(body): Json<SkipBody>,
) -> Result<StatusCode, ApiError> {
    let reason: SkipReason = body
        .reason
        .parse()
        .map_err(|_| ApiError::wrong("reason", "not_now, know_them or data_wrong"))?;
    let rests = settings::skip_rests(&app.rulebook(), app.now().date())?;
    let skipped = app
        .db()
        .write(caller.actor(), async |tx| match about(claim::of_agent(tx, caller.id).await?, id) {
            Some(person) => claim::skip(tx, person, body.fence, reason, rests).await,
            None => Ok::<_, db::Error>(Skipped::ClaimEnded),
        })
        .await?;
    match skipped {
        Skipped::Done => Ok(StatusCode::NO_CONTENT),
        Skipped::ClaimEnded => Err(refused(&Refused::ClaimEnded)),
        Skipped::InCall => {
            Err(ApiError::refused("in-call", "a call was made; it needs its outcome"))
        }
    }
}

/// A call that no list gave, on an own phone, after it was made.
#[derive(Deserialize, ToSchema)]
struct CallBody {
    /// `in` or `out`.
    direction: String,
    /// Who was spoken to; or `number`, if only one person has it.
    person: Option<String>,
    number: Option<String>,
    /// Now, if not given.
    #[schema(value_type = Option<String>)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>)]
    ended_at: Option<Timestamp>,
    /// As for a call record.
    outcome: String,
    reason: Option<String>,
    callback: Option<CallbackBody>,
    note: Option<String>,
    /// The person heard that an objection to calls is possible.
    #[serde(default)]
    objection_offered: bool,
}

#[derive(Serialize, ToSchema)]
struct CallAnswer {
    id: String,
    person: String,
    outcome: String,
}

/// Logs a call that no list gave, with its outcome, in one step.
#[utoipa::path(post, path = "/calls", tag = "calls", request_body = CallBody,
    responses((status = 201, body = CallAnswer), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn log_call(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<CallBody>,
) -> Result<(StatusCode, Json<CallAnswer>), ApiError> {
    let now = app.now();
    let started_at = body.started_at.unwrap_or_else(|| now.timestamp());
    if started_at > now.timestamp() {
        return Err(ApiError::wrong("started_at", "lies ahead"));
    }
    let inbound = match body.direction.as_str() {
        "in" => true,
        "out" => false,
        _ => return Err(ApiError::wrong("direction", "in or out")),
    };
    let form = body.callback.map(CallbackForm::from).unwrap_or_default();
    let tree = app.db().read(caller.actor(), async |tx| choice::tree(tx).await).await?;
    let reason = body.reason.as_deref().unwrap_or_default();
    let (outcome, chosen) = form.outcome(&tree, &body.outcome, reason).map_err(outcome::wrong)?;
    let code = outcome.code();
    let book = app.rulebook();
    let rules = settings::gate_rules(&book, now.date())?;
    let outcome_settings = settings::outcome_settings(&book, now.date())?;
    let lease = settings::lease(&book, now.date())?;
    let person = who(&app, &caller, body.person.as_deref(), body.number.as_deref()).await?;

    let logged = app
        .db()
        .write(caller.actor(), async |tx| {
            if people::person::find(tx, person, now.date()).await?.is_none() {
                return Err(Failed::Api(ApiError::NotFound));
            }
            let outbound = if inbound {
                None
            } else {
                let grounds = attempt::of_person(tx, person, started_at, &rules).await?;
                Some(grounds.map_err(|error| Failed::Api(refused(&error)))?)
            };
            let over = Over::OwnPhone;
            let call = Inbound { person, outbound, started_at, lease, over };
            let (claim, dialled) =
                attempt::ring_in(tx, call).await?.map_err(|error| Failed::Api(refused(&error)))?;
            if let Some(ended_at) = body.ended_at {
                attempt::end_at(tx, dialled.attempt, ended_at.max(started_at)).await?;
            }
            let said = Said {
                note: body.note.as_deref(),
                objection_offered: body.objection_offered,
                chosen,
            };
            let logged = outcome::log(
                tx,
                claim.fence,
                About::Person(person),
                outcome,
                said,
                &now,
                &outcome_settings,
            );
            logged.await.map_err(Failed::NoCall).map(|_| dialled)
        })
        .await
        .map_err(|failed: Failed| match failed {
            Failed::Api(error) => error,
            Failed::NoCall(error) => outcome::failed(error),
            Failed::Broken(error) => error.into(),
        })?;
    let answer = CallAnswer {
        id: logged.attempt.to_string(),
        person: person.to_string(),
        outcome: code.code().to_owned(),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

enum Failed {
    Api(ApiError),
    NoCall(outcome::NoCall),
    Broken(db::Error),
}

impl From<db::Error> for Failed {
    fn from(error: db::Error) -> Self {
        Self::Broken(error)
    }
}

async fn who(
    app: &App,
    caller: &Api<Caller>,
    person: Option<&str>,
    number: Option<&str>,
) -> Result<PersonId, ApiError> {
    if let Some(person) = person {
        return person.parse().map_err(|_| ApiError::wrong("person", "not an id"));
    }
    let number: PhoneNumber = number
        .ok_or_else(|| ApiError::wrong("person", "say who, by person or number"))?
        .parse()
        .map_err(|_| ApiError::wrong("number", "not a telephone number"))?;
    let today = app.now().date();
    let sight = people::Sight::All;
    let found = app
        .db()
        .read(caller.actor(), async |tx| people::search::by_phone(tx, &number, sight, today).await)
        .await?;
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => {
            Err(ApiError::refused("unknown-number", "nobody has this number; add the person first"))
        }
        _ => Err(ApiError::refused(
            "several-people",
            "several people have this number; say which person",
        )),
    }
}

/// The purpose of calls that no campaign gave.
pub(crate) const OUTSIDE: Purpose = Purpose::Recruitment;
