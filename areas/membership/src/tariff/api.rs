//! `/api/v1/tariffs`, and what one membership pays.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use db::Error;
use jiff::civil::Date;
use kernel::{Cents, MembershipId};
use membership_rules::tariff::Situation;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, FileReader, Json, List, Problem, TariffSetter};

use super::draft::{self, NewTable, Refused};
use super::result::ResultBody;
use super::store::{HolderKind, StoredRow, StoredTable, with_rows};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, write_draft))
        .routes(routes!(try_on_all))
        .routes(routes!(set))
        .routes(routes!(amount))
}

/// One row of a tariff: the first that holds decides. Amounts are cents; what is absent asks nothing.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RowBody {
    class: String,
    name_nl: String,
    name_en: String,
    cents: i64,
    /// On top of it for each place after the first.
    each_branch: i64,
    age_from: Option<i64>,
    age_until: Option<i64>,
    /// Has reached the state pension age, or has not.
    pension: Option<bool>,
    /// Any of `student`, `benefit`, `participation`, `retired`, `not_working`, `debt`.
    situations: Vec<String>,
    /// Any of these types of membership.
    kinds: Vec<String>,
    income_from: Option<i64>,
    income_until: Option<i64>,
    hours_from: Option<i64>,
    hours_until: Option<i64>,
    branches_from: Option<i64>,
    branches_until: Option<i64>,
    floor_from: Option<i64>,
    floor_until: Option<i64>,
    needs_proof: bool,
}

fn list_of(text: &str) -> Vec<String> {
    text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl RowBody {
    fn of(row: StoredRow) -> Self {
        Self {
            situations: list_of(&row.situations),
            kinds: list_of(&row.kinds),
            class: row.class,
            name_nl: row.name_nl,
            name_en: row.name_en,
            cents: row.cents.0,
            each_branch: row.each_branch.0,
            age_from: row.age_from,
            age_until: row.age_until,
            pension: row.pension,
            income_from: row.income_from,
            income_until: row.income_until,
            hours_from: row.hours_from,
            hours_until: row.hours_until,
            branches_from: row.branches_from,
            branches_until: row.branches_until,
            floor_from: row.floor_from,
            floor_until: row.floor_until,
            needs_proof: row.needs_proof,
        }
    }

    fn row(self) -> Result<StoredRow, ApiError> {
        let unknown = self.situations.iter().any(|word| word.parse::<Situation>().is_err());
        if unknown {
            return Err(ApiError::wrong("situations", "one of the situations in the description"));
        }
        Ok(StoredRow {
            id: 0,
            table_id: 0,
            situations: self.situations.join(","),
            kinds: self.kinds.join(","),
            class: self.class,
            name_nl: self.name_nl,
            name_en: self.name_en,
            cents: Cents(self.cents),
            each_branch: Cents(self.each_branch),
            age_from: self.age_from,
            age_until: self.age_until,
            pension: self.pension,
            income_from: self.income_from,
            income_until: self.income_until,
            hours_from: self.hours_from,
            hours_until: self.hours_until,
            branches_from: self.branches_from,
            branches_until: self.branches_until,
            floor_from: self.floor_from,
            floor_until: self.floor_until,
            needs_proof: self.needs_proof,
        })
    }
}

/// One version of a tariff.
#[derive(Debug, Serialize, ToSchema)]
struct TariffBody {
    id: String,
    /// `person` or `organisation`.
    holder: String,
    /// `draft` or `set`.
    state: String,
    valid_from: String,
    /// `month`, `quarter`, `half_year` or `year`.
    per: String,
    /// `none`, `month` or `day`.
    pro_rata: String,
    surcharge: i64,
    intro_months: Option<i64>,
    intro_cents: Option<i64>,
    source: String,
    rows: Vec<RowBody>,
}

fn shown((table, rows): (StoredTable, Vec<StoredRow>)) -> TariffBody {
    TariffBody {
        id: table.id.to_string(),
        holder: table.holder.to_string(),
        state: table.state.to_string(),
        valid_from: table.valid_from.to_string(),
        per: table.per.to_string(),
        pro_rata: table.pro_rata.to_string(),
        surcharge: table.surcharge.0,
        intro_months: table.intro_months,
        intro_cents: table.intro_cents.map(|cents| cents.0),
        source: table.source,
        rows: rows.into_iter().map(RowBody::of).collect(),
    }
}

/// Every version of the tariffs, oldest first, drafts last of their kind.
#[utoipa::path(get, path = "/tariffs", tag = "membership",
    responses((status = 200, body = List<TariffBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    setter: Api<TariffSetter>,
) -> Result<Json<List<TariffBody>>, ApiError> {
    let items = app
        .db()
        .read(setter.actor(), async |tx| {
            let mut items = Vec::new();
            for holder in HolderKind::ALL {
                items.extend(with_rows(tx, *holder).await?.into_iter().map(shown));
            }
            Ok::<_, Error>(items)
        })
        .await?;
    Ok(Json(List { items, next_cursor: None }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftBody {
    /// `person` or `organisation`.
    holder: String,
    /// The first day; today or later.
    valid_from: String,
    /// `month` if not given.
    per: Option<String>,
    /// `none` if not given.
    pro_rata: Option<String>,
    #[serde(default)]
    surcharge: i64,
    intro_months: Option<i64>,
    intro_cents: Option<i64>,
    #[serde(default)]
    intro_not_classes: Vec<String>,
    #[serde(default)]
    intro_not_transfer: bool,
    intro_not_within: Option<i64>,
    source: String,
    rows: Vec<RowBody>,
}

/// Writes the draft for this kind of holder, over the one that is there.
#[utoipa::path(post, path = "/tariffs", tag = "membership", request_body = DraftBody,
    responses((status = 201, body = TariffBody), (status = 422, body = Problem)))]
async fn write_draft(
    State(app): State<App>,
    setter: Api<TariffSetter>,
    Json(body): Json<DraftBody>,
) -> Result<(StatusCode, Json<TariffBody>), ApiError> {
    let holder: HolderKind =
        body.holder.parse().map_err(|_| ApiError::wrong("holder", "person or organisation"))?;
    let valid_from = kernel::parse_day(&body.valid_from)
        .ok_or_else(|| ApiError::wrong("valid_from", "not a day"))?;
    let per = body.per.as_deref().unwrap_or("month");
    let pro_rata = body.pro_rata.as_deref().unwrap_or("none");
    if body.surcharge < 0 {
        return Err(ApiError::wrong("surcharge", "not less than nothing"));
    }
    if body.intro_months.is_some() != body.intro_cents.is_some()
        || body.intro_months.is_some_and(|months| !(1..=24).contains(&months))
        || body.intro_cents.is_some_and(|cents| cents < 0)
    {
        return Err(ApiError::wrong("intro_months", "1 to 24, with intro_cents"));
    }
    let table = NewTable {
        per: per
            .parse()
            .map_err(|_| ApiError::wrong("per", "month, quarter, half_year or year"))?,
        pro_rata: pro_rata
            .parse()
            .map_err(|_| ApiError::wrong("pro_rata", "none, month or day"))?,
        surcharge: Cents(body.surcharge),
        intro_months: body.intro_months,
        intro_cents: body.intro_cents.map(Cents),
        intro_not_classes: body.intro_not_classes.join(","),
        intro_not_transfer: body.intro_not_transfer,
        intro_not_within: body.intro_not_within,
        valid_from,
        source: body.source,
        rows: body.rows.into_iter().map(RowBody::row).collect::<Result<_, _>>()?,
    };
    let done = app
        .db()
        .write(setter.actor(), async |tx| {
            let id = draft::begin(tx, holder, valid_from).await?;
            draft::keep(tx, id, &table).await?;
            let versions = with_rows(tx, holder).await?;
            Ok::<_, Refused>(versions.into_iter().find(|(table, _)| table.id == id))
        })
        .await;
    let draft = answered(done)?.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::CREATED, Json(shown(draft))))
}

fn answered<T>(done: Result<T, Refused>) -> Result<T, ApiError> {
    done.map_err(|refused| match refused {
        Refused::NoDraft => ApiError::NotFound,
        Refused::Broken(error) => error.into(),
        Refused::Past => ApiError::wrong("valid_from", refused.to_string()),
        Refused::Table(_) => ApiError::wrong("rows", refused.to_string()),
        Refused::SameDay => ApiError::refused("tariff-same-day", refused.to_string()),
        Refused::NotTried => ApiError::refused("tariff-not-tried", refused.to_string()),
    })
}

/// Computes what a draft would do to everybody who is a member on its first day.
#[utoipa::path(post, path = "/tariffs/{id}/simulation", tag = "membership", params(("id" = String, Path)),
    responses((status = 200, body = ResultBody), (status = 404, body = Problem)))]
async fn try_on_all(
    State(app): State<App>,
    setter: Api<TariffSetter>,
    Path(id): Path<i64>,
) -> Result<Json<ResultBody>, ApiError> {
    let result = answered(draft::try_on_all(app.db(), setter.actor(), id).await)?;
    Ok(Json(ResultBody::of(&result)))
}

/// Sets a draft that was tried: it holds from its day on, and is never changed again.
#[utoipa::path(post, path = "/tariffs/{id}/set", tag = "membership", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn set(
    State(app): State<App>,
    setter: Api<TariffSetter>,
    Path(id): Path<i64>,
) -> Result<StatusCode, ApiError> {
    answered(app.db().write(setter.actor(), async |tx| draft::set(tx, id).await).await)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
struct On {
    /// The first day of the period; today if not given.
    on: Option<String>,
}

/// What a membership costs, and what its amount hangs on.
#[derive(Debug, Serialize, ToSchema)]
struct AmountBody {
    class: String,
    cents: i64,
    per: String,
    /// On top of it without a direct debit.
    surcharge: i64,
    /// The version that it was computed by.
    tariff: String,
    /// There is a row with a lower amount that holds once proof was seen.
    lower_with_proof: bool,
}

/// What a membership costs for the period that begins on a day.
#[utoipa::path(get, path = "/memberships/{id}/amount", tag = "membership", params(("id" = String, Path), On),
    responses((status = 200, body = AmountBody), (status = 404, body = Problem)))]
async fn amount(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<MembershipId>,
    Query(asked): Query<On>,
) -> Result<Json<AmountBody>, ApiError> {
    let on: Date = match asked.on.as_deref() {
        None => app.now().date(),
        Some(day) => kernel::parse_day(day).ok_or_else(|| ApiError::wrong("on", "not a day"))?,
    };
    let sight = people::Sight::of(reader.scope, reader.id);
    let wanted = crate::store::Wanted {
        id: Some(id),
        person: None,
        organisation: None,
        after: MembershipId(0),
        limit: 1,
    };
    let priced = app
        .db()
        .write(reader.actor(), async |tx| {
            let Some(held) = crate::store::held(tx, wanted, sight).await?.pop() else {
                return Ok(None);
            };
            if let Some(person) = held.person_id {
                activity::log_read(tx, person, activity::Why::Api).await?;
            }
            super::amount_on(tx, id, on).await
        })
        .await?;
    let priced = priced.ok_or(ApiError::NotFound)?;
    Ok(Json(AmountBody {
        class: priced.class,
        cents: priced.cents.0,
        per: priced.per.to_string(),
        surcharge: priced.surcharge.0,
        tariff: priced.table.to_string(),
        lower_with_proof: priced.with_proof.is_some(),
    }))
}
