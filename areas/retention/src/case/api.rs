//! `/api/v1/cancellations`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use kernel::{CancellationId, MembershipId, OrganisationId, PersonId};
use membership::Holder;
use retention_rules::case::Channel;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, Problem};

use super::decide::{self, Ending, Keeping, Refused, own_call};
use super::look::kind_of;
use super::store::{self, NewNotice, Stored};
use crate::reason;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(show))
        .routes(routes!(decide_it))
        .routes(routes!(take_back))
}

/// A membership that somebody wants to end.
#[derive(Debug, Serialize, ToSchema)]
struct CancellationBody {
    id: String,
    membership: String,
    person: Option<String>,
    organisation: Option<String>,
    /// `phone`, `mail`, `web`, `letter`, `visit`, `employer` or `heir`.
    channel: String,
    received_on: String,
    wished_on: Option<String>,
    /// `open`, `offered`, `kept`, `ended` or `taken_back`.
    state: String,
    reason: Option<i64>,
    avoidable: Option<bool>,
    /// The last day of the membership.
    ends_on: Option<String>,
    /// What decided about that day: `terms`, `too_late_in_year`, `min_term`, `wished`, `leave_right` or `died`.
    because: Option<String>,
    /// Cents that are still to be paid until then.
    due: Option<i64>,
    aftercare_on: Option<String>,
}

fn shown(case: &Stored) -> CancellationBody {
    CancellationBody {
        id: case.id.to_string(),
        membership: case.membership_id.to_string(),
        person: case.person_id.map(|id| id.to_string()),
        organisation: case.organisation_id.map(|id| id.to_string()),
        channel: case.channel.to_string(),
        received_on: case.received_on.to_string(),
        wished_on: case.wished_on.map(|day| day.to_string()),
        state: case.state.to_string(),
        reason: case.reason_nr,
        avoidable: case.avoidable,
        ends_on: case.ends_on.map(|day| day.to_string()),
        because: case.because.clone(),
        due: case.due_cents.map(|cents| cents.0),
        aftercare_on: case.aftercare_on.map(|day| day.to_string()),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpenBody {
    /// Whose membership: a membership, or a person or organisation with one.
    membership: Option<String>,
    person: Option<String>,
    organisation: Option<String>,
    /// `phone` if not given.
    channel: Option<String>,
    /// Today if not given.
    received_on: Option<String>,
    /// The last day that was asked for; as soon as possible if not given.
    wished_on: Option<String>,
}

/// Writes down a notice. A membership with an open case gets no second one: the notice is added to it.
#[utoipa::path(post, path = "/cancellations", tag = "retention", request_body = OpenBody,
    responses((status = 201, body = CancellationBody), (status = 200, body = CancellationBody, description = "added to the open case"),
              (status = 422, body = Problem)))]
async fn open(
    State(app): State<App>,
    caller: Api<Caller>,
    Json(body): Json<OpenBody>,
) -> Result<(StatusCode, Json<CancellationBody>), ApiError> {
    let today = app.now().date();
    let day = |text: Option<&str>, field: &'static str| match text {
        None => Ok(None),
        Some(text) => {
            kernel::parse_day(text).map(Some).ok_or_else(|| ApiError::wrong(field, "not a day"))
        }
    };
    let received_on = day(body.received_on.as_deref(), "received_on")?.unwrap_or(today);
    let wished_on = day(body.wished_on.as_deref(), "wished_on")?;
    let channel: Channel = body.channel.as_deref().unwrap_or("phone").parse().map_err(|_| {
        ApiError::wrong("channel", "phone, mail, web, letter, visit, employer or heir")
    })?;
    let id = |text: &Option<String>| text.as_deref().map(str::parse::<i64>);
    let (membership, person, organisation) =
        (id(&body.membership), id(&body.person), id(&body.organisation));
    let wanted = match (membership, person, organisation) {
        (Some(Ok(id)), None, None) => Wanted::Membership(MembershipId(id)),
        (None, Some(Ok(id)), None) => Wanted::Holder(Holder::Person(PersonId(id))),
        (None, None, Some(Ok(id))) => Wanted::Holder(Holder::Organisation(OrganisationId(id))),
        _ => return Err(ApiError::wrong("membership", "one of membership, person, organisation")),
    };
    let opened = app
        .db()
        .write(caller.actor(), async |tx| {
            let found = match wanted {
                Wanted::Membership(id) => membership::by_id(tx, id).await?,
                Wanted::Holder(holder) => {
                    let current = membership::current(tx, holder, received_on.min(today)).await?;
                    current.map(|current| (current, holder))
                }
            };
            let (held, holder) = found.ok_or(Refused::NoMembership)?;
            let call = own_call(tx, holder).await?;
            let notice = NewNotice {
                membership: held.id,
                channel,
                received_on,
                wished_on,
                attempt: call.map(|(_, _, attempt)| attempt),
                member_kind: kind_of(tx, holder, today).await?.code(),
            };
            let (id, is_new) = store::open(tx, notice).await?;
            Ok::<_, Refused>((store::by_id(tx, id).await?, is_new))
        })
        .await;
    let (case, is_new) = answered(opened)?;
    let case = case.ok_or(ApiError::NotFound)?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(shown(&case))))
}

enum Wanted {
    Membership(MembershipId),
    Holder(Holder),
}

/// One case.
#[utoipa::path(get, path = "/cancellations/{id}", tag = "retention", params(("id" = String, Path)),
    responses((status = 200, body = CancellationBody), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<CancellationId>,
) -> Result<Json<CancellationBody>, ApiError> {
    let case = app
        .db()
        .write(caller.actor(), async |tx| {
            let case = store::by_id(tx, id).await?;
            if let Some(person) = case.as_ref().and_then(|case| case.person_id) {
                activity::log_read(tx, person, activity::Why::Api).await?;
            }
            Ok::<_, db::Error>(case)
        })
        .await?;
    case.map(|case| Json(shown(&case))).ok_or(ApiError::NotFound)
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct OutcomeBody {
    /// `retained`, `cancelled`, `transfer` or `deceased`.
    outcome: String,
    /// The number of a reason; never needed.
    reason: Option<i64>,
    /// In the member's own words.
    words: Option<String>,
    /// For `cancelled` and `transfer`: the last day that is asked for.
    wished_on: Option<String>,
    /// For `deceased`.
    died_on: Option<String>,
    /// For `retained`: the member said yes to being asked later how it is.
    aftercare: bool,
    /// The number of the argument that kept the member.
    with: Option<i64>,
    note: Option<String>,
}

/// Decides a case. In the call that this user has with the member its outcome is logged with it. Answers 409 if it was decided.
#[utoipa::path(post, path = "/cancellations/{id}/outcome", tag = "retention", params(("id" = String, Path)),
    request_body = OutcomeBody,
    responses((status = 200, body = CancellationBody), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
async fn decide_it(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<CancellationId>,
    Json(body): Json<OutcomeBody>,
) -> Result<Json<CancellationBody>, ApiError> {
    let day = |text: &Option<String>, field: &'static str| match text.as_deref() {
        None => Ok(None),
        Some(text) => {
            kernel::parse_day(text).map(Some).ok_or_else(|| ApiError::wrong(field, "not a day"))
        }
    };
    let wished_on = day(&body.wished_on, "wished_on")?;
    let died_on = day(&body.died_on, "died_on")?;
    let ending = match body.outcome.as_str() {
        "retained" => None,
        "cancelled" => Some(Ending::Cancelled { wished_on }),
        "transfer" => Some(Ending::Transfer { wished_on }),
        "deceased" => {
            let on = died_on.ok_or_else(|| ApiError::wrong("died_on", "say on which day"))?;
            Some(Ending::Died { on })
        }
        _ => return Err(ApiError::wrong("outcome", "retained, cancelled, transfer or deceased")),
    };
    let rules = decide::rules(&app)?;
    let decided = app
        .db()
        .write(caller.actor(), async |tx| {
            let Some(case) = store::by_id(tx, id).await? else { return Ok(None) };
            if body.reason.is_some() || body.words.is_some() {
                let kind = match case.holder() {
                    Holder::Person(_) => membership::tariff::HolderKind::Person,
                    Holder::Organisation(_) => membership::tariff::HolderKind::Organisation,
                };
                let reasons = reason::all(tx, kind).await?;
                let found = reasons.iter().find(|reason| Some(reason.nr) == body.reason);
                if body.reason.is_some() && found.is_none() {
                    return Err(Refused::NoOutcome);
                }
                let reason = found.map(|reason| (reason.nr, reason.avoidable));
                let words = body.words.as_deref().unwrap_or(&case.words);
                store::note(tx, &case, reason, words, case.no_offers).await?;
            }
            let Some(case) = store::by_id(tx, id).await? else { return Ok(None) };
            let note = body.note.as_deref();
            match ending {
                Some(ending) => {
                    let wished = |day: Option<_>| day.or(case.wished_on);
                    let ending = match ending {
                        Ending::Cancelled { wished_on } => {
                            Ending::Cancelled { wished_on: wished(wished_on) }
                        }
                        Ending::Transfer { wished_on } => {
                            Ending::Transfer { wished_on: wished(wished_on) }
                        }
                        died @ Ending::Died { .. } => died,
                    };
                    decide::end(tx, &case, ending, note, &rules).await?;
                }
                None => {
                    let aftercare = body.aftercare.then_some("Vond nabellen goed.");
                    let keeping = Keeping { with: body.with, aftercare, note };
                    decide::keep(tx, &case, keeping, &rules).await?;
                }
            }
            Ok::<_, Refused>(store::by_id(tx, id).await?)
        })
        .await;
    let case = answered(decided)?.ok_or(ApiError::NotFound)?;
    Ok(Json(shown(&case)))
}

/// The member takes the notice back, before the last day: the membership goes on as it was.
#[utoipa::path(post, path = "/cancellations/{id}/take-back", tag = "retention", params(("id" = String, Path)),
    responses((status = 200, body = CancellationBody), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn take_back(
    State(app): State<App>,
    caller: Api<Caller>,
    Path(id): Path<CancellationId>,
) -> Result<Json<CancellationBody>, ApiError> {
    let rules = decide::rules(&app)?;
    let done = app
        .db()
        .write(caller.actor(), async |tx| {
            let Some(case) = store::by_id(tx, id).await? else { return Ok(None) };
            decide::take_back(tx, &case, &rules).await?;
            Ok::<_, Refused>(store::by_id(tx, id).await?)
        })
        .await;
    let case = answered(done)?.ok_or(ApiError::NotFound)?;
    Ok(Json(shown(&case)))
}

fn answered<T>(done: Result<T, Refused>) -> Result<T, ApiError> {
    done.map_err(|refused| {
        let says = refused.to_string();
        match refused {
            Refused::NoMembership | Refused::NoTerms => ApiError::wrong("membership", says),
            Refused::NotYetReceived => ApiError::wrong("received_on", says),
            Refused::NotThatDay => ApiError::wrong("died_on", says),
            Refused::NoOutcome => ApiError::wrong("reason", "no such reason"),
            Refused::NotChecked(why) => people::check::refuse_api(why),
            Refused::Message(_) => ApiError::refused("text", says),
            Refused::Rule(_) => ApiError::refused("cancellation-decided", says),
            Refused::Call(_) => ApiError::refused("call", says),
            Refused::Broken(error) => error.into(),
        }
    })
}
