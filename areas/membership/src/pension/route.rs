//! `/beheer/aow`: the table of ages, changed by a new version with its source.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::civil::Date;
use membership_rules::pension::{AgeRow, WrongTable};
use serde::Deserialize;
use texts::Texts;
use web::{Administrator, App, Form, Page, RuleReader, WebError};

use super::page::{AgeForm, AgePage, AgesPage, Wrong};
use super::store::{self, NewAge, Refused, StoredAge, valid_on};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/aow", get(show))
        .route("/beheer/aow/nieuw", get(new).post(add))
        .route("/beheer/aow/{born_from}", get(edit).post(change))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
}

fn page(t: &Texts) -> Page {
    Page::new(t.get("membership-pension-ages"), "/beheer")
}

async fn versions(app: &App, reader: &RuleReader) -> Result<Vec<StoredAge>, WebError> {
    Ok(app.db().read(reader.actor(), async |tx| store::versions(tx).await).await?)
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let versions = versions(&app, &reader).await?;
    let t = app.texts(reader.language);
    let body = AgesPage {
        t: &t,
        ages: valid_on(&versions, today),
        coming: versions.iter().filter(|age| age.valid_from > today).collect(),
        notice: (shown.gedaan == "ja").then(|| t.get("membership-pension-done")),
    };
    web::show(&app, &reader, page(&t), &body).await
}

async fn new(State(app): State<App>, reader: RuleReader) -> Result<Response, WebError> {
    let form = AgeForm { valid_from: app.now().date().to_string(), ..AgeForm::default() };
    render(&app, &reader, None, &form, None).await
}

async fn edit(
    State(app): State<App>,
    reader: RuleReader,
    Path(born_from): Path<Date>,
) -> Result<Response, WebError> {
    let versions = versions(&app, &reader).await?;
    let newest = versions.iter().rfind(|age| age.born_from == born_from);
    let form = AgeForm::of(newest.ok_or(WebError::NotFound)?, app.now().date());
    render(&app, &reader, Some(born_from), &form, None).await
}

async fn render(
    app: &App,
    reader: &RuleReader,
    born_from: Option<Date>,
    form: &AgeForm,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let versions = versions(app, reader).await?;
    let t = app.texts(reader.language);
    let is_wrong = wrong.is_some();
    let body = AgePage {
        t: &t,
        born_from,
        form,
        versions: versions.iter().filter(|age| Some(age.born_from) == born_from).collect(),
        wrong,
    };
    if is_wrong {
        web::again(app, reader, page(&t), &body).await
    } else {
        web::show(app, reader, page(&t), &body).await
    }
}

async fn add(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Form(form): Form<AgeForm>,
) -> Result<Response, WebError> {
    keep(&app, &administrator, &reader, None, &form).await
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path(born_from): Path<Date>,
    Form(form): Form<AgeForm>,
) -> Result<Response, WebError> {
    let known = versions(&app, &reader).await?.iter().any(|age| age.born_from == born_from);
    if !known {
        return Err(WebError::NotFound);
    }
    keep(&app, &administrator, &reader, Some(born_from), &form).await
}

async fn keep(
    app: &App,
    administrator: &Administrator,
    reader: &RuleReader,
    born_from: Option<Date>,
    form: &AgeForm,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let age = match read(form, born_from, app.now().date()) {
        Ok(age) => age,
        Err((field, text)) => {
            return render(app, reader, born_from, form, Some((field, t.get(text)))).await;
        }
    };
    let kept = app.db().write(administrator.actor(), async |tx| store::keep(tx, &age).await).await;
    match kept {
        Ok(()) => Ok(Redirect::to("/beheer/aow?gedaan=ja").into_response()),
        Err(Refused::Table(wrong)) => {
            render(app, reader, born_from, form, Some(("years", says(&t, wrong)))).await
        }
        Err(Refused::Broken(error)) => Err(error.into()),
    }
}

fn says(t: &Texts, wrong: WrongTable) -> String {
    let with = |text, day| t.with(text, "day", t.figure_date(day));
    match wrong {
        WrongTable::Empty => t.get("membership-pension-empty"),
        WrongTable::Twice(day) => with("membership-pension-twice", day),
        WrongTable::Lower(day) => with("membership-pension-lower", day),
        WrongTable::DecidedAfterEstimate(day) => with("membership-pension-after-estimate", day),
    }
}

/// What the form says, or the field that is wrong.
fn read(
    form: &AgeForm,
    born_from: Option<Date>,
    today: Date,
) -> Result<NewAge, (&'static str, &'static str)> {
    let born_from = match born_from {
        Some(day) => day,
        None => kernel::parse_day(&form.born_from)
            .filter(|day| (1900..=2100).contains(&day.year()))
            .ok_or(("born_from", "membership-pension-no-born"))?,
    };
    let number = |text: &str, range: std::ops::RangeInclusive<i64>| {
        text.trim().parse().ok().filter(|number| range.contains(number))
    };
    let wrong_age = ("years", "membership-pension-no-age");
    let years = number(&form.years, 60..=80).ok_or(wrong_age)?;
    let months = if form.months.trim().is_empty() {
        0
    } else {
        number(&form.months, 0..=11).ok_or(wrong_age)?
    };
    let valid_from = kernel::parse_day(&form.valid_from)
        .filter(|day| *day >= today)
        .ok_or(("valid_from", "membership-pension-no-from"))?;
    let source = form.source.trim().to_owned();
    if source.is_empty() {
        return Err(("source", "membership-pension-no-source"));
    }
    let row = AgeRow { born_from, years, months, is_estimate: form.is_estimate == "ja" };
    Ok(NewAge { row, ended: form.ended == "ja", valid_from, source })
}
