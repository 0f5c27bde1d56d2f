//! `/api/v1/targets`

use axum::extract::{Path, State};
use axum::http::StatusCode;
use figures::figure::universe_of;
use figures_rules::{Dim, Month};
use kernel::UserId;
use serde::{Deserialize, Serialize};
use steering_rules::target::{Answer, Refused, Wanted};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Api, ApiError, App, Fields, FigureReader, Json, List, Problem};

use super::page::Shown;
use super::route::{
    change_it, make_agreement, may_propose, may_withdraw, propose, seen, sees, with_outlook,
};
use super::store::{self, Failed, Version};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, change))
        .routes(routes!(agree))
}

#[derive(Serialize, ToSchema)]
struct VersionBody {
    nr: i64,
    from: String,
    to: String,
    number: f64,
    reason: String,
    agreed: bool,
    /// Who must reach it, and what each said: `yes`, `no` or nothing yet.
    people: Vec<PersonBody>,
}

#[derive(Serialize, ToSchema)]
struct PersonBody {
    user: String,
    answer: Option<&'static str>,
    words: String,
}

/// A target with where it will end.
#[derive(Serialize, ToSchema)]
struct TargetBody {
    id: String,
    figure: &'static str,
    /// `all`, `sector`, `class`, `team` or `user`.
    dim: &'static str,
    key: String,
    /// `proposed`, `agreed`, `ended` or `withdrawn`.
    state: &'static str,
    /// The version that holds, else the one that is proposed.
    number: f64,
    from: String,
    to: String,
    /// Nothing where it is one colleague's who has not agreed yet, and the reader is somebody else; so with what follows.
    actual: Option<f64>,
    /// What it would be today on the way to the target.
    expected: Option<f64>,
    /// The band within which it will end four times in five.
    forecast: Option<BandBody>,
    /// `misses`, `reaches`, `open` or `too_early`: on only when the band misses.
    light: Option<&'static str>,
    versions: Vec<VersionBody>,
}

#[derive(Serialize, ToSchema)]
struct BandBody {
    low: f64,
    middle: f64,
    high: f64,
}

impl VersionBody {
    fn of(version: &Version, names: bool) -> Self {
        let people = version.people.iter().filter(|_| names).map(|person| PersonBody {
            user: person.user_id.to_string(),
            answer: person.answer.map(Answer::code),
            words: person.words.clone(),
        });
        Self {
            nr: version.nr,
            from: version.from.to_string(),
            to: version.to.to_string(),
            number: version.number(),
            reason: version.reason.clone(),
            agreed: version.agreed_at.is_some(),
            people: people.collect(),
        }
    }
}

impl TargetBody {
    fn of(shown: &Shown, now: Month, names: bool) -> Self {
        let target = &shown.target;
        let outlook = shown.outlook.as_ref();
        let (dim, key) = target.dim.stored();
        let version = target.shown();
        Self {
            id: target.id.to_string(),
            figure: target.figure.code(),
            dim,
            key,
            state: target.state(now).code(),
            number: version.number(),
            from: version.from.to_string(),
            to: version.to.to_string(),
            actual: outlook.map(|outlook| outlook.actual),
            expected: outlook.map(|outlook| outlook.expected),
            forecast: outlook.and_then(|outlook| outlook.forecast).map(|band| BandBody {
                low: band.low,
                middle: band.middle,
                high: band.high,
            }),
            light: outlook.map(|outlook| outlook.light.code()),
            versions: target
                .versions
                .iter()
                .map(|version| VersionBody::of(version, names))
                .collect(),
        }
    }
}

fn names(reader: &FigureReader) -> bool {
    reader.may(kernel::Action::KeepAgreements)
}

/// Targets that were not withdrawn, each with where it will end.
#[utoipa::path(get, path = "/targets", tag = "targets",
    responses((status = 200, body = List<TargetBody>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    reader: Api<FigureReader>,
) -> Result<Json<List<TargetBody>>, ApiError> {
    let universe = universe_of(&app);
    let now = Month::of(app.now().date());
    let found = app.db().read(reader.actor(), async |tx| seen(tx, &reader, universe).await).await?;
    let items = found.iter().map(|shown| TargetBody::of(shown, now, names(&reader))).collect();
    Ok(Json(List { items, next_cursor: None }))
}

#[derive(Deserialize, ToSchema)]
struct NewBody {
    /// The id of a figure.
    figure: String,
    /// `all` if not given.
    dim: Option<String>,
    #[serde(default)]
    key: String,
    /// `2026-01`
    from: String,
    /// `2026-12`
    to: String,
    /// A count, or a share from 0 to 1.
    number: f64,
    /// Ids of colleagues who must reach it.
    people: Vec<String>,
    #[serde(default)]
    reason: String,
}

#[expect(clippy::cast_possible_truncation, reason = "millionths of what a target can be")]
fn wanted(body: &NewBody) -> Result<Wanted, ApiError> {
    let month =
        |text: &str, field| text.parse().map_err(|_| ApiError::wrong(field, "a month, as 2026-11"));
    let people: Result<Vec<UserId>, _> = body.people.iter().map(|id| id.parse()).collect();
    Ok(Wanted {
        figure: body.figure.parse().map_err(|_| ApiError::wrong("figure", "no such figure"))?,
        dim: Dim::read(body.dim.as_deref().unwrap_or("all"), &body.key)
            .ok_or_else(|| ApiError::wrong("dim", "all, sector, class, team or user"))?,
        from: month(&body.from, "from")?,
        to: month(&body.to, "to")?,
        number_e6: (body.number * 1e6).round() as i64,
        people: people.map_err(|_| ApiError::wrong("people", "not an id"))?,
        reason: body.reason.clone(),
    })
}

fn refused(failed: Failed) -> ApiError {
    match failed {
        Failed::Refused(why) => {
            let field = match why {
                Refused::Number => "number",
                Refused::Period => "from",
                Refused::Nobody => "people",
                Refused::Line | Refused::NotYours | Refused::Double => "dim",
                Refused::Theirs => "people",
                Refused::Reason | Refused::TooLong => "reason",
                Refused::Words => "words",
                Refused::Over | Refused::NotAsked => "answer",
            };
            ApiError::wrong(field, why.to_string())
        }
        Failed::Broken(error) => error.into(),
    }
}

/// Proposes a target to those who must reach it.
#[utoipa::path(post, path = "/targets", tag = "targets", request_body = NewBody,
    responses((status = 201, body = TargetBody), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    reader: Api<FigureReader>,
    body: Result<Json<NewBody>, ApiError>,
) -> Result<(StatusCode, Json<TargetBody>), ApiError> {
    if !may_propose(&reader) {
        return Err(ApiError::Forbidden);
    }
    let wanted = wanted(&body?.0)?;
    let id = propose(&app, &reader, &wanted).await.map_err(refused)?;
    Ok((StatusCode::CREATED, Json(one(&app, &reader, id).await?)))
}

async fn one(app: &App, reader: &Api<FigureReader>, id: i64) -> Result<TargetBody, ApiError> {
    let universe = universe_of(app);
    let found = app
        .db()
        .read(reader.actor(), async |tx| {
            match store::by_id(tx, id).await?.filter(|target| sees(reader, target)) {
                Some(target) => with_outlook(tx, target, universe, reader.id).await.map(Some),
                None => Ok(None),
            }
        })
        .await?;
    let now = Month::of(app.now().date());
    found.map(|shown| TargetBody::of(&shown, now, names(reader))).ok_or(ApiError::NotFound)
}

/// One target.
#[utoipa::path(get, path = "/targets/{id}", tag = "targets", params(("id" = String, Path)),
    responses((status = 200, body = TargetBody), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    reader: Api<FigureReader>,
    Path(id): Path<i64>,
) -> Result<Json<TargetBody>, ApiError> {
    one(&app, &reader, id).await.map(Json)
}

#[derive(Deserialize, ToSchema)]
struct ChangeBody {
    /// `yes` or `no`, from somebody to whom the proposed version was put.
    answer: Option<String>,
    /// With `no`: what stands in the way.
    #[serde(default)]
    words: String,
    /// Another version: number, period and people, with a reason.
    version: Option<VersionWanted>,
    /// Withdraws it, with a reason.
    withdraw: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct VersionWanted {
    from: String,
    to: String,
    number: f64,
    people: Vec<String>,
    reason: String,
}

/// Agrees or objects, proposes another version, or withdraws: one of them at a time.
#[utoipa::path(patch, path = "/targets/{id}", tag = "targets", params(("id" = String, Path)), request_body = ChangeBody,
    responses((status = 200, body = TargetBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    reader: Api<FigureReader>,
    Path(id): Path<i64>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<TargetBody>, ApiError> {
    let found = app.db().read(reader.actor(), async |tx| store::by_id(tx, id).await).await?;
    let target = found.filter(|target| sees(&reader, target)).ok_or(ApiError::NotFound)?;
    let changed = match (&body.answer, body.version, &body.withdraw) {
        (Some(said), None, None) => {
            let said: Answer = said.parse().map_err(|_| ApiError::wrong("answer", "yes or no"))?;
            let step = app
                .db()
                .write(reader.actor(), async |tx| store::answer(tx, id, said, &body.words).await);
            step.await.map(drop)
        }
        (None, Some(version), None) if may_propose(&reader) => {
            let VersionWanted { from, to, number, people, reason } = version;
            let (dim, key) = target.dim.stored();
            let figure = target.figure.code().to_owned();
            let new =
                NewBody { figure, dim: Some(dim.into()), key, from, to, number, people, reason };
            let wanted = wanted(&new)?;
            let step = app
                .db()
                .write(reader.actor(), async |tx| change_it(tx, &reader, id, wanted.clone()).await);
            step.await
        }
        (None, None, Some(why)) if may_withdraw(&reader, &target) => {
            app.db().write(reader.actor(), async |tx| store::withdraw(tx, id, why).await).await
        }
        (None, Some(_), None) | (None, None, Some(_)) => return Err(ApiError::Forbidden),
        _ => return Err(ApiError::wrong("answer", "one of: answer, version, withdraw")),
    };
    changed.map_err(refused)?;
    one(&app, &reader, id).await.map(Json)
}

#[derive(Deserialize, ToSchema)]
struct AgreementBody {
    what: String,
    /// `me` (the default), a user's id, or `team-` and the id of a team.
    #[serde(default)]
    owner: String,
    due_on: String,
}

/// Who does what about a target, by when: it stands on that colleague's list.
#[utoipa::path(post, path = "/targets/{id}/agreements", tag = "targets", params(("id" = String, Path)),
    request_body = AgreementBody,
    responses((status = 201, body = TargetBody), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn agree(
    State(app): State<App>,
    reader: Api<FigureReader>,
    Path(id): Path<i64>,
    Json(body): Json<AgreementBody>,
) -> Result<(StatusCode, Json<TargetBody>), ApiError> {
    if !names(&reader) {
        return Err(ApiError::Forbidden);
    }
    one(&app, &reader, id).await?;
    let mut typed = Fields::default();
    typed.push("what", body.what);
    typed.push("owner", if body.owner.is_empty() { "me".to_owned() } else { body.owner });
    typed.push("due", body.due_on);
    let made = app
        .db()
        .write(reader.actor(), async |tx| make_agreement(tx, &typed, Some(id), None).await)
        .await?;
    made.map_err(|why| match why {
        "steering-not-agreed-yet" => ApiError::refused("not-agreed", "nobody has to reach it yet"),
        _ => ApiError::wrong("what", "say what, who works here and a day to come"),
    })?;
    Ok((StatusCode::CREATED, Json(one(&app, &reader, id).await?)))
}
