use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use figures::figure::universe_of;
use jiff::civil::Date;
use kernel::Action;
use people::Sight;
use service::agreement::{Only, Whose};
use steering_rules::target::WORDS_MAX;
use web::{App, Fields, FigureReader, Form, Page, WebError};

use super::page::{SessionPage, SessionsPage};
use super::store::{self, NewSeries};
use crate::proposer::Proposer;
use crate::target::{by_id, held, make_agreement, may_propose, sees};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/bijeenkomsten", get(show_list).post(plan))
        .route("/bijeenkomsten/{id}", get(show))
        .route("/bijeenkomsten/{id}/besluit", post(decide))
        .route("/bijeenkomsten/{id}/afspraak", post(agree))
        .route("/bijeenkomsten/{id}/verzet", post(move_it))
        .route("/bijeenkomsten/{id}/sluit", post(end))
}

fn page(app: &App, reader: &FigureReader) -> Page {
    Page::new(app.texts(reader.language).get("steering-nav"), "/cijfers")
}

async fn show_list(State(app): State<App>, reader: FigureReader) -> Result<Response, WebError> {
    render_list(&app, &reader, &Fields::default(), None).await
}

async fn render_list(
    app: &App,
    reader: &FigureReader,
    typed: &Fields,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let (series, sessions) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, db::Error>((store::series(tx).await?, store::sessions(tx).await?))
        })
        .await?;
    let t = app.texts(reader.language);
    let may_plan = may_propose(reader);
    let today = app.now().date();
    let body = SessionsPage { t: &t, today, series, sessions, may_plan, typed, wrong };
    let page = page(app, reader);
    match wrong {
        None => web::show(app, reader, page, &body).await,
        Some(_) => web::again(app, reader, page, &body).await,
    }
}

fn read(typed: &Fields, today: Date) -> Result<NewSeries, &'static str> {
    let name = typed.text("naam").to_owned();
    if !(1..=NAME_MAX).contains(&name.chars().count()) {
        return Err("steering-series-no-name");
    }
    let number = |name: &str, most: i64| {
        typed.text(name).parse::<i64>().ok().filter(|n| (1..=most).contains(n))
    };
    let meetings = number("aantal", 52).ok_or("steering-series-no-count")?;
    let every_weeks = number("weken", 26).ok_or("steering-series-no-weeks")?;
    let first = day_to_come(typed.text("eerste"), today)?;
    Ok(NewSeries { name, meetings, first, every_weeks })
}

const NAME_MAX: usize = 80;

fn day_to_come(typed: &str, today: Date) -> Result<Date, &'static str> {
    kernel::parse_day(typed).filter(|day| *day >= today).ok_or("steering-no-day")
}

async fn plan(
    State(app): State<App>,
    reader: Proposer,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    match read(&typed, app.now().date()) {
        Err(wrong) => render_list(&app, &reader, &typed, Some(wrong)).await,
        Ok(new) => {
            let id = app.db().write(reader.actor(), async |tx| store::plan(tx, &new).await).await?;
            Ok(Redirect::to(&format!("/bijeenkomsten/{id}?gedaan=nieuw")).into_response())
        }
    }
}

async fn show(
    State(app): State<App>,
    reader: FigureReader,
    Path(id): Path<i64>,
    Query(asked): Query<Fields>,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let notice = match asked.text("gedaan") {
        "nieuw" => Some(t.get("steering-done-series")),
        "besluit" => Some(t.get("steering-done-decision")),
        "afspraak" => Some(t.get("steering-done-agreement")),
        "sluit" => Some(t.get("steering-done-session")),
        _ => None,
    };
    render(&app, &reader, id, &Fields::default(), None, notice).await
}

async fn render(
    app: &App,
    reader: &FigureReader,
    id: i64,
    typed: &Fields,
    wrong: Option<&'static str>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let universe = universe_of(app);
    let found = app
        .db()
        .read(reader.actor(), async |tx| {
            let Some(session) = store::by_id(tx, id).await? else { return Ok(None) };
            let mut agenda = held(tx, reader, universe).await?;
            agenda.sort_by_key(|shown| (shown.pressing(), shown.target.id));
            let mut open = Vec::new();
            for earlier in store::before(tx, &session).await? {
                let whose = Whose::OfSession(earlier);
                open.extend(
                    service::agreement::list(tx, whose, Only::default(), Sight::Nobody, 50).await?,
                );
            }
            let all = Only { all: true, ..Only::default() };
            let whose = Whose::OfSession(id);
            let made = service::agreement::list(tx, whose, all, Sight::Nobody, 50).await?;
            let decisions = store::decisions(tx, id).await?;
            let kept = store::series(tx).await?.into_iter().find(|one| one.id == session.series_id);
            let colleagues = service::others(tx, reader.id).await?;
            Ok::<_, db::Error>(Some((session, agenda, open, made, decisions, kept, colleagues)))
        })
        .await?;
    let (session, agenda, open, made, decisions, kept, colleagues) =
        found.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let names = reader.may(Action::KeepAgreements);
    let body = SessionPage {
        t: &t,
        today: app.now().date(),
        session,
        agenda,
        open,
        made,
        decisions,
        in_time: kept.as_ref().map_or(0, |series| series.in_time),
        due: kept.as_ref().map_or(0, |series| series.due),
        colleagues,
        may_write: names,
        may_lead: may_propose(reader),
        names,
        typed,
        wrong,
        notice,
    };
    let page = page(app, reader);
    match wrong {
        None => web::show(app, reader, page, &body).await,
        Some(_) => web::again(app, reader, page, &body).await,
    }
}

/// Whoever writes in a meeting keeps agreements.
fn may_write(reader: &FigureReader) -> Result<(), WebError> {
    if reader.may(Action::KeepAgreements) { Ok(()) } else { Err(WebError::Forbidden) }
}

async fn decide(
    State(app): State<App>,
    reader: FigureReader,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    may_write(&reader)?;
    let words = typed.text("besluit");
    let wrong = match words.chars().count() {
        0 => Some("steering-no-decision"),
        n if n > WORDS_MAX => Some("steering-too-long"),
        _ => None,
    };
    if wrong.is_some() {
        return render(&app, &reader, id, &typed, wrong, None).await;
    }
    app.db()
        .write(reader.actor(), async |tx| {
            store::hold_open(tx, id).await?;
            let target = about(tx, &reader, typed.text("bdoel")).await?;
            store::decide(tx, id, target, words).await
        })
        .await?;
    // What was typed beside it stays.
    if typed.text("what").is_empty() {
        return Ok(Redirect::to(&format!("/bijeenkomsten/{id}?gedaan=besluit")).into_response());
    }
    let rest = typed.only(&["what", "owner", "due", "adoel"]);
    let notice = app.texts(reader.language).get("steering-done-decision");
    render(&app, &reader, id, &rest, None, Some(notice)).await
}

/// The target that was chosen.
///
/// # Errors
///
/// [`db::Error::Raced`] if it is not there any more.
async fn about(
    tx: &mut db::Tx,
    reader: &FigureReader,
    typed: &str,
) -> Result<Option<i64>, db::Error> {
    if typed.is_empty() {
        return Ok(None);
    }
    let id: i64 = typed.parse().map_err(|_| db::Error::Raced)?;
    let found = by_id(tx, id).await?.filter(|target| sees(reader, target));
    found.map(|target| Some(target.id)).ok_or(db::Error::Raced)
}

async fn agree(
    State(app): State<App>,
    reader: FigureReader,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    may_write(&reader)?;
    let made = app
        .db()
        .write(reader.actor(), async |tx| {
            store::hold_open(tx, id).await?;
            let target = about(tx, &reader, typed.text("adoel")).await?;
            make_agreement(tx, &typed, target, Some(id)).await
        })
        .await?;
    match made {
        Ok(()) if typed.text("besluit").is_empty() => {
            Ok(Redirect::to(&format!("/bijeenkomsten/{id}?gedaan=afspraak")).into_response())
        }
        Ok(()) => {
            let rest = typed.only(&["besluit", "bdoel"]);
            let notice = app.texts(reader.language).get("steering-done-agreement");
            render(&app, &reader, id, &rest, None, Some(notice)).await
        }
        Err(wrong) => render(&app, &reader, id, &typed, Some(wrong), None).await,
    }
}

async fn move_it(
    State(app): State<App>,
    reader: Proposer,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let day = match day_to_come(typed.text("dag"), app.now().date()) {
        Ok(day) => day,
        Err(wrong) => return render(&app, &reader, id, &typed, Some(wrong), None).await,
    };
    app.db().write(reader.actor(), async |tx| store::move_to(tx, id, day).await).await?;
    Ok(Redirect::to(&format!("/bijeenkomsten/{id}")).into_response())
}

async fn end(
    State(app): State<App>,
    reader: Proposer,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    if ["besluit", "what"].iter().any(|name| !typed.text(name).is_empty()) {
        return render(&app, &reader, id, &typed, Some("steering-unsaved"), None).await;
    }
    app.db().write(reader.actor(), async |tx| store::end(tx, id).await).await?;
    Ok(Redirect::to(&format!("/bijeenkomsten/{id}?gedaan=sluit")).into_response())
}
