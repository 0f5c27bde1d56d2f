use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{CreditorId, Pii, WrongCreditorId};
use serde::Deserialize;
use web::{App, Fields, Form, Page, Treasurer, WebError};

use super::page::CreditorsPage;
use super::store::{self, NewCreditor};
use crate::Broken;
use crate::words::iban_text;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/incasso/incassant", get(show).post(add))
        .route("/incasso/incassant/{id}/einde", post(end))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    gedaan: String,
}

async fn show(
    State(app): State<App>,
    treasurer: Treasurer,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let done = (asked.gedaan == "ja").then_some("dues-creditor-done");
    render(&app, &treasurer, &Fields::default(), None, done).await
}

async fn render(
    app: &App,
    treasurer: &Treasurer,
    typed: &Fields,
    wrong: Option<(&'static str, String)>,
    done: Option<&'static str>,
) -> Result<Response, WebError> {
    let creditors = app.db().read(treasurer.actor(), async |tx| store::all(tx).await).await?;
    let masked = |creditor: store::Creditor| {
        let own = creditor.opened(app.keys())?;
        Ok((creditor, own.iban.reveal().masked()))
    };
    let creditors = creditors.into_iter().map(masked).collect::<Result<Vec<_>, Broken>>()?;
    let t = app.texts(treasurer.language);
    let is_wrong = wrong.is_some();
    let notice = done.map(|done| t.get(done));
    let body = CreditorsPage { t: &t, creditors, typed, wrong, notice };
    let page = Page::new(t.get("dues-creditors"), "/incasso");
    if is_wrong {
        web::again(app, treasurer, page, &body).await
    } else {
        web::show(app, treasurer, page, &body).await
    }
}

async fn add(
    State(app): State<App>,
    treasurer: Treasurer,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let t = app.texts(treasurer.language);
    let name = typed.text("naam");
    let wrong = if name.is_empty() {
        ("naam", t.get("dues-creditor-no-name"))
    } else {
        match (typed.text("incassant").parse::<CreditorId>(), typed.text("iban").parse()) {
            (Err(WrongCreditorId::Form), _) => ("incassant", t.get("dues-creditor-wrong-form")),
            (Err(WrongCreditorId::CheckDigits), _) => {
                ("incassant", t.get("dues-creditor-wrong-digits"))
            }
            (Ok(_), Err(wrong)) => ("iban", iban_text(&t, wrong)),
            (Ok(code), Ok(iban)) => {
                let new = NewCreditor { name: name.to_owned(), code, iban: Pii::new(iban) };
                app.db()
                    .write(treasurer.actor(), async |tx| store::add(tx, app.keys(), &new).await)
                    .await?;
                return Ok(Redirect::to("/incasso/incassant?gedaan=ja").into_response());
            }
        }
    };
    render(&app, &treasurer, &typed, Some(wrong), None).await
}

async fn end(
    State(app): State<App>,
    treasurer: Treasurer,
    Path(id): Path<i64>,
) -> Result<Redirect, WebError> {
    app.db().write(treasurer.actor(), async |tx| store::end(tx, id).await).await?;
    Ok(Redirect::to("/incasso/incassant"))
}
