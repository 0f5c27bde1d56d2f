use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::args;
use serde::Deserialize;
use web::{App, Form, Page, SessionToken, User, WebError};

use super::page::{AccountPage, ChoosePage, PasswordForm, Wrong};
use crate::roles::role_text;
use crate::users;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/mijn-account", get(show))
        .route("/mijn-account/taal", post(choose_language))
        .route("/mijn-account/wachtwoord", post(change_password))
        .route("/mijn-account/wachtwoord-kiezen", get(ask_password).post(choose_password))
}

#[derive(Deserialize)]
struct Done {
    gedaan: Option<String>,
}

async fn show(
    State(app): State<App>,
    user: User,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let done = match done.gedaan.as_deref() {
        Some("taal") => Some("access-language-done"),
        Some("wachtwoord") => Some("access-password-done"),
        Some("twee-stappen-uit") => Some("access-two-step-off-done"),
        _ => None,
    };
    render(&app, &user, done, None).await
}

#[derive(Deserialize)]
struct LanguageForm {
    language: String,
}

async fn choose_language(
    State(app): State<App>,
    user: User,
    Form(form): Form<LanguageForm>,
) -> Result<Response, WebError> {
    let language = form.language.parse().map_err(|_| WebError::Unreadable)?;
    app.db()
        .write(user.actor(), async |tx| users::set_language(tx, user.id, language).await)
        .await?;
    // The address asks for the language once more, so that this browser follows at once.
    Ok(Redirect::to(&format!("/mijn-account?gedaan=taal&lang={language}")).into_response())
}

async fn change_password(
    State(app): State<App>,
    user: User,
    session: SessionToken,
    Form(form): Form<PasswordForm>,
) -> Result<Response, WebError> {
    let new = match form.parse() {
        Ok(new) => new,
        Err(wrong) => return render(&app, &user, None, Some(wrong)).await,
    };
    let stored = stored_hash(&app, &user).await?;
    if !web::password::verify(form.old.clone(), Some(stored)).await {
        return render(&app, &user, None, Some(Wrong::Old)).await;
    }
    let hash = web::password::hash(new).await;
    app.db()
        .write(user.actor(), async |tx| {
            users::set_password(tx, user.id, &hash).await?;
            web::end_others(tx, user.id, &session).await
        })
        .await?;
    Ok(Redirect::to("/mijn-account?gedaan=wachtwoord").into_response())
}

async fn ask_password(State(app): State<App>, user: User) -> Result<Response, WebError> {
    if !user.must_choose() {
        return Ok(Redirect::to("/mijn-account").into_response());
    }
    let t = app.texts(user.language);
    let body = ChoosePage { t: &t, wrong: None };
    web::show(&app, &user, Page::new(t.get("access-account"), "/mijn-account"), &body).await
}

/// Who signed in with a temporary password just showed it; it is not asked for again.
async fn choose_password(
    State(app): State<App>,
    user: User,
    session: SessionToken,
    Form(form): Form<PasswordForm>,
) -> Result<Response, WebError> {
    if !user.must_choose() {
        return Err(WebError::Forbidden);
    }
    let wrong = match form.parse() {
        Ok(new)
            if web::password::verify(new.clone(), Some(stored_hash(&app, &user).await?)).await =>
        {
            Wrong::Temporary
        }
        Ok(new) => return choose(&app, &user, &session, new).await,
        Err(wrong) => wrong,
    };
    let t = app.texts(user.language);
    let body = ChoosePage { t: &t, wrong: Some(wrong) };
    web::again(&app, &user, Page::new(t.get("access-account"), "/mijn-account"), &body).await
}

async fn stored_hash(app: &App, user: &User) -> Result<String, WebError> {
    let read = app.db().read(user.actor(), async |tx| {
        tx.value("select password_hash as value from users where id = $1", args![user.id]).await
    });
    Ok(read.await?)
}

async fn choose(
    app: &App,
    user: &User,
    session: &SessionToken,
    new: kernel::Pii<String>,
) -> Result<Response, WebError> {
    let hash = web::password::hash(new).await;
    app.db()
        .write(user.actor(), async |tx| {
            users::set_password(tx, user.id, &hash).await?;
            web::end_others(tx, user.id, session).await
        })
        .await?;
    Ok(Redirect::to("/").into_response())
}

async fn render(
    app: &App,
    user: &User,
    done: Option<&'static str>,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let t = app.texts(user.language);
    let page = Page::new(t.get("access-account"), "/mijn-account");
    let roles = user.roles.iter().map(|role| t.get(role_text(role))).collect();
    let has_place = app.nav().iter().any(|nav| user.may(nav.action));
    let in_two_steps = app
        .db()
        .read(user.actor(), async |tx| {
            tx.value("select count(totp_secret) as value from users where id = $1", args![user.id])
                .await
        })
        .await
        .map(|secrets: i64| secrets > 0)?;
    let may_force = !user.may(kernel::Action::OpenFiles);
    let body = AccountPage {
        t: &t,
        name: &user.name,
        roles,
        has_place,
        may_force,
        in_two_steps,
        done,
        wrong,
    };
    if wrong.is_some() {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}
