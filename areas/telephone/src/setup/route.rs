use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::Action;
use serde::Deserialize;
use telephony_proto::number::Number;
use web::{Administrator, App, Form, Page, RuleReader, User, WebError};

use super::page::{Line, Microphone, SetupPage, Sound, StandPart};
use super::test_call::{self, NotBegun, Setup};
use crate::telephone::Telephone;
use crate::{dialling, queue, settings};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/telefonie", get(show))
        .route("/beheer/telefonie/stand", get(stand))
        .route("/beheer/telefonie/proef", post(begin))
        .route("/beheer/telefonie/proef/stop", post(end))
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    render(&app, &reader, microphone(&app, &uri, &headers), "", None).await
}

/// The part of the page that follows the line.
async fn stand(State(app): State<App>, reader: RuleReader) -> Result<Html<String>, WebError> {
    Ok(Html(stand_part(&app, &reader)?))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ProofForm {
    nummer: String,
    /// The echo of the provider, whose number is in the settings.
    echo: String,
}

async fn begin(
    State(app): State<App>,
    administrator: Administrator,
    uri: Uri,
    headers: HeaderMap,
    Form(form): Form<ProofForm>,
) -> Result<Response, WebError> {
    let t = app.texts(administrator.language);
    let wrong = match to_dial(&app, &administrator, &form).await? {
        Ok(to) => match test_call::begin(&app, to).await {
            Ok(()) => return Ok(home()),
            Err(NotBegun::NoLine) => t.get("telephone-no-trunk"),
            Err(NotBegun::OneGoesOn) => t.get("telephone-proof-one-goes-on"),
        },
        Err(words) => words,
    };
    let microphone = microphone(&app, &uri, &headers);
    render(&app, &administrator, microphone, &form.nummer, Some(wrong)).await
}

/// What the line is asked for, or why it is not.
async fn to_dial(
    app: &App,
    administrator: &Administrator,
    form: &ProofForm,
) -> Result<Result<String, String>, WebError> {
    let t = app.texts(administrator.language);
    let echo = settings::outward(app).and_then(|outward| outward.echo_number);
    if let Some(echo) = echo.filter(|_| form.echo == "ja") {
        // Whoever runs the machine set it: the rules are about what is typed.
        return Ok(Ok(echo.into_inner()));
    }
    let Ok(number) = Number::typed(&form.nummer) else {
        return Ok(Err(t.get("telephone-no-number")));
    };
    let may = app
        .db()
        .write(administrator.actor(), async |tx| {
            dialling::dials(app, tx, administrator.id, &number).await
        })
        .await?;
    Ok(may.map(|()| number.dialled()).map_err(|why| why.words(&t)))
}

async fn end(State(app): State<App>, _: Administrator) -> Result<Response, WebError> {
    if test_call::end(&app) { Ok(home()) } else { Err(WebError::NotFound) }
}

fn home() -> Response {
    Redirect::to("/beheer/telefonie#proef").into_response()
}

async fn render(
    app: &App,
    user: &User,
    microphone: Microphone,
    typed: &str,
    wrong: Option<String>,
) -> Result<Response, WebError> {
    let outward = settings::outward(app);
    let (numbers, leads) = app
        .db()
        .read(user.actor(), async |tx| {
            let leads = match &outward {
                Some(outward) => queue::for_number(tx, outward.number.e164()).await?.is_some(),
                None => true,
            };
            Ok::<_, db::Error>((queue::led(tx).await?, leads))
        })
        .await?;
    let t = app.texts(user.language);
    let is_wrong = wrong.is_some();
    let body = SetupPage {
        t: &t,
        stand: web::ui::rendered(stand_part(app, user)?),
        line: outward.map(|outward| Line {
            number: outward.number.display(),
            leads,
            is_encrypted: outward.trunk.secure_sound,
            has_echo: outward.echo_number.is_some(),
        }),
        is_demo: app.settings().demo.is_some(),
        numbers,
        sound: sound(app),
        microphone,
        may_test_sound: user.may(Action::WorkCalls),
        may_call: settings::way(app).is_some() && user.may(Action::Administer),
        typed,
        wrong,
    };
    let page = Page::new(t.get("telephone-setup"), "/beheer");
    if is_wrong {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}

fn stand_part(app: &App, user: &User) -> Result<String, WebError> {
    let outward = settings::outward(app);
    let states = app.state::<Telephone>().trunk();
    let hosts = outward.iter().flat_map(|outward| &outward.trunk.hosts).map(|host| {
        let host = host.to_string();
        let state = states.get(&host).copied();
        (host, state)
    });
    let setup = app.state::<Setup>();
    let part = StandPart {
        t: &app.texts(user.language),
        is_set: outward.is_some(),
        hosts: hosts.collect(),
        failed: setup.failed(),
        call: setup.call(),
        may_end: user.may(Action::Administer),
    };
    Ok(part.render()?)
}

/// With the port that browsers found, once one has.
fn sound(app: &App) -> Sound {
    match settings::browsers(app) {
        None => Sound::NoAddress,
        Some(browsers) => Sound::At {
            at: app.state::<Telephone>().browsers_at().unwrap_or(browsers.bind),
            told: browsers.public,
        },
    }
}

/// Source: <https://www.w3.org/TR/secure-contexts/>: https, or an address of the machine itself.
fn microphone(app: &App, uri: &Uri, headers: &HeaderMap) -> Microphone {
    if app.settings().secure {
        return Microphone::Https;
    }
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| uri.authority().map(Authority::as_str));
    if host.is_some_and(is_this_machine) { Microphone::Localhost } else { Microphone::No }
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_machine_itself_needs_no_https() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "a.localhost"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["192.0.2.10:8080", "bond.example", "localhost.example", "[2001:db8::1]:80"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
