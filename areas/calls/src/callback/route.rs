//! Promises: the list, one of them, and what can be done with it.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calls_rules::callback as rules;
use kernel::{Action, CallbackId, UserId};
use serde::Deserialize;
use web::{App, Caller, Form, Page, WebError};

use super::page::{CallbackPage, CallbacksPage, STATES};
use super::store::{self, Callback, CancelWhy, Only, Show};
use super::told::steps;
use super::warn::{Proposed, warnings};
use crate::desk::callers_of;
use crate::outcome::CallbackForm;
use crate::settings;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/terugbellen", get(show))
        .route("/terugbellen/let-op", get(watch_out))
        .route("/terugbellen/{id}", get(show_one))
        .route("/terugbellen/{id}/verzet", post(move_callback))
        .route("/terugbellen/{id}/geef", post(give))
        .route("/terugbellen/{id}/vervalt", post(cancel))
        .route("/terugbellen/{id}/bericht", post(followed_up))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    toon: String,
    van: String,
    stand: String,
    tot: String,
    gedaan: String,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let show = if asked.toon == "team" { Show::Team } else { Show::Mine };
    let owner: Option<UserId> = asked.van.parse().ok();
    let state = STATES.iter().map(|(code, _)| *code).find(|code| *code == asked.stand);
    let only = Only {
        until: kernel::parse_day(&asked.tot),
        owner: owner.filter(|_| show == Show::Team),
        state: state.map(str::to_owned),
    };
    let (callbacks, unreached, colleagues) = app
        .db()
        .read(caller.actor(), async |tx| {
            Ok::<_, db::Error>((
                store::list(tx, show, caller.id, caller.team, &only, 500).await?,
                store::unreached(tx, caller.id, caller.team).await?,
                callers_of(tx, caller.team).await?,
            ))
        })
        .await?;
    let notice = match asked.gedaan.as_str() {
        "verzet" => Some(t.get("calls-callbacks-moved")),
        "gegeven" => Some(t.get("calls-callbacks-given")),
        "vervalt" => Some(t.get("calls-callbacks-cancelled")),
        "bericht" => Some(t.get("calls-callbacks-followed-up")),
        _ => None,
    };
    let body = CallbacksPage {
        t: &t,
        now: app.db().clock().now(),
        user: caller.id,
        show,
        callbacks,
        unreached,
        colleagues,
        owner: only.owner,
        state: only.state.clone().unwrap_or_default(),
        until: only.until.map(|day| day.to_string()).unwrap_or_default(),
        notice,
    };
    web::show(&app, &caller, Page::new(t.get("calls-callbacks"), "/werkplek"), &body).await
}

fn leads(caller: &Caller) -> bool {
    caller.may(Action::ManageCampaigns)
}

async fn show_one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CallbackId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let notice = match asked.gedaan.as_str() {
        "verzet" => Some(t.get("calls-callbacks-moved")),
        "gegeven" => Some(t.get("calls-callbacks-given")),
        "vervalt" => Some(t.get("calls-callbacks-cancelled")),
        _ => None,
    };
    render(&app, &caller, id, None, notice).await
}

async fn render(
    app: &App,
    caller: &Caller,
    id: CallbackId,
    wrong: Option<String>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let now = app.now();
    let (book, rules) = (app.rulebook(), settings::gate_rules(&app.rulebook(), now.date())?);
    let too_many = book.number("callback.busy_promises", now.date())?;
    let found = app
        .db()
        .read(caller.actor(), async |tx| {
            let Some(callback) = store::by_id(tx, id, caller.id, caller.team).await? else {
                return Ok::<_, db::Error>(None);
            };
            let steps = steps(tx, &t, &callback).await?;
            let warnings = if callback.ended_at.is_none() && callback.due_on >= now.date() {
                let proposed = Proposed {
                    owner: callback.owner_id,
                    day: callback.due_on,
                    window: kernel::Window { from: callback.from_time, until: callback.until_time },
                    own_yes: callback.words.is_some(),
                };
                // The promise itself is one of those at that time.
                warnings(tx, &t, proposed, too_many + 1, &book.calendar, &rules).await?
            } else {
                vec![]
            };
            let colleagues = callers_of(tx, caller.team).await?;
            Ok(Some((callback, steps, warnings, colleagues)))
        })
        .await?;
    let (callback, steps, warnings, colleagues) = found.ok_or(WebError::NotFound)?;
    let is_wrong = wrong.is_some();
    let body = CallbackPage {
        t: &t,
        now: now.timestamp(),
        user: caller.id,
        may_change: callback.is_for(caller.id, leads(caller)),
        callback,
        steps,
        colleagues,
        wrong,
        notice,
        warnings,
    };
    let page = Page::new(t.get("calls-callback"), "/werkplek");
    if is_wrong {
        web::again(app, caller, page, &body).await
    } else {
        web::show(app, caller, page, &body).await
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WatchOut {
    day: String,
    date: String,
    time: String,
    owner: String,
    colleague: String,
    words: String,
}

/// What is worth knowing about a promise that is being made; empty if all is well.
async fn watch_out(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<WatchOut>,
) -> Result<Response, WebError> {
    let owner = if asked.owner == "collega" { asked.colleague } else { asked.owner };
    let fields = CallbackForm {
        day: asked.day,
        date: asked.date,
        time: asked.time,
        owner,
        ..CallbackForm::default()
    };
    let now = app.now();
    let book = app.rulebook();
    let outcome = settings::outcome_settings(&book, now.date())?;
    let gate = settings::gate_rules(&book, now.date())?;
    let too_many = book.number("callback.busy_promises", now.date())?;
    let planned = fields.wish().ok().and_then(|wish| {
        rules::plan(wish, caller.id, None, &now, &outcome.calendar, outcome.office_hours).ok()
    });
    // What cannot be promised at all is said when it is saved.
    let Some(plan) = planned else { return Ok(String::new().into_response()) };
    let t = app.texts(caller.language);
    let proposed = Proposed {
        owner: plan.owner,
        day: plan.from.date(),
        window: kernel::Window { from: plan.from.time(), until: plan.until },
        own_yes: !asked.words.trim().is_empty(),
    };
    let found = app
        .db()
        .read(caller.actor(), async |tx| {
            warnings(tx, &t, proposed, too_many, &outcome.calendar, &gate).await
        })
        .await?;
    Ok(found.join(" ").into_response())
}

#[derive(Deserialize)]
struct MoveForm {
    date: String,
    from: String,
    until: String,
    /// Ticked: the person asked for another time.
    #[serde(default)]
    asked: String,
}

/// An open promise that this colleague may change.
async fn mine(tx: &mut db::Tx, caller: &Caller, id: CallbackId) -> Result<Callback, Failed> {
    store::by_id(tx, id, caller.id, caller.team)
        .await?
        .filter(|found| found.ended_at.is_none() && found.is_for(caller.id, leads(caller)))
        .ok_or(Failed::NotFound)
}

async fn move_callback(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CallbackId>,
    Form(form): Form<MoveForm>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let fields = CallbackForm {
        day: form.date,
        from: form.from,
        until: form.until,
        ..CallbackForm::default()
    };
    let wish = match fields.wish() {
        Ok(wish) => wish,
        Err(wrong) => {
            return render(&app, &caller, id, Some(t.get(wrong.text_id())), None).await;
        }
    };
    let now = app.now();
    let settings = settings::outcome_settings(&app.rulebook(), now.date())?;
    let moved: Result<(), Failed> = app
        .db()
        .write(caller.actor(), async |tx| {
            let open = mine(tx, &caller, id).await?;
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
            Ok(store::move_to(tx, id, open.person_id, &plan, !form.asked.is_empty()).await?)
        })
        .await;
    match moved {
        Ok(()) => Ok(back(id, "verzet")),
        Err(Failed::NotFound) => Err(WebError::NotFound),
        Err(Failed::Broken(error)) => Err(error.into()),
        Err(Failed::Refused(refused)) => {
            let text = crate::desk::refusal_text(&t, refused);
            render(&app, &caller, id, Some(text), None).await
        }
    }
}

fn back(id: CallbackId, done: &str) -> Response {
    Redirect::to(&format!("/terugbellen/{id}?gedaan={done}")).into_response()
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

#[derive(Deserialize)]
struct GiveForm {
    /// A colleague's id, or `team`.
    owner: String,
}

/// Gives a promise to a colleague of the team, or to the team.
async fn give(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CallbackId>,
    headers: HeaderMap,
    Form(form): Form<GiveForm>,
) -> Result<Response, WebError> {
    let owner = match form.owner.as_str() {
        "team" => None,
        id => Some(id.parse().map_err(|_| WebError::Unreadable)?),
    };
    let given: Result<(), Failed> = app
        .db()
        .write(caller.actor(), async |tx| {
            let open = mine(tx, &caller, id).await?;
            let is_ours = match owner {
                Some(owner) => {
                    callers_of(tx, caller.team).await?.iter().any(|(id, _)| *id == owner)
                }
                None => caller.team.is_some() || open.owner_id.is_none(),
            };
            if !is_ours {
                return Err(Failed::NotFound);
            }
            Ok(store::give(tx, &open, owner).await?)
        })
        .await;
    // Given from the team's board, one stays there.
    if given.is_ok() && web::back(&headers).starts_with("/team") {
        return Ok(Redirect::to("/team?gedaan=gegeven").into_response());
    }
    done(given, id, "gegeven")
}

fn done(result: Result<(), Failed>, id: CallbackId, done: &str) -> Result<Response, WebError> {
    match result {
        Ok(()) => Ok(back(id, done)),
        Err(Failed::Broken(error)) => Err(error.into()),
        Err(Failed::NotFound | Failed::Refused(_)) => Err(WebError::NotFound),
    }
}

#[derive(Deserialize)]
struct CancelForm {
    why: String,
}

/// Ends a promise, with the reason: who was promised something is not simply forgotten.
async fn cancel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CallbackId>,
    Form(form): Form<CancelForm>,
) -> Result<Response, WebError> {
    let why: CancelWhy = form.why.parse().map_err(|_| WebError::Unreadable)?;
    let gone: Result<(), Failed> = app
        .db()
        .write(caller.actor(), async |tx| {
            let open = mine(tx, &caller, id).await?;
            Ok(store::cancel(tx, id, open.person_id, why).await?)
        })
        .await;
    done(gone, id, "vervalt")
}

async fn followed_up(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CallbackId>,
) -> Result<Response, WebError> {
    let done = app
        .db()
        .write(caller.actor(), async |tx| store::followed_up(tx, id, caller.id, caller.team).await)
        .await?;
    if done {
        Ok(Redirect::to("/terugbellen?gedaan=bericht").into_response())
    } else {
        Err(WebError::NotFound)
    }
}
