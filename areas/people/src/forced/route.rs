use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::SignedDuration;
use web::{App, Form, Page, User, WebError};

use super::page::{ForceForm, ForcePage, Wrong};
use super::store;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/leden/noodtoegang", get(show).post(force))
}

const RULE: &str = "files.forced_minutes";

async fn show(State(app): State<App>, user: User) -> Result<Response, WebError> {
    render(&app, &user, &ForceForm::default(), None).await
}

/// Any colleague may, with a reason; the privacy officer sees it at once.
async fn force(
    State(app): State<App>,
    user: User,
    Form(form): Form<ForceForm>,
) -> Result<Response, WebError> {
    let Some(reason) = form.reason() else {
        return render(&app, &user, &form, Some(Wrong::Reason)).await;
    };
    let (rulebook, today) = (app.rulebook(), app.now().date());
    let lasts = SignedDuration::from_mins(rulebook.number(RULE, today)?);
    let rule = rulebook.on(RULE, today)?.version();
    let forced = app
        .db()
        .write(user.actor(), async |tx| {
            store::force(tx, form.member_number.trim(), reason, lasts, rule.clone()).await
        })
        .await?;
    match forced {
        Some(person) => Ok(Redirect::to(&format!("/leden/{person}")).into_response()),
        None => render(&app, &user, &form, Some(Wrong::Nobody)).await,
    }
}

async fn render(
    app: &App,
    user: &User,
    form: &ForceForm,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let minutes = app.rulebook().number(RULE, app.now().date())?;
    let t = app.texts(user.language);
    let page = Page::new(t.get("people-force"), "/leden");
    let body = ForcePage { t: &t, form, minutes, wrong };
    if wrong.is_some() {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}
