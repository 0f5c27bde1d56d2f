use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use figures::figure::universe_of;
use figures_rules::outlook::Light;
use kernel::Action;
use people::Sight;
use service::agreement::{Only, Whose};
use web::{App, Fields, FigureReader, Form, Page, WebError};

use super::page::{SessionPage, SessionsPage};
use super::store::{self, NewSeries};
use crate::proposer::Proposer;
use crate::target::{Shown, make_agreement, may_propose, seen};

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

fn read(typed: &Fields) -> Result<NewSeries, &'static str> {
    let name = typed.text("naam").to_owned();
    let number = |name: &str, most: i64| {
        typed.text(name).parse::<i64>().ok().filter(|n| (1..=most).contains(n))
    };
    let first = kernel::parse_day(typed.text("eerste"));
    match (name.is_empty(), number("aantal", 52), number("weken", 26), first) {
        (false, Some(meetings), Some(every_weeks), Some(first)) => {
            Ok(NewSeries { name, meetings, first, every_weeks })
        }
        _ => Err("steering-series-incomplete"),
    }
}

async fn plan(
    State(app): State<App>,
    reader: Proposer,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    match read(&typed) {
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

/// What misses first, then what is behind, then the rest.
fn pressing(shown: &Shown) -> (u8, i64) {
    let outlook = &shown.outlook;
    let behind = if shown.target.figure.less_is_better() {
        outlook.actual > outlook.expected
    } else {
        outlook.actual < outlook.expected
    };
    let rank = match (outlook.light, behind) {
        (Light::Misses, _) => 0,
        (_, true) => 1,
        _ => 2,
    };
    (rank, shown.target.id)
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
            let mut agenda = seen(tx, reader, universe).await?;
            agenda.sort_by_key(pressing);
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
            let colleagues = service::colleagues(tx).await?;
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

/// A meeting that goes on; whoever writes in it keeps agreements.
async fn open_session(app: &App, reader: &FigureReader, id: i64) -> Result<(), WebError> {
    if !reader.may(Action::KeepAgreements) {
        return Err(WebError::Forbidden);
    }
    let found = app.db().read(reader.actor(), async |tx| store::by_id(tx, id).await).await?;
    let session = found.ok_or(WebError::NotFound)?;
    if session.ended_at.is_some() { Err(WebError::Raced) } else { Ok(()) }
}

fn target_of(typed: &Fields) -> Option<i64> {
    typed.text("doel").parse().ok()
}

async fn decide(
    State(app): State<App>,
    reader: FigureReader,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    open_session(&app, &reader, id).await?;
    let words = typed.text("besluit");
    if words.is_empty() {
        return render(&app, &reader, id, &typed, Some("steering-no-decision"), None).await;
    }
    let target = target_of(&typed);
    app.db().write(reader.actor(), async |tx| store::decide(tx, id, target, words).await).await?;
    Ok(Redirect::to(&format!("/bijeenkomsten/{id}?gedaan=besluit")).into_response())
}

async fn agree(
    State(app): State<App>,
    reader: FigureReader,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    open_session(&app, &reader, id).await?;
    match make_agreement(&app, reader.actor(), &typed, target_of(&typed), Some(id)).await? {
        Ok(()) => Ok(Redirect::to(&format!("/bijeenkomsten/{id}?gedaan=afspraak")).into_response()),
        Err(wrong) => render(&app, &reader, id, &typed, Some(wrong), None).await,
    }
}

async fn move_it(
    State(app): State<App>,
    reader: Proposer,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let Some(day) = kernel::parse_day(typed.text("dag")) else {
        return render(&app, &reader, id, &typed, Some("steering-series-incomplete"), None).await;
    };
    app.db().write(reader.actor(), async |tx| store::move_to(tx, id, day).await).await?;
    Ok(Redirect::to(&format!("/bijeenkomsten/{id}")).into_response())
}

async fn end(
    State(app): State<App>,
    reader: Proposer,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    app.db().write(reader.actor(), async |tx| store::end(tx, id).await).await?;
    Ok(Redirect::to(&format!("/bijeenkomsten/{id}?gedaan=sluit")).into_response())
}
