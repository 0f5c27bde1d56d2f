//! The list of promises: mine, or the team's.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calls_rules::callback as rules;
use kernel::CallbackId;
use serde::Deserialize;
use web::{App, Caller, Form, Page, WebError};

use super::page::CallbacksPage;
use super::store::{self, Show};
use crate::outcome::CallbackForm;
use crate::settings;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/terugbellen", get(show))
        .route("/terugbellen/{id}/verzet", post(move_callback))
        .route("/terugbellen/{id}/vervalt", post(cancel))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    toon: String,
    gedaan: String,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    render(&app, &caller, &asked, None).await
}

async fn render(
    app: &App,
    caller: &Caller,
    asked: &Asked,
    wrong: Option<String>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let show = if asked.toon == "team" { Show::Team } else { Show::Mine };
    let callbacks = app
        .db()
        .read(caller.actor(), async |tx| {
            store::list(tx, show, caller.id, caller.team, None, 500).await
        })
        .await?;
    let notice = match asked.gedaan.as_str() {
        "verzet" => Some(t.get("calls-callbacks-moved")),
        "vervalt" => Some(t.get("calls-callbacks-cancelled")),
        _ => None,
    };
    let is_wrong = wrong.is_some();
    let now = app.db().clock().now();
    let body = CallbacksPage { t: &t, now, user: caller.id, show, callbacks, wrong, notice };
    let page = Page::new(t.get("calls-callbacks"), "/werkplek");
    if is_wrong {
        web::again(app, caller, page, &body).await
    } else {
        web::show(app, caller, page, &body).await
    }
}

#[derive(Deserialize)]
struct MoveForm {
    date: String,
    from: String,
    until: String,
    #[serde(default)]
    toon: String,
}

async fn move_callback(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CallbackId>,
    Form(form): Form<MoveForm>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let asked = Asked { toon: form.toon.clone(), gedaan: String::new() };
    let fields = CallbackForm {
        day: form.date,
        from: form.from,
        until: form.until,
        ..CallbackForm::default()
    };
    let wish = match fields.wish() {
        Ok(wish) => wish,
        Err(wrong) => return render(&app, &caller, &asked, Some(t.get(wrong.text_id()))).await,
    };
    let now = app.now();
    let settings = settings::outcome_settings(&app.rulebook(), now.date())?;
    let moved: Result<(), Failed> = app
        .db()
        .write(caller.actor(), async |tx| {
            let open = store::by_id(tx, id, caller.id, caller.team).await?;
            let open = open.filter(|found| found.ended_at.is_none()).ok_or(Failed::NotFound)?;
            let objection = store::objection(tx, open.person_id).await?;
            let mut plan = rules::plan(
                wish,
                caller.id,
                objection,
                &now,
                &settings.calendar,
                settings.office_hours,
            )?;
            // Moving is not taking over.
            plan.owner = open.owner_id;
            Ok(store::move_to(tx, id, open.person_id, &plan).await?)
        })
        .await;
    match moved {
        Ok(()) => Ok(Redirect::to(&format!("/terugbellen?toon={}&gedaan=verzet", asked.toon))
            .into_response()),
        Err(Failed::NotFound) => Err(WebError::NotFound),
        Err(Failed::Broken(error)) => Err(error.into()),
        Err(Failed::Refused(refused)) => {
            let text = crate::desk::refusal_text(&t, refused);
            render(&app, &caller, &asked, Some(text)).await
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("no such callback for this user")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] rules::Refused),
    #[error(transparent)]
    Broken(#[from] db::Error),
}

async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CallbackId>,
) -> Result<Response, WebError> {
    let gone = app
        .db()
        .write(caller.actor(), async |tx| {
            let open = store::by_id(tx, id, caller.id, caller.team).await?;
            let Some(open) = open.filter(|found| found.ended_at.is_none()) else {
                return Ok(false);
            };
            store::cancel(tx, id, open.person_id).await?;
            Ok::<_, db::Error>(true)
        })
        .await?;
    if gone {
        Ok(Redirect::to("/terugbellen?gedaan=vervalt").into_response())
    } else {
        Err(WebError::NotFound)
    }
}
