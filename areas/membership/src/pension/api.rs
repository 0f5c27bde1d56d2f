//! `/api/v1/pension-dates`

use axum::extract::{Query, State};
use db::Error;
use kernel::PersonId;
use membership_rules::pension::reaches;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Caller, Json, List, Problem};

use super::list::{MONTHS_MAX, reaching};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A member who reaches the state pension age soon.
#[derive(Debug, Serialize, ToSchema)]
struct PensionBody {
    person: String,
    /// The month in which it is, such as `2027-03`; the day would give the whole birth date away.
    month: String,
    years: i64,
    months: i64,
    /// Not decided yet: at least this age.
    estimate: bool,
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// How many months ahead, 1 to 60; the rule `pension.ahead_months` if not given.
    months: Option<i64>,
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

const LIMIT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// Members who reach the state pension age in the months to come, in the order of the day.
#[utoipa::path(get, path = "/pension-dates", tag = "membership", params(Asked),
    responses((status = 200, body = List<PensionBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    caller: Api<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<PensionBody>>, ApiError> {
    let today = app.now().date();
    let ahead = app.rulebook().number("pension.ahead_months", today)?;
    let months = asked.months.unwrap_or(ahead);
    if !(1..=MONTHS_MAX).contains(&months) {
        return Err(ApiError::wrong("months", "1 to 60"));
    }
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let after = asked.cursor.as_deref().and_then(|cursor| cursor.parse::<PersonId>().ok());
    let (ages, found) = app
        .db()
        .read(caller.actor(), async |tx| {
            let ages = super::rows(tx, today).await?;
            let after = match after {
                Some(id) => super::born(tx, id).await?.map(|born| (born, id)),
                None => None,
            };
            let found = reaching(tx, &ages, (today, months), after, limit).await?;
            Ok::<_, Error>((ages, found))
        })
        .await?;
    let full = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next_cursor = full.then(|| found.last().map(|last| last.id.to_string())).flatten();
    let items = found
        .into_iter()
        .filter_map(|person| {
            let pension = reaches(&ages, person.birth_date)?;
            Some(PensionBody {
                person: person.id.to_string(),
                month: pension.on.strftime("%Y-%m").to_string(),
                years: pension.years,
                months: pension.months,
                estimate: pension.is_estimate,
            })
        })
        .collect();
    Ok(Json(List { items, next_cursor }))
}
