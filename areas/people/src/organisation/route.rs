use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use kernel::OrganisationId;
use people_rules::person::Wrong;
use serde::Deserialize;
use web::{App, FileReader, Form, Page, WebError};

use super::page::{Clash, EditPage, OrganisationForm, OrganisationPage};
use super::store::{self, Stored};
use crate::sight::{may_change, may_write};
use crate::{Sight, contact_person};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/organisaties/nieuw", get(new).post(add))
        .route("/organisaties/{id}", get(show))
        .route("/organisaties/{id}/wijzig", get(edit).post(change))
}

const LINES: i64 = 50;

#[derive(Deserialize)]
struct Shown {
    gedaan: Option<String>,
}

async fn show(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<OrganisationId>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let sight = Sight::of(reader.scope, reader.id);
    let now = app.now();
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let Some(stored) = store::by_id(tx, id).await? else { return Ok::<_, db::Error>(None) };
            let tree = store::tree(tx, id, now.date()).await?.ok_or(db::Error::Raced)?;
            // Who is named on the page, and the note that they were seen, are one step.
            let contacts = contact_person::of_organisation(tx, id, sight).await?;
            for person in contacts.people() {
                activity::log_read(tx, person, activity::Why::Organisation).await?;
            }
            let lines = activity::of_organisation(tx, id, LINES).await?;
            Ok(Some((stored, tree, contacts, lines)))
        })
        .await?;
    let (stored, tree, contacts, lines) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let may_change = may_write(&reader);
    let panels = app.organisation_panels(&reader, id).await?;
    let body = OrganisationPage {
        t: &t,
        stored,
        tree,
        contacts,
        lines,
        now: &now,
        panels,
        may_change,
        done: shown.gedaan,
    };
    web::show(&app, &reader, page(&app, &reader), &body).await
}

fn page(app: &App, reader: &FileReader) -> Page {
    Page::new(app.texts(reader.language).get("people-organisations-nav"), "/organisaties")
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Under {
    /// The organisation of which the new one is a branch.
    onder: String,
}

async fn new(
    State(app): State<App>,
    reader: FileReader,
    Query(under): Query<Under>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let parent = parent(&app, &reader, &under.onder).await?;
    let form = OrganisationForm::new(parent.as_ref());
    let t = app.texts(reader.language);
    let body =
        EditPage { t: &t, id: None, parent: parent.as_ref(), form: &form, wrong: &[], clash: None };
    web::show(&app, &reader, page(&app, &reader), &body).await
}

/// The organisation that an address or a form names as the one above; empty is none.
async fn parent(app: &App, reader: &FileReader, text: &str) -> Result<Option<Stored>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let id = text.parse().map_err(|_| WebError::Unreadable)?;
    stored(app, reader, id).await.map(Some)
}

async fn add(
    State(app): State<App>,
    reader: FileReader,
    Form(form): Form<OrganisationForm>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let parent = parent(&app, &reader, &form.parent).await?;
    let again = async |wrong: &[Wrong], clash| {
        let t = app.texts(reader.language);
        let body = EditPage { t: &t, id: None, parent: parent.as_ref(), form: &form, wrong, clash };
        web::again(&app, &reader, page(&app, &reader), &body).await
    };
    let organisation = match form.draft().read() {
        Ok(organisation) => organisation,
        Err(wrong) => return again(&wrong, None).await,
    };
    let under = parent.as_ref().map(|parent| parent.id);
    match app
        .db()
        .write(reader.actor(), async |tx| store::add(tx, &organisation, under).await)
        .await
    {
        Ok(id) => Ok(Redirect::to(&format!("/organisaties/{id}?gedaan=nieuw")).into_response()),
        Err(db::Error::Duplicate) => again(&[], Some(Clash::Taken)).await,
        Err(error) => Err(error.into()),
    }
}

async fn edit(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<OrganisationId>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let form = OrganisationForm::of(&stored(&app, &reader, id).await?);
    let t = app.texts(reader.language);
    let body = EditPage { t: &t, id: Some(id), parent: None, form: &form, wrong: &[], clash: None };
    web::show(&app, &reader, page(&app, &reader), &body).await
}

async fn stored(app: &App, reader: &FileReader, id: OrganisationId) -> Result<Stored, WebError> {
    let found = app.db().read(reader.actor(), async |tx| store::by_id(tx, id).await).await?;
    found.ok_or(WebError::NotFound)
}

async fn change(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<OrganisationId>,
    Form(form): Form<OrganisationForm>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    stored(&app, &reader, id).await?;
    let again = async |wrong: &[Wrong], clash| {
        let t = app.texts(reader.language);
        let body = EditPage { t: &t, id: Some(id), parent: None, form: &form, wrong, clash };
        web::again(&app, &reader, page(&app, &reader), &body).await
    };
    let organisation = match form.draft().read() {
        Ok(organisation) => organisation,
        Err(wrong) => return again(&wrong, None).await,
    };
    let version = form.version.parse().map_err(|_| WebError::Unreadable)?;
    let changed = app
        .db()
        .write(reader.actor(), async |tx| store::change(tx, id, version, &organisation).await)
        .await;
    match changed {
        Ok(()) => Ok(Redirect::to(&format!("/organisaties/{id}?gedaan=gewijzigd")).into_response()),
        Err(db::Error::Raced) => {
            let theirs = stored(&app, &reader, id).await?;
            again(&[], Some(Clash::Changed(Box::new(theirs)))).await
        }
        Err(db::Error::Duplicate) => again(&[], Some(Clash::Taken)).await,
        Err(error) => Err(error.into()),
    }
}
