//! `/api/v1/visits`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::civil::{Date, Time};
use kernel::{ContactPersonId, OrganisationId, UserId, VisitId};
use serde::{Deserialize, Serialize};
use service_rules::agreement::{NewAgreement, Source as AgreementSource};
use service_rules::wish::{Kind, NewWish, Source as WishSource};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use visits_rules::report::{Field, Refused, Write};
use visits_rules::way::Point;
use web::{Api, ApiError, App, Json, List, Problem, Visitor};

use super::report::{Met, Report, report};
use super::route::travels;
use super::store::{self, Change, Failed, NewVisit, Only, Visit, Whose};
use super::whose;
use crate::due;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change)).routes(routes!(dues))
}

/// One colleague at one place.
#[derive(Serialize, ToSchema)]
struct VisitBody {
    id: String,
    /// Where.
    organisation: String,
    /// For whom it counts.
    member: String,
    visitor: String,
    /// `planned`, `reported`, `not_met` or `dropped`.
    state: String,
    planned_on: Option<String>,
    planned_time: Option<String>,
    visited_on: Option<String>,
    why: Option<String>,
    version: i64,
}

impl From<Visit> for VisitBody {
    fn from(visit: Visit) -> Self {
        Self {
            id: visit.id.to_string(),
            organisation: visit.place_id.to_string(),
            member: visit.member_id.to_string(),
            visitor: visit.user_id.to_string(),
            state: visit.state.to_string(),
            planned_on: visit.planned_on.map(|day| day.to_string()),
            planned_time: visit.planned_time.map(|time| time.strftime("%H:%M").to_string()),
            visited_on: visit.visited_on.map(|day| day.to_string()),
            why: visit.why,
            version: visit.version,
        }
    }
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// `planned`, `reported`, `not_met` or `dropped`.
    state: Option<String>,
    /// Only at this organisation, or for it.
    #[param(value_type = Option<String>)]
    organisation: Option<OrganisationId>,
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: String,
}

const LIMIT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// Visits in pages: own ones, or everybody's for who leads.
#[utoipa::path(get, path = "/visits", tag = "visits", params(Asked),
    responses((status = 200, body = List<VisitBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    visitor: Api<Visitor>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<VisitBody>>, ApiError> {
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let state = match asked.state.as_deref() {
        None => None,
        Some(code) => Some(
            code.parse()
                .map_err(|_| ApiError::wrong("state", "planned, reported, not_met or dropped"))?,
        ),
    };
    let after = VisitId(asked.cursor.parse().unwrap_or(0));
    let only = Only { state, organisation: asked.organisation, after };
    let whose = whose(&visitor);
    let found = app
        .db()
        .read(visitor.actor(), async |tx| store::list(tx, whose, only, limit).await)
        .await?;
    let full = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next_cursor = full.then(|| found.last().map(|last| last.id.to_string())).flatten();
    Ok(Json(List { items: found.into_iter().map(VisitBody::from).collect(), next_cursor }))
}

/// The report of a visit, field by field.
#[derive(Deserialize, ToSchema)]
struct ReportBody {
    /// Today if not given.
    visited_on: Option<String>,
    /// Ids of contact persons' persons.
    spoke: Option<Vec<String>>,
    /// Ids of themes.
    topics: Option<Vec<String>>,
    lives: Option<String>,
    /// 1 to 5.
    mood: Option<u8>,
    /// When to come again: a day.
    again_on: Option<String>,
    /// Which value of each field was seen, by its name: a newer one is not overwritten. 0 if none was.
    #[serde(default)]
    seen: std::collections::BTreeMap<String, i64>,
    /// Who was met there for the first time; counts as spoken to.
    #[serde(default)]
    met: Vec<MetBody>,
    /// Ids of contact persons who do not work there any more.
    #[serde(default)]
    left: Vec<String>,
    /// Where the place is.
    point: Option<PointBody>,
    #[serde(default)]
    agreements: Vec<AgreedBody>,
    #[serde(default)]
    wishes: Vec<WishedBody>,
}

/// Somebody who is met for the first time.
#[derive(Deserialize, ToSchema)]
struct MetBody {
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    prefix: String,
    last_name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    mobile: String,
}

impl MetBody {
    fn read(&self) -> Met {
        Met {
            first_name: self.first_name.clone(),
            prefix: self.prefix.clone(),
            last_name: self.last_name.clone(),
            role: self.role.clone(),
            mobile: self.mobile.clone(),
        }
    }
}

/// In millionths of a degree.
#[derive(Deserialize, ToSchema)]
struct PointBody {
    lat_e6: i64,
    lon_e6: i64,
}

/// Something that was promised there.
#[derive(Deserialize, ToSchema)]
struct AgreedBody {
    what: String,
    #[serde(default)]
    owner: String,
    due_on: String,
    /// Made by the device: the same key twice is one agreement.
    key: Option<String>,
}

/// Something that was asked there.
#[derive(Deserialize, ToSchema)]
struct WishedBody {
    theme: String,
    words: String,
    #[serde(default)]
    owner: String,
    due_on: Option<String>,
    /// Made by the device: the same key twice is one question.
    key: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct NewBody {
    organisation: String,
    /// Plans the visit for this day.
    planned_on: Option<String>,
    /// `10:00`
    planned_time: Option<String>,
    /// Who goes; oneself if not given.
    visitor: Option<String>,
    /// Reports a visit that nobody planned.
    report: Option<ReportBody>,
    /// Made by the device: the same key twice is one visit.
    key: Option<String>,
}

/// Plans a visit, or reports one that nobody planned.
#[utoipa::path(post, path = "/visits", tag = "visits", request_body = NewBody,
    responses((status = 201, body = VisitBody), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    visitor: Api<Visitor>,
    Json(body): Json<NewBody>,
) -> Result<(StatusCode, Json<VisitBody>), ApiError> {
    let place: OrganisationId =
        body.organisation.parse().map_err(|_| ApiError::wrong("organisation", "not an id"))?;
    let rules = Answers::of(&app)?;
    let (whose, me) = (whose(&visitor), visitor.id);
    let added = app
        .db()
        .write(visitor.actor(), async |tx| {
            if people::organisation::by_id(tx, place).await?.is_none() {
                return Ok(Err(ApiError::wrong("organisation", "no such organisation")));
            }
            let id = match (&body.report, &body.planned_on) {
                (Some(brought), None) => {
                    let wanted = Where {
                        visit: None,
                        place,
                        member: membership::member_of(tx, place, rules.today).await?,
                    };
                    match read(tx, wanted, brought, body.key.clone(), &rules).await? {
                        Ok(wanted) => {
                            let dues = due::rules(tx, rules.starter_months, rules.today).await?;
                            match report(tx, &wanted, &dues).await {
                                Ok(reported) => reported.id,
                                Err(failed) => return refused(failed),
                            }
                        }
                        Err(wrong) => return Ok(Err(wrong)),
                    }
                }
                (None, Some(day)) => {
                    let (on, at) = match when(day, body.planned_time.as_deref()) {
                        Ok(when) => when,
                        Err(wrong) => return Ok(Err(wrong)),
                    };
                    let who = match &body.visitor {
                        None => me,
                        Some(user) => match user.parse::<UserId>() {
                            Ok(user) if may_plan_for(tx, whose, me, user).await? => user,
                            _ => return Ok(Err(ApiError::wrong("visitor", "nobody who travels"))),
                        },
                    };
                    match store::plan(tx, NewVisit { place, visitor: who, on, at }).await {
                        Ok(id) => id,
                        Err(failed) => return refused(failed),
                    }
                }
                _ => {
                    let one = "say planned_on to plan, or report to report";
                    return Ok(Err(ApiError::wrong("planned_on", one)));
                }
            };
            Ok::<_, db::Error>(store::by_id(tx, id).await?.ok_or(ApiError::NotFound))
        })
        .await??;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Whether somebody plans for others.
fn leads(whose: Whose) -> bool {
    matches!(whose, Whose::Team(..))
}

async fn may_plan_for(
    tx: &mut db::Tx,
    whose: Whose,
    me: UserId,
    user: UserId,
) -> Result<bool, db::Error> {
    Ok(user == me || (leads(whose) && travels(tx, user).await?))
}

fn when(day: &str, time: Option<&str>) -> Result<(Date, Option<Time>), ApiError> {
    let on = kernel::parse_day(day).ok_or_else(|| ApiError::wrong("planned_on", "not a day"))?;
    let at = match time {
        None => None,
        Some(time) => Some(
            kernel::parse_time(time)
                .ok_or_else(|| ApiError::wrong("planned_time", "not a time"))?,
        ),
    };
    Ok((on, at))
}

/// What was refused, as an answer; what is broken stays an error.
fn refused<T>(failed: Failed) -> Result<Result<T, ApiError>, db::Error> {
    Ok(Err(match failed {
        Failed::Refused(why) => {
            let field = match why {
                Refused::DayToCome => "visited_on",
                Refused::Nobody | Refused::Name | Refused::Ids => "spoke",
                Refused::Mood => "mood",
                Refused::Again => "again_on",
                Refused::Over => "state",
                Refused::DayPast => "planned_on",
            };
            ApiError::wrong(field, why.to_string())
        }
        Failed::PlannedAlready => {
            ApiError::refused("visit-planned", "a visit to this place is planned already")
        }
        Failed::Broken(error) => return Err(error),
    }))
}

/// By when a question is answered, and what decides who is due.
struct Answers {
    today: Date,
    answer_by: Date,
    starter_months: i64,
}

impl Answers {
    fn of(app: &App) -> Result<Self, ApiError> {
        let today = app.now().date();
        let book = app.rulebook();
        Ok(Self {
            today,
            answer_by: super::form::answer_by(&book, today)?,
            starter_months: book.number("visits.starter_months", today)?,
        })
    }
}

/// Which visit a report is about, or where it was.
struct Where {
    visit: Option<VisitId>,
    place: OrganisationId,
    member: OrganisationId,
}

async fn read(
    tx: &mut db::Tx,
    at: Where,
    body: &ReportBody,
    key: Option<String>,
    rules: &Answers,
) -> Result<Result<Report, ApiError>, db::Error> {
    let day = |text: &Option<String>, field: &'static str| match text {
        None => Ok(None),
        Some(text) => {
            kernel::parse_day(text).map(Some).ok_or_else(|| ApiError::wrong(field, "not a day"))
        }
    };
    let days = day(&body.visited_on, "visited_on")
        .and_then(|visited| Ok((visited, day(&body.again_on, "again_on")?)));
    let (visited_on, again) = match days {
        Ok(days) => days,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let values = [
        (Field::Spoke, body.spoke.as_ref().map(|ids| ids.join(","))),
        (Field::Topics, body.topics.as_ref().map(|ids| ids.join(","))),
        (Field::Lives, body.lives.clone()),
        (Field::Mood, body.mood.map(|mood| mood.to_string())),
        (Field::Again, again.map(|day| day.to_string())),
    ];
    let writes = values
        .into_iter()
        .filter_map(|(field, value)| {
            let seen_nr = body.seen.get(field.code()).copied().unwrap_or(0);
            Some(Write { field, value: value?, seen_nr })
        })
        .collect();
    let met = body.met.iter().map(MetBody::read).collect();
    let left: Result<Vec<ContactPersonId>, _> = body.left.iter().map(|id| id.parse()).collect();
    let Ok(left) = left else { return Ok(Err(ApiError::wrong("left", "not an id"))) };
    let point = match &body.point {
        None => None,
        Some(point) => match Point::new(point.lat_e6, point.lon_e6) {
            Some(point) => Some(point),
            None => return Ok(Err(ApiError::wrong("point", "no such place on the earth"))),
        },
    };
    let mut agreements = Vec::new();
    for agreed in &body.agreements {
        let Some(owner) = service::read_owner(tx, &agreed.owner).await? else {
            return Ok(Err(ApiError::wrong("agreements.owner", "nobody who works here")));
        };
        let Some(due_on) = kernel::parse_day(&agreed.due_on) else {
            return Ok(Err(ApiError::wrong("agreements.due_on", "not a day")));
        };
        let new = NewAgreement {
            what: agreed.what.clone(),
            owner,
            due_on,
            person: None,
            organisation: Some(at.member),
            source: AgreementSource::Visit,
        };
        match new.check(rules.today) {
            Ok(new) => agreements.push((agreed.key.clone(), new)),
            Err(why) => return Ok(Err(ApiError::wrong("agreements", why.to_string()))),
        }
    }
    let wishes = match wishes(tx, &at, &body.wishes, rules).await? {
        Ok(wishes) => wishes,
        Err(wrong) => return Ok(Err(wrong)),
    };
    Ok(Ok(Report {
        visit: at.visit,
        place: at.place,
        visited_on: visited_on.unwrap_or(rules.today),
        writes,
        met,
        left,
        point,
        agreements,
        wishes,
        key,
    }))
}

async fn wishes(
    tx: &mut db::Tx,
    at: &Where,
    asked: &[WishedBody],
    rules: &Answers,
) -> Result<Result<Vec<(Option<String>, NewWish)>, ApiError>, db::Error> {
    let themes = service::theme::all(tx).await?;
    let mut wishes = Vec::new();
    for wished in asked {
        let theme = wished.theme.parse().ok();
        let Some(theme) = theme.filter(|id| themes.iter().any(|theme| theme.id == *id)) else {
            return Ok(Err(ApiError::wrong("wishes.theme", "no such theme")));
        };
        let owner = match wished.owner.as_str() {
            "" | "expert" => service::theme::who_knows(tx, theme).await?,
            typed => match service::read_owner(tx, typed).await? {
                Some(owner) => owner,
                None => return Ok(Err(ApiError::wrong("wishes.owner", "nobody who works here"))),
            },
        };
        let due_on = match &wished.due_on {
            None => rules.answer_by,
            Some(text) => match kernel::parse_day(text) {
                Some(day) => day,
                None => return Ok(Err(ApiError::wrong("wishes.due_on", "not a day"))),
            },
        };
        let new = NewWish {
            kind: Kind::Question,
            theme,
            words: wished.words.clone(),
            person: None,
            organisation: Some(at.member),
            source: WishSource::Visit,
            owner,
            due_on,
        };
        match new.check(rules.today) {
            Ok(new) => wishes.push((wished.key.clone(), new)),
            Err(why) => return Ok(Err(ApiError::wrong("wishes", why.to_string()))),
        }
    }
    Ok(Ok(wishes))
}

#[derive(Deserialize, ToSchema)]
struct ChangeBody {
    /// `not_met` or `dropped`.
    state: Option<String>,
    /// With `not_met`: `closed`, `nobody_there`, `no_time` or `wrong_address`; with `dropped`: `no_need`, `member_left`
    /// or `other`.
    why: Option<String>,
    planned_on: Option<String>,
    planned_time: Option<String>,
    /// Who goes instead; for who leads.
    visitor: Option<String>,
    /// What was brought home, or what is amended.
    report: Option<ReportBody>,
}

/// A visit with the fields in which somebody wrote something else meanwhile.
#[derive(Serialize, ToSchema)]
struct ChangedBody {
    #[serde(flatten)]
    visit: VisitBody,
    conflicts: Vec<String>,
}

/// Reports a planned visit or amends its report; moves it, gives it away, or says that nobody was met.
#[utoipa::path(patch, path = "/visits/{id}", tag = "visits", params(("id" = String, Path)), request_body = ChangeBody,
    responses((status = 200, body = ChangedBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    visitor: Api<Visitor>,
    Path(id): Path<VisitId>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<ChangedBody>, ApiError> {
    let rules = Answers::of(&app)?;
    let whose = whose(&visitor);
    let changed = app
        .db()
        .write(visitor.actor(), async |tx| {
            let Some(visit) = store::of_whose(tx, id, whose).await? else {
                return Ok(Err(ApiError::NotFound));
            };
            let mut conflicts = Vec::new();
            if let Some(brought) = &body.report {
                let at = Where { visit: Some(id), place: visit.place_id, member: visit.member_id };
                let wanted = match read(tx, at, brought, None, &rules).await? {
                    Ok(wanted) => wanted,
                    Err(wrong) => return Ok(Err(wrong)),
                };
                let dues = due::rules(tx, rules.starter_months, rules.today).await?;
                match report(tx, &wanted, &dues).await {
                    Ok(reported) => {
                        conflicts = reported.conflicts.iter().map(Field::to_string).collect();
                    }
                    Err(failed) => return refused(failed),
                }
            } else {
                let wanted = match wanted(&body) {
                    Ok(wanted) => wanted,
                    Err(wrong) => return Ok(Err(wrong)),
                };
                if let Change::Give(user) = wanted
                    && !(leads(whose) && travels(tx, user).await?)
                {
                    return Ok(Err(ApiError::wrong("visitor", "nobody who travels")));
                }
                match store::change(tx, &visit, wanted).await {
                    Ok(()) => {}
                    Err(failed) => return refused(failed),
                }
            }
            let visit = store::by_id(tx, id).await?.ok_or(db::Error::Raced)?;
            Ok::<_, db::Error>(Ok(ChangedBody { visit: visit.into(), conflicts }))
        })
        .await??;
    Ok(Json(changed))
}

fn wanted(body: &ChangeBody) -> Result<Change, ApiError> {
    let why = body.why.as_deref().unwrap_or_default();
    match (body.state.as_deref(), &body.planned_on, &body.visitor) {
        (Some("not_met"), None, None) => Ok(Change::NotMet(why.parse().map_err(|_| {
            ApiError::wrong("why", "closed, nobody_there, no_time or wrong_address")
        })?)),
        (Some("dropped"), None, None) => Ok(Change::Drop(
            why.parse().map_err(|_| ApiError::wrong("why", "no_need, member_left or other"))?,
        )),
        (None, Some(day), None) => {
            let (on, at) = when(day, body.planned_time.as_deref())?;
            Ok(Change::Move { on, at })
        }
        (None, None, Some(user)) => {
            Ok(Change::Give(user.parse().map_err(|_| ApiError::wrong("visitor", "not an id"))?))
        }
        _ => Err(ApiError::wrong("state", "one of: report, state, planned_on, visitor")),
    }
}

/// Who is due.
#[derive(Serialize, ToSchema)]
struct DueBody {
    organisation: String,
    name: String,
    is_member: bool,
    /// The number of the norm.
    norm: Option<i64>,
    due_on: String,
    last_on: Option<String>,
    planned_on: Option<String>,
    /// Who comes there by rule.
    visitor: Option<String>,
}

#[derive(Deserialize, IntoParams)]
struct DueAsked {
    /// `overdue`, `due`, `planned` or `covered`.
    status: Option<String>,
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
}

/// Who is due for a visit by the contact norm, the most pressing first; own ones, or everybody's for who leads.
#[utoipa::path(get, path = "/visit-dues", tag = "visits", params(DueAsked),
    responses((status = 200, body = List<DueBody>), (status = 403, body = Problem)))]
async fn dues(
    State(app): State<App>,
    visitor: Api<Visitor>,
    Query(asked): Query<DueAsked>,
) -> Result<Json<List<DueBody>>, ApiError> {
    let shown = match asked.status.as_deref() {
        None => due::Shown::All,
        Some(code) => due::Shown::Only(
            code.parse()
                .map_err(|_| ApiError::wrong("status", "overdue, due, planned or covered"))?,
        ),
    };
    let today = app.now().date();
    let until = due::until(&app.rulebook(), today)?;
    let own = match whose(&visitor) {
        Whose::Own(user) => Some(user),
        Whose::Team(..) => None,
    };
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let only = due::Only { visitor: own, shown, norm: None };
    let found = app
        .db()
        .read(visitor.actor(), async |tx| due::list(tx, only, until, today, limit).await)
        .await?;
    let items = found
        .into_iter()
        .map(|due| DueBody {
            organisation: due.organisation_id.to_string(),
            name: due.name,
            is_member: due.is_member,
            norm: due.norm_nr,
            due_on: due.due_on.to_string(),
            last_on: due.last_on.map(|day| day.to_string()),
            planned_on: due.planned_on.map(|day| day.to_string()),
            visitor: due.visitor_id.map(|user| user.to_string()),
        })
        .collect();
    Ok(Json(List { items, next_cursor: None }))
}
