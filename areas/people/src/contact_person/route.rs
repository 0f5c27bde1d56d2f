use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use kernel::{ContactPersonId, OrganisationId};
use people_rules::organisation::read_end;
use people_rules::person::Wrong;
use web::{App, FileReader, Form, Page, WebError};

use super::page::{ContactForm, EndForm, EndPage, NewPage};
use super::store::{self, Spokesperson};
use crate::organisation::Stored;
use crate::person::Found;
use crate::search::{Vocabulary, search};
use crate::sight::may_change;
use crate::{Sight, organisation, person};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/organisaties/{id}/contactpersonen/nieuw", get(new).post(add))
        .route("/organisaties/{id}/contactpersonen/{contact}/einde", get(ask_end).post(end))
}

/// So many can be chosen from; more typing finds fewer.
const FOUND: usize = 10;

async fn new(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<OrganisationId>,
    Query(form): Query<ContactForm>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let organisation = stored(&app, &reader, id).await?;
    let found = found(&app, &reader, &form).await?;
    let t = app.texts(reader.language);
    let body = NewPage {
        t: &t,
        organisation: &organisation,
        form: &form,
        found,
        wrong: &[],
        taken: false,
    };
    web::show(&app, &reader, page(&app, &reader), &body).await
}

fn page(app: &App, reader: &FileReader) -> Page {
    Page::new(app.texts(reader.language).get("people-organisations-nav"), "/organisaties")
}

async fn stored(app: &App, reader: &FileReader, id: OrganisationId) -> Result<Stored, WebError> {
    let found = app.db().read(reader.actor(), async |tx| organisation::by_id(tx, id).await).await?;
    found.ok_or(WebError::NotFound)
}

/// Names and towns of whom the typed text can mean: no file is opened.
async fn found(app: &App, reader: &FileReader, form: &ContactForm) -> Result<Vec<Found>, WebError> {
    if form.q.trim().is_empty() {
        return Ok(vec![]);
    }
    let vocabulary = app.state::<Vocabulary>();
    let sight = Sight::of(reader.scope, reader.id);
    let today = app.now().date();
    let found = app
        .db()
        .read(reader.actor(), async |tx| {
            search(tx, &vocabulary, &form.q, sight, today, FOUND).await
        })
        .await?;
    Ok(found)
}

async fn add(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<OrganisationId>,
    Form(form): Form<ContactForm>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let organisation = stored(&app, &reader, id).await?;
    let again = async |wrong: &[Wrong], taken| {
        let found = found(&app, &reader, &form).await?;
        let t = app.texts(reader.language);
        let body = NewPage { t: &t, organisation: &organisation, form: &form, found, wrong, taken };
        web::again(&app, &reader, page(&app, &reader), &body).await
    };
    let contact = match form.draft().read(app.now().date()) {
        Ok(contact) => contact,
        Err(wrong) => return again(&wrong, false).await,
    };
    let sight = Sight::of(reader.scope, reader.id);
    let added = app
        .db()
        .write(reader.actor(), async |tx| {
            // Somebody whom this user may not see is nobody.
            if person::by_id(tx, contact.person, sight).await?.is_none() {
                return Ok(false);
            }
            store::add(tx, id, &contact).await?;
            Ok(true)
        })
        .await;
    match added {
        Ok(true) => Ok(Redirect::to(&format!("/organisaties/{id}?gedaan=contact")).into_response()),
        Ok(false) => Err(WebError::NotFound),
        Err(db::Error::Duplicate) => again(&[], true).await,
        Err(error) => Err(error.into()),
    }
}

/// Who is to be ended, if this user may see that person and the role has not ended.
async fn current(
    app: &App,
    reader: &FileReader,
    id: OrganisationId,
    contact: ContactPersonId,
) -> Result<Spokesperson, WebError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .read(reader.actor(), async |tx| store::by_id(tx, id, contact, sight).await)
        .await?;
    found.filter(|contact| !contact.is_past()).ok_or(WebError::NotFound)
}

async fn ask_end(
    State(app): State<App>,
    reader: FileReader,
    Path((id, contact)): Path<(OrganisationId, ContactPersonId)>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let organisation = stored(&app, &reader, id).await?;
    let contact = current(&app, &reader, id, contact).await?;
    let t = app.texts(reader.language);
    let form = EndForm { until: app.now().date().strftime("%-d-%-m-%Y").to_string() };
    let body =
        EndPage { t: &t, organisation: &organisation, contact: &contact, form: &form, wrong: None };
    web::show(&app, &reader, page(&app, &reader), &body).await
}

async fn end(
    State(app): State<App>,
    reader: FileReader,
    Path((id, contact)): Path<(OrganisationId, ContactPersonId)>,
    Form(form): Form<EndForm>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let organisation = stored(&app, &reader, id).await?;
    let contact = current(&app, &reader, id, contact).await?;
    match read_end(&form.until, contact.from_on, app.now().date()) {
        Ok(until) => {
            app.db()
                .write(reader.actor(), async |tx| store::end(tx, id, &contact, until).await)
                .await?;
            Ok(Redirect::to(&format!("/organisaties/{id}?gedaan=contact-einde")).into_response())
        }
        Err(wrong) => {
            let t = app.texts(reader.language);
            let body = EndPage {
                t: &t,
                organisation: &organisation,
                contact: &contact,
                form: &form,
                wrong: Some(wrong),
            };
            web::again(&app, &reader, page(&app, &reader), &body).await
        }
    }
}
