//! `/api/v1/mandates`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::civil::Date;
use kernel::{Iban, MandateId, MembershipId, Pii};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Json, List, Problem, Treasurer};

use super::store::{self, Failed, Given, Mandate, Refused};
use crate::Broken;
use crate::account;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(end))
}

/// A mandate, without the account number.
#[derive(Serialize, ToSchema)]
struct MandateBody {
    id: String,
    membership: String,
    reference: String,
    /// `NL91 •••• •••• 4300`
    account: String,
    /// `provisional`, `signed` or `ended`.
    state: String,
    /// `voice`, `web`, `paper` or `emandate`.
    method: String,
    /// Whether the member's bank takes it as proof.
    moi_safe: bool,
    given_on: String,
    signed_on: Option<String>,
    last_used_on: Option<String>,
    /// Nothing is collected until somebody spoke with the member.
    paused: bool,
}

fn shown(mandate: Mandate, account: String) -> MandateBody {
    MandateBody {
        id: mandate.id.to_string(),
        membership: mandate.membership_id.to_string(),
        reference: mandate.reference,
        account,
        state: mandate.state.to_string(),
        method: mandate.method.to_string(),
        moi_safe: mandate.moi_safe,
        given_on: mandate.given_on.to_string(),
        signed_on: mandate.signed_on.map(|day| day.to_string()),
        last_used_on: mandate.last_used_on.map(|day| day.to_string()),
        paused: mandate.blocked_at.is_some(),
    }
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// Of this membership.
    #[param(value_type = String)]
    membership: Option<MembershipId>,
}

/// The open mandate of a membership. The reading is logged.
#[utoipa::path(get, path = "/mandates", tag = "dues", params(Asked),
    responses((status = 200, body = List<MandateBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    user: Api<Treasurer>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<MandateBody>>, ApiError> {
    let membership = asked.membership.ok_or_else(|| ApiError::wrong("membership", "an id"))?;
    let found = app
        .db()
        .write(user.actor(), async |tx| {
            let Some(mandate) = store::open_of(tx, membership).await? else {
                return Ok::<_, Broken>(None);
            };
            if let Some(person) = mandate.person_id {
                activity::log_read(tx, person, activity::Why::Api).await?;
            }
            let masked = account::masked(tx, app.keys(), mandate.account_id).await?;
            Ok(Some(shown(mandate, masked)))
        })
        .await?;
    Ok(Json(List { items: found.into_iter().collect(), next_cursor: None }))
}

/// A mandate as it is given, or as another system had it.
#[derive(Deserialize, ToSchema)]
struct NewBody {
    membership: String,
    iban: String,
    /// The name on the account.
    holder: String,
    /// `voice`, `web`, `paper` or `emandate`.
    method: String,
    /// Today if not given.
    given_on: Option<String>,
    /// Without it the mandate is provisional.
    signed_on: Option<String>,
    /// Of another system; made if not given.
    reference: Option<String>,
    /// The last collection by another system: the next is no first one.
    last_used_on: Option<String>,
}

fn day(field: &'static str, text: Option<&str>) -> Result<Option<Date>, ApiError> {
    text.map(|text| kernel::parse_day(text).ok_or_else(|| ApiError::wrong(field, "not a day")))
        .transpose()
}

/// Gives a mandate for a membership, or takes one over from another system with its reference, day of signature and sequence.
#[utoipa::path(post, path = "/mandates", tag = "dues", request_body = NewBody,
    responses((status = 201, body = MandateBody), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    user: Api<Treasurer>,
    Json(body): Json<NewBody>,
) -> Result<(StatusCode, Json<MandateBody>), ApiError> {
    let membership = body.membership.parse().map_err(|_| ApiError::wrong("membership", "an id"))?;
    let iban: Iban = body
        .iban
        .parse()
        .map_err(|wrong: kernel::WrongIban| ApiError::wrong("iban", wrong.to_string()))?;
    if body.holder.trim().is_empty() {
        return Err(ApiError::wrong("holder", "the name on the account"));
    }
    let method = body
        .method
        .parse()
        .map_err(|_| ApiError::wrong("method", "voice, web, paper or emandate"))?;
    let given = Given {
        membership,
        iban: Pii::new(iban),
        holder: Pii::new(body.holder.trim().to_owned()),
        method,
        wording: None,
        given_on: day("given_on", body.given_on.as_deref())?.unwrap_or_else(|| app.now().date()),
        signed_on: day("signed_on", body.signed_on.as_deref())?,
        reference: body.reference,
        last_used_on: day("last_used_on", body.last_used_on.as_deref())?,
    };
    let given = app
        .db()
        .write(user.actor(), async |tx| {
            let id = store::give(tx, app.keys(), &given).await?;
            let mandate = store::by_id(tx, id).await?.ok_or(db::Error::Raced)?;
            let masked = account::masked(tx, app.keys(), mandate.account_id).await?;
            Ok::<_, Failed>(shown(mandate, masked))
        })
        .await
        .map_err(answer)?;
    Ok((StatusCode::CREATED, Json(given)))
}

fn answer(failed: Failed) -> ApiError {
    match failed {
        Failed::Refused(refused) => match refused {
            Refused::NoMembership => ApiError::wrong("membership", refused.to_string()),
            Refused::NotSepa => ApiError::wrong("iban", refused.to_string()),
            Refused::WrongReference => ApiError::wrong("reference", refused.to_string()),
            Refused::ReferenceTaken => ApiError::refused("reference-taken", refused.to_string()),
            Refused::NoCreditor => ApiError::refused("no-creditor", refused.to_string()),
            Refused::Over => ApiError::refused("mandate-over", refused.to_string()),
            Refused::NothingAsked | Refused::Unconfirmed(_) => {
                ApiError::refused("not-confirmed", refused.to_string())
            }
        },
        Failed::Broken(broken) => broken.into(),
    }
}

/// Ends a mandate: nothing is collected by it any more.
#[utoipa::path(post, path = "/mandates/{id}/end", tag = "dues", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn end(
    State(app): State<App>,
    user: Api<Treasurer>,
    Path(id): Path<MandateId>,
) -> Result<StatusCode, ApiError> {
    let found = app.db().read(user.actor(), async |tx| store::by_id(tx, id).await).await?;
    found.ok_or(ApiError::NotFound)?;
    app.db().write(user.actor(), async |tx| store::end(tx, id).await).await.map_err(answer)?;
    Ok(StatusCode::NO_CONTENT)
}
