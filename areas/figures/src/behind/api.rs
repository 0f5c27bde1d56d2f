//! `/api/v1/days/{date}/members`

use activity::Dim;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, FigureReader, Json, Problem};

use super::Count;
use super::store::{self, Member};
use crate::day::may_see;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// The members behind one count of a day.
#[derive(Serialize, ToSchema)]
struct BehindBody {
    date: String,
    count: String,
    /// The sum of the rows, and what the summary of that day says.
    n: i64,
    rows: Vec<RowBody>,
}

#[derive(Serialize, ToSchema)]
struct RowBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<String>,
    /// 1, or more where it happened more than once on that day.
    n: i64,
    at: String,
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// `new_members`, `retained_members`, `sign_ups_withdrawn` or `sign_ups_lapsed`.
    count: String,
    /// A user's id; the token's user if not given.
    user: Option<String>,
}

/// Which members one count of a day is made of: one's own, or a colleague's of the team for who leads it. Their ids alone: who it
/// is, is read with the person, and that is written down.
#[utoipa::path(get, path = "/days/{date}/members", tag = "days", params(("date" = String, Path), Asked),
    responses((status = 200, body = BehindBody), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn show(
    State(app): State<App>,
    reader: Api<FigureReader>,
    Path(date): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<BehindBody>, ApiError> {
    let day = kernel::parse_day(&date).ok_or_else(|| ApiError::wrong("date", "not a day"))?;
    let count: Count = asked.count.parse().map_err(|_| {
        let known: Vec<&str> = Count::ALL.iter().map(|count| count.code()).collect();
        ApiError::wrong("count", format!("one of: {}", known.join(", ")))
    })?;
    let user = match &asked.user {
        Some(id) => id.parse().map_err(|_| ApiError::wrong("user", "not an id"))?,
        None => reader.id,
    };
    let found = app
        .db()
        .read(reader.actor(), async |tx| {
            if !may_see(tx, &reader, user).await? {
                return Ok::<_, db::Error>(None);
            }
            store::rows(tx, (Dim::User, user.0), day, count).await.map(Some)
        })
        .await?;
    let rows = found.ok_or(ApiError::NotFound)?;
    let body = |row: store::Row| {
        let (person, organisation) = match row.member {
            Member::Person(id) => (Some(id.to_string()), None),
            Member::Organisation(id) => (None, Some(id.to_string())),
        };
        RowBody { person, organisation, n: row.n, at: row.at.to_string() }
    };
    Ok(Json(BehindBody {
        date: day.to_string(),
        count: count.code().to_owned(),
        n: rows.iter().map(|row| row.n).sum(),
        rows: rows.into_iter().map(body).collect(),
    }))
}
