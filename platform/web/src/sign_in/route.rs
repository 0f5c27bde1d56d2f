use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::Tx;
use kernel::{Actor, EventKind, UserId};
use texts::Language;

use super::page::{CodeForm, CodePage, SignInForm, SignInPage, Wrong};
use super::{store, throttle};
use crate::session::{self, Cookies, accepted_language, device_token, language_of, session_token};
use crate::{App, Form, Source, User, WebError, password, totp, two_step};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/inloggen", get(show).post(sign_in))
        .route("/inloggen/code", get(show_code).post(sign_in_with_code))
        .route("/uitloggen", post(sign_out))
}

/// The first place that this user may open; for who sets up an empty installation, where that begins. The own
/// account is everybody's.
async fn home(State(app): State<App>, user: User) -> Result<Redirect, WebError> {
    if !app.first_steps(&user).await?.is_empty() {
        return Ok(Redirect::to(crate::sections::PATH));
    }
    let first = app.nav().iter().find(|nav| user.may(nav.action));
    Ok(Redirect::to(first.map_or("/mijn-account", |nav| nav.path)))
}

#[derive(serde::Deserialize)]
struct Onward {
    #[serde(default)]
    naar: String,
}

async fn show(
    State(app): State<App>,
    user: Option<User>,
    Query(onward): Query<Onward>,
    parts: Parts,
) -> Result<Response, WebError> {
    if user.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let form = SignInForm { naar: onward.naar, ..SignInForm::default() };
    render(&app, language(&parts), &form, None)
}

fn language(parts: &Parts) -> Language {
    language_of(parts).unwrap_or_else(|| accepted_language(&parts.headers))
}

async fn sign_in(
    State(app): State<App>,
    source: Source,
    parts: Parts,
    Form(form): Form<SignInForm>,
) -> Result<Response, WebError> {
    let language = language(&parts);
    let device = device_token(&parts.headers);
    let name = form.user.trim().to_lowercase();

    let (account, bucket, known) = app
        .db()
        .read(Actor::SYSTEM, async |tx| {
            let account = store::account(tx, &name).await?;
            let bucket = bucket_name(tx, account.as_ref(), device, source, &name).await?;
            let known = store::bucket(tx, &bucket).await?;
            Ok::<_, db::Error>((account, bucket, known))
        })
        .await?;
    let now = app.db().clock().now();
    if let Some(wait) = throttle::wait(known, now) {
        let minutes = (wait.as_secs() + 59) / 60;
        return render(&app, language, &form, Some(Wrong::Wait { minutes }));
    }

    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let right = password::verify(form.password.clone(), stored).await;
    let Some(account) = account.filter(|_| right) else {
        app.db().write(Actor::SYSTEM, async |tx| count_failure(tx, &bucket).await).await?;
        return render(&app, language, &form, Some(Wrong::NameOrPassword));
    };

    let actor = Actor { team: account.team_id, ..Actor::user(account.id) };
    let cookies = Cookies { headers: &parts.headers, secure: app.settings().secure };
    if account.totp_secret.is_some() {
        let half =
            app.db().write(actor, async |tx| session::begin_half(tx, account.id).await).await?;
        let cookie = (header::SET_COOKIE, cookies.session(&half));
        let next = format!("/inloggen/code?naar={}", onward(&form.naar));
        return Ok((AppendHeaders([cookie]), Redirect::to(&next)).into_response());
    }
    let cookies = app
        .db()
        .write(actor, async |tx| {
            store::empty_bucket(tx, &bucket).await?;
            enter(tx, &app, account.id, cookies).await
        })
        .await?;
    Ok((AppendHeaders(cookies), Redirect::to(onward(&form.naar))).into_response())
}

/// Begins the session and remembers the browser; gives the cookies.
async fn enter(
    tx: &mut Tx,
    app: &App,
    user: UserId,
    cookies: Cookies<'_>,
) -> Result<Vec<(HeaderName, HeaderValue)>, db::Error> {
    let token = session::begin(tx, user).await?;
    let device = session::remember_device(tx, device_token(cookies.headers), user).await?;
    store::record(tx, EventKind::SignedIn).await?;
    for hook in app.on_sign_in() {
        hook(tx).await?;
    }
    let device = device.map(|token| cookies.device(&token));
    let both = std::iter::once(cookies.session(&token)).chain(device);
    Ok(both.map(|cookie| (header::SET_COOKIE, cookie)).collect())
}

async fn count_failure(tx: &mut Tx, bucket: &str) -> Result<(), db::Error> {
    let known = store::bucket(tx, bucket).await?;
    store::keep_bucket(tx, bucket, throttle::failed(known, tx.now())).await
}

async fn show_code(
    State(app): State<App>,
    Query(onward): Query<Onward>,
    parts: Parts,
) -> Result<Response, WebError> {
    let form = CodeForm { naar: onward.naar, ..CodeForm::default() };
    render_code(&app, language(&parts), &form, None)
}

async fn sign_in_with_code(
    State(app): State<App>,
    parts: Parts,
    Form(form): Form<CodeForm>,
) -> Result<Response, WebError> {
    enum Checked {
        NobodyWaits,
        Wrong,
        Wait,
        Right(Vec<(HeaderName, HeaderValue)>),
    }

    let token = session_token(&parts.headers);
    let cookies = Cookies { headers: &parts.headers, secure: app.settings().secure };
    let checked = app
        .db()
        .write(Actor::SYSTEM, async |tx| {
            let Some(token) = token else { return Ok::<_, db::Error>(Checked::NobodyWaits) };
            let Some(user) = session::half_user(tx, token).await? else {
                return Ok(Checked::NobodyWaits);
            };
            let bucket = format!("code {user}");
            if throttle::wait(store::bucket(tx, &bucket).await?, tx.now()).is_some() {
                return Ok(Checked::Wait);
            }
            let secret = store::totp_secret(tx, user).await?.unwrap_or_default();
            let is_right = match totp::step_of(&secret, &form.code, tx.now()) {
                Some(step) => store::use_code(tx, user, step).await?,
                None => two_step::use_recovery_code(tx, user, &form.code).await?,
            };
            if is_right {
                store::empty_bucket(tx, &bucket).await?;
                session::end(tx, token).await?;
                tx.act_as(Actor::user(user));
                return Ok(Checked::Right(enter(tx, &app, user, cookies).await?));
            }
            count_failure(tx, &bucket).await?;
            Ok(Checked::Wrong)
        })
        .await?;
    match checked {
        Checked::NobodyWaits => Ok(Redirect::to("/inloggen").into_response()),
        Checked::Wrong => {
            render_code(&app, language(&parts), &form, Some("web-sign-in-code-wrong"))
        }
        Checked::Wait => render_code(&app, language(&parts), &form, Some("web-sign-in-code-wait")),
        Checked::Right(cookies) => {
            Ok((AppendHeaders(cookies), Redirect::to(onward(&form.naar))).into_response())
        }
    }
}

/// Only a path of our own: `//elsewhere` would lead away.
fn onward(naar: &str) -> &str {
    let ours = naar.starts_with('/') && !naar[1..].starts_with(['/', '\\']);
    if ours && naar.is_ascii() { naar } else { "/" }
}

/// Where failures of this try are counted; see [`throttle`].
async fn bucket_name(
    tx: &mut Tx,
    account: Option<&store::Account>,
    device: Option<&str>,
    source: Source,
    name: &str,
) -> Result<String, db::Error> {
    if let (Some(account), Some(device)) = (account, device)
        && session::is_known_device(tx, device, account.id).await?
    {
        return Ok(format!("device {}", hex(&session::token_hash(device))));
    }
    // The name may be anything that was typed, a password by mistake included: only its hash is kept.
    Ok(format!("{} {}", source.0, hex(&session::token_hash(name))))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn sign_out(
    State(app): State<App>,
    user: User,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if let Some(token) = session_token(&headers) {
        app.db()
            .write(user.actor(), async |tx| {
                store::record(tx, EventKind::SignedOut).await?;
                for hook in app.on_sign_out() {
                    hook(tx).await?;
                }
                session::end(tx, token).await
            })
            .await?;
    }
    let gone = Cookies { headers: &headers, secure: app.settings().secure }.session("");
    Ok((AppendHeaders([(header::SET_COOKIE, gone)]), Redirect::to("/inloggen")).into_response())
}

fn render(
    app: &App,
    language: Language,
    form: &SignInForm,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let t = app.texts(language);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SignInPage {
        t: &t,
        association: &app.settings().association,
        greeting: match app.now().hour() {
            0..=11 => "web-sign-in-morning",
            12..=17 => "web-sign-in-afternoon",
            _ => "web-sign-in-evening",
        },
        form,
        wrong,
        demo: app.settings().demo.as_ref().map_or(&[], |demo| &demo.accounts),
    };
    Ok((status, Html(page.render()?)).into_response())
}

fn render_code(
    app: &App,
    language: Language,
    form: &CodeForm,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let t = app.texts(language);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(CodePage { t: &t, form, wrong }.render()?)).into_response())
}

#[cfg(test)]
mod tests {
    use super::onward;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        assert_eq!(onward("/leden/7"), "/leden/7");
        for away in ["", "//elders.voorbeeld", "/\\elders", "https://elders.voorbeeld", "leden"] {
            assert_eq!(onward(away), "/", "{away}");
        }
    }
}
