use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calls_rules::outcome::Code;
use db::Error;
use kernel::{Action, AttemptId, PersonId};
use people::Sight;
use serde::Deserialize;
use web::{App, Caller, FileReader, Form, Page, WebError};

use super::page::ExplainPage;
use super::store::{calls, decisions, records};
use crate::guide;
use crate::outcome::{Corrected, Why, correct};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/leden/{id}/gesprekken", get(show))
        .route("/leden/{id}/gesprekken/{attempt}/corrigeer", post(change))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    gedaan: String,
}

const CALLS: i64 = 100;

async fn show(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<PersonId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    people::check::before_reading(&app, &reader, id).await?;
    let notice = (asked.gedaan == "gecorrigeerd").then_some("calls-corrected");
    render(&app, &reader, id, notice, None).await
}

async fn render(
    app: &App,
    reader: &FileReader,
    id: PersonId,
    notice: Option<&str>,
    wrong: Option<&str>,
) -> Result<Response, WebError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let Some(stored) = people::person::by_id(tx, id, sight).await? else {
                return Ok::<_, Error>(None);
            };
            activity::log_read(tx, id, activity::Why::File).await?;
            let (records, calls) = (records(tx, id).await?, calls(tx, id, CALLS).await?);
            let answers = guide::told(tx, id).await?;
            Ok(Some((stored, records, calls, answers, decisions(tx, id).await?)))
        })
        .await?;
    let (stored, records, calls, answers, decisions) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let body = ExplainPage {
        t: &t,
        person: id,
        name: stored.person.name.short(),
        records,
        calls,
        decisions,
        answers,
        now: app.db().clock().now(),
        user: reader,
        leads: reader.may(Action::ManageCampaigns),
        notice: notice.map(|text| t.get(text)),
        wrong: wrong.map(|text| t.get(text)),
    };
    let page = Page::new(t.get("calls-explain"), "/leden");
    if wrong.is_some() {
        web::again(app, reader, page, &body).await
    } else {
        web::show(app, reader, page, &body).await
    }
}

#[derive(Deserialize)]
struct CorrectForm {
    outcome: String,
    why: String,
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    reader: FileReader,
    Path((id, attempt)): Path<(PersonId, AttemptId)>,
    Form(form): Form<CorrectForm>,
) -> Result<Response, WebError> {
    let to: Code = form.outcome.parse().map_err(|_| WebError::Unreadable)?;
    let why: Why = form.why.parse().map_err(|_| WebError::Unreadable)?;
    let leads = caller.team.filter(|_| caller.may(Action::ManageCampaigns));
    let corrected = app
        .db()
        .write(caller.actor(), async |tx| correct(tx, attempt, to, why, leads).await)
        .await?;
    match corrected {
        Corrected::Done => {
            Ok(Redirect::to(&format!("/leden/{id}/gesprekken?gedaan=gecorrigeerd")).into_response())
        }
        Corrected::NotFound => Err(WebError::NotFound),
        Corrected::Overtaken => {
            render(&app, &reader, id, None, Some("calls-correct-overtaken")).await
        }
        Corrected::Cannot => render(&app, &reader, id, None, Some("calls-correct-cannot")).await,
    }
}
