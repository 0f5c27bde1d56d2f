use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::Tx;
use kernel::{Action, PersonId};
use membership::Holder;
use people::Sight;
use referral_rules::give::Channel;
use serde::Deserialize;
use web::{App, Caller, Fields, Form, Page, WebError};

use super::cards::cards;
use super::page::{Answer, Found, MemberPage};
use crate::give::{self, Handing, Refused};
use crate::line::{Line, given, of_member};
use crate::named::{Named, named};
use crate::words::refused_text;
use crate::{Broken, board, code, remind, settings};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/werving/{person}", get(show).post(hand_out))
        .route("/werving/{person}/kaart", get(cards))
        .route("/werving/{person}/niet-nu", post(not_now))
        .route("/werving/{person}/gevraagd", post(asked))
        .route("/werving/{person}/bestuur", post(seat))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
    aantal: i64,
    /// The cancellation from which one came, to go back to.
    behoud: Option<i64>,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<PersonId>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let notice = match shown.gedaan.as_str() {
        "email" => Some(t.with("referral-done-email", "n", shown.aantal)),
        "sms" => Some(t.with("referral-done-sms", "n", shown.aantal)),
        "niet-nu" => Some(t.get("referral-done-not-now")),
        "gevraagd" => Some(t.get("referral-done-asked")),
        "bestuur" => Some(t.get("referral-done-board")),
        _ => None,
    };
    let mut typed = Fields::default();
    if let Some(case) = shown.behoud {
        typed.push("behoud", case.to_string());
    }
    render(&app, &caller, person, &typed, Answer { notice, ..Answer::default() }).await
}

async fn render(
    app: &App,
    caller: &Caller,
    person: PersonId,
    typed: &Fields,
    answer: Answer,
) -> Result<Response, WebError> {
    people::check::before_reading(app, caller, person).await?;
    let (book, today) = (app.rulebook(), app.now().date());
    let promise = settings::promise(&book, today)?;
    let may_seat = caller.may(Action::ManageCampaigns);
    let found = app
        .db()
        .write(caller.actor(), async |tx| {
            let Some(stored) = people::person::by_id(tx, person, Sight::All).await? else {
                return Ok(None);
            };
            activity::log_read(tx, person, activity::Why::Referral).await?;
            let code = code::of_person(tx, person).await?;
            let copy = match &code {
                Some(code) => Some(give::to_copy(tx, app, &stored, code, today).await?),
                None => None,
            };
            let is_member = membership::current(tx, Holder::Person(person), today).await?.is_some();
            Ok::<_, Broken>(Some(Found {
                is_member,
                given: given(tx, person).await?,
                lines: lines(tx, person).await?,
                reminder: remind::of_person(tx, person).await?,
                on_board: board::is_on_board(tx, person).await?,
                stored,
                code,
                copy,
            }))
        })
        .await?;
    let found = found.ok_or(WebError::NotFound)?;
    let t = app.texts(caller.language);
    let is_wrong = answer.wrong.is_some() || answer.wrong_day.is_some();
    let link = found.code.as_ref().map(|code| give::link(app, code));
    let body =
        MemberPage { t: &t, found, link, amount: promise.cents, today, typed, answer, may_seat };
    let page = Page::new(t.get("referral-invite"), "/werving");
    if is_wrong {
        web::again(app, caller, page, &body).await
    } else {
        web::show(app, caller, page, &body).await
    }
}

async fn lines(tx: &mut Tx, person: PersonId) -> Result<Vec<(Line, Named)>, db::Error> {
    let mut lines = Vec::new();
    for line in of_member(tx, person).await? {
        let who = named(tx, line.person_id, Sight::All).await?;
        lines.push((line, who));
    }
    Ok(lines)
}

fn read(typed: &Fields, person: PersonId) -> Result<Handing, Refused> {
    let number = typed.text("aantal").parse().map_err(|_| referral_rules::give::Refused::Number)?;
    let channel = typed.text("via").parse().unwrap_or(Channel::Card);
    Ok(Handing { person, number, channel })
}

async fn hand_out(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<PersonId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let done = match read(&typed, person) {
        Ok(handing) => {
            let step = async |tx: &mut Tx| give::give(tx, &app, handing).await;
            app.db().write(caller.actor(), step).await.map(|_| handing)
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(Handing { channel: Channel::Card, number, .. }) => {
            Ok(Redirect::to(&format!("/werving/{person}/kaart?aantal={number}")).into_response())
        }
        Ok(Handing { channel, number, .. }) => {
            let behoud = typed.text("behoud").parse::<i64>();
            let behoud = behoud.map(|case| format!("&behoud={case}")).unwrap_or_default();
            let to = format!("/werving/{person}?gedaan={channel}&aantal={number}{behoud}");
            Ok(Redirect::to(&to).into_response())
        }
        Err(Refused::NoPerson) => Err(WebError::NotFound),
        Err(Refused::Broken(broken)) => Err(broken.into()),
        Err(refused @ (Refused::Rule(_) | Refused::NotChecked(_))) => {
            let wrong = refused_text(&app.texts(caller.language), &refused);
            render(&app, &caller, person, &typed, Answer { wrong, ..Answer::default() }).await
        }
    }
}

/// "Niet nu": whoever asked asks this member again on a day.
async fn not_now(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<PersonId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    people::check::before_reading(&app, &caller, person).await?;
    let today = app.now().date();
    let Some(on) = kernel::parse_day(typed.text("dag")).filter(|on| *on > today) else {
        let wrong_day = Some(app.texts(caller.language).get("referral-wrong-day"));
        return render(&app, &caller, person, &typed, Answer { wrong_day, ..Answer::default() })
            .await;
    };
    let me = caller.id;
    let planned = app
        .db()
        .write(caller.actor(), async |tx| {
            if people::person::by_id(tx, person, Sight::All).await?.is_none() {
                return Ok(false);
            }
            remind::remind(tx, person, on, me).await?;
            Ok::<_, db::Error>(true)
        })
        .await?;
    if !planned {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to(&format!("/werving/{person}?gedaan=niet-nu")).into_response())
}

/// The member was asked.
async fn asked(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<PersonId>,
) -> Result<Response, WebError> {
    people::check::before_reading(&app, &caller, person).await?;
    app.db().write(caller.actor(), async |tx| remind::done(tx, person).await).await?;
    Ok(Redirect::to(&format!("/werving/{person}?gedaan=gevraagd")).into_response())
}

/// A member is on the board, or not any more.
async fn seat(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<PersonId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    if !caller.may(Action::ManageCampaigns) {
        return Err(WebError::Forbidden);
    }
    people::check::before_reading(&app, &caller, person).await?;
    let on_board = typed.text("bestuur") == "ja";
    let found = app
        .db()
        .write(caller.actor(), async |tx| {
            if people::person::by_id(tx, person, Sight::All).await?.is_none() {
                return Ok(false);
            }
            board::put(tx, person, on_board).await?;
            Ok::<_, db::Error>(true)
        })
        .await?;
    if !found {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to(&format!("/werving/{person}?gedaan=bestuur")).into_response())
}
