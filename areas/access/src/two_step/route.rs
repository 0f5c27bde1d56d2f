use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use web::two_step::{self, Setup};
use web::{App, Form, Page, SessionToken, User, WebError, password, totp};

use super::page::{CodesPage, OffForm, OnForm, OnPage, SetupPage, Wrong};
use super::store::{self, Account};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/mijn-account/twee-stappen", get(show).post(switch_on))
        .route("/mijn-account/twee-stappen/uit", post(switch_off))
}

async fn show(State(app): State<App>, user: User) -> Result<Response, WebError> {
    let account = account(&app, &user).await?;
    if account.totp_secret.is_some() {
        return show_on(&app, &user, None).await;
    }
    let setup = setup(&app, &account, &totp::new_secret())?;
    show_setup(&app, &user, &setup, None).await
}

async fn switch_on(
    State(app): State<App>,
    user: User,
    session: SessionToken,
    Form(form): Form<OnForm>,
) -> Result<Response, WebError> {
    let account = account(&app, &user).await?;
    let secret = form.secret.reveal();
    let setup = setup(&app, &account, secret)?;
    let Some(step) = totp::step_of(secret, &form.code, app.db().clock().now()) else {
        return show_setup(&app, &user, &setup, Some(Wrong::Code)).await;
    };
    // Whoever finds an open screen must not be able to shut its owner out.
    if !password::verify(form.password.clone(), Some(account.password_hash)).await {
        return show_setup(&app, &user, &setup, Some(Wrong::Password)).await;
    }
    let codes = app
        .db()
        .write(user.actor(), async |tx| store::switch_on(tx, user.id, secret, step, &session).await)
        .await?;
    let t = app.texts(user.language);
    web::show(&app, &user, page(&t), &CodesPage { t: &t, codes: &codes }).await
}

async fn switch_off(
    State(app): State<App>,
    user: User,
    Form(form): Form<OffForm>,
) -> Result<Response, WebError> {
    let account = account(&app, &user).await?;
    if !password::verify(form.password, Some(account.password_hash)).await {
        return show_on(&app, &user, Some(Wrong::Password)).await;
    }
    app.db().write(user.actor(), async |tx| store::switch_off(tx, user.id).await).await?;
    Ok(Redirect::to("/mijn-account?gedaan=twee-stappen-uit").into_response())
}

async fn account(app: &App, user: &User) -> Result<Account, WebError> {
    Ok(app.db().read(user.actor(), async |tx| store::account(tx, user.id).await).await?)
}

fn setup(app: &App, account: &Account, secret: &str) -> Result<Setup, WebError> {
    Setup::of(secret, &app.settings().association, &account.login).ok_or(WebError::Unreadable)
}

fn page(t: &texts::Texts) -> Page {
    Page::new(t.get("access-account"), "/mijn-account")
}

async fn show_setup(
    app: &App,
    user: &User,
    setup: &Setup,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let t = app.texts(user.language);
    let body = SetupPage { t: &t, setup, wrong };
    if wrong.is_some() {
        web::again(app, user, page(&t), &body).await
    } else {
        web::show(app, user, page(&t), &body).await
    }
}

async fn show_on(app: &App, user: &User, wrong: Option<Wrong>) -> Result<Response, WebError> {
    let codes_left = app
        .db()
        .read(user.actor(), async |tx| two_step::recovery_codes_left(tx, user.id).await)
        .await?;
    let t = app.texts(user.language);
    let body = OnPage { t: &t, codes_left, wrong };
    if wrong.is_some() {
        web::again(app, user, page(&t), &body).await
    } else {
        web::show(app, user, page(&t), &body).await
    }
}
