use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use calls::callback::{self, Only, Show};
use jiff::civil::Date;
use serde::Deserialize;
use web::{App, Caller, Page, WebError};

use super::api::file;
use super::page::DayPage;
use super::store::{calls, stretches, summary};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/mijn-dag", get(show)).route("/mijn-dag.csv", get(download))
}

#[derive(Deserialize)]
struct Asked {
    dag: Option<String>,
}

impl Asked {
    fn day(&self, today: Date) -> Date {
        self.dag.as_deref().and_then(kernel::parse_day).filter(|day| *day <= today).unwrap_or(today)
    }
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let now = app.now();
    let day = asked.day(now.date());
    let lines = app.rulebook().window("lines.hours", day)?;
    let (summary, calls, stretches, promises) = app
        .db()
        .read(caller.actor(), async |tx| {
            let summary = summary(tx, caller.id, day, lines).await?;
            let calls = calls(tx, caller.id, day).await?;
            let stretches = stretches(tx, caller.id, day).await?;
            let promises =
                callback::list(tx, Show::Mine, caller.id, caller.team, &Only::default(), 8).await?;
            Ok::<_, db::Error>((summary, calls, stretches, promises))
        })
        .await?;
    let t = app.texts(caller.language);
    let body = DayPage {
        t: &t,
        now: &now,
        day,
        lines,
        first_name: &caller.first_name,
        summary,
        calls,
        stretches,
        promises,
    };
    web::show(&app, &caller, Page::new(t.get("figures-nav-day"), "/mijn-dag"), &body).await
}

async fn download(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let day = asked.day(app.now().date());
    let lines = app.rulebook().window("lines.hours", day)?;
    let found =
        app.db().read(caller.actor(), async |tx| summary(tx, caller.id, day, lines).await).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"dag-{day}.csv\"")),
    ];
    Ok((headers, file(&found, caller.id, day)).into_response())
}
