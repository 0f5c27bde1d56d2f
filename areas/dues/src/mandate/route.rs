use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use dues_rules::mandate::{Channel, Method};
use kernel::{Iban, MandateId, MembershipId, Pii};
use serde::Deserialize;
use web::{App, Fields, FileReader, Form, Page, Texts, WebError};

use super::amend::{amend_confirm, amend_drop, amend_request, asked};
use super::page::{MandatePage, NewPage, Waits, channel_text};
use super::panel::may_change;
use super::store::{self, Failed, Given, Refused};
use crate::Broken;
use crate::account::{self, holder_of};
use crate::words::iban_text;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/machtiging/nieuw/{membership}", get(new).post(give))
        .route("/machtiging/{id}", get(show))
        .route("/machtiging/{id}/getekend", post(sign))
        .route("/machtiging/{id}/rekening", post(ask_change))
        .route("/machtiging/{id}/bevestig", post(confirm))
        .route("/machtiging/{id}/vergeet", post(forget))
        .route("/machtiging/{id}/hervat", post(resume))
        .route("/machtiging/{id}/einde", post(end))
}

/// Whoever opens files and works with members or with money.
fn allowed(reader: &FileReader) -> Result<(), WebError> {
    if may_change(reader) { Ok(()) } else { Err(WebError::Forbidden) }
}

fn page(app: &App, reader: &FileReader) -> Page {
    Page::new(app.texts(reader.language).get("dues-mandate"), "/leden")
}

async fn new(
    State(app): State<App>,
    reader: FileReader,
    Path(membership): Path<MembershipId>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let mut typed = Fields::default();
    typed.push("dag", app.now().date().to_string());
    typed.push("hoe", Method::Voice.code());
    render_new(&app, &reader, membership, &typed, None).await
}

async fn render_new(
    app: &App,
    reader: &FileReader,
    membership: MembershipId,
    typed: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let whose = app.db().read(reader.actor(), async |tx| holder_of(tx, membership).await).await?;
    let whose = whose.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let is_wrong = wrong.is_some();
    let body = NewPage { t: &t, membership, whose, typed, wrong };
    if is_wrong {
        web::again(app, reader, page(app, reader), &body).await
    } else {
        web::show(app, reader, page(app, reader), &body).await
    }
}

/// Which field is wrong, and the sentence that says so.
type Wrong = (&'static str, String);

/// The account that was typed.
fn account(t: &Texts, typed: &Fields) -> Result<(Pii<Iban>, Pii<String>), Wrong> {
    let iban: Iban = typed.text("iban").parse().map_err(|wrong| ("iban", iban_text(t, wrong)))?;
    if !iban.is_sepa() {
        return Err(("iban", t.get("dues-iban-not-sepa")));
    }
    let name = typed.text("naam");
    if name.is_empty() {
        return Err(("naam", t.get("dues-no-holder")));
    }
    Ok((Pii::new(iban), Pii::new(name.to_owned())))
}

fn refused_text(t: &Texts, refused: Refused) -> Wrong {
    match refused {
        Refused::NoMembership => ("alles", t.get("dues-refused-no-membership")),
        Refused::NotSepa => ("iban", t.get("dues-iban-not-sepa")),
        Refused::NoCreditor => ("alles", t.get("dues-refused-no-creditor")),
        Refused::ReferenceTaken => ("alles", t.get("dues-refused-reference")),
        Refused::WrongReference => ("alles", t.get("dues-refused-reference-form")),
        Refused::Over => ("alles", t.get("dues-refused-over")),
        Refused::NothingAsked => ("alles", t.get("dues-refused-nothing-asked")),
        Refused::Unconfirmed(dues_rules::mandate::Unconfirmed::SameChannel(channel)) => {
            ("alles", t.with("dues-refused-same-channel", "how", t.get(channel_text(channel))))
        }
    }
}

async fn give(
    State(app): State<App>,
    reader: FileReader,
    Path(membership): Path<MembershipId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let t = app.texts(reader.language);
    let read = || {
        let (iban, holder) = account(&t, &typed)?;
        let today = app.now().date();
        let given_on = kernel::parse_day(typed.text("dag")).filter(|day| *day <= today);
        let given_on = given_on.ok_or_else(|| ("dag", t.get("dues-no-day")))?;
        let method: Method =
            typed.text("hoe").parse().map_err(|_| ("alles", t.get("dues-no-method")))?;
        Ok(Given {
            membership,
            iban,
            holder,
            method,
            wording: None,
            given_on,
            // What was said is signed later.
            signed_on: (method != Method::Voice).then_some(given_on),
            reference: None,
            last_used_on: None,
        })
    };
    let wrong = match read() {
        Err(wrong) => wrong,
        Ok(given) => {
            let done = app
                .db()
                .write(reader.actor(), async |tx| store::give(tx, app.keys(), &given).await)
                .await;
            match done {
                Ok(id) => return Ok(to(id, "gegeven")),
                Err(Failed::Refused(Refused::NoMembership)) => return Err(WebError::NotFound),
                Err(Failed::Refused(refused)) => refused_text(&t, refused),
                Err(Failed::Broken(broken)) => return Err(broken.into()),
            }
        }
    };
    render_new(&app, &reader, membership, &typed, Some(wrong)).await
}

fn to(id: MandateId, done: &str) -> Response {
    Redirect::to(&format!("/machtiging/{id}?gedaan={done}")).into_response()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    gedaan: String,
}

async fn show(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<MandateId>,
    Query(shown): Query<Asked>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let notice = match shown.gedaan.as_str() {
        "gegeven" => Some("dues-done-given"),
        "getekend" => Some("dues-done-signed"),
        "gevraagd" => Some("dues-done-asked"),
        "bevestigd" => Some("dues-done-confirmed"),
        "vergeten" => Some("dues-done-forgotten"),
        "hervat" => Some("dues-done-resumed"),
        "einde" => Some("dues-done-ended"),
        _ => None,
    };
    render(&app, &reader, id, &Fields::default(), None, notice).await
}

async fn render(
    app: &App,
    reader: &FileReader,
    id: MandateId,
    typed: &Fields,
    wrong: Option<Wrong>,
    notice: Option<&'static str>,
) -> Result<Response, WebError> {
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let Some(mandate) = store::by_id(tx, id).await? else { return Ok(None) };
            if let Some(person) = mandate.person_id {
                activity::log_read(tx, person, activity::Why::Dues).await?;
            }
            let masked = account::masked(tx, app.keys(), mandate.account_id).await?;
            let waits = match asked(tx, id).await? {
                Some(asked) => Some(Waits {
                    masked: account::masked(tx, app.keys(), asked.account_id).await?,
                    how: asked.how,
                }),
                None => None,
            };
            Ok::<_, Broken>(Some((mandate, masked, waits)))
        })
        .await?;
    let (mandate, masked, waits) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let (today, is_wrong) = (app.now().date(), wrong.is_some());
    let notice = notice.map(|notice| t.get(notice));
    let body = MandatePage { t: &t, today, mandate: &mandate, masked, waits, typed, wrong, notice };
    if is_wrong {
        web::again(app, reader, page(app, reader), &body).await
    } else {
        web::show(app, reader, page(app, reader), &body).await
    }
}

/// The page again with why not, or on to what was done.
async fn answered(
    app: &App,
    reader: &FileReader,
    id: MandateId,
    typed: &Fields,
    done: Result<&'static str, Failed>,
) -> Result<Response, WebError> {
    match done {
        Ok(done) => Ok(to(id, done)),
        Err(Failed::Refused(refused)) => {
            let wrong = refused_text(&app.texts(reader.language), refused);
            render(app, reader, id, typed, Some(wrong), None).await
        }
        Err(Failed::Broken(broken)) => Err(broken.into()),
    }
}

async fn sign(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<MandateId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let today = app.now().date();
    let day = kernel::parse_day(typed.text("dag")).filter(|day| *day <= today);
    let (Some(day), Ok(method)) = (day, typed.text("hoe").parse::<Method>()) else {
        let wrong = ("dag", app.texts(reader.language).get("dues-no-day"));
        return render(&app, &reader, id, &typed, Some(wrong), None).await;
    };
    let done =
        app.db().write(reader.actor(), async |tx| store::sign(tx, id, method, day).await).await;
    answered(&app, &reader, id, &typed, done.map(|()| "getekend")).await
}

async fn ask_change(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<MandateId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let t = app.texts(reader.language);
    let read = || {
        let (iban, holder) = account(&t, &typed)?;
        let how: Channel =
            typed.text("hoe").parse().map_err(|_| ("alles", t.get("dues-no-method")))?;
        Ok((iban, holder, how))
    };
    let (iban, holder, how) = match read() {
        Ok(read) => read,
        Err(wrong) => return render(&app, &reader, id, &typed, Some(wrong), None).await,
    };
    let done = app
        .db()
        .write(reader.actor(), async |tx| {
            amend_request(tx, app.keys(), id, &iban, &holder, how).await
        })
        .await;
    answered(&app, &reader, id, &typed, done.map(|()| "gevraagd")).await
}

async fn confirm(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<MandateId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let how: Channel = typed.text("hoe").parse().map_err(|_| WebError::Unreadable)?;
    let done = app.db().write(reader.actor(), async |tx| amend_confirm(tx, id, how).await).await;
    answered(&app, &reader, id, &typed, done.map(|()| "bevestigd")).await
}

async fn forget(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<MandateId>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let done = app.db().write(reader.actor(), async |tx| amend_drop(tx, id).await).await;
    answered(&app, &reader, id, &Fields::default(), done.map(|()| "vergeten")).await
}

async fn resume(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<MandateId>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let done = app.db().write(reader.actor(), async |tx| store::resume(tx, id).await).await;
    answered(&app, &reader, id, &Fields::default(), done.map(|()| "hervat")).await
}

async fn end(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<MandateId>,
) -> Result<Response, WebError> {
    allowed(&reader)?;
    let done = app.db().write(reader.actor(), async |tx| store::end(tx, id).await).await;
    answered(&app, &reader, id, &Fields::default(), done.map(|()| "einde")).await
}
