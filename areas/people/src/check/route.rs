//! `/leden/{id}/controle`

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use kernel::PersonId;
use people_rules::representative::Scope;
use web::{App, Caller, Fields, FileReader, Form, Page, WebError};

use super::form::{Answer, FormPart, take};
use super::gate::{passed, require};
use super::page::CheckPage;
use super::store::look;
use super::{CheckRules, rules};
use crate::{Sight, person};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/leden/{id}/controle", get(show).post(check))
}

async fn show(
    State(app): State<App>,
    _: Caller,
    reader: FileReader,
    Path(id): Path<PersonId>,
) -> Result<Response, WebError> {
    let rules = rules(&app.rulebook(), app.now().date())?;
    render(&app, &reader, id, &Fields::default(), None, &rules).await
}

async fn check(
    State(app): State<App>,
    _: Caller,
    reader: FileReader,
    Path(id): Path<PersonId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let sight = Sight::of(reader.scope, reader.id);
    let seen = app.db().read(reader.actor(), async |tx| person::by_id(tx, id, sight).await).await?;
    seen.ok_or(WebError::NotFound)?;
    let rules = rules(&app.rulebook(), app.now().date())?;
    let answer = take(&app, &reader, id, &typed, &rules).await?;
    if answer.passed() {
        return Ok(Redirect::to(&format!("/leden/{id}")).into_response());
    }
    render(&app, &reader, id, &typed, Some(&answer), &rules).await
}

async fn render(
    app: &App,
    reader: &FileReader,
    id: PersonId,
    typed: &Fields,
    answer: Option<&Answer>,
    rules: &CheckRules,
) -> Result<Response, WebError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .read(reader.actor(), async |tx| {
            let Some(stored) = person::by_id(tx, id, sight).await? else {
                return Ok::<_, db::Error>(None);
            };
            let Some(asked) = look(tx, id, rules).await? else { return Ok(None) };
            let lacking = require(tx, id, Scope::Information).await?.err();
            Ok(Some((stored.person.name.short(), asked, lacking, passed(tx, id).await?)))
        })
        .await?;
    let (name, asked, lacking, passed) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let lacking = lacking.filter(|_| passed.is_some());
    let part = FormPart {
        t: &t,
        asked: &asked,
        rules,
        typed,
        answer,
        lacking,
        action: format!("/leden/{id}/controle"),
    };
    let passed = passed.filter(|passed| passed.may(Scope::Information));
    let body = CheckPage { t: &t, name, part, passed };
    let page = Page::new(t.get("people-check-title"), "/leden");
    match answer {
        None => web::show(app, reader, page, &body).await,
        Some(_) => web::again(app, reader, page, &body).await,
    }
}
