//! `/beheer/tarieven`: what members pay, and the next version: written as a draft, tried on everybody, set.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::Error;
use kernel::Feature;
use membership_rules::tariff::WrongTable;
use serde::Deserialize;
use texts::Texts;
use web::{App, Fields, Form, Page, TariffSetter, WebError};

use super::draft::{self, Refused};
use super::form::{self, Press, Wrong};
use super::page::{DraftPage, TariffsPage, Version};
use super::store::{HolderKind, State as Stage, with_rows};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/tarieven", get(show))
        .route("/beheer/tarieven/nieuw/{holder}", post(begin))
        .route("/beheer/tarieven/{id}", get(edit).post(keep))
        .route("/beheer/tarieven/{id}/proef", post(try_on_all))
        .route("/beheer/tarieven/{id}/vast", post(set))
        .route("/beheer/tarieven/{id}/weg", post(drop_draft))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
}

fn page(t: &Texts) -> Page {
    Page::new(t.get("membership-tariffs"), "/beheer")
}

async fn show(
    State(app): State<App>,
    setter: TariffSetter,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let holders = if app.settings().uses(Feature::CallCentre) {
        [HolderKind::Person, HolderKind::Organisation]
    } else {
        [HolderKind::Organisation, HolderKind::Person]
    };
    let versions = app
        .db()
        .read(setter.actor(), async |tx| {
            let mut versions = Vec::new();
            for holder in holders {
                versions.push((holder, with_rows(tx, holder).await?));
            }
            Ok::<_, Error>(versions)
        })
        .await?;
    let t = app.texts(setter.language);
    let notice = match shown.gedaan.as_str() {
        "vast" => Some(t.get("membership-tariff-is-set")),
        "weg" => Some(t.get("membership-tariff-dropped")),
        _ => None,
    };
    let body = TariffsPage { t: &t, versions, today: app.now().date(), notice };
    web::show(&app, &setter, page(&t), &body).await
}

async fn begin(
    State(app): State<App>,
    setter: TariffSetter,
    Path(holder): Path<String>,
) -> Result<Response, WebError> {
    let holder: HolderKind = holder.parse().map_err(|_| WebError::NotFound)?;
    // A tariff mostly changes with the year or the half year; the day can be written over.
    let today = app.now().date();
    let from = membership_rules::tariff::Per::HalfYear.next(today).unwrap_or(today);
    let id =
        app.db().write(setter.actor(), async |tx| draft::begin(tx, holder, from).await).await?;
    Ok(Redirect::to(&format!("/beheer/tarieven/{id}")).into_response())
}

/// The draft, and the version before it.
async fn draft_of(app: &App, setter: &TariffSetter, id: i64) -> Result<Vec<Version>, WebError> {
    let found = app
        .db()
        .read(setter.actor(), async |tx| {
            for holder in HolderKind::ALL {
                let versions = with_rows(tx, *holder).await?;
                if versions.last().is_some_and(|(table, _)| table.id == id) {
                    return Ok(versions);
                }
            }
            Ok::<_, Error>(vec![])
        })
        .await?;
    if found.last().is_some_and(|(table, _)| table.state == Stage::Draft) {
        Ok(found)
    } else {
        Err(WebError::NotFound)
    }
}

/// What the page of a draft shows besides what is kept.
#[derive(Default)]
struct Said {
    typed: Option<Fields>,
    wrong: Option<Wrong>,
    refused: Option<&'static str>,
    refused_row: Option<usize>,
    notice: Option<&'static str>,
}

async fn render(
    app: &App,
    setter: &TariffSetter,
    id: i64,
    said: Said,
) -> Result<Response, WebError> {
    let versions = draft_of(app, setter, id).await?;
    let (table, rows) = versions.last().ok_or(WebError::NotFound)?;
    let tried = app.db().read(setter.actor(), async |tx| draft::tried(tx, id).await).await?;
    let t = app.texts(setter.language);
    let Said { typed, wrong, refused, refused_row, notice } = said;
    let is_wrong = wrong.is_some() || refused.is_some();
    let changed = typed.is_some();
    let typed = typed.unwrap_or_else(|| form::typed(&t, table, rows));
    let body = DraftPage {
        t: &t,
        id,
        holder: table.holder,
        typed: &typed,
        wrong,
        refused: refused.map(|text| match refused_row {
            Some(row) => t.with(text, "row", i64::try_from(row).unwrap_or(0)),
            None => t.get(text),
        }),
        tried,
        names: versions.iter().rev().flat_map(|(_, rows)| rows.clone()).collect(),
        now: app.db().clock().now(),
        notice: notice.map(|text| t.get(text)),
        changed,
    };
    if is_wrong {
        web::again(app, setter, page(&t), &body).await
    } else {
        web::show(app, setter, page(&t), &body).await
    }
}

async fn edit(
    State(app): State<App>,
    setter: TariffSetter,
    Path(id): Path<i64>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let notice = match shown.gedaan.as_str() {
        "bewaard" => Some("membership-tariff-kept"),
        "proef" => Some("membership-tariff-tried"),
        _ => None,
    };
    render(&app, &setter, id, Said { notice, ..Said::default() }).await
}

fn says(refused: Refused) -> Result<(&'static str, Option<usize>), WebError> {
    Ok(match refused {
        Refused::NoDraft => return Err(WebError::NotFound),
        Refused::Broken(error) => return Err(error.into()),
        Refused::Past => ("membership-pension-no-from", None),
        Refused::SameDay => ("membership-tariff-same-day", None),
        Refused::NotTried => ("membership-tariff-not-tried", None),
        Refused::Table(WrongTable::Empty | WrongTable::Open) => ("membership-tariff-open", None),
        Refused::Table(WrongTable::NoClass(row)) => ("membership-tariff-row-class", Some(row)),
        Refused::Table(WrongTable::Negative(row)) => ("membership-tariff-row-negative", Some(row)),
        Refused::Table(WrongTable::Band(row)) => ("membership-tariff-row-band", Some(row)),
        Refused::Table(WrongTable::Unreachable(row)) => {
            ("membership-tariff-row-unreachable", Some(row))
        }
    })
}

async fn keep(
    State(app): State<App>,
    setter: TariffSetter,
    Path(id): Path<i64>,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let press = Press::read(fields.text("doen"));
    if press != Press::Keep {
        let typed = Some(form::pressed(&fields, press));
        return render(&app, &setter, id, Said { typed, ..Said::default() }).await;
    }
    let table = match form::read(&fields) {
        Ok(table) => table,
        Err(wrong) => {
            let said = Said { typed: Some(fields), wrong: Some(wrong), ..Said::default() };
            return render(&app, &setter, id, said).await;
        }
    };
    let kept = app.db().write(setter.actor(), async |tx| draft::keep(tx, id, &table).await).await;
    match kept {
        Ok(()) => {
            Ok(Redirect::to(&format!("/beheer/tarieven/{id}?gedaan=bewaard")).into_response())
        }
        Err(refused) => {
            let (text, row) = says(refused)?;
            let said = Said {
                typed: Some(fields),
                refused: Some(text),
                refused_row: row,
                ..Said::default()
            };
            render(&app, &setter, id, said).await
        }
    }
}

async fn refused(
    app: &App,
    setter: &TariffSetter,
    id: i64,
    why: Refused,
) -> Result<Response, WebError> {
    let (text, row) = says(why)?;
    let said = Said { refused: Some(text), refused_row: row, ..Said::default() };
    render(app, setter, id, said).await
}

async fn try_on_all(
    State(app): State<App>,
    setter: TariffSetter,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    match draft::try_on_all(app.db(), setter.actor(), id).await {
        Ok(_) => Ok(Redirect::to(&format!("/beheer/tarieven/{id}?gedaan=proef")).into_response()),
        Err(why) => refused(&app, &setter, id, why).await,
    }
}

async fn set(
    State(app): State<App>,
    setter: TariffSetter,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    let done = app.db().write(setter.actor(), async |tx| draft::set(tx, id).await).await;
    match done {
        Ok(()) => Ok(Redirect::to("/beheer/tarieven?gedaan=vast").into_response()),
        Err(why) => refused(&app, &setter, id, why).await,
    }
}

async fn drop_draft(
    State(app): State<App>,
    setter: TariffSetter,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    let done = app.db().write(setter.actor(), async |tx| draft::drop_draft(tx, id).await).await;
    match done {
        Ok(()) => Ok(Redirect::to("/beheer/tarieven?gedaan=weg").into_response()),
        Err(why) => refused(&app, &setter, id, why).await,
    }
}
