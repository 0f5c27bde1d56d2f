use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use figures_rules::{Dim, Figure, Month};
use kernel::{Action, Feature, Role};
use people::Sight;
use serde::Deserialize;
use web::{App, Fields, FigureReader, Form, Page, WebError};

use super::api;
use super::page::{FigurePage, FiguresPage, RowsPage, SurvivalPage, january, place, written};
use super::rows::{self, Asked};
use super::store::{self, line, lines_of, may_see, names, universe_of};
use crate::count;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/cijfers/alles", get(show_all))
        .route("/cijfers/survival", get(show_survival))
        .route("/cijfers/{figure}", get(show))
        .route("/cijfers/{figure}/csv", get(csv))
        .route("/cijfers/{figure}/opmerking", post(comment))
        .route("/cijfers/{figure}/achter", get(behind))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Where {
    lijn: String,
    plek: String,
    /// Along which line it is told apart.
    uit: String,
    maand: String,
}

impl Where {
    /// The place that is asked for, if this user may see it.
    fn dim(&self, reader: &FigureReader) -> Result<Dim, WebError> {
        let dim = match self.lijn.as_str() {
            "" => Dim::All,
            line => Dim::read(line, &self.plek).ok_or(WebError::NotFound)?,
        };
        if may_see(reader, &dim) { Ok(dim) } else { Err(WebError::NotFound) }
    }
}

fn read_figure(code: &str) -> Result<Figure, WebError> {
    code.parse().map_err(|_| WebError::NotFound)
}

fn page_of(app: &App, reader: &FigureReader) -> Page {
    Page::new(app.texts(reader.language).get("figures-nav"), "/cijfers")
}

/// Two years, with the one before to set beside it.
fn span(app: &App) -> (Month, Month) {
    let now = Month::of(app.now().date());
    (now.plus(-35), now)
}

async fn show_all(State(app): State<App>, reader: FigureReader) -> Result<Response, WebError> {
    let universe = universe_of(&app);
    let (from, now) = span(&app);
    let t = app.texts(reader.language);
    let lines = app
        .db()
        .read(reader.actor(), async |tx| {
            let mut lines = Vec::new();
            for figure in Figure::ALL {
                lines.push(line(tx, *figure, universe, &Dim::All, from, now).await?);
            }
            Ok::<_, db::Error>(lines)
        })
        .await?;
    let figures = lines
        .iter()
        .map(|line| {
            let (figure, now) = (line.figure, line.now);
            let from = if figure.adds_up() { january(now) } else { now };
            let value = written(&t, figure, line.over(from, now));
            let before = line.year_before(from, now).map(|value| written(&t, figure, value));
            let before = before.unwrap_or_else(|| "–".into());
            (figure, value, before)
        })
        .collect();
    web::show(&app, &reader, page_of(&app, &reader), &FiguresPage { t: &t, figures }).await
}

async fn show(
    State(app): State<App>,
    reader: FigureReader,
    Path(figure): Path<String>,
    Query(asked): Query<Where>,
) -> Result<Response, WebError> {
    let figure = read_figure(&figure)?;
    let dim = asked.dim(&reader)?;
    let universe = universe_of(&app);
    let (from, now) = span(&app);
    let lines = lines_of(figure, &reader, app.settings().uses(Feature::Visits));
    let apart = lines.iter().copied().find(|line| *line == asked.uit);
    let apart = apart.or(lines.first().copied()).filter(|_| dim == Dim::All);
    let (found, along, corrections, place, comments) = app
        .db()
        .read(reader.actor(), async |tx| {
            let found = line(tx, figure, universe, &dim, from, now).await?;
            let last = found.now;
            let since = if figure.adds_up() { january(last) } else { last };
            let along = match apart {
                None => vec![],
                Some(on) => store::along(tx, figure, universe, on, since, last).await?,
            };
            let measures = figure.measures();
            let first = figure.reaches_back(from, now);
            let corrections = count::corrections(tx, universe, &measures, &dim, first, now).await?;
            let (on, key) = dim.stored();
            let place = match dim {
                Dim::All => None,
                _ => Some(names(tx, on).await?.remove(&key).unwrap_or(key)),
            };
            let comments = store::comments(tx, figure).await?;
            Ok::<_, db::Error>((found, along, corrections, place, comments))
        })
        .await?;
    let t = app.texts(reader.language);
    let may_open = may_open(&reader);
    let gap = app.rulebook().number("figures.rejoin_gap_days", app.now().date())?;
    let body = FigurePage {
        t: &t,
        line: found,
        dim,
        place,
        apart,
        lines,
        along,
        corrections,
        comments,
        now: app.now().timestamp(),
        is_colleague: reader.may(Action::KeepAgreements),
        gap,
        may_open,
    };
    web::show(&app, &reader, page_of(&app, &reader), &body).await
}

/// A colleague says something about a figure; without words nothing is said.
async fn comment(
    State(app): State<App>,
    reader: FigureReader,
    Path(figure): Path<String>,
    Form(typed): Form<Fields>,
) -> Result<Redirect, WebError> {
    let figure = read_figure(&figure)?;
    if !reader.may(Action::KeepAgreements) {
        return Err(WebError::Forbidden);
    }
    let words = typed.text("opmerking");
    if !words.is_empty() {
        app.db().write(reader.actor(), async |tx| store::comment(tx, figure, words).await).await?;
    }
    Ok(Redirect::to(&format!("/cijfers/{figure}")))
}

/// Who may see what stands behind a number: who leads, and who travels. An agent sees her own numbers, a coach the team's without
/// people; both roles together are no more. Source: product description, "key figures, drill-down to people".
fn may_open(reader: &FigureReader) -> bool {
    reader.may(Action::OpenFiles)
        && [Role::TeamLead, Role::Field].iter().any(|role| reader.roles.has(*role))
}

async fn behind(
    State(app): State<App>,
    reader: FigureReader,
    Path(figure): Path<String>,
    Query(asked): Query<Where>,
) -> Result<Response, WebError> {
    let figure = read_figure(&figure)?;
    let dim = asked.dim(&reader)?;
    let month: Month = asked.maand.parse().map_err(|_| WebError::NotFound)?;
    let scope = reader.scope(Action::OpenFiles).filter(|_| may_open(&reader));
    let sight = Sight::of(scope.ok_or(WebError::Forbidden)?, reader.id);
    let universe = universe_of(&app);
    let book = app.rulebook();
    let back = format!("/cijfers/{figure}?{}", place(&dim).trim_start_matches('&'));
    let wanted = Asked { figure, universe, dim, month };
    let whose = (reader.id, reader.team, reader.roles.has(Role::TeamLead));
    let (rows, is_cut) = app
        .db()
        .read(reader.actor(), async |tx| rows::behind(tx, &book, &wanted, sight, whose).await)
        .await?;
    // Looking takes long and noting does not: nobody is kept from writing meanwhile.
    app.db()
        .write(reader.actor(), async |tx| {
            for person in rows.iter().filter_map(|row| row.href.strip_prefix("/leden/")) {
                if let Ok(person) = person.parse() {
                    activity::log_read(tx, person, activity::Why::Figure).await?;
                }
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    let t = app.texts(reader.language);
    let body = RowsPage { t: &t, figure, month, rows, is_cut, back };
    web::show(&app, &reader, page_of(&app, &reader), &body).await
}

async fn csv(
    State(app): State<App>,
    reader: FigureReader,
    Path(figure): Path<String>,
    Query(asked): Query<Where>,
) -> Result<Response, WebError> {
    let figure = read_figure(&figure)?;
    let dim = asked.dim(&reader)?;
    let universe = universe_of(&app);
    let (from, now) = span(&app);
    let found = app
        .db()
        .read(reader.actor(), async |tx| line(tx, figure, universe, &dim, from, now).await)
        .await?;
    let name = format!("attachment; filename=\"{figure}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, api::csv_of(&found, &dim)).into_response())
}

async fn show_survival(State(app): State<App>, reader: FigureReader) -> Result<Response, WebError> {
    let universe = universe_of(&app);
    let points =
        app.db().read(reader.actor(), async |tx| store::survival(tx, universe).await).await?;
    let t = app.texts(reader.language);
    web::show(&app, &reader, page_of(&app, &reader), &SurvivalPage { t: &t, points }).await
}
