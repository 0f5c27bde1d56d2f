use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;
use web::{Administrator, App, Form, Page, RuleReader, WebError};

use super::page::{NormForm, NormPage, NormsPage};
use super::store::{self, NewNorm};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/contactnorm", get(show))
        .route("/beheer/contactnorm/nieuw", get(new).post(add))
        .route("/beheer/contactnorm/{nr}", get(edit).post(change))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
}

fn page(app: &App, reader: &RuleReader) -> Page {
    Page::new(app.texts(reader.language).get("visits-norms"), "/beheer")
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let (norms, versions) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, db::Error>((store::valid_on(tx, today).await?, store::versions(tx).await?))
        })
        .await?;
    let coming = versions.into_iter().filter(|norm| norm.valid_from > today).collect();
    let t = app.texts(reader.language);
    let notice = (shown.gedaan == "ja").then(|| t.get("visits-norm-done"));
    let body = NormsPage { t: &t, norms, coming, notice };
    web::show(&app, &reader, page(&app, &reader), &body).await
}

async fn new(State(app): State<App>, reader: RuleReader) -> Result<Response, WebError> {
    let form = NormForm {
        applies: "member".into(),
        position: "9".into(),
        branches_min: "0".into(),
        valid_from: app.now().date().to_string(),
        ..NormForm::default()
    };
    render(&app, &reader, None, &form, None).await
}

async fn edit(
    State(app): State<App>,
    reader: RuleReader,
    Path(nr): Path<i64>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let norms = app.db().read(reader.actor(), async |tx| store::versions(tx).await).await?;
    let newest = norms.iter().rfind(|norm| norm.nr == nr).ok_or(WebError::NotFound)?;
    render(&app, &reader, Some(nr), &NormForm::of(newest, today), None).await
}

async fn render(
    app: &App,
    reader: &RuleReader,
    nr: Option<i64>,
    form: &NormForm,
    wrong: Option<(&'static str, &'static str)>,
) -> Result<Response, WebError> {
    let mut versions = app.db().read(reader.actor(), async |tx| store::versions(tx).await).await?;
    versions.retain(|norm| Some(norm.nr) == nr);
    let t = app.texts(reader.language);
    let body = NormPage { t: &t, nr, form, versions, wrong };
    let page = page(app, reader);
    match wrong {
        None => web::show(app, reader, page, &body).await,
        Some(_) => web::again(app, reader, page, &body).await,
    }
}

async fn add(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Form(form): Form<NormForm>,
) -> Result<Response, WebError> {
    keep(&app, &administrator, &reader, None, &form).await
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path(nr): Path<i64>,
    Form(form): Form<NormForm>,
) -> Result<Response, WebError> {
    keep(&app, &administrator, &reader, Some(nr), &form).await
}

async fn keep(
    app: &App,
    administrator: &Administrator,
    reader: &RuleReader,
    nr: Option<i64>,
    form: &NormForm,
) -> Result<Response, WebError> {
    let norm = match read(form, nr, app.now().date()) {
        Ok(norm) => norm,
        Err(wrong) => return render(app, reader, nr, form, Some(wrong)).await,
    };
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| {
            if let Some(nr) = nr
                && store::versions(tx).await?.iter().all(|norm| norm.nr != nr)
            {
                return Ok(false);
            }
            store::keep(tx, &norm).await?;
            Ok::<_, db::Error>(true)
        })
        .await?;
    if kept {
        Ok(Redirect::to("/beheer/contactnorm?gedaan=ja").into_response())
    } else {
        Err(WebError::NotFound)
    }
}

/// What the form says, or the field that is wrong.
fn read(
    form: &NormForm,
    nr: Option<i64>,
    today: Date,
) -> Result<NewNorm, (&'static str, &'static str)> {
    let name_nl = form.name_nl.trim().to_owned();
    if name_nl.is_empty() {
        return Err(("name_nl", "visits-norm-no-name"));
    }
    let applies = form.applies.parse().map_err(|_| ("applies", "visits-norm-no-applies"))?;
    let number = |text: &str, field: &'static str| match text.trim() {
        "" => Ok(None),
        text => match text.parse::<i64>() {
            Ok(number) if (0..=1200).contains(&number) => Ok(Some(number)),
            _ => Err((field, "visits-norm-no-number")),
        },
    };
    let every_months = number(&form.every_months, "every_months")?;
    if every_months == Some(0) {
        return Err(("every_months", "visits-norm-no-number"));
    }
    let mut after_days = Vec::new();
    for day in form.after_days.split([',', ' ']).filter(|day| !day.is_empty()) {
        after_days.extend(number(day, "after_days")?);
    }
    if !after_days.is_sorted() {
        return Err(("after_days", "visits-norm-not-sorted"));
    }
    let valid_from = kernel::parse_day(&form.valid_from)
        .filter(|day| *day >= today)
        .ok_or(("valid_from", "visits-norm-no-from"))?;
    let source = form.source.trim().to_owned();
    if source.is_empty() {
        return Err(("source", "visits-norm-no-source"));
    }
    Ok(NewNorm {
        nr,
        name_nl,
        name_en: form.name_en.trim().to_owned(),
        position: number(&form.position, "position")?.unwrap_or(0),
        applies,
        branches_min: number(&form.branches_min, "branches_min")?.unwrap_or(0),
        sector: form.sector.trim().to_owned(),
        every_months,
        after_days,
        ended: form.ended == "ja",
        valid_from,
        source,
    })
}
