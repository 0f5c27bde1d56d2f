//! `/leden/{id}/vertegenwoordigers`

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{PersonId, RepresentativeId};
use people_rules::person::Wrong;
use people_rules::representative::Scope;
use web::{App, Fields, FileReader, Form, Page, WebError};

use super::page::{NewPage, draft};
use super::store;
use crate::check::{before_reading, refuse, require};
use crate::sight::may_change;
use crate::{Sight, person};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/leden/{id}/vertegenwoordigers/nieuw", get(new).post(add))
        .route("/leden/{id}/vertegenwoordigers/{representative}/einde", post(end))
}

async fn new(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<PersonId>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    before_reading(&app, &reader, id).await?;
    render(&app, &reader, id, &Fields::default(), &[]).await
}

async fn member(app: &App, reader: &FileReader, id: PersonId) -> Result<String, WebError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found =
        app.db().read(reader.actor(), async |tx| person::by_id(tx, id, sight).await).await?;
    Ok(found.ok_or(WebError::NotFound)?.person.name.short())
}

async fn render(
    app: &App,
    reader: &FileReader,
    id: PersonId,
    typed: &Fields,
    wrong: &[Wrong],
) -> Result<Response, WebError> {
    let member = member(app, reader, id).await?;
    let t = app.texts(reader.language);
    let body = NewPage { t: &t, person: id, member, typed, wrong };
    let page = Page::new(t.get("people-representative-new"), "/leden");
    if wrong.is_empty() {
        web::show(app, reader, page, &body).await
    } else {
        web::again(app, reader, page, &body).await
    }
}

async fn add(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<PersonId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    member(&app, &reader, id).await?;
    let new = match draft(&typed).read(app.now().date()) {
        Ok(new) => new,
        Err(wrong) => return render(&app, &reader, id, &typed, &wrong).await,
    };
    let added = app
        .db()
        .write(reader.actor(), async |tx| match require(tx, id, Scope::Changes).await? {
            Ok(()) => store::add(tx, id, &new).await.map(Ok),
            Err(no) => Ok::<_, db::Error>(Err(no)),
        })
        .await?;
    added.map_err(refuse)?;
    Ok(to(id))
}

async fn end(
    State(app): State<App>,
    reader: FileReader,
    Path((id, representative)): Path<(PersonId, RepresentativeId)>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    member(&app, &reader, id).await?;
    let ended = app
        .db()
        .write(reader.actor(), async |tx| match require(tx, id, Scope::Changes).await? {
            Ok(()) => store::end(tx, id, representative).await.map(Ok),
            Err(no) => Ok::<_, db::Error>(Err(no)),
        })
        .await?;
    if ended.map_err(refuse)? { Ok(to(id)) } else { Err(WebError::NotFound) }
}

fn to(id: PersonId) -> Response {
    Redirect::to(&format!("/leden/{id}?gedaan=gewijzigd")).into_response()
}
