//! `/beheer/opzegtermijnen`: how long a notice runs, by kind of membership, and rights to leave at once.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::Error;
use jiff::ToSpan as _;
use jiff::civil::Date;
use retention_rules::notice::YearDay;
use serde::Deserialize;
use texts::Texts;
use web::{Administrator, App, Fields, Form, Page, RuleReader, WebError};

use super::page::{RightEdit, TermsEdit, TermsPage};
use super::store::{self, NewRight, NewTerms, StoredTerms};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/opzegtermijnen", get(show))
        .route("/beheer/opzegtermijnen/vertrekrecht", get(new_right).post(add_right))
        .route("/beheer/opzegtermijnen/vertrekrecht/{id}/weg", post(end_right))
        .route("/beheer/opzegtermijnen/soort/{kind}", get(edit).post(keep))
}

const HOME: &str = "/beheer/opzegtermijnen";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
}

fn page(t: &Texts) -> Page {
    Page::new(t.get("retention-terms"), "/beheer")
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let (versions, rights) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, Error>((store::versions(tx).await?, store::rights(tx).await?))
        })
        .await?;
    let t = app.texts(reader.language);
    let notice = (shown.gedaan == "ja").then(|| t.get("retention-terms-done"));
    let today = app.now().date();
    let body = TermsPage { t: &t, versions: &versions, rights, today, notice };
    web::show(&app, &reader, page(&t), &body).await
}

/// The kind that an address means; none for another one.
fn kind_of(path: &str) -> Option<&str> {
    match path {
        "nieuw" => None,
        "overig" => Some(""),
        kind => Some(kind),
    }
}

async fn edit(
    State(app): State<App>,
    reader: RuleReader,
    Path(path): Path<String>,
) -> Result<Response, WebError> {
    let versions = app.db().read(reader.actor(), async |tx| store::versions(tx).await).await?;
    let today = app.now().date();
    let newest = kind_of(&path).map(|kind| {
        versions.iter().rfind(|version| version.kind == kind).ok_or(WebError::NotFound)
    });
    let typed = fresh(newest.transpose()?, today);
    render(&app, &reader, &path, &typed, None).await
}

fn fresh(newest: Option<&StoredTerms>, today: Date) -> Fields {
    let mut typed = Fields::default();
    typed.push("vanaf", today.to_string());
    match newest {
        None => {
            typed.push("eenheid", "months");
            typed.push("grens", "month_end");
            typed.push("boekjaar", "31-12");
        }
        Some(terms) => {
            typed.push("aantal", terms.notice_n.to_string());
            typed.push("eenheid", terms.notice_unit.code());
            typed.push("grens", terms.boundary.code());
            typed.push("boekjaar", turned(&terms.financial_year_ends));
            typed.push("uiterlijk", turned(&terms.latest_day));
            typed.push("eerste", terms.min_term_months.to_string());
        }
    }
    typed
}

/// `12-31` as people write it, `31-12`, and back.
fn turned(day: &str) -> String {
    day.split_once('-').map(|(one, other)| format!("{other}-{one}")).unwrap_or_default()
}

async fn render(
    app: &App,
    reader: &RuleReader,
    path: &str,
    typed: &Fields,
    wrong: Option<(&'static str, &'static str)>,
) -> Result<Response, WebError> {
    let versions = app.db().read(reader.actor(), async |tx| store::versions(tx).await).await?;
    let kind = kind_of(path);
    let t = app.texts(reader.language);
    let body = TermsEdit {
        t: &t,
        path,
        typed,
        versions: versions.iter().filter(|terms| Some(terms.kind.as_str()) == kind).collect(),
        wrong,
    };
    match wrong {
        None => web::show(app, reader, page(&t), &body).await,
        Some(_) => web::again(app, reader, page(&t), &body).await,
    }
}

async fn keep(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path(path): Path<String>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let new = match read(&typed, kind_of(&path), app.now().date()) {
        Ok(new) => new,
        Err(wrong) => return render(&app, &reader, &path, &typed, Some(wrong)).await,
    };
    app.db().write(administrator.actor(), async |tx| store::keep(tx, &new).await).await?;
    Ok(Redirect::to(&format!("{HOME}?gedaan=ja")).into_response())
}

/// What the form says, or the field that is wrong.
fn read(
    typed: &Fields,
    kind: Option<&str>,
    today: Date,
) -> Result<NewTerms, (&'static str, &'static str)> {
    let kind = kind.unwrap_or_else(|| typed.text("soort")).trim().to_owned();
    if kind.is_empty() && !typed.text("soort").is_empty()
        || ["nieuw", "overig"].contains(&kind.as_str())
        || kind.contains('/')
    {
        return Err(("soort", "retention-terms-no-kind"));
    }
    let number = |field: &'static str, most: i64| match typed.text(field) {
        "" => Ok(0),
        text => text
            .parse()
            .ok()
            .filter(|number| (0..=most).contains(number))
            .ok_or((field, "retention-terms-no-number")),
    };
    let year_day = |field: &'static str| match typed.text(field) {
        "" => Ok(None),
        text => YearDay::parse(&turned(&text.replace('/', "-")))
            .map(Some)
            .ok_or((field, "retention-terms-no-day")),
    };
    let valid_from = kernel::parse_day(typed.text("vanaf"))
        .filter(|day| *day >= today)
        .ok_or(("vanaf", "membership-pension-no-from"))?;
    let source = typed.text("bron").to_owned();
    if source.is_empty() {
        return Err(("bron", "membership-pension-no-source"));
    }
    let unit =
        typed.text("eenheid").parse().map_err(|_| ("eenheid", "retention-terms-no-number"))?;
    let ended = typed.text("vervalt") == "ja";
    if ended && kind.is_empty() {
        return Err(("vervalt", "retention-terms-always"));
    }
    Ok(NewTerms {
        kind,
        notice: (number("aantal", 400)?, unit),
        boundary: typed
            .text("grens")
            .parse()
            .map_err(|_| ("grens", "retention-terms-no-number"))?,
        financial_year_ends: year_day("boekjaar")?.unwrap_or(YearDay::LAST),
        latest_day: year_day("uiterlijk")?,
        min_term_months: number("eerste", 60)?,
        ended,
        valid_from,
        source,
    })
}

async fn new_right(State(app): State<App>, reader: RuleReader) -> Result<Response, WebError> {
    let today = app.now().date();
    let mut typed = Fields::default();
    typed.push("verstuurd", today.to_string());
    // The law gives a month (BW 2:36).
    let until = today.checked_add(1.month()).unwrap_or(today);
    typed.push("tot", until.to_string());
    render_right(&app, &reader, &typed, None).await
}

async fn render_right(
    app: &App,
    reader: &RuleReader,
    typed: &Fields,
    wrong: Option<(&'static str, &'static str)>,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let body = RightEdit { t: &t, typed, wrong };
    match wrong {
        None => web::show(app, reader, page(&t), &body).await,
        Some(_) => web::again(app, reader, page(&t), &body).await,
    }
}

async fn add_right(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let new = match read_right(&typed) {
        Ok(new) => new,
        Err(wrong) => return render_right(&app, &reader, &typed, Some(wrong)).await,
    };
    app.db().write(administrator.actor(), async |tx| store::add_right(tx, &new).await).await?;
    Ok(Redirect::to(&format!("{HOME}?gedaan=ja")).into_response())
}

fn read_right(typed: &Fields) -> Result<NewRight, (&'static str, &'static str)> {
    let name_nl = typed.text("naam").to_owned();
    if name_nl.is_empty() {
        return Err(("naam", "retention-right-no-name"));
    }
    let day = |field: &'static str| {
        kernel::parse_day(typed.text(field)).ok_or((field, "membership-no-day"))
    };
    let (sent_on, until_on) = (day("verstuurd")?, day("tot")?);
    if until_on < sent_on {
        return Err(("tot", "membership-situation-turned"));
    }
    let source = typed.text("bron").to_owned();
    if source.is_empty() {
        return Err(("bron", "membership-pension-no-source"));
    }
    Ok(NewRight {
        name_nl,
        name_en: typed.text("naam_en").to_owned(),
        kind: typed.text("soort").to_owned(),
        sent_on,
        until_on,
        source,
    })
}

async fn end_right(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    let ended =
        app.db().write(administrator.actor(), async |tx| store::end_right(tx, id).await).await?;
    if ended {
        Ok(Redirect::to(&format!("{HOME}?gedaan=ja")).into_response())
    } else {
        Err(WebError::NotFound)
    }
}
