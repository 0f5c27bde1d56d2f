use std::str::FromStr as _;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use kernel::PersonId;
use people_rules::person::{Draft, Wrong};
use people_rules::representative::Scope;
use serde::Deserialize;
use web::{App, Caller, FileReader, Form, Page, User, WebError};

use super::page::{EditPage, Lock, PersonForm, PersonPage, Tab};
use super::store::{self, Stored};
use crate::check::{before_reading, refuse, require};
use crate::contact::timeline;
use crate::sight::may_change;
use crate::{Sight, forced};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/leden/nieuw", get(new).post(add))
        .route("/leden/{id}", get(show))
        .route("/leden/{id}/wijzig", get(edit).post(change))
}

const MOMENTS: usize = 40;
const MOMENTS_ALL: usize = 1_000;

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    toon: String,
    #[serde(default)]
    alles: String,
    gedaan: Option<String>,
}

/// The file, for whoever may open it, or forced it open a moment ago.
async fn show(
    State(app): State<App>,
    reader: User,
    Path(id): Path<PersonId>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    before_reading(&app, &reader, id).await?;
    let scope = reader.scope(kernel::Action::OpenFiles);
    let sight = scope.map_or(Sight::Nobody, |scope| Sight::of(scope, reader.id));
    let now = app.now();
    let limit = if shown.alles.is_empty() { MOMENTS } else { MOMENTS_ALL };
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let (stored, why) = match store::by_id(tx, id, sight).await? {
                Some(stored) => (stored, activity::Why::File),
                None if forced::is_open(tx, reader.id, id).await? => {
                    let forced = store::by_id(tx, id, Sight::All).await?.ok_or(db::Error::Raced)?;
                    (forced, activity::Why::Forced)
                }
                None => return Ok::<_, db::Error>(None),
            };
            // Opening a file and the note that it was opened are one step.
            activity::log_read(tx, id, why).await?;
            let found = store::find(tx, id, now.date()).await?.ok_or(db::Error::Raced)?;
            let moments = timeline(tx, id, now.timestamp(), limit).await?;
            Ok(Some((stored, found, moments)))
        })
        .await?;
    // Whoever may open no file is not told whether there is this one.
    let refused = || if scope.is_some() { WebError::NotFound } else { WebError::Forbidden };
    let (stored, found, moments) = found.ok_or_else(refused)?;
    let panels = app.member_panels(&reader, id).await?;
    let t = app.texts(reader.language);
    let tab = Tab::from_str(&shown.toon).unwrap_or(Tab::All);
    let page = Page::new(t.get("people-nav"), "/leden");
    let body = PersonPage::new(
        &t,
        stored,
        found,
        moments,
        panels,
        tab,
        &now,
        limit,
        &reader,
        shown.gedaan,
    );
    web::show(&app, &reader, page, &body).await
}

/// Who meets new people adds them: those who call.
/// What is known already of somebody new: the number from which somebody rings.
#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    telefoon: String,
}

async fn new(
    State(app): State<App>,
    _: Caller,
    reader: FileReader,
    Query(known): Query<Known>,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let form = PersonForm::with_number(&known.telefoon);
    let body = EditPage {
        t: &t,
        id: None,
        form: &form,
        wrong: &[],
        lock: None,
        taken: false,
        masked: false,
    };
    web::show(&app, &reader, Page::new(t.get("people-nav"), "/leden"), &body).await
}

async fn add(
    State(app): State<App>,
    _: Caller,
    reader: FileReader,
    Form(form): Form<PersonForm>,
) -> Result<Response, WebError> {
    let read = match form.draft().read(app.now().date()) {
        Ok(read) => read,
        Err(wrong) => return again(&app, &reader, None, &form, &wrong, None, false).await,
    };
    match app.db().write(reader.actor(), async |tx| store::add(tx, &read.person).await).await {
        Ok(id) => Ok(Redirect::to(&format!("/leden/{id}?gedaan=nieuw")).into_response()),
        Err(db::Error::Duplicate) => again(&app, &reader, None, &form, &[], None, true).await,
        Err(error) => Err(error.into()),
    }
}

async fn edit(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<PersonId>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    before_reading(&app, &reader, id).await?;
    let stored = stored(&app, &reader, id).await?;
    let masked = is_masked(&reader, &stored);
    let form = PersonForm::of(&stored, masked);
    let t = app.texts(reader.language);
    let body =
        EditPage { t: &t, id: Some(id), form: &form, wrong: &[], lock: None, taken: false, masked };
    web::show(&app, &reader, Page::new(t.get("people-nav"), "/leden"), &body).await
}

async fn stored(app: &App, reader: &FileReader, id: PersonId) -> Result<Stored, WebError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app.db().read(reader.actor(), async |tx| store::by_id(tx, id, sight).await).await?;
    found.ok_or(WebError::NotFound)
}

/// A whole birth date is only shown to those who may unmask it; others may write one over it.
fn is_masked(user: &User, stored: &Stored) -> bool {
    stored.person.birth_date.is_some() && !user.may(kernel::Action::Unmask)
}

async fn change(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<PersonId>,
    Form(form): Form<PersonForm>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let stored = stored(&app, &reader, id).await?;
    let mut draft = form.draft();
    if is_masked(&reader, &stored) && draft.birth_date.trim().is_empty() {
        draft.birth_date =
            stored.person.birth_date.map(|date| date.to_string()).unwrap_or_default();
    }
    let read = match draft.read(app.now().date()) {
        Ok(read) => read,
        Err(wrong) => return again(&app, &reader, Some(&stored), &form, &wrong, None, false).await,
    };
    let version = form.version.parse().map_err(|_| WebError::Unreadable)?;
    let changed = app
        .db()
        .write(reader.actor(), async |tx| match require(tx, id, Scope::Changes).await? {
            Ok(()) => store::change(tx, id, version, &read.person).await.map(Ok),
            Err(no) => Ok(Err(no)),
        })
        .await;
    match changed {
        Ok(Err(no)) => Err(refuse(no)),
        Ok(Ok(())) => Ok(Redirect::to(&format!("/leden/{id}?gedaan=gewijzigd")).into_response()),
        Err(db::Error::Raced) => {
            let lock = Lock { version: stored.version, theirs: Draft::from(&stored.person) };
            again(&app, &reader, Some(&stored), &form, &[], Some(lock), false).await
        }
        Err(db::Error::Duplicate) => {
            again(&app, &reader, Some(&stored), &form, &[], None, true).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn again(
    app: &App,
    reader: &FileReader,
    stored: Option<&Stored>,
    form: &PersonForm,
    wrong: &[Wrong],
    lock: Option<Lock>,
    taken: bool,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let masked = stored.is_some_and(|stored| is_masked(reader, stored));
    let body =
        EditPage { t: &t, id: stored.map(|stored| stored.id), form, wrong, lock, taken, masked };
    web::again(app, reader, Page::new(t.get("people-nav"), "/leden"), &body).await
}
