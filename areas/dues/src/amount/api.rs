//! `/api/v1/dues`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use dues_rules::amount::{Cancelled, Purpose};
use kernel::{Cents, DueId, MembershipId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Json, List, Problem, Treasurer};

use super::store::{self, Due, Failed, NewDue, NewPayOut, Priced, Refused};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(cancel))
        .routes(routes!(announce))
}

/// An amount to be collected or paid out.
#[derive(Serialize, ToSchema)]
struct DueBody {
    id: String,
    /// `collection` or `pay_out`.
    kind: String,
    membership: String,
    period: String,
    /// `contribution`, `introduction`, `settlement`, `refund` or `referral_bonus`.
    purpose: String,
    /// In whole cents.
    cents: i64,
    due_on: String,
    announced_on: Option<String>,
    /// `due`, `in_run`, `sent`, `paid`, `returned`, `settled`, `cancelled` or `given_back`.
    state: String,
    /// The bank's code, if it came back.
    returned_code: Option<String>,
    /// What is asked of us, if somebody must do something.
    waits_as: Option<String>,
}

impl From<Due> for DueBody {
    fn from(due: Due) -> Self {
        Self {
            id: due.id.to_string(),
            kind: due.kind.to_string(),
            membership: due.membership_id.to_string(),
            period: due.period,
            purpose: due.purpose.to_string(),
            cents: due.cents.0,
            due_on: due.due_on.to_string(),
            announced_on: due.announced_on.map(|day| day.to_string()),
            state: due.state.to_string(),
            returned_code: due.returned_code,
            waits_as: due.waits_as.map(|action| action.to_string()),
        }
    }
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// Of this membership.
    #[param(value_type = String)]
    membership: Option<MembershipId>,
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
}

/// The amounts of a membership, the latest first.
#[utoipa::path(get, path = "/dues", tag = "dues", params(Asked),
    responses((status = 200, body = List<DueBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    user: Api<Treasurer>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<DueBody>>, ApiError> {
    let limit = asked.limit.unwrap_or(50).clamp(1, 200);
    let membership = asked.membership.ok_or_else(|| ApiError::wrong("membership", "an id"))?;
    let found = app
        .db()
        .write(user.actor(), async |tx| {
            let found = store::of_membership(tx, membership, limit).await?;
            if let Some(person) = found.first().and_then(|due| due.person_id) {
                activity::log_read(tx, person, activity::Why::Api).await?;
            }
            Ok::<_, db::Error>(found)
        })
        .await?;
    Ok(Json(List { items: found.into_iter().map(DueBody::from).collect(), next_cursor: None }))
}

#[derive(Deserialize, ToSchema)]
struct NewBody {
    membership: String,
    /// `2027-01` or the like: once per membership and purpose.
    period: String,
    /// `contribution` (if not given), `introduction`, `settlement`, or to pay out `refund` or `referral_bonus`.
    purpose: Option<String>,
    /// In whole cents.
    cents: i64,
    /// The first day that it pays for; today if not given.
    for_day: Option<String>,
    /// Not collected before this day; `for_day` if not given.
    due_on: Option<String>,
}

/// Writes down what a member owes or is owed. The same once more is answered 409: each is there once.
#[utoipa::path(post, path = "/dues", tag = "dues", request_body = NewBody,
    responses((status = 201, body = DueBody), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    user: Api<Treasurer>,
    Json(body): Json<NewBody>,
) -> Result<(StatusCode, Json<DueBody>), ApiError> {
    let membership = body.membership.parse().map_err(|_| ApiError::wrong("membership", "an id"))?;
    let purpose = match body.purpose.as_deref() {
        None => Purpose::Contribution,
        Some(code) => code.parse().map_err(|_| {
            ApiError::wrong(
                "purpose",
                "contribution, introduction, settlement, refund or referral_bonus",
            )
        })?,
    };
    let period = body.period.trim();
    if period.is_empty() || period.len() > 60 {
        return Err(ApiError::wrong("period", "1 to 60 characters"));
    }
    let day = |field, text: Option<&String>| {
        text.map(|text| kernel::parse_day(text).ok_or_else(|| ApiError::wrong(field, "not a day")))
            .transpose()
    };
    let for_day = day("for_day", body.for_day.as_ref())?.unwrap_or_else(|| app.now().date());
    let due_on = day("due_on", body.due_on.as_ref())?.unwrap_or(for_day);
    let cents = Cents(body.cents);
    let added = app
        .db()
        .write(user.actor(), async |tx| {
            let added = match purpose {
                Purpose::Contribution | Purpose::Introduction | Purpose::Settlement => {
                    let priced = Priced { cents, version: None, class: String::new() };
                    let period = period.to_owned();
                    let new = NewDue { membership, period, purpose, for_day, due_on, priced };
                    store::due(tx, &new).await?
                }
                Purpose::Refund | Purpose::ReferralBonus => {
                    let for_what = period.to_owned();
                    let new = NewPayOut { membership, for_what, purpose, cents, account: None };
                    store::pay_out(tx, &new).await?
                }
            };
            let Some(id) = added else { return Ok(None) };
            Ok::<_, Failed>(store::by_id(tx, id).await?)
        })
        .await
        .map_err(answer)?;
    let added = added.ok_or_else(|| {
        ApiError::refused("already-asked", "this is there for the membership, period and purpose")
    })?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

fn answer(failed: Failed) -> ApiError {
    match failed {
        Failed::Refused(refused) => match refused {
            Refused::NoMembership => ApiError::wrong("membership", refused.to_string()),
            Refused::Nothing => ApiError::wrong("cents", refused.to_string()),
            Refused::NotNow(_) => ApiError::refused("not-now", refused.to_string()),
        },
        Failed::Broken(broken) => broken.into(),
    }
}

#[derive(Deserialize, ToSchema)]
struct CancelBody {
    /// `membership_ends`, `withdrawn`, `died`, `forgiven` or `mistake`.
    why: String,
}

/// An amount is no longer asked. One that is at the bank or came in is given back instead.
#[utoipa::path(post, path = "/dues/{id}/cancel", tag = "dues", params(("id" = String, Path)), request_body = CancelBody,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn cancel(
    State(app): State<App>,
    user: Api<Treasurer>,
    Path(id): Path<DueId>,
    Json(body): Json<CancelBody>,
) -> Result<StatusCode, ApiError> {
    let why: Cancelled = body.why.parse().map_err(|_| {
        ApiError::wrong("why", "membership_ends, withdrawn, died, forgiven or mistake")
    })?;
    let found = app.db().read(user.actor(), async |tx| store::by_id(tx, id).await).await?;
    found.ok_or(ApiError::NotFound)?;
    app.db()
        .write(user.actor(), async |tx| store::cancel(tx, id, why).await)
        .await
        .map_err(answer)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
struct AnnounceBody {
    membership: String,
    /// When the member was told; today if not given.
    on: Option<String>,
}

/// A member was told what is collected, and from when.
#[utoipa::path(post, path = "/dues/announce", tag = "dues", request_body = AnnounceBody,
    responses((status = 204), (status = 422, body = Problem)))]
async fn announce(
    State(app): State<App>,
    user: Api<Treasurer>,
    Json(body): Json<AnnounceBody>,
) -> Result<StatusCode, ApiError> {
    let membership = body.membership.parse().map_err(|_| ApiError::wrong("membership", "an id"))?;
    let today = app.now().date();
    let on = match body.on.as_deref() {
        None => today,
        Some(text) => kernel::parse_day(text)
            .filter(|day| *day <= today)
            .ok_or_else(|| ApiError::wrong("on", "today or before"))?,
    };
    app.db().write(user.actor(), async |tx| store::announce(tx, membership, on).await).await?;
    Ok(StatusCode::NO_CONTENT)
}
