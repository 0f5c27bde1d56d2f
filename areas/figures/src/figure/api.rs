//! `/api/v1/figures`

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use figures_rules::{Dim, Figure, Month, Shown, Value};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, FigureReader, Json, List, Problem};

use super::page::formula_text;
use super::store::{self, Line, Month1, line, may_see, universe_of};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(show_csv))
        .routes(routes!(show_survival))
}

/// What a figure is.
#[derive(Serialize, ToSchema)]
struct FigureBody {
    id: &'static str,
    /// Changes with the formula.
    version: i64,
    /// In words, in Dutch.
    formula: String,
    /// `number` or `share` (from 0 to 1).
    unit: &'static str,
    /// Whether it adds up over months; others are what they are at the end of each.
    adds_up: bool,
    less_is_better: bool,
}

fn described(app: &App, figure: Figure, gap: i64) -> FigureBody {
    FigureBody {
        id: figure.code(),
        version: figure.version(),
        formula: formula_text(&app.texts(texts::Language::Dutch), figure, gap),
        unit: match figure.shown() {
            Shown::Number => "number",
            Shown::Percent => "share",
        },
        adds_up: figure.adds_up(),
        less_is_better: figure.less_is_better(),
    }
}

/// The key figures with their formulas.
#[utoipa::path(get, path = "/figures", tag = "figures",
    responses((status = 200, body = List<FigureBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    _reader: Api<FigureReader>,
) -> Result<Json<List<FigureBody>>, ApiError> {
    let gap = app.rulebook().number("figures.rejoin_gap_days", app.now().date())?;
    let items = Figure::ALL.iter().map(|figure| described(&app, *figure, gap)).collect();
    Ok(Json(List { items, next_cursor: None }))
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// `2025-12`; eleven months before `to` if not given.
    from: Option<String>,
    /// `2026-11`; the month under way if not given.
    to: Option<String>,
    /// `month` (if not given), `total`, `sector`, `class` or `team`.
    by: Option<String>,
    /// Only along this line: `sector`, `class`, `team` or `user`.
    dim: Option<String>,
    /// The place on it.
    key: Option<String>,
}

/// A value, with the two numbers that it is made of.
#[derive(Serialize, ToSchema)]
struct ValueBody {
    /// With `by=month`.
    #[serde(skip_serializing_if = "Option::is_none")]
    month: Option<String>,
    /// With `by=sector`, `class` or `team`.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Absent where nothing is set against nothing.
    value: Option<f64>,
    of: i64,
    per: Option<i64>,
    /// A closed month is not rewritten.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<bool>,
    /// With what was learned after it was closed, if that makes a difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected: Option<f64>,
}

impl ValueBody {
    fn of(value: Value) -> Self {
        let Value { of, per } = value;
        Self {
            month: None,
            key: None,
            value: value.number(),
            of,
            per,
            closed: None,
            corrected: None,
        }
    }
}

impl ValueBody {
    fn of_month(month: &Month1) -> Self {
        Self {
            month: Some(month.month.to_string()),
            closed: Some(month.is_closed),
            corrected: month.corrected.and_then(Value::number),
            ..Self::of(month.value)
        }
    }
}

/// A figure over a period.
#[derive(Serialize, ToSchema)]
struct SeriesBody {
    id: &'static str,
    version: i64,
    from: String,
    to: String,
    /// The day by which the last month is measured.
    reference_date: String,
    items: Vec<ValueBody>,
}

/// What is asked for, as it was understood.
struct Wanted {
    figure: Figure,
    from: Month,
    to: Month,
    dim: Dim,
}

fn wanted(
    app: &App,
    reader: &FigureReader,
    figure: &str,
    asked: &Asked,
) -> Result<Wanted, ApiError> {
    let figure = figure.parse().map_err(|_| ApiError::NotFound)?;
    let month = |text: &Option<String>, field| match text {
        None => Ok(None),
        Some(text) => {
            text.parse().map(Some).map_err(|_| ApiError::wrong(field, "a month, as 2026-11"))
        }
    };
    let now = Month::of(app.now().date());
    let to: Month = month(&asked.to, "to")?.unwrap_or(now).min(now);
    let from: Month = month(&asked.from, "from")?.unwrap_or(to.plus(-11));
    if from > to || to.since(from) > 120 {
        return Err(ApiError::wrong("from", "ten years at most, and not after `to`"));
    }
    let dim = match (&asked.dim, &asked.key) {
        (None, _) => Dim::All,
        (Some(line), key) => Dim::read(line, key.as_deref().unwrap_or_default())
            .ok_or_else(|| ApiError::wrong("dim", "sector, class, team or user, with its key"))?,
    };
    if !may_see(reader, &dim) {
        return Err(ApiError::Forbidden);
    }
    Ok(Wanted { figure, from, to, dim })
}

/// One figure: month by month, over the whole period, or told apart.
#[utoipa::path(get, path = "/figures/{id}", tag = "figures", params(("id" = String, Path), Asked),
    responses((status = 200, body = SeriesBody), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn show(
    State(app): State<App>,
    reader: Api<FigureReader>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<SeriesBody>, ApiError> {
    let Wanted { figure, from, to, dim } = wanted(&app, &reader, &id, &asked)?;
    let universe = universe_of(&app);
    let by = asked.by.as_deref().unwrap_or("month");
    let items = app
        .db()
        .read(reader.actor(), async |tx| {
            let items = match by {
                "month" => {
                    let found = line(tx, figure, universe, &dim, from, to).await?;
                    found.months.iter().map(ValueBody::of_month).collect()
                }
                "total" => {
                    let found = line(tx, figure, universe, &dim, from, to).await?;
                    vec![ValueBody::of(found.over(from, to))]
                }
                "sector" | "class" | "team" => store::along(tx, figure, universe, by, from, to)
                    .await?
                    .into_iter()
                    .filter(|along| may_see(&reader, &along.dim))
                    .map(|along| ValueBody {
                        key: Some(along.dim.stored().1),
                        ..ValueBody::of(along.value)
                    })
                    .collect(),
                _ => return Ok(None),
            };
            Ok::<_, db::Error>(Some(items))
        })
        .await?;
    let items =
        items.ok_or_else(|| ApiError::wrong("by", "month, total, sector, class or team"))?;
    Ok(Json(SeriesBody {
        id: figure.code(),
        version: figure.version(),
        from: from.to_string(),
        to: to.to_string(),
        reference_date: to.last().min(app.now().date()).to_string(),
        items,
    }))
}

/// One figure as a file, month by month.
#[utoipa::path(get, path = "/figures/{id}/csv", tag = "figures", params(("id" = String, Path), Asked),
    responses((status = 200, content_type = "text/csv", body = String), (status = 403, body = Problem)))]
async fn show_csv(
    State(app): State<App>,
    reader: Api<FigureReader>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let Wanted { figure, from, to, dim } = wanted(&app, &reader, &id, &asked)?;
    let universe = universe_of(&app);
    let found = app
        .db()
        .read(reader.actor(), async |tx| line(tx, figure, universe, &dim, from, to).await)
        .await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], csv_of(&found, &dim)).into_response())
}

/// The months of a figure as a file: the same on the page and in the API.
pub(super) fn csv_of(line: &Line, dim: &Dim) -> Vec<u8> {
    let (on, key) = dim.stored();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head =
        ["figure", "version", "dim", "key", "month", "value", "of", "per", "closed", "corrected"];
    writer.write_record(head).expect("into memory");
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for month in &line.months {
        let row = [
            line.figure.code().to_owned(),
            line.figure.version().to_string(),
            on.to_owned(),
            key.clone(),
            month.month.to_string(),
            number(month.value.number()),
            month.value.of.to_string(),
            month.value.per.map(|per| per.to_string()).unwrap_or_default(),
            month.is_closed.to_string(),
            number(month.corrected.and_then(Value::number)),
        ];
        writer.write_record(row).expect("into memory");
    }
    writer.into_inner().expect("into memory")
}

/// The share that is still a member after so many months, with the interval of nineteen in twenty.
#[derive(Serialize, ToSchema)]
struct SurvivalBody {
    months: i32,
    share: f64,
    low: f64,
    high: f64,
    watched: i64,
}

/// How long members stay (Kaplan-Meier), of all who joined since the first month that is counted.
#[utoipa::path(get, path = "/figures/survival", tag = "figures",
    responses((status = 200, body = List<SurvivalBody>), (status = 403, body = Problem)))]
async fn show_survival(
    State(app): State<App>,
    reader: Api<FigureReader>,
) -> Result<Json<List<SurvivalBody>>, ApiError> {
    let universe = universe_of(&app);
    let points =
        app.db().read(reader.actor(), async |tx| store::survival(tx, universe).await).await?;
    let items = points
        .into_iter()
        .map(|point| SurvivalBody {
            months: point.months,
            share: point.share,
            low: point.low,
            high: point.high,
            watched: point.watched,
        })
        .collect();
    Ok(Json(List { items, next_cursor: None }))
}
