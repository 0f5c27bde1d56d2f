use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::TokenId;
use serde::Deserialize;
use web::{Administrator, App, Form, Page, WebError};

use super::page::{TokenForm, TokensPage, Wrong};
use super::store;
use crate::users;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/sleutels", get(show).post(make))
        .route("/beheer/sleutels/{id}/intrekken", post(revoke))
}

#[derive(Deserialize)]
struct Done {
    gedaan: Option<String>,
}

async fn show(
    State(app): State<App>,
    administrator: Administrator,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    render(&app, &administrator, &TokenForm::default(), None, None, done.gedaan.is_some()).await
}

async fn make(
    State(app): State<App>,
    administrator: Administrator,
    Form(form): Form<TokenForm>,
) -> Result<Response, WebError> {
    let made = app
        .db()
        .write(administrator.actor(), async |tx| {
            let user = users::by_login(tx, &form.login).await?;
            match form.read(user) {
                Ok(token) => store::create(tx, token).await.map(Ok),
                Err(wrong) => Ok::<_, db::Error>(Err(wrong)),
            }
        })
        .await?;
    match made {
        Ok(token) => {
            render(&app, &administrator, &TokenForm::default(), None, Some(&token), false).await
        }
        Err(wrong) => render(&app, &administrator, &form, Some(wrong), None, false).await,
    }
}

async fn revoke(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<TokenId>,
) -> Result<Response, WebError> {
    app.db().write(administrator.actor(), async |tx| store::revoke(tx, id).await).await?;
    Ok(Redirect::to("/beheer/sleutels?gedaan=ingetrokken").into_response())
}

async fn render(
    app: &App,
    administrator: &Administrator,
    form: &TokenForm,
    wrong: Option<Wrong>,
    made: Option<&str>,
    revoked: bool,
) -> Result<Response, WebError> {
    let tokens = app.db().read(administrator.actor(), async |tx| store::valid(tx).await).await?;
    let t = app.texts(administrator.language);
    let page = Page::new(t.get("access-tokens"), "/beheer");
    let body =
        TokensPage { t: &t, now: app.db().clock().now(), tokens, form, wrong, made, revoked };
    if wrong.is_some() {
        web::again(app, administrator, page, &body).await
    } else {
        web::show(app, administrator, page, &body).await
    }
}
