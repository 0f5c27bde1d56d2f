//! `/api/v1/agreements`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kernel::{AgreementId, Scope};
use serde::{Deserialize, Serialize};
use service_rules::agreement::{NewAgreement, Refused, Source};
use service_rules::owner::Owner;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{AgreementKeeper, Api, ApiError, App, Json, List, Problem};

use super::route::{may_change, reach, sight, whose};
use super::store::{self, Agreement, Change, Failed, Only};
use crate::owned::read_owner;
use crate::subject::{self, Subject};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change))
}

/// Who does what, by which day.
#[derive(Serialize, ToSchema)]
struct AgreementBody {
    id: String,
    what: String,
    person: Option<String>,
    organisation: Option<String>,
    /// `visit`, `call`, `wish`, `session` or `hand`.
    source: String,
    /// A user's id, or `team-` and the id of a team.
    owner: String,
    /// The day that was promised; only the member moves it.
    promised_on: String,
    due_on: String,
    /// How high it climbed: `owner`, `lead` or `director`.
    level: &'static str,
    /// `open`, `done` or `dropped`.
    state: String,
    done_on: Option<String>,
    version: i64,
}

impl From<Agreement> for AgreementBody {
    fn from(found: Agreement) -> Self {
        let team = || found.owner_team_id.map(|team| format!("team-{team}")).unwrap_or_default();
        Self {
            id: found.id.to_string(),
            person: found.person_id.map(|id| id.to_string()),
            organisation: found.organisation_id.map(|id| id.to_string()),
            owner: found.owner_user_id.map_or_else(team, |user| user.to_string()),
            what: found.what,
            source: found.source.to_string(),
            promised_on: found.promised_on.to_string(),
            due_on: found.due_on.to_string(),
            level: service_rules::ladder::Level::of(found.level).code(),
            state: found.state.to_string(),
            done_on: found.done_on.map(|day| day.to_string()),
            version: found.version,
        }
    }
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// `mine` (the default), or `all` that this user may see.
    #[serde(default)]
    whose: String,
    /// `open` (the default) leaves out what is over; `all`.
    #[serde(default)]
    show: String,
    /// 50 if not given, 200 at most.
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: String,
}

const LIMIT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// Agreements in pages, in the order in which they were made.
#[utoipa::path(get, path = "/agreements", tag = "service", params(Asked),
    responses((status = 200, body = List<AgreementBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    keeper: Api<AgreementKeeper>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<AgreementBody>>, ApiError> {
    let owner = match asked.whose.as_str() {
        "" | "mine" => Some(Owner::User(keeper.id)),
        "all" => None,
        _ => return Err(ApiError::wrong("whose", "mine or all")),
    };
    let all = match asked.show.as_str() {
        "" | "open" => false,
        "all" => true,
        _ => return Err(ApiError::wrong("show", "open or all")),
    };
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let after = Some(AgreementId(asked.cursor.parse().unwrap_or(0)));
    let only = Only { all, owner, made_by: None, after };
    let (whose, sight) = (whose(&keeper), sight(&keeper));
    let found = app
        .db()
        .read(keeper.actor(), async |tx| store::list(tx, whose, only, sight, limit).await)
        .await?;
    let full = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next_cursor = full.then(|| found.last().map(|last| last.id.to_string())).flatten();
    Ok(Json(List { items: found.into_iter().map(AgreementBody::from).collect(), next_cursor }))
}

#[derive(Deserialize, ToSchema)]
struct NewBody {
    what: String,
    /// `me` (the default), a user's id, or `team-` and the id of a team.
    #[serde(default)]
    owner: String,
    due_on: String,
    person: Option<String>,
    organisation: Option<String>,
    /// `hand` if not given.
    source: Option<String>,
}

/// Writes an agreement down.
#[utoipa::path(post, path = "/agreements", tag = "service", request_body = NewBody,
    responses((status = 201, body = AgreementBody), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    keeper: Api<AgreementKeeper>,
    Json(body): Json<NewBody>,
) -> Result<(StatusCode, Json<AgreementBody>), ApiError> {
    let today = app.now().date();
    let due_on =
        kernel::parse_day(&body.due_on).ok_or_else(|| ApiError::wrong("due_on", "not a day"))?;
    let source = match body.source.as_deref() {
        None => Source::Hand,
        Some(code) => code
            .parse()
            .map_err(|_| ApiError::wrong("source", "visit, call, wish, session or hand"))?,
    };
    let (reach, sight) = (reach(&keeper), sight(&keeper));
    let added = app
        .db()
        .write(keeper.actor(), async |tx| {
            let (organisation, person) = (body.organisation.as_deref(), body.person.as_deref());
            let about = match subject::of_body(tx, sight, organisation, person).await? {
                Ok(about) => about,
                Err(wrong) => return Ok(Err(wrong)),
            };
            let Subject { organisation, person, .. } = about;
            let Some(owner) = read_owner(tx, &body.owner).await? else {
                return Ok(Err(ApiError::wrong("owner", "nobody who works here")));
            };
            let what = body.what.clone();
            let new = NewAgreement { what, owner, due_on, person, organisation, source };
            let new = match new.check(today) {
                Ok(new) => new,
                Err(why) => return Ok(Err(refused(why))),
            };
            let id = store::add(tx, &new, None).await?;
            let added = store::by_id(tx, id, reach, sight).await?;
            Ok::<_, db::Error>(added.ok_or(ApiError::NotFound))
        })
        .await??;
    Ok((StatusCode::CREATED, Json(added.into())))
}

fn refused(why: Refused) -> ApiError {
    let field = match why {
        Refused::NoWords => "what",
        Refused::DayPast => "due_on",
        Refused::NotOpen => "state",
    };
    ApiError::wrong(field, why.to_string())
}

#[derive(Deserialize, ToSchema)]
struct ChangeBody {
    /// `done` or `dropped`; without it, the day or the owner changes.
    state: Option<String>,
    /// With `dropped`: `not_needed`, `member_said_so` or `other`.
    why: Option<String>,
    /// Another day.
    due_on: Option<String>,
    /// The member asked for the other day.
    #[serde(default)]
    asked_by_member: bool,
    /// Whose it becomes.
    owner: Option<String>,
    /// The version that was read; 409 if it is another by now.
    version: Option<i64>,
}

/// An agreement is done, dropped, moved or given to somebody else: one of them at a time.
#[utoipa::path(patch, path = "/agreements/{id}", tag = "service", params(("id" = String, Path)),
    request_body = ChangeBody,
    responses((status = 200, body = AgreementBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    keeper: Api<AgreementKeeper>,
    Path(id): Path<AgreementId>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<AgreementBody>, ApiError> {
    enum Wanted<'a> {
        Change(Change),
        Give(&'a str),
    }

    let wanted = match (body.state.as_deref(), &body.due_on, &body.owner) {
        (Some("done"), None, None) => Wanted::Change(Change::Done),
        (Some("dropped"), None, None) => {
            let why = body.why.as_deref().unwrap_or_default();
            let words = "not_needed, member_said_so or other";
            let why = why.parse().map_err(|_| ApiError::wrong("why", words))?;
            Wanted::Change(Change::Drop(why))
        }
        (None, Some(day), None) => {
            let to = kernel::parse_day(day);
            let to = to.ok_or_else(|| ApiError::wrong("due_on", "not a day"))?;
            Wanted::Change(Change::Move { to, by_member: body.asked_by_member })
        }
        (None, None, Some(owner)) => Wanted::Give(owner),
        _ => {
            let one = "one of: state done or dropped, due_on, owner";
            return Err(ApiError::wrong("state", one));
        }
    };
    let (reach, sight) = (reach(&keeper), sight(&keeper));
    let changed = app
        .db()
        .write(keeper.actor(), async |tx| {
            let found = store::by_id(tx, id, reach, sight).await?;
            let Some(found) = found.filter(|found| may_change(&keeper, found)) else {
                return Ok(Err(ApiError::NotFound));
            };
            if body.version.is_some_and(|version| version != found.version) {
                let detail = "somebody changed it in the meantime";
                return Ok(Err(ApiError::refused("changed", detail)));
            }
            let change = match wanted {
                Wanted::Change(change) => change,
                Wanted::Give(owner) => match read_owner(tx, owner).await? {
                    Some(owner) => Change::Give(owner),
                    None => return Ok(Err(ApiError::wrong("owner", "nobody who works here"))),
                },
            };
            match store::change(tx, &found, change).await {
                Ok(()) => {}
                Err(Failed::Refused(why)) => return Ok(Err(refused(why))),
                Err(Failed::Broken(error)) => return Err(error),
            }
            // Whoever gave it away need not see it any more.
            let whose = if keeper.scope > Scope::Own { reach } else { store::Whose::All };
            Ok(store::by_id(tx, id, whose, sight).await?.ok_or(ApiError::NotFound))
        })
        .await??;
    Ok(Json(changed.into()))
}
