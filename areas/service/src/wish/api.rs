//! `/api/v1/wishes`

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use kernel::{OrganisationId, PersonId, ThemeId, WishId};
use people::Sight;
use serde::{Deserialize, Serialize};
use service_rules::wish::{NewWish, Refused, Step};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, FileReader, Json, List, Problem};

use super::store::{self, Failed, Only, Wish};
use crate::owned::read_owner;
use crate::subject::{self, Subject};
use crate::theme;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change)).routes(routes!(themes))
}

/// A question or a wish of a member.
#[derive(Serialize, ToSchema)]
struct WishBody {
    id: String,
    /// `question` or `wish`.
    kind: String,
    theme: String,
    person: Option<String>,
    organisation: Option<String>,
    words: String,
    /// `call`, `visit`, `mail`, `meeting` or `other`.
    source: String,
    /// A user's id, or `team-` and the id of a team.
    owner: String,
    due_on: String,
    /// How high it climbed: `owner`, `lead` or `director`.
    level: &'static str,
    /// `open`, `answered`, `told` or `withdrawn`.
    state: String,
    answer: Option<String>,
    #[schema(value_type = Option<String>)]
    told_at: Option<Timestamp>,
    solved: Option<bool>,
    #[schema(value_type = String)]
    made_at: Timestamp,
    version: i64,
}

impl From<Wish> for WishBody {
    fn from(wish: Wish) -> Self {
        let team = || wish.owner_team_id.map(|team| format!("team-{team}")).unwrap_or_default();
        Self {
            id: wish.id.to_string(),
            kind: wish.kind.to_string(),
            theme: wish.theme_id.to_string(),
            person: wish.person_id.map(|id| id.to_string()),
            organisation: wish.organisation_id.map(|id| id.to_string()),
            owner: wish.owner_user_id.map_or_else(team, |user| user.to_string()),
            words: wish.words,
            source: wish.source.to_string(),
            due_on: wish.due_on.to_string(),
            level: service_rules::ladder::Level::of(wish.level).code(),
            state: wish.state.to_string(),
            answer: wish.answer,
            told_at: wish.told_at,
            solved: wish.solved,
            made_at: wish.made_at,
            version: wish.version,
        }
    }
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// Only of this organisation.
    #[param(value_type = Option<String>)]
    organisation: Option<OrganisationId>,
    /// Only of this person.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// Only about this theme.
    #[param(value_type = Option<String>)]
    theme: Option<ThemeId>,
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

/// Questions and wishes in pages, in the order in which they came. The reading of persons is logged.
#[utoipa::path(get, path = "/wishes", tag = "service", params(Asked),
    responses((status = 200, body = List<WishBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    reader: Api<FileReader>,
    Query(asked): Query<Asked>,
) -> Result<Json<List<WishBody>>, ApiError> {
    let all = match asked.show.as_str() {
        "" | "open" => false,
        "all" => true,
        _ => return Err(ApiError::wrong("show", "open or all")),
    };
    let limit = asked.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let Asked { organisation, person, theme, .. } = asked;
    let after = Some(WishId(asked.cursor.parse().unwrap_or(0)));
    let only = Only { all, theme, owner: None, organisation, person, after };
    let sight = Sight::of(reader.scope, reader.id);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let found = store::list(tx, &only, sight, limit).await?;
            let mut people: Vec<PersonId> =
                found.iter().filter_map(|wish| wish.person_id).collect();
            people.sort_unstable();
            people.dedup();
            for person in people {
                activity::log_read(tx, person, activity::Why::Api).await?;
            }
            Ok::<_, db::Error>(found)
        })
        .await?;
    let full = i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next_cursor = full.then(|| found.last().map(|last| last.id.to_string())).flatten();
    Ok(Json(List { items: found.into_iter().map(WishBody::from).collect(), next_cursor }))
}

#[derive(Deserialize, ToSchema)]
struct NewBody {
    /// `question` (the default) or `wish`.
    kind: Option<String>,
    theme: String,
    person: Option<String>,
    organisation: Option<String>,
    words: String,
    /// `other` if not given.
    source: Option<String>,
    /// `expert` (the default: whoever knows about the theme), `me`, a user's id, or `team-` and the id of a team.
    #[serde(default)]
    owner: String,
    /// A day; without it, as many working days ahead as the rule `service.answer_days` says.
    due_on: Option<String>,
}

/// Registers a question or a wish.
#[utoipa::path(post, path = "/wishes", tag = "service", request_body = NewBody,
    responses((status = 201, body = WishBody), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    reader: Api<FileReader>,
    Json(body): Json<NewBody>,
) -> Result<(StatusCode, Json<WishBody>), ApiError> {
    let today = app.now().date();
    let code = |field: &'static str| move |_| ApiError::wrong(field, "not one of its words");
    let kind = body.kind.as_deref().unwrap_or("question").parse().map_err(code("kind"))?;
    let source = body.source.as_deref().unwrap_or("other").parse().map_err(code("source"))?;
    let theme: ThemeId = body.theme.parse().map_err(|_| ApiError::wrong("theme", "not an id"))?;
    let due_on = match &body.due_on {
        Some(day) => {
            kernel::parse_day(day).ok_or_else(|| ApiError::wrong("due_on", "not a day"))?
        }
        None => {
            let days = app.rulebook().number("service.answer_days", today)?;
            let days = u16::try_from(days).unwrap_or(0);
            app.rulebook().calendar.working_days_after(today, days)
        }
    };
    let sight = Sight::of(reader.scope, reader.id);
    let added = app
        .db()
        .write(reader.actor(), async |tx| {
            let (organisation, person) = (body.organisation.as_deref(), body.person.as_deref());
            let about = match subject::of_body(tx, sight, organisation, person).await? {
                Ok(about) => about,
                Err(wrong) => return Ok(Err(wrong)),
            };
            let Subject { organisation, person, .. } = about;
            if !theme::is_there(tx, theme).await? {
                return Ok(Err(ApiError::wrong("theme", "no such theme")));
            }
            let owner = match body.owner.as_str() {
                "" | "expert" => theme::who_knows(tx, theme).await?,
                typed => match read_owner(tx, typed).await? {
                    Some(owner) => owner,
                    None => return Ok(Err(ApiError::wrong("owner", "nobody who works here"))),
                },
            };
            let words = body.words.clone();
            let new = NewWish { kind, theme, words, person, organisation, source, owner, due_on };
            let new = match new.check(today) {
                Ok(new) => new,
                Err(why) => return Ok(Err(refused(why))),
            };
            let id = store::add(tx, &new, None).await?;
            let added = store::by_id(tx, id, sight).await?;
            Ok::<_, db::Error>(added.ok_or(ApiError::NotFound))
        })
        .await??;
    Ok((StatusCode::CREATED, Json(added.into())))
}

fn refused(why: Refused) -> ApiError {
    let field = match why {
        Refused::NoWords => "words",
        Refused::Nobody => "organisation",
        Refused::DayPast => "due_on",
        Refused::NotOpen | Refused::NoAnswer => "state",
    };
    ApiError::wrong(field, why.to_string())
}

#[derive(Deserialize, ToSchema)]
struct ChangeBody {
    /// `answered`, `told`, `open` (again) or `withdrawn`; without it, only the owner changes.
    state: Option<String>,
    /// With `answered`.
    answer: Option<String>,
    /// With `told`: `call`, `visit`, `mail` or `meeting`.
    how: Option<String>,
    /// With `told`.
    solved: Option<bool>,
    /// With `open`: a day.
    due_on: Option<String>,
    /// With `withdrawn`: `asked_twice`, `not_ours`, `member_left` or `other`.
    why: Option<String>,
    /// Whose it becomes.
    owner: Option<String>,
    /// The version that was read; 409 if it is another by now.
    version: Option<i64>,
}

fn changed_meanwhile() -> ApiError {
    ApiError::refused("changed", "somebody changed it in the meantime")
}

/// Answers a wish, tells it back, opens it again, withdraws it, or gives it to somebody else.
#[utoipa::path(patch, path = "/wishes/{id}", tag = "service", params(("id" = String, Path)), request_body = ChangeBody,
    responses((status = 200, body = WishBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    reader: Api<FileReader>,
    Path(id): Path<WishId>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<WishBody>, ApiError> {
    let step = step(&body)?;
    if step.is_none() && body.owner.is_none() {
        return Err(ApiError::wrong("state", "say what changes: a state, or an owner"));
    }
    let sight = Sight::of(reader.scope, reader.id);
    let changed = app
        .db()
        .write(reader.actor(), async |tx| {
            let Some(mut wish) = store::by_id(tx, id, sight).await? else {
                return Ok(Err(ApiError::NotFound));
            };
            if matches!(step, Some(Step::Withdraw { .. }))
                && !super::route::may_withdraw(&reader, &wish)
            {
                return Ok(Err(ApiError::Forbidden));
            }
            // Before anything is written: a refusal afterwards would leave half of it.
            let owner = match &body.owner {
                None => None,
                Some(owner) => match read_owner(tx, owner).await? {
                    None => return Ok(Err(ApiError::wrong("owner", "nobody who works here"))),
                    owner => owner,
                },
            };
            if let Some(version) = body.version
                && version != wish.version
            {
                return Ok(Err(changed_meanwhile()));
            }
            if let Some(step) = &step {
                match store::take(tx, &wish, step).await {
                    Ok(()) => wish.version += 1,
                    Err(Failed::Refused(why)) => return Ok(Err(refused(why))),
                    Err(Failed::Broken(error)) => return Err(error),
                }
            }
            if let Some(owner) = owner {
                store::hand_over(tx, &wish, owner).await?;
            }
            Ok(store::by_id(tx, id, sight).await?.ok_or(ApiError::NotFound))
        })
        .await??;
    Ok(Json(changed.into()))
}

fn step(body: &ChangeBody) -> Result<Option<Step>, ApiError> {
    let Some(state) = body.state.as_deref() else { return Ok(None) };
    Ok(Some(match state {
        "answered" => Step::Answer { words: body.answer.clone().unwrap_or_default() },
        "told" => {
            let how = body.how.as_deref().unwrap_or_default();
            let how =
                how.parse().map_err(|_| ApiError::wrong("how", "call, visit, mail or meeting"))?;
            let solved =
                body.solved.ok_or_else(|| ApiError::wrong("solved", "say whether it is solved"))?;
            Step::Tell { how, solved }
        }
        "open" => {
            let day = body.due_on.as_deref().and_then(kernel::parse_day);
            Step::Reopen { due_on: day.ok_or_else(|| ApiError::wrong("due_on", "not a day"))? }
        }
        "withdrawn" => {
            let why = body.why.as_deref().unwrap_or_default();
            let words = "asked_twice, not_ours, member_left or other";
            Step::Withdraw { why: why.parse().map_err(|_| ApiError::wrong("why", words))? }
        }
        _ => return Err(ApiError::wrong("state", "answered, told, open or withdrawn")),
    }))
}

/// What members can ask about.
#[derive(Serialize, ToSchema)]
struct ThemeBody {
    id: String,
    name: String,
    name_en: String,
}

/// The themes of the association.
#[utoipa::path(get, path = "/themes", tag = "service",
    responses((status = 200, body = List<ThemeBody>), (status = 403, body = Problem)))]
async fn themes(
    State(app): State<App>,
    reader: Api<FileReader>,
) -> Result<Json<List<ThemeBody>>, ApiError> {
    let found = app.db().read(reader.actor(), async |tx| theme::all(tx).await).await?;
    let items = found
        .into_iter()
        .map(|theme| ThemeBody {
            id: theme.id.to_string(),
            name: theme.name_nl,
            name_en: theme.name_en,
        })
        .collect();
    Ok(Json(List { items, next_cursor: None }))
}
