//! `/api/v1/days/{date}/summary`, as JSON and as CSV.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use db::args;
use jiff::civil::Date;
use kernel::{Scope, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, FigureReader, Json, Problem};

use super::store::{Summary, summary};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(show_csv))
}

/// What came of a day.
#[derive(Serialize, ToSchema)]
pub(super) struct SummaryBody {
    date: String,
    user: String,
    new_members: i64,
    retained_members: i64,
    /// Sign-ups of this colleague that their members took back on this day.
    sign_ups_withdrawn: i64,
    /// Sign-ups of this colleague that nobody confirmed in time.
    sign_ups_lapsed: i64,
    /// Calls that we made.
    attempts: i64,
    /// Calls, in or out, in which the person was spoken to.
    conversations: i64,
    callbacks_due: i64,
    callbacks_kept: i64,
    callbacks_made: i64,
    /// People who were put on the desk and went back because nobody looked in time.
    missed_offers: i64,
    seconds_by_intent: BTreeMap<String, i64>,
    /// From first sign-in to last sign-out while the lines are open, minus lunch.
    paid_seconds: i64,
}

impl SummaryBody {
    fn of(summary: &Summary, user: UserId, date: Date) -> Self {
        let seconds = summary
            .seconds_by_intent
            .iter()
            .map(|(intent, seconds)| (intent.code().to_owned(), *seconds));
        Self {
            date: date.to_string(),
            user: user.to_string(),
            new_members: summary.new_members,
            retained_members: summary.retained_members,
            sign_ups_withdrawn: summary.sign_ups_withdrawn,
            sign_ups_lapsed: summary.sign_ups_lapsed,
            attempts: summary.attempts,
            conversations: summary.conversations,
            callbacks_due: summary.callbacks_due,
            callbacks_kept: summary.callbacks_kept,
            callbacks_made: summary.callbacks_made,
            missed_offers: summary.missed_offers,
            seconds_by_intent: seconds.collect(),
            paid_seconds: summary.paid_seconds,
        }
    }
}

#[derive(Deserialize, IntoParams)]
struct Whose {
    /// A user's id; the token's user if not given.
    user: Option<String>,
}

/// The summary of a day: one's own, or a colleague's of the team for who sees the team's figures.
#[utoipa::path(get, path = "/days/{date}/summary", tag = "days", params(("date" = String, Path), Whose),
    responses((status = 200, body = SummaryBody), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn show(
    State(app): State<App>,
    reader: Api<FigureReader>,
    Path(date): Path<String>,
    Query(whose): Query<Whose>,
) -> Result<Json<SummaryBody>, ApiError> {
    read(&app, &reader, &date, whose).await.map(Json)
}

/// The same as a CSV file of one row.
#[utoipa::path(get, path = "/days/{date}/summary.csv", tag = "days", params(("date" = String, Path), Whose),
    responses((status = 200, content_type = "text/csv", body = String), (status = 403, body = Problem)))]
async fn show_csv(
    State(app): State<App>,
    reader: Api<FigureReader>,
    Path(date): Path<String>,
    Query(whose): Query<Whose>,
) -> Result<Response, ApiError> {
    let body = read(&app, &reader, &date, whose).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], to_csv(&body)).into_response())
}

/// The columns of the contract, then one for each intent that occurred.
pub(super) fn to_csv(body: &SummaryBody) -> Vec<u8> {
    let mut columns = vec![
        ("date".to_owned(), body.date.clone()),
        ("user".to_owned(), body.user.clone()),
        ("new_members".to_owned(), body.new_members.to_string()),
        ("retained_members".to_owned(), body.retained_members.to_string()),
        ("attempts".to_owned(), body.attempts.to_string()),
        ("conversations".to_owned(), body.conversations.to_string()),
        ("callbacks_due".to_owned(), body.callbacks_due.to_string()),
        ("callbacks_kept".to_owned(), body.callbacks_kept.to_string()),
        ("callbacks_made".to_owned(), body.callbacks_made.to_string()),
        ("paid_seconds".to_owned(), body.paid_seconds.to_string()),
    ];
    columns.extend(
        body.seconds_by_intent
            .iter()
            .map(|(intent, seconds)| (format!("seconds_{intent}"), seconds.to_string())),
    );
    let mut writer = csv::Writer::from_writer(Vec::new());
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    writer.write_record(names).expect("into memory");
    writer.write_record(values).expect("into memory");
    writer.into_inner().expect("into memory")
}

async fn read(
    app: &App,
    reader: &Api<FigureReader>,
    date: &str,
    whose: Whose,
) -> Result<SummaryBody, ApiError> {
    let date = kernel::parse_day(date).ok_or_else(|| ApiError::wrong("date", "not a day"))?;
    let user = match whose.user {
        Some(id) => id.parse().map_err(|_| ApiError::wrong("user", "not an id"))?,
        None => reader.id,
    };
    let lines = app.rulebook().window("lines.hours", date)?;
    let found = app
        .db()
        .read(reader.actor(), async |tx| {
            if !may_see(tx, reader, user).await? {
                return Ok::<_, db::Error>(None);
            }
            summary(tx, user, date, lines).await.map(Some)
        })
        .await?;
    found.map(|found| SummaryBody::of(&found, user, date)).ok_or(ApiError::NotFound)
}

/// One's own day, or a day of the team for who sees the team's figures with people.
pub(crate) async fn may_see(
    tx: &mut db::Tx,
    reader: &FigureReader,
    user: UserId,
) -> Result<bool, db::Error> {
    if user == reader.id {
        return Ok(true);
    }
    // A coach sees the team's figures, but no people in them.
    if reader.scope != Scope::Team || !reader.may(kernel::Action::ManageCampaigns) {
        return Ok(false);
    }
    let team = reader.team.unwrap_or(TeamId(0));
    let in_team: i64 = tx
        .value(
            "select count(*) as value from users where id = $1 and team_id = $2",
            args![user, team],
        )
        .await?;
    Ok(in_team > 0)
}

/// The day as a file, for the page.
pub(super) fn file(summary: &Summary, user: UserId, date: Date) -> Vec<u8> {
    to_csv(&SummaryBody::of(summary, user, date))
}
