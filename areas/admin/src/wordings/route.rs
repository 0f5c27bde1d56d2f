use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use db::{Error, Tx, args};
use kernel::{Action, WordingId};
use serde::Deserialize;
use web::{Administrator, App, Form, Page, RuleReader, WebError};
use wording::Wording;

use super::form::{Variant, WordingForm, Wrong};
use super::page::{WordingPage, WordingsPage, shown, valid};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/teksten", get(list))
        .route("/beheer/teksten/{key}", get(show).post(change))
}

async fn list(State(app): State<App>, reader: RuleReader) -> Result<Response, WebError> {
    let all = async |tx: &mut Tx| wording::history(tx, None).await;
    let wordings = app.db().read(reader.actor(), all).await?;
    let t = app.texts(reader.language);
    let body = WordingsPage { t: &t, shown: shown(&wordings, app.now().date()) };
    web::show(&app, &reader, Page::new(t.get("admin-wordings"), "/beheer"), &body).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    taal: String,
    /// One version, as it was.
    versie: Option<WordingId>,
    gedaan: Option<String>,
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    render(&app, &reader, &key, &asked, None, &[]).await
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path(key): Path<String>,
    Form(form): Form<WordingForm>,
) -> Result<Response, WebError> {
    let about = wording::about(&key).ok_or(WebError::NotFound)?;
    let taal = form.variant().code();
    let asked = Asked { taal: taal.to_owned(), ..Asked::default() };
    let new = match form.read(about, app.now().date()) {
        _ if form.is_preview() => {
            // What is wrong with the text is said with it; the rest of the form may still be empty.
            let wrong = wording::check(about, form.title.trim(), &form.body());
            let wrong: Vec<Wrong> = wrong.into_iter().map(Wrong::Text).collect();
            return render(&app, &reader, &key, &asked, Some(&form), &wrong).await;
        }
        Ok(new) => new,
        Err(wrong) => return render(&app, &reader, &key, &asked, Some(&form), &wrong).await,
    };
    app.db()
        .write(administrator.actor(), async |tx| wording::change(tx, new.clone()).await)
        .await?;
    Ok(Redirect::to(&format!("/beheer/teksten/{key}?taal={taal}&gedaan=ja")).into_response())
}

db::row! {
    struct Writer { id: i64, name: String }
}

async fn writers(tx: &mut Tx) -> Result<Vec<Writer>, Error> {
    tx.all(
        "select u.id, u.name from users u
          where u.id in (select changed_by from wordings where changed_by is not null)",
        args![],
    )
    .await
}

async fn render(
    app: &App,
    reader: &RuleReader,
    key: &str,
    asked: &Asked,
    form: Option<&WordingForm>,
    wrong: &[Wrong],
) -> Result<Response, WebError> {
    let about = wording::about(key).ok_or(WebError::NotFound)?;
    let (wordings, writers) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, Error>((wording::history(tx, Some(key)).await?, writers(tx).await?))
        })
        .await?;
    let (today, variant) = (app.now().date(), Variant::asked(&asked.taal));
    let writer = |wording: &Wording| {
        let wrote = |writer: &&Writer| wording.changed_by == Some(writer.id);
        writers.iter().find(wrote).map(|writer| writer.name.as_str())
    };
    let now = valid(&wordings, key, variant, today).map(|nr| &wordings[nr]);
    let old = wordings.iter().find(|wording| asked.versie == Some(wording.id));
    if asked.versie.is_some() && old.is_none() {
        return Err(WebError::NotFound);
    }
    // A form of address that was never written begins with what is said in the other.
    let like = now.or_else(|| {
        let polite = Variant { address: wording::Address::U, ..variant };
        valid(&wordings, key, polite, today).map(|nr| &wordings[nr])
    });
    let prefilled = WordingForm::of(like, variant, today);
    let t = app.texts(reader.language);
    let body = WordingPage {
        t: &t,
        about,
        variant,
        versions: wordings
            .iter()
            .filter(|wording| variant.is_of(wording))
            .map(|wording| (wording, writer(wording)))
            .collect(),
        shown: old.or(now),
        is_asked_for: old.is_some(),
        form: form.unwrap_or(&prefilled),
        wrong,
        may_change: reader.may(Action::Administer),
        done: asked.gedaan.is_some(),
    };
    let page = Page::new(t.get("admin-wordings"), "/beheer");
    if wrong.is_empty() {
        web::show(app, reader, page, &body).await
    } else {
        web::again(app, reader, page, &body).await
    }
}
