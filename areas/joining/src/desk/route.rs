//! `/aanmelden`: who still has to confirm; with somebody in it, the form.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::new_id;
use joining_rules::sign_up::{self as rule, Method, Stays};
use kernel::{PersonId, SignUpId};
use serde::Deserialize;
use texts::Texts;
use web::{App, Caller, Fields, Form, Page, WebError};

use super::look::{Look, look, prefilled, stored};
use super::page::{FormPage, ListPage, SignUpPage, Standing};
use crate::sign_up::{self, By, own_call};
use crate::typed::{Typed, Wrong};
use crate::{Broken, Refused, offer, settings};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/aanmelden", get(list).post(commit))
        .route("/aanmelden/nieuw", get(ask).post(from_desk))
        .route("/aanmelden/kijk", post(glance))
        .route("/aanmelden/{id}", get(show))
        .route("/aanmelden/{id}/stand", get(standing))
        .route("/aanmelden/{id}/bevestig", post(confirm))
        .route("/aanmelden/{id}/intrekken", post(withdraw))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    lid: Option<PersonId>,
    /// `alles` for those that are over too.
    toon: String,
    voor: Option<SignUpId>,
}

const ON_A_PAGE: i64 = 50;

async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    if let Some(person) = asked.lid {
        return form_of(&app, &caller, Some(person)).await;
    }
    let only_waiting = asked.toon != "alles";
    let before = asked.voor.unwrap_or(SignUpId(0));
    let who = (caller.id, caller.team);
    let mut found = app
        .db()
        .read(caller.actor(), async |tx| {
            sign_up::page(tx, who, only_waiting, before, ON_A_PAGE + 1).await
        })
        .await?;
    let next = i64::try_from(found.len()).is_ok_and(|n| n > ON_A_PAGE).then(|| {
        found.pop();
        found.last().map(|last| last.id)
    });
    let t = app.texts(caller.language);
    let now = app.db().clock().now();
    let body = ListPage { t: &t, only_waiting, found, next: next.flatten(), now };
    web::show(&app, &caller, Page::new(t.get("joining-nav"), "/aanmelden"), &body).await
}

async fn ask(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    form_of(&app, &caller, asked.lid).await
}

/// The desk leads here when somebody in a call wants to join: what it sent was kept there.
async fn from_desk(_caller: Caller, Form(typed): Form<Fields>) -> Result<Redirect, WebError> {
    let person: PersonId = typed.text("person").parse().map_err(|_| WebError::Unreadable)?;
    Ok(Redirect::to(&format!("/aanmelden?lid={person}")))
}

async fn form_of(
    app: &App,
    caller: &Caller,
    person: Option<PersonId>,
) -> Result<Response, WebError> {
    if let Some(person) = person {
        people::check::before_reading(app, caller, person).await?;
    }
    let begin = async |tx: &mut db::Tx| {
        let Some(person) = person else { return Ok(Some(Typed::default())) };
        activity::log_read(tx, person, activity::Why::Call).await?;
        Ok::<_, db::Error>(stored(tx, person).await?.map(|stored| prefilled(&stored)))
    };
    let typed = app.db().write(caller.actor(), begin).await?;
    let mut typed = typed.ok_or(WebError::NotFound)?;
    typed.key = new_id().to_string();
    render(app, caller, &typed, &[], None).await
}

/// What the form shows about what was typed.
struct Seen {
    look: Look,
    before: Typed,
    method: Option<Method>,
}

async fn seen(app: &App, caller: &Caller, typed: &Typed) -> Result<Seen, WebError> {
    let person = typed.person_id();
    let seen = async |tx: &mut db::Tx| {
        let look = look(tx, app, typed, person).await?;
        let mut before = Typed::default();
        let mut method = None;
        if let Some(person) = person {
            method = own_call(tx, person).await?.map(|call| call.method);
            before = stored(tx, person).await?.map(|stored| prefilled(&stored)).unwrap_or_default();
        }
        Ok::<_, Broken>(Seen { look, before, method })
    };
    Ok(app.db().read(caller.actor(), seen).await?)
}

async fn render(
    app: &App,
    caller: &Caller,
    typed: &Typed,
    wrong: &[Wrong],
    refused: Option<String>,
) -> Result<Response, WebError> {
    let is_wrong = !wrong.is_empty() || refused.is_some();
    let seen = seen(app, caller, typed).await?;
    let (t, their) = texts(app, caller, typed);
    let body = page(app, (&t, &their), typed, &seen, wrong, refused);
    let page = Page::desk(t.get("joining-new"), "/aanmelden");
    if is_wrong {
        web::again(app, caller, page, &body).await
    } else {
        web::show(app, caller, page, &body).await
    }
}

fn texts(app: &App, caller: &Caller, typed: &Typed) -> (Texts, Texts) {
    (app.texts(caller.language), app.texts(typed.language.parse().unwrap_or_default()))
}

fn page<'a>(
    app: &'a App,
    (t, their): (&'a Texts, &'a Texts),
    typed: &'a Typed,
    seen: &'a Seen,
    wrong: &'a [Wrong],
    refused: Option<String>,
) -> FormPage<'a> {
    FormPage {
        t,
        their,
        association: &app.settings().association,
        typed,
        before: &seen.before,
        look: &seen.look,
        method: seen.method,
        wrong,
        refused,
    }
}

/// The form again, without the frame, as it would be with what was typed so far. Not in an address: it is all about a person.
async fn glance(
    State(app): State<App>,
    caller: Caller,
    Form(typed): Form<Typed>,
) -> Result<Html<String>, WebError> {
    let seen = seen(&app, &caller, &typed).await?;
    let (t, their) = texts(&app, &caller, &typed);
    Ok(Html(page(&app, (&t, &their), &typed, &seen, &[], None).render()?))
}

/// Makes a member of whom was typed.
async fn commit(
    State(app): State<App>,
    caller: Caller,
    Form(typed): Form<Typed>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let (book, today) = (app.rulebook(), app.now().date());
    let starts_on = settings::starts_on(&book, today)?;
    let in_call = match typed.person_id() {
        Some(person) => {
            app.db().read(caller.actor(), async |tx| own_call(tx, person).await).await?
        }
        None => None,
    };
    let method = in_call.map(|call| call.method).or_else(|| typed.method.parse().ok());
    let method = method.filter(|method| *method != Method::Web).unwrap_or(Method::PhoneIn);
    let new = match typed.read(&t, method, (today, starts_on)) {
        Ok(new) => new,
        Err(wrong) => return render(&app, &caller, &typed, &wrong, None).await,
    };
    let done =
        app.db().write(caller.actor(), async |tx| sign_up::commit(tx, &app, &new).await).await;
    match done {
        Ok(done) => Ok(Redirect::to(&format!("/aanmelden/{}", done.sign_up.id)).into_response()),
        Err(Refused::Broken(error)) => Err(error.into()),
        Err(Refused::NotChecked(no)) => Err(people::check::refuse(no)),
        Err(refused) => {
            let (field, says) = says(&t, &refused);
            match field {
                Some(field) => render(&app, &caller, &typed, &[(field, says)], None).await,
                None => render(&app, &caller, &typed, &[], Some(says)).await,
            }
        }
    }
}

/// Beside which field it is said, and what to do.
pub(crate) fn says(t: &Texts, refused: &Refused) -> (Option<&'static str>, String) {
    match refused {
        Refused::Rule(rule::Refused::NoBirthDate) => {
            (Some("birth_date"), t.get("joining-refused-birth"))
        }
        Refused::Rule(rule::Refused::TooYoung { min }) => {
            (Some("birth_date"), t.with("joining-too-young", "min", i64::from(*min)))
        }
        Refused::Rule(rule::Refused::NoParent { below }) => {
            (Some("parent"), t.with("joining-refused-parent", "below", i64::from(*below)))
        }
        Refused::Rule(rule::Refused::ParentInWriting) => {
            (Some("way"), t.get("joining-refused-parent-written"))
        }
        Refused::Rule(rule::Refused::NotTold) => (Some("told"), t.get("joining-refused-told")),
        Refused::Rule(rule::Refused::NoYes) => (Some("yes"), t.get("joining-refused-yes")),
        Refused::Stays(stays) => (None, stays_text(t, *stays)),
        Refused::AlreadyMember => (None, t.get("joining-refused-member")),
        Refused::LooksKnown => (Some("other"), t.get("joining-refused-known")),
        Refused::NoTariff => (None, t.get("joining-refused-tariff")),
        Refused::Unreachable => (Some("way"), t.get("joining-wrong-needed-to-confirm")),
        Refused::Mandate(dues::mandate::Refused::NoCreditor) => {
            (Some("iban"), t.get("joining-refused-creditor"))
        }
        Refused::Mandate(_) => (Some("iban"), t.get("joining-refused-mandate")),
        Refused::Referral(why) => {
            (Some("referral"), why.sentence(t).unwrap_or_else(|| t.get("web-broken")))
        }
        Refused::Call(_) => (None, t.get("joining-refused-call")),
        Refused::NotFound | Refused::NotChecked(_) | Refused::Broken(_) => {
            (None, t.get("web-broken"))
        }
    }
}

pub(crate) fn stays_text(t: &Texts, stays: Stays) -> String {
    match stays {
        Stays::Confirmed => t.get("joining-stays-confirmed"),
        Stays::Over(rule::State::Lapsed) => t.get("joining-stays-lapsed"),
        Stays::Over(_) => t.get("joining-stays-withdrawn"),
        Stays::Late(day) => t.with("joining-stays-late", "day", t.date(day)),
        Stays::NoParent => t.get("joining-stays-parent"),
        Stays::PeriodOver(day) => t.with("joining-stays-period", "day", t.date(day)),
        Stays::NoPeriod => t.get("joining-stays-no-period"),
    }
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SignUpId>,
) -> Result<Response, WebError> {
    render_one(&app, &caller, id, None).await
}

async fn render_one(
    app: &App,
    caller: &Caller,
    id: SignUpId,
    wrong: Option<String>,
) -> Result<Response, WebError> {
    let found = app
        .db()
        .write(caller.actor(), async |tx| {
            let Some(sign_up) = sign_up::by_id(tx, id).await? else { return Ok(None) };
            activity::log_read(tx, sign_up.person_id, activity::Why::Call).await?;
            let person = stored(tx, sign_up.person_id).await?;
            let name = person.map(|stored| stored.person.name.short()).unwrap_or_default();
            Ok::<_, Broken>(Some((sign_up, name, sign_up::shown(tx, id).await?)))
        })
        .await?;
    let (sign_up, name, texts) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(caller.language);
    let is_wrong = wrong.is_some();
    let standing = part(app, &t, &sign_up);
    let body = SignUpPage { t: &t, name, standing, texts, wrong };
    let page = Page::new(t.get("joining-nav"), "/aanmelden");
    if is_wrong {
        web::again(app, caller, page, &body).await
    } else {
        web::show(app, caller, page, &body).await
    }
}

fn part<'a>(app: &App, t: &'a Texts, sign_up: &'a sign_up::SignUp) -> Standing<'a> {
    let sign_up::SignUp { cents, usual_cents, per, intro_until, .. } = *sign_up;
    Standing {
        t,
        sign_up,
        amount: offer::amount(t, cents, usual_cents, per, intro_until),
        today: app.now().date(),
        now: app.db().clock().now(),
    }
}

/// What the page of a sign-up asks for again when something happened.
async fn standing(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SignUpId>,
) -> Result<Html<String>, WebError> {
    let found = app.db().read(caller.actor(), async |tx| sign_up::by_id(tx, id).await).await?;
    let sign_up = found.ok_or(WebError::NotFound)?;
    let t = app.texts(caller.language);
    Ok(Html(part(&app, &t, &sign_up).render()?))
}

/// What came back by post, signed.
async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SignUpId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let today = app.now().date();
    let day = kernel::parse_day(typed.text("dag")).filter(|day| *day <= today);
    let Some(signed_on) = day else {
        return render_one(&app, &caller, id, Some(t.get("joining-no-day"))).await;
    };
    let parent_agrees = typed.text("ouder") == "ja";
    let by = By::Letter { signed_on };
    let done = app
        .db()
        .write(caller.actor(), async |tx| sign_up::confirm(tx, &app, id, by, parent_agrees).await)
        .await;
    answered(&app, &caller, id, done.map(drop)).await
}

async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<SignUpId>,
) -> Result<Response, WebError> {
    let done =
        app.db().write(caller.actor(), async |tx| sign_up::withdraw(tx, &app, id).await).await;
    answered(&app, &caller, id, done).await
}

async fn answered(
    app: &App,
    caller: &Caller,
    id: SignUpId,
    done: Result<(), Refused>,
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/aanmelden/{id}")).into_response()),
        Err(Refused::NotFound) => Err(WebError::NotFound),
        Err(Refused::Broken(error)) => Err(error.into()),
        Err(refused) => {
            let (_, says) = says(&app.texts(caller.language), &refused);
            render_one(app, caller, id, Some(says)).await
        }
    }
}
