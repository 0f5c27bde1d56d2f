use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::civil::date;
use kernel::Action;
use serde::Deserialize;
use web::{Administrator, App, Form, Page, RuleReader, WebError};

use super::page::{CalendarPage, DayForm, Wrong};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/kalender", get(show).post(change))
        .route("/beheer/kalender/{date}/weg", post(remove))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    jaar: Option<i16>,
    /// A day to change.
    dag: String,
    gedaan: String,
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let chosen = kernel::parse_day(&asked.dag);
    let form = match chosen {
        Some(day) => {
            let found = app
                .db()
                .read(reader.actor(), async |tx| rulebook::days(tx, day, day).await)
                .await?;
            found
                .first()
                .map_or_else(|| DayForm { day: day.to_string(), ..DayForm::default() }, DayForm::of)
        }
        None => DayForm::default(),
    };
    let done = match asked.gedaan.as_str() {
        "ja" => Some("admin-day-done"),
        "weg" => Some("admin-day-removed"),
        _ => None,
    };
    let year = chosen.map(jiff::civil::Date::year).or(asked.jaar);
    render(&app, &reader, year, &form, &[], done).await
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Form(form): Form<DayForm>,
) -> Result<Response, WebError> {
    let day = match form.read() {
        Ok(day) => day,
        Err(wrong) => {
            let year = kernel::parse_day(&form.day).map(jiff::civil::Date::year);
            return render(&app, &reader, year, &form, &wrong, None).await;
        }
    };
    let year = day.day.year();
    app.db()
        .write(administrator.actor(), async |tx| rulebook::change_day(tx, day.clone()).await)
        .await?;
    app.reload_rules().await?;
    Ok(Redirect::to(&format!("/beheer/kalender?jaar={year}&gedaan=ja")).into_response())
}

async fn remove(
    State(app): State<App>,
    administrator: Administrator,
    Path(day): Path<String>,
) -> Result<Response, WebError> {
    let day = kernel::parse_day(&day).ok_or(WebError::NotFound)?;
    app.db().write(administrator.actor(), async |tx| rulebook::remove_day(tx, day).await).await?;
    app.reload_rules().await?;
    Ok(Redirect::to(&format!("/beheer/kalender?jaar={}&gedaan=weg", day.year())).into_response())
}

async fn render(
    app: &App,
    reader: &RuleReader,
    year: Option<i16>,
    form: &DayForm,
    wrong: &[Wrong],
    done: Option<&'static str>,
) -> Result<Response, WebError> {
    let year = year.filter(|year| (1900..=2200).contains(year)).unwrap_or_else(|| app.now().year());
    let (first, last) = (date(year, 1, 1), date(year, 12, 31));
    let days =
        app.db().read(reader.actor(), async |tx| rulebook::days(tx, first, last).await).await?;
    let t = app.texts(reader.language);
    let body = CalendarPage {
        t: &t,
        year,
        days,
        form,
        wrong,
        may_change: reader.may(Action::Administer),
        done,
    };
    let page = Page::new(t.get("admin-calendar"), "/beheer");
    if wrong.is_empty() {
        web::show(app, reader, page, &body).await
    } else {
        web::again(app, reader, page, &body).await
    }
}
