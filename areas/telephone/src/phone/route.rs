use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use calls::attempt::{EndedAs, Inbound, Over};
use kernel::{Actor, PersonId, UserId};
use serde::Deserialize;
use telephony_proto::number::Number;
use web::{App, Caller, Form, WebError};

use crate::dialling;
use crate::exchange::{Do, Refused};
use crate::inbound;
use crate::line::{ToDial, on_desk, unnamed};
use crate::outside::Outside;
use crate::queue::log;
use crate::recording;
use crate::sound::works_calls;
use crate::telephone::Telephone;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/telefoon/neem-op", post(answer))
        .route("/telefoon/hang-op", post(hang_up))
        .route("/telefoon/wachtstand", post(hold))
        .route("/telefoon/terug", post(resume))
        .route("/telefoon/samen", post(join))
        .route("/telefoon/verbind-door", post(complete))
        .route("/telefoon/collega/{user}", post(call))
        .route("/telefoon/geef/{user}", post(pass_on))
        .route("/telefoon/nummer", post(dial))
        .route("/telefoon/geef-nummer", post(pass_on_outside))
        .route("/telefoon/wie/{person}", post(who))
        .route("/telefoon/proefbeller/{nr}", post(trial))
        .route("/telefoon/ik-ben-er", post(returned))
}

async fn answer(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    let telephone = app.state::<Telephone>();
    answered(inbound::answer(&app, &telephone, caller.actor()).await)
}

async fn hang_up(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    answered(app.state::<Telephone>().hang_up(&app, caller.id).await)
}

async fn hold(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    let telephone = app.state::<Telephone>();
    let done = telephone.change(app.hub(), |exchange| exchange.hold(caller.id, true));
    follows(&app, &telephone, done).await
}

async fn resume(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    let telephone = app.state::<Telephone>();
    let done = telephone.change(app.hub(), |exchange| exchange.hold(caller.id, false));
    follows(&app, &telephone, done).await
}

/// All three hear each other.
async fn join(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    let telephone = app.state::<Telephone>();
    let done = telephone.change(app.hub(), |exchange| exchange.join(caller.id));
    follows(&app, &telephone, done).await
}

/// The other two go on without her.
async fn complete(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    let telephone = app.state::<Telephone>();
    let done = telephone.change(app.hub(), |exchange| exchange.complete(caller.id));
    follows(&app, &telephone, done).await
}

async fn follows(
    app: &App,
    telephone: &Telephone,
    done: Option<Vec<Do>>,
) -> Result<StatusCode, WebError> {
    let is_done = done.is_some();
    telephone.perform(app, done.unwrap_or_default(), EndedAs::Spoken).await;
    answered(is_done)
}

/// Rings at a colleague's. What stands in the way is said in words.
async fn call(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<UserId>,
) -> Result<Response, WebError> {
    works_calls(&caller)?;
    let telephone = app.state::<Telephone>();
    Ok(said(&app, &caller, telephone.call(&app, caller.id, user, false).await))
}

/// Whoever she speaks with goes to a colleague, as soon as that one answers.
async fn pass_on(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<UserId>,
) -> Result<Response, WebError> {
    works_calls(&caller)?;
    let telephone = app.state::<Telephone>();
    Ok(said(&app, &caller, telephone.call(&app, caller.id, user, true).await))
}

fn said(app: &App, caller: &Caller, refused: Result<(), Refused>) -> Response {
    let why = match refused {
        Ok(()) => return StatusCode::NO_CONTENT.into_response(),
        Err(Refused::Unconnected) => "telephone-unconnected",
        Err(Refused::NotThere) => "telephone-not-there",
        Err(Refused::Engaged) => "telephone-engaged",
        Err(Refused::InCall) => "telephone-in-call",
        Err(Refused::NoCall) => "telephone-no-call",
    };
    refuse(app, caller, why)
}

fn refuse(app: &App, caller: &Caller, why: &str) -> Response {
    (StatusCode::CONFLICT, app.texts(caller.language).get(why)).into_response()
}

#[derive(Deserialize)]
struct NumberForm {
    nummer: String,
}

/// Somebody outside is asked along, while whoever is spoken to waits: a number that is no member's call.
async fn dial(
    State(app): State<App>,
    caller: Caller,
    Form(form): Form<NumberForm>,
) -> Result<Response, WebError> {
    beside(&app, &caller, &form.nummer, |telephone, to| {
        telephone.dial(&app, caller.id, to, Vec::new(), None)
    })
    .await
}

/// Whoever she speaks with goes to a number outside, as soon as somebody answers there.
async fn pass_on_outside(
    State(app): State<App>,
    caller: Caller,
    Form(form): Form<NumberForm>,
) -> Result<Response, WebError> {
    beside(&app, &caller, &form.nummer, |telephone, to| {
        telephone.dial_to_pass_on(&app, caller.id, to)
    })
    .await
}

/// Dials a number beside the call that goes on, if it may be dialled.
async fn beside(
    app: &App,
    caller: &Caller,
    typed: &str,
    dials: impl FnOnce(&Telephone, &ToDial) -> Option<Vec<Do>>,
) -> Result<Response, WebError> {
    works_calls(caller)?;
    let telephone = app.state::<Telephone>();
    let in_call = telephone.look(|exchange| {
        exchange.may_dial(caller.id).map(|()| exchange.of(caller.id).next().is_some())
    });
    match in_call {
        Ok(true) => {}
        // A call that nobody is waiting for has a person and a ground: it begins in the file.
        Ok(false) => return Ok(said(app, caller, Err(Refused::NoCall))),
        Err(refused) => return Ok(said(app, caller, Err(refused))),
    }
    let Ok(number) = Number::typed(typed) else {
        return Ok(refuse(app, caller, "telephone-no-number"));
    };
    let may = app
        .db()
        .write(caller.actor(), async |tx| dialling::dials(app, tx, caller.id, &number).await)
        .await?;
    if let Err(why) = may {
        let words = why.words(&app.texts(caller.language));
        return Ok((StatusCode::CONFLICT, words).into_response());
    }
    match dials(&telephone, &number.into()) {
        Some(done) => {
            telephone.perform(app, done, EndedAs::Spoken).await;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        None => Ok(refuse(app, caller, "telephone-no-trunk")),
    }
}

/// The one on the line is this person.
async fn who(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<PersonId>,
) -> Result<Response, WebError> {
    works_calls(&caller)?;
    let telephone = app.state::<Telephone>();
    let leg = unnamed(&telephone, caller.id).and_then(|call| call.outside());
    let known = leg.and_then(|leg| telephone.known(leg)).ok_or(WebError::NotFound)?;
    if !known.persons.contains(&person) {
        return Err(WebError::NotFound);
    }
    if is(&app, &telephone, caller.actor(), person).await {
        if let Some(leg) = leg {
            recording::speaks(&app, &telephone, leg).await;
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Ok(refuse(&app, &caller, "telephone-desk-not-empty"))
    }
}

/// The one who rang this user and is spoken to is this person: on the desk from now on. `false` where the desk, or the person, is
/// not free; the call goes on.
pub(crate) async fn is(app: &App, telephone: &Telephone, actor: Actor, person: PersonId) -> bool {
    let Some(call) = unnamed(telephone, actor.user) else { return false };
    let Some(leg) = call.outside() else { return false };
    let Some(known) = telephone.known(leg) else { return false };
    let lease = match calls::lease(&app.rulebook(), app.now().date()) {
        Ok(lease) => lease,
        Err(error) => {
            tracing::error!(%error, "a caller was not put on the desk");
            return false;
        }
    };
    let over = Over::Line { line: telephone.line(), caller: known.number.clone() };
    let began = app
        .db()
        .write(actor, async |tx| {
            let started_at = known.answered.unwrap_or(known.since);
            let over = over.clone();
            on_desk(tx, Inbound { person, outbound: None, started_at, lease, over }).await
        })
        .await;
    match began {
        Ok(Ok(dialled)) => {
            telephone.change(app.hub(), |exchange| exchange.logged(call.nr, dialled.attempt));
            telephone.knows(leg, crate::telephone::Known { persons: vec![person], ..known });
            true
        }
        Ok(Err(why)) => {
            tracing::info!(?why, "a caller was not put on the desk");
            false
        }
        Err(error) => {
            tracing::error!(%error, "a caller was not put on the desk");
            false
        }
    }
}

/// At whom nothing rang any more, because offers were missed, is back.
async fn returned(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    works_calls(&caller)?;
    app.db().write(caller.actor(), async |tx| log::returned(tx).await).await?;
    app.state::<Telephone>().waiting().look_again();
    Ok(StatusCode::NO_CONTENT)
}

/// In the demo somebody of its world rings the desk.
async fn trial(
    State(app): State<App>,
    caller: Caller,
    Path(nr): Path<usize>,
) -> Result<StatusCode, WebError> {
    works_calls(&caller)?;
    let who = app.settings().demo.as_ref().and_then(|demo| demo.callers.get(nr));
    answered(who.is_some_and(|who| app.state::<Outside>().rings(&who.number)))
}

fn answered(is_done: bool) -> Result<StatusCode, WebError> {
    if is_done { Ok(StatusCode::NO_CONTENT) } else { Err(WebError::NotFound) }
}
