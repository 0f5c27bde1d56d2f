//! `/api/v1/queues`, `/api/v1/dialled-numbers`

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use db::Error;
use kernel::QueueId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Administrator, Api, ApiError, App, Fields, Json, List, Problem, RuleReader};

use super::form::{CIRCLES, DAYS, EVERYBODY, THENS, WrongField, fields, who_code};
use super::number;
use super::route::{Kept, all, keep_number_typed, keep_typed};
use super::store::Stored;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, change))
        .routes(routes!(numbers, keep_number))
}

/// A queue as a program sends it; all of it each time.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct QueueBody {
    name: String,
    /// 1 goes first, over all queues; to 9.
    priority: u8,
    /// Who is responsible when a call becomes a callback and nobody in particular is.
    team: String,
    hours: HoursBody,
    /// Who answers, and from when: one to three, the first at once.
    answers: Vec<AnswersBody>,
    /// So long an offer rings.
    rings_seconds: u32,
    /// After so long also agents who look at a record; nothing: never.
    previewing_after_seconds: Option<u32>,
    waiting_max: u16,
    wait_max_seconds: u32,
    /// After so long the caller may choose to be called back; nothing: never.
    call_me_back_after_seconds: Option<u32>,
    /// `hang_up`, `call_me_back`, or the id of another queue.
    closed: String,
    full: String,
    too_long: String,
    /// For those who wait when it closes; `answered`: they are answered still.
    closing: String,
    /// Answered within so long counts as in time.
    answer_within_seconds: u32,
    /// Whoever hangs up sooner is not counted.
    abandoned_after_seconds: u32,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct HoursBody {
    /// `mo` to `su`: `8:30-12:00, 12:30-17:00`; a day that is not there is closed.
    week: BTreeMap<String, String>,
    /// Whether it is closed on days on which the calendar closes the lines.
    keeps_holidays: bool,
    /// Days on which everything is different: `2026-12-24` with `8:30-15:00`, or nothing when it is closed.
    days: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct AnswersBody {
    after_seconds: u32,
    /// `everybody`, `team-` and its id, or `skill-` and its id.
    who: String,
}

/// A queue as it stands.
#[derive(Serialize, ToSchema)]
struct QueueAnswer {
    id: String,
    version: i64,
    #[serde(flatten)]
    queue: QueueBody,
}

/// The days as the API calls them, and as the form does.
const WEEK: [&str; 7] = ["mo", "tu", "we", "th", "fr", "sa", "su"];

/// The words of the form and of the API for what a call does.
const THEN_WORDS: [(&str, &str); 3] =
    [("ophangen", "hang_up"), ("terugbellen", "call_me_back"), ("beantwoorden", "answered")];

fn then_of_form(code: &str) -> String {
    let word = THEN_WORDS.iter().find(|(form, _)| *form == code).map(|(_, word)| *word);
    word.unwrap_or(code.trim_start_matches("rij-")).to_owned()
}

fn then_of_api(word: &str) -> String {
    let code = THEN_WORDS.iter().find(|(_, api)| *api == word).map(|(form, _)| (*form).to_owned());
    code.unwrap_or_else(|| format!("rij-{word}"))
}

fn who_of_api(word: &str) -> String {
    match word.strip_prefix("skill-") {
        Some(skill) => format!("kan-{skill}"),
        None if word == "everybody" => EVERYBODY.to_owned(),
        None => word.to_owned(),
    }
}

fn who_of_form(code: &str) -> String {
    match code.strip_prefix("kan-") {
        Some(skill) => format!("skill-{skill}"),
        None if code == EVERYBODY => "everybody".to_owned(),
        None => code.to_owned(),
    }
}

impl QueueAnswer {
    fn of(stored: &Stored) -> Self {
        let queue = &stored.queue;
        let typed = fields(&stored.name, queue);
        let secs = |of: jiff::SignedDuration| u32::try_from(of.as_secs()).unwrap_or(u32::MAX);
        let week = WEEK.into_iter().zip(DAYS).map(|(day, (field, _))| (day, typed.text(field)));
        let days = queue.hours.days.iter();
        let days =
            days.map(|(day, windows)| (day.to_string(), super::form::typed_windows(windows)));
        let answers = queue.circles.iter().map(|circle| AnswersBody {
            after_seconds: secs(circle.after),
            who: who_of_form(&who_code(circle.who)),
        });
        let [closed, full, too_long, closing] =
            THENS.map(|(field, _)| then_of_form(typed.text(field)));
        Self {
            id: stored.id.to_string(),
            version: stored.version,
            queue: QueueBody {
                name: stored.name.clone(),
                priority: queue.priority,
                team: queue.team.to_string(),
                hours: HoursBody {
                    week: week
                        .filter(|(_, times)| !times.is_empty())
                        .map(|(day, times)| (day.to_owned(), times.to_owned()))
                        .collect(),
                    keeps_holidays: queue.hours.keeps_holidays,
                    days: days.collect(),
                },
                answers: answers.collect(),
                rings_seconds: secs(queue.rings),
                previewing_after_seconds: queue.previewing_after.map(secs),
                waiting_max: queue.waiting_max,
                wait_max_seconds: secs(queue.wait_max),
                call_me_back_after_seconds: queue.call_me_back_after.map(secs),
                closed,
                full,
                too_long,
                closing,
                answer_within_seconds: secs(queue.answer_within),
                abandoned_after_seconds: secs(queue.abandoned_after),
            },
        }
    }
}

impl QueueBody {
    /// As the form would send it, so that there is one way to read a queue.
    fn typed(&self) -> Result<Fields, ApiError> {
        let mut typed = Fields::default();
        let optional = |of: Option<u32>| of.map(|n| n.to_string()).unwrap_or_default();
        typed.push("naam", self.name.as_str());
        typed.push("prioriteit", self.priority.to_string());
        typed.push("team", self.team.as_str());
        for (day, times) in &self.hours.week {
            let nr = WEEK.iter().position(|name| name == day);
            let nr =
                nr.ok_or_else(|| ApiError::wrong("hours", "days are mo, tu, we, th, fr, sa, su"))?;
            typed.push(DAYS[nr].0, times.as_str());
        }
        if self.hours.keeps_holidays {
            typed.push("feestdagen", "ja");
        }
        let day = |(day, times): (&String, &String)| {
            let times = if times.is_empty() { "dicht" } else { times };
            format!("{day} {times}")
        };
        let days: Vec<String> = self.hours.days.iter().map(day).collect();
        typed.push("dagen", days.join("\n"));
        if self.answers.len() > CIRCLES.len() {
            return Err(ApiError::wrong("answers", "three at most"));
        }
        for ((after, who), answers) in CIRCLES.into_iter().zip(&self.answers) {
            typed.push(who, who_of_api(&answers.who));
            typed.push(after, answers.after_seconds.to_string());
        }
        typed.push("overgaan", self.rings_seconds.to_string());
        typed.push("voorbeeld_na", optional(self.previewing_after_seconds));
        typed.push("wachtenden", self.waiting_max.to_string());
        typed.push("langst", self.wait_max_seconds.to_string());
        typed.push("terugbellen_na", optional(self.call_me_back_after_seconds));
        let thens = [&self.closed, &self.full, &self.too_long, &self.closing];
        for ((field, _), word) in THENS.into_iter().zip(thens) {
            typed.push(field, then_of_api(word));
        }
        typed.push("op_tijd", self.answer_within_seconds.to_string());
        typed.push("kort", self.abandoned_after_seconds.to_string());
        Ok(typed)
    }
}

/// What a program calls the field.
fn wrong(app: &App, wrong: WrongField) -> ApiError {
    let field = match wrong.field {
        "naam" => "name",
        "prioriteit" => "priority",
        "team" => "team",
        "wie_1" | "wie_2" | "wie_3" | "na_2" | "na_3" => "answers",
        "overgaan" => "rings_seconds",
        "voorbeeld_na" => "previewing_after_seconds",
        "wachtenden" => "waiting_max",
        "langst" => "wait_max_seconds",
        "terugbellen_na" => "call_me_back_after_seconds",
        "dicht" => "closed",
        "vol" => "full",
        "te_lang" => "too_long",
        "sluiten" => "closing",
        "op_tijd" => "answer_within_seconds",
        "kort" => "abandoned_after_seconds",
        "nummer" => "number",
        "rij" => "queue",
        "campagne" => "campaign",
        _ => "hours",
    };
    ApiError::wrong(field, app.texts(texts::Language::English).get(wrong.text))
}

async fn one(app: &App, reader: &Api<RuleReader>, id: QueueId) -> Result<QueueAnswer, ApiError> {
    let all = app.db().read(reader.actor(), async |tx| all(tx).await).await?;
    let found = all.queues.iter().find(|queue| queue.id == id).ok_or(ApiError::NotFound)?;
    Ok(QueueAnswer::of(found))
}

/// Every queue that calls can come into, the one that goes first in front.
#[utoipa::path(get, path = "/queues", tag = "telephone",
    responses((status = 200, body = List<QueueAnswer>), (status = 403, body = Problem)))]
async fn list(
    State(app): State<App>,
    reader: Api<RuleReader>,
) -> Result<Json<List<QueueAnswer>>, ApiError> {
    let all = app.db().read(reader.actor(), async |tx| all(tx).await).await?;
    let items = all.queues.iter().map(QueueAnswer::of).collect();
    Ok(Json(List { items, next_cursor: None }))
}

/// One queue.
#[utoipa::path(get, path = "/queues/{id}", tag = "telephone", params(("id" = String, Path)),
    responses((status = 200, body = QueueAnswer), (status = 404, body = Problem)))]
async fn show(
    State(app): State<App>,
    reader: Api<RuleReader>,
    Path(id): Path<QueueId>,
) -> Result<Json<QueueAnswer>, ApiError> {
    one(&app, &reader, id).await.map(Json)
}

async fn keep(
    app: &App,
    administrator: &Api<Administrator>,
    id: Option<QueueId>,
    body: &QueueBody,
) -> Result<QueueId, ApiError> {
    let typed = body.typed()?;
    let kept =
        app.db().write(administrator.actor(), async |tx| keep_typed(tx, id, &typed).await).await;
    match kept {
        Ok(Kept::Done(id)) => Ok(id),
        Ok(Kept::Gone) => Err(ApiError::NotFound),
        Ok(Kept::Wrong(why)) => Err(wrong(app, why)),
        Err(Error::Duplicate) => {
            Err(ApiError::refused("changed-meanwhile", "somebody changed it at the same moment"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Adds a queue.
#[utoipa::path(post, path = "/queues", tag = "telephone", request_body = QueueBody,
    responses((status = 201, body = QueueAnswer), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn add(
    State(app): State<App>,
    administrator: Api<Administrator>,
    reader: Api<RuleReader>,
    Json(body): Json<QueueBody>,
) -> Result<(StatusCode, Json<QueueAnswer>), ApiError> {
    let id = keep(&app, &administrator, None, &body).await?;
    Ok((StatusCode::CREATED, Json(one(&app, &reader, id).await?)))
}

/// Gives a queue its next version; valid at once.
#[utoipa::path(put, path = "/queues/{id}", tag = "telephone", params(("id" = String, Path)), request_body = QueueBody,
    responses((status = 200, body = QueueAnswer), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(app): State<App>,
    administrator: Api<Administrator>,
    reader: Api<RuleReader>,
    Path(id): Path<QueueId>,
    Json(body): Json<QueueBody>,
) -> Result<Json<QueueAnswer>, ApiError> {
    keep(&app, &administrator, Some(id), &body).await?;
    one(&app, &reader, id).await.map(Json)
}

/// What can be dialled, and where it leads.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NumberBody {
    /// Any notation of a telephone number, or a short name on our own lines; answered as E.164.
    number: String,
    queue: String,
    /// The campaign whose recognisable number it is.
    campaign: Option<String>,
    #[serde(default)]
    label: String,
}

/// Every number that is answered.
#[utoipa::path(get, path = "/dialled-numbers", tag = "telephone",
    responses((status = 200, body = List<NumberBody>), (status = 403, body = Problem)))]
async fn numbers(
    State(app): State<App>,
    reader: Api<RuleReader>,
) -> Result<Json<List<NumberBody>>, ApiError> {
    let found = app.db().read(reader.actor(), async |tx| number::all(tx).await).await?;
    let items = found.into_iter().map(|number| NumberBody {
        number: number.dialled,
        queue: number.queue_id.to_string(),
        campaign: number.campaign_id.map(|id| id.to_string()),
        label: number.label,
    });
    Ok(Json(List { items: items.collect(), next_cursor: None }))
}

/// Lets a number lead to a queue.
#[utoipa::path(put, path = "/dialled-numbers", tag = "telephone", request_body = NumberBody,
    responses((status = 204), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn keep_number(
    State(app): State<App>,
    administrator: Api<Administrator>,
    Json(body): Json<NumberBody>,
) -> Result<StatusCode, ApiError> {
    let mut typed = Fields::default();
    typed.push("nummer", body.number);
    typed.push("rij", body.queue);
    typed.push("campagne", body.campaign.unwrap_or_default());
    typed.push("omschrijving", body.label);
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| keep_number_typed(tx, &typed).await)
        .await?;
    kept.map_err(|why| wrong(&app, why))?;
    Ok(StatusCode::NO_CONTENT)
}
