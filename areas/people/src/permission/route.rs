use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{ConsentId, ObjectionId, PersonId, Pii};
use people_rules::representative::Scope;
use serde::Deserialize;
use web::{App, Caller, FileReader, Form, Page, WebError};

use super::page::{ConsentForm, ConsentPage, ProofPage, Wrong};
use super::store::{
    Channel, NewObjection, Purpose, add_consent, consents, object, objections, withdraw_consent,
    withdraw_objection,
};
use crate::Sight;
use crate::check::{before_reading, refuse, require};
use crate::person::{Stored, by_id};
use crate::sight::may_change;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/leden/{id}/bezwaar", post(make_objection))
        .route("/leden/{id}/bezwaar/{objection}/intrekken", post(take_objection_back))
        .route("/leden/{id}/toestemming", get(new_consent).post(keep_consent))
        .route("/leden/{id}/toestemming/{consent}/intrekken", post(take_consent_back))
        .route("/leden/{id}/bewijs", get(show_proof))
}

async fn seen(app: &App, reader: &FileReader, id: PersonId) -> Result<Stored, WebError> {
    let sight = Sight::of(reader.scope, reader.id);
    let found = app.db().read(reader.actor(), async |tx| by_id(tx, id, sight).await).await?;
    found.ok_or(WebError::NotFound)
}

/// Without a word it is against everything: a button on the desk says no more.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ObjectionForm {
    purpose: String,
    words: Pii<String>,
}

async fn make_objection(
    State(app): State<App>,
    caller: Caller,
    reader: FileReader,
    Path(id): Path<PersonId>,
    Form(form): Form<ObjectionForm>,
) -> Result<Response, WebError> {
    seen(&app, &reader, id).await?;
    let new = NewObjection {
        purpose: form.purpose.parse().unwrap_or(Purpose::Any),
        words: form.words.reveal().trim().chars().take(500).collect(),
        ..NewObjection::all(id, Channel::Phone, "file")
    };
    app.db().write(caller.actor(), async |tx| object(tx, new.clone()).await).await?;
    Ok(Redirect::to(&format!("/leden/{id}?gedaan=bezwaar")).into_response())
}

async fn take_objection_back(
    State(app): State<App>,
    reader: FileReader,
    Path((id, objection)): Path<(PersonId, ObjectionId)>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    seen(&app, &reader, id).await?;
    app.db()
        .write(reader.actor(), async |tx| match require(tx, id, Scope::Changes).await? {
            Ok(()) => withdraw_objection(tx, objection, id).await.map(Ok),
            Err(no) => Ok::<_, db::Error>(Err(no)),
        })
        .await?
        .map_err(refuse)?;
    Ok(Redirect::to(&format!("/leden/{id}?gedaan=ingetrokken")).into_response())
}

/// As with an objection, whoever asks for less is never asked first who is asking.
async fn take_consent_back(
    State(app): State<App>,
    reader: FileReader,
    Path((id, consent)): Path<(PersonId, ConsentId)>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    seen(&app, &reader, id).await?;
    app.db().write(reader.actor(), async |tx| withdraw_consent(tx, consent, id).await).await?;
    Ok(Redirect::to(&format!("/leden/{id}?gedaan=ingetrokken")).into_response())
}

async fn new_consent(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<PersonId>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    before_reading(&app, &reader, id).await?;
    let form = ConsentForm::fresh(app.now().date());
    render(&app, &reader, id, &form, &[]).await
}

async fn keep_consent(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<PersonId>,
    Form(form): Form<ConsentForm>,
) -> Result<Response, WebError> {
    may_change(&reader)?;
    let numbers = seen(&app, &reader, id).await?.person.numbers();
    let new = match form.read(id, &numbers, &app.now()) {
        Ok(new) => new,
        Err(wrong) => return render(&app, &reader, id, &form, &wrong).await,
    };
    let kept = app
        .db()
        .write(reader.actor(), async |tx| match require(tx, id, Scope::Changes).await? {
            Ok(()) => add_consent(tx, new.clone()).await.map(Ok),
            Err(no) => Ok::<_, db::Error>(Err(no)),
        })
        .await?
        .map_err(refuse)?;
    if kept.is_none() {
        return render(&app, &reader, id, &form, &[Wrong::Known]).await;
    }
    Ok(Redirect::to(&format!("/leden/{id}?gedaan=toestemming")).into_response())
}

async fn render(
    app: &App,
    reader: &FileReader,
    id: PersonId,
    form: &ConsentForm,
    wrong: &[Wrong],
) -> Result<Response, WebError> {
    let stored = seen(app, reader, id).await?;
    let t = app.texts(reader.language);
    let body = ConsentPage {
        t: &t,
        id,
        name: stored.person.name.short(),
        numbers: stored.person.numbers(),
        form,
        wrong,
    };
    let page = Page::new(t.get("people-consent-new"), "/leden");
    if wrong.is_empty() {
        web::show(app, reader, page, &body).await
    } else {
        web::again(app, reader, page, &body).await
    }
}

/// Everything that was allowed and everything that is not wanted, to hand over: the supervisor and the
/// person may ask for it (domain facts §3.4, `consent.proof_on_request_workdays`).
async fn show_proof(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<PersonId>,
) -> Result<Response, WebError> {
    before_reading(&app, &reader, id).await?;
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let Some(stored) = by_id(tx, id, sight).await? else {
                return Ok::<_, db::Error>(None);
            };
            activity::log_read(tx, id, activity::Why::File).await?;
            Ok(Some((stored, consents(tx, id).await?, objections(tx, id).await?)))
        })
        .await?;
    let (stored, consents, objections) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let body = ProofPage {
        t: &t,
        now: app.now(),
        made_by: &reader.name,
        association: &app.settings().association,
        id,
        stored,
        consents,
        objections,
    };
    web::show(&app, &reader, Page::new(t.get("people-proof"), "/leden"), &body).await
}
