//! `/beheer/wachtrijen`

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::{Error, Tx, args};
use jiff::civil::DateTime;
use kernel::{Action, CampaignId, QueueId, Roles, UserId, local, parse_day, parse_time};
use serde::Deserialize;
use telephone_rules::settings::{Announcement, Settings};
use texts::{Language, Texts};
use web::{Administrator, App, Fields, Form, Page, RuleReader, WebError};

use super::announcement::{self, Announced, announced};
use super::form::{self, Known, WrongField};
use super::number::{self, NewNumber, Number};
use super::page::{
    AnnouncementsPage, Names, NumberPage, QueuePage, QueuesPage, SkillPage, Today, field,
    skill_fields, skill_of,
};
use super::recording;
use super::skill;
use super::store::{self, InUse, NewQueue, Stored, queue_rules};
use super::trial;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/wachtrijen", get(show))
        .route("/beheer/wachtrijen/nieuw", get(new).post(add))
        .route("/beheer/wachtrijen/nummer", get(new_number).post(keep_number))
        .route("/beheer/wachtrijen/nummer/{dialled}", get(edit_number))
        .route("/beheer/wachtrijen/nummer/{dialled}/weg", post(remove_number))
        .route("/beheer/wachtrijen/kunde/{id}", get(edit_skill).post(keep_skill))
        .route("/beheer/wachtrijen/{id}", get(edit).post(change))
        .route("/beheer/wachtrijen/{id}/einde", post(end))
        .route("/beheer/wachtrijen/{id}/meldingen", get(announcements).post(announce))
        .route("/beheer/wachtrijen/{id}/opname", recording::uploads())
        .route("/beheer/wachtrijen/{id}/opname/{kind}/{language}", get(recording::listen))
        .route("/beheer/wachtrijen/{id}/opname/{kind}/{language}/weg", post(recording::remove))
}

const HOME: &str = "/beheer/wachtrijen";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
    /// What would happen to a call for this queue, on this day, at this time.
    rij: String,
    dag: String,
    tijd: String,
}

impl Shown {
    fn moment(&self) -> Option<(QueueId, DateTime)> {
        let (day, time) = (parse_day(&self.dag)?, parse_time(&self.tijd)?);
        Some((self.rij.parse().ok()?, day.to_datetime(time)))
    }

    fn typed(self) -> Fields {
        let mut typed = Fields::default();
        for (name, value) in [("rij", self.rij), ("dag", self.dag), ("tijd", self.tijd)] {
            typed.push(name, value);
        }
        typed
    }
}

fn page(t: &Texts) -> Page {
    Page::new(t.get("telephone-queues"), "/beheer")
}

fn done() -> Response {
    Redirect::to(&format!("{HOME}?gedaan=ja")).into_response()
}

/// Everything that is set, and what it is called.
pub(super) struct All {
    pub queues: Vec<Stored>,
    pub names: Names,
}

impl All {
    pub(super) fn known(&self) -> Known {
        Known {
            teams: self.names.teams.iter().map(|(team, _)| *team).collect(),
            skills: self.names.skills.iter().map(|skill| skill.id).collect(),
            queues: self.queues.iter().map(|queue| queue.id).collect(),
        }
    }
}

pub(super) async fn all(tx: &mut Tx) -> Result<All, Error> {
    let now = tx.now();
    let queues = store::all(tx, now).await?;
    let teams = access::teams::all(tx).await?;
    let names = Names {
        teams: teams.into_iter().map(|team| (team.id, team.name)).collect(),
        skills: skill::all(tx).await?,
        queues: queues.iter().map(|queue| (queue.id, queue.name.clone())).collect(),
    };
    Ok(All { queues, names })
}

db::row! {
    struct Waits { queue_id: QueueId, n: i64 }
}

async fn waiting(tx: &mut Tx) -> Result<BTreeMap<QueueId, i64>, Error> {
    let rows: Vec<Waits> = tx
        .all(
            "select queue_id, count(*) as n from queued_calls where ended_at is null group by queue_id",
            args![],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.queue_id, row.n)).collect())
}

db::row! {
    struct Colleague { id: UserId, name: String, roles: String }
}

/// Everybody who takes calls.
async fn colleagues(tx: &mut Tx) -> Result<Vec<(UserId, String)>, Error> {
    let found: Vec<Colleague> = tx
        .all("select id, name, roles from users where ended_at is null order by name", args![])
        .await?;
    Ok(found
        .into_iter()
        .filter(|found| Roles::read(&found.roles).may(Action::WorkCalls))
        .map(|found| (found.id, found.name))
        .collect())
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let now = app.now();
    let today = now.date();
    let (all, waiting, numbers, skills, people, counts) = app
        .db()
        .read(reader.actor(), async |tx| {
            let all = all(tx).await?;
            let counts = activity::counts(tx, activity::Dim::All, 0, today, today).await?;
            let (waiting, numbers) = (waiting(tx).await?, number::all(tx).await?);
            Ok::<_, Error>((
                all,
                waiting,
                numbers,
                skill::skills_of(tx).await?,
                colleagues(tx).await?,
                counts,
            ))
        })
        .await?;
    let t = app.texts(reader.language);
    let has = |user: &UserId, skill| skills.get(user).is_some_and(|own| own.contains(&skill));
    let who_has = |skill| {
        let those = people.iter().filter(|(user, _)| has(user, skill));
        those.map(|(_, name)| name.clone()).collect()
    };
    let book = app.rulebook();
    let trial = match shown.moment() {
        Some((queue, at)) => {
            let rules = queue_rules(&book, today)?;
            let queues = all.queues.iter().map(|stored| (stored.id, stored.queue.clone()));
            let settings = Settings {
                queues: queues.collect(),
                calendar: rules.calendar,
                thresholds: rules.thresholds,
            };
            Some(trial::lines(&t, &all.names, &settings, queue, at))
        }
        None => None,
    };
    let notice = (shown.gedaan == "ja").then(|| t.get("telephone-queue-done"));
    let body = QueuesPage {
        t: &t,
        queues: &all.queues,
        names: &all.names,
        waiting,
        numbers: &numbers,
        skilled: all.names.skills.iter().map(|skill| (skill, who_has(skill.id))).collect(),
        today: Today(counts),
        calendar: &book.calendar,
        now: now.datetime(),
        may_change: reader.may(Action::Administer),
        notice,
        tried: &shown.typed(),
        trial,
    };
    web::show(&app, &reader, page(&t), &body).await
}

async fn new(State(app): State<App>, reader: RuleReader) -> Result<Response, WebError> {
    let all = app.db().read(reader.actor(), async |tx| all(tx).await).await?;
    let lines = app.rulebook().window("lines.hours", app.now().date())?;
    let typed = match all.names.teams.first() {
        Some((team, _)) => form::fields("", &form::usual(*team, lines)),
        None => Fields::default(),
    };
    render(&app, &reader, None, &typed, None).await
}

async fn edit(
    State(app): State<App>,
    reader: RuleReader,
    Path(id): Path<QueueId>,
) -> Result<Response, WebError> {
    let all = app.db().read(reader.actor(), async |tx| all(tx).await).await?;
    let queue = all.queues.iter().find(|queue| queue.id == id).ok_or(WebError::NotFound)?;
    let typed = form::fields(&queue.name, &queue.queue);
    render(&app, &reader, Some(id), &typed, None).await
}

async fn add(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    keep(&app, &administrator, &reader, None, &typed).await
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path(id): Path<QueueId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    keep(&app, &administrator, &reader, Some(id), &typed).await
}

async fn keep(
    app: &App,
    administrator: &Administrator,
    reader: &RuleReader,
    id: Option<QueueId>,
    typed: &Fields,
) -> Result<Response, WebError> {
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| keep_typed(tx, id, typed).await.map(Some))
        .await;
    let kept = match kept {
        Err(Error::Duplicate) => None,
        kept => kept?,
    };
    match kept {
        Some(Kept::Done(_)) => Ok(done()),
        Some(Kept::Gone) => Err(WebError::NotFound),
        Some(Kept::Wrong(wrong)) => render(app, reader, id, typed, Some(wrong)).await,
        None => {
            let overtaken = WrongField { field: "", text: "telephone-queue-overtaken" };
            render(app, reader, id, typed, Some(overtaken)).await
        }
    }
}

/// What became of a queue that was typed.
pub(super) enum Kept {
    Done(QueueId),
    Wrong(WrongField),
    /// There is no such queue any more.
    Gone,
}

/// Reads, checks and keeps in one step.
pub(super) async fn keep_typed(
    tx: &mut Tx,
    id: Option<QueueId>,
    typed: &Fields,
) -> Result<Kept, Error> {
    let all = all(tx).await?;
    if id.is_some_and(|id| all.queues.iter().all(|queue| queue.id != id)) {
        return Ok(Kept::Gone);
    }
    let (name, queue) = match form::read(typed, id, &all.known()) {
        Ok(read) => read,
        Err(wrong) => return Ok(Kept::Wrong(wrong)),
    };
    let has_this_name = |other: &Stored| Some(other.id) != id && other.name == name;
    if all.queues.iter().any(has_this_name) {
        return Ok(Kept::Wrong(WrongField {
            field: "naam",
            text: "telephone-queue-wrong-name-taken",
        }));
    }
    store::keep(tx, NewQueue { id, name, queue }).await.map(Kept::Done)
}

async fn render(
    app: &App,
    reader: &RuleReader,
    id: Option<QueueId>,
    typed: &Fields,
    wrong: Option<WrongField>,
) -> Result<Response, WebError> {
    let (all, versions) = app
        .db()
        .read(reader.actor(), async |tx| {
            let versions = match id {
                Some(id) => store::versions(tx, id).await?,
                None => vec![],
            };
            Ok::<_, Error>((all(tx).await?, versions))
        })
        .await?;
    let t = app.texts(reader.language);
    let body = QueuePage {
        t: &t,
        id,
        typed,
        names: &all.names,
        versions: &versions,
        wrong,
        may_change: reader.may(Action::Administer),
        now: app.db().clock().now(),
    };
    match wrong {
        None => web::show(app, reader, page(&t), &body).await,
        Some(_) => web::again(app, reader, page(&t), &body).await,
    }
}

async fn end(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path(id): Path<QueueId>,
) -> Result<Response, WebError> {
    let queues = app.db().read(reader.actor(), async |tx| all(tx).await).await?.queues;
    let queue = queues.iter().find(|queue| queue.id == id).ok_or(WebError::NotFound)?;
    let ended = app.db().write(administrator.actor(), async |tx| store::end(tx, id).await).await?;
    let Err(in_use) = ended else { return Ok(done()) };
    let text = match in_use {
        InUse::LeadsHere => "telephone-queue-in-use",
        InUse::Waiting => "telephone-queue-waits-still",
    };
    let typed = form::fields(&queue.name, &queue.queue);
    render(&app, &reader, Some(id), &typed, Some(WrongField { field: "einde", text })).await
}

async fn announcements(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<QueueId>,
) -> Result<Response, WebError> {
    render_announcements(&app, &administrator, id, None, None, None).await
}

pub(super) async fn render_announcements(
    app: &App,
    administrator: &Administrator,
    id: QueueId,
    typed: Option<&Fields>,
    wrong: Option<Announcement>,
    unplayable: Option<&'static str>,
) -> Result<Response, WebError> {
    let (all, own, recordings) = app
        .db()
        .read(administrator.actor(), async |tx| {
            let recordings = recording::all(tx, id).await?;
            Ok::<_, Error>((all(tx).await?, announced(tx, id).await?, recordings))
        })
        .await?;
    let queue = all.queues.iter().find(|queue| queue.id == id).ok_or(WebError::NotFound)?;
    let t = app.texts(administrator.language);
    let (nl, en) = (app.texts(Language::Dutch), app.texts(Language::English));
    let name = queue.name.as_str();
    let body = AnnouncementsPage {
        t: &t,
        nl: &nl,
        en: &en,
        id,
        name,
        own,
        typed,
        wrong,
        recordings,
        unplayable,
    };
    if wrong.is_some() || unplayable.is_some() {
        web::again(app, administrator, page(&t), &body).await
    } else {
        web::show(app, administrator, page(&t), &body).await
    }
}

const WORDS_MAX: usize = 600;

/// Both languages or neither: a caller hears no half announcement.
fn words(typed: &Fields) -> Result<BTreeMap<Announcement, Option<Announced>>, Announcement> {
    let one = |kind: &Announcement| {
        let (nl, en) = (typed.text(&field(*kind, true)), typed.text(&field(*kind, false)));
        let is_too_long = nl.chars().count().max(en.chars().count()) > WORDS_MAX;
        if nl.is_empty() != en.is_empty() || is_too_long {
            return Err(*kind);
        }
        let own = Announced { nl: nl.to_owned(), en: en.to_owned() };
        Ok((*kind, (!nl.is_empty()).then_some(own)))
    };
    Announcement::ALL.iter().map(one).collect()
}

async fn announce(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<QueueId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let words = match words(&typed) {
        Ok(words) => words,
        Err(wrong) => {
            let typed = Some(&typed);
            return render_announcements(&app, &administrator, id, typed, Some(wrong), None).await;
        }
    };
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| {
            let is_there = all(tx).await?.queues.iter().any(|queue| queue.id == id);
            if is_there {
                announcement::keep(tx, id, &words).await?;
            }
            Ok::<_, Error>(is_there)
        })
        .await?;
    if kept { Ok(done()) } else { Err(WebError::NotFound) }
}

db::row! {
    struct Campaign { id: CampaignId, name: String }
}

async fn campaigns(tx: &mut Tx) -> Result<Vec<(String, String)>, Error> {
    let found: Vec<Campaign> = tx
        .all("select id, name from campaigns where state <> 'ended' order by name, id", args![])
        .await?;
    Ok(found.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
}

async fn new_number(
    State(app): State<App>,
    administrator: Administrator,
) -> Result<Response, WebError> {
    render_number(&app, &administrator, None, &Fields::default(), None).await
}

async fn stored_number(
    app: &App,
    administrator: &Administrator,
    dialled: &str,
) -> Result<Number, WebError> {
    let numbers = app.db().read(administrator.actor(), async |tx| number::all(tx).await).await?;
    let mut numbers = numbers.into_iter();
    numbers.find(|number| number.dialled == dialled).ok_or(WebError::NotFound)
}

fn number_fields(number: &Number) -> Fields {
    let mut typed = Fields::default();
    typed.push("nummer", number.dialled.as_str());
    typed.push("rij", number.queue_id.to_string());
    typed.push("campagne", number.campaign_id.map(|id| id.to_string()).unwrap_or_default());
    typed.push("omschrijving", number.label.as_str());
    typed
}

async fn edit_number(
    State(app): State<App>,
    administrator: Administrator,
    Path(dialled): Path<String>,
) -> Result<Response, WebError> {
    let number = stored_number(&app, &administrator, &dialled).await?;
    render_number(&app, &administrator, Some(&number), &number_fields(&number), None).await
}

async fn render_number(
    app: &App,
    administrator: &Administrator,
    number: Option<&Number>,
    typed: &Fields,
    wrong: Option<WrongField>,
) -> Result<Response, WebError> {
    let (all, campaigns) = app
        .db()
        .read(administrator.actor(), async |tx| {
            Ok::<_, Error>((all(tx).await?, campaigns(tx).await?))
        })
        .await?;
    let months = app.rulebook().number("queue.number_months", app.now().date())?;
    let t = app.texts(administrator.language);
    let body = NumberPage { t: &t, number, typed, names: &all.names, campaigns, months, wrong };
    match wrong {
        None => web::show(app, administrator, page(&t), &body).await,
        Some(_) => web::again(app, administrator, page(&t), &body).await,
    }
}

const LABEL_MAX: usize = 60;

/// What is typed of a number; whether queue and campaign are there is asked of what is known.
pub(super) fn read_number(
    typed: &Fields,
    known: &Known,
    campaigns: &[(String, String)],
) -> Result<NewNumber, WrongField> {
    let wrong = |field, text| WrongField { field, text };
    let dialled = number::read(typed.text("nummer"));
    let queue = typed.text("rij").parse().ok().filter(|queue| known.queues.contains(queue));
    let campaign = match typed.text("campagne") {
        "" => None,
        id if campaigns.iter().any(|(campaign, _)| campaign == id) => id.parse().ok(),
        _ => return Err(wrong("campagne", "telephone-number-wrong-campaign")),
    };
    let label = typed.text("omschrijving").chars().take(LABEL_MAX).collect();
    Ok(NewNumber {
        dialled: dialled.ok_or(wrong("nummer", "telephone-number-wrong"))?,
        queue: queue.ok_or(wrong("rij", "telephone-number-wrong-queue"))?,
        campaign,
        label,
    })
}

/// Reads, checks and keeps a number in one step.
pub(super) async fn keep_number_typed(
    tx: &mut Tx,
    typed: &Fields,
) -> Result<Result<(), WrongField>, Error> {
    let known = all(tx).await?.known();
    let campaigns = campaigns(tx).await?;
    let new = match read_number(typed, &known, &campaigns) {
        Ok(new) => new,
        Err(wrong) => return Ok(Err(wrong)),
    };
    match number::keep(tx, &new).await {
        Err(Error::Duplicate) => {
            Ok(Err(WrongField { field: "campagne", text: "telephone-number-wrong-taken" }))
        }
        kept => kept.map(Ok),
    }
}

async fn keep_number(
    State(app): State<App>,
    administrator: Administrator,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| keep_number_typed(tx, &typed).await)
        .await?;
    let Err(wrong) = kept else { return Ok(done()) };
    let number = stored_number(&app, &administrator, typed.text("nummer")).await.ok();
    render_number(&app, &administrator, number.as_ref(), &typed, Some(wrong)).await
}

async fn remove_number(
    State(app): State<App>,
    administrator: Administrator,
    Path(dialled): Path<String>,
) -> Result<Response, WebError> {
    let number = stored_number(&app, &administrator, &dialled).await?;
    let months =
        app.rulebook().number("queue.number_months", local(app.db().clock().now()).date())?;
    let removed = app
        .db()
        .write(administrator.actor(), async |tx| number::remove(tx, &number, months).await)
        .await?;
    if removed.is_ok() {
        return Ok(done());
    }
    let wrong = WrongField { field: "weg", text: "telephone-number-answered-still" };
    render_number(&app, &administrator, Some(&number), &number_fields(&number), Some(wrong)).await
}

async fn edit_skill(
    State(app): State<App>,
    administrator: Administrator,
    Path(path): Path<String>,
) -> Result<Response, WebError> {
    let typed = match skill_of(&path)? {
        None => Fields::default(),
        Some(id) => {
            let (skills, of_users) = app
                .db()
                .read(administrator.actor(), async |tx| {
                    Ok::<_, Error>((skill::all(tx).await?, skill::skills_of(tx).await?))
                })
                .await?;
            let skill = skills.iter().find(|skill| skill.id == id).ok_or(WebError::NotFound)?;
            let who: Vec<UserId> = of_users
                .iter()
                .filter(|(_, own)| own.contains(&id))
                .map(|(user, _)| *user)
                .collect();
            skill_fields(skill, &who)
        }
    };
    render_skill(&app, &administrator, &path, &typed, None).await
}

async fn render_skill(
    app: &App,
    administrator: &Administrator,
    path: &str,
    typed: &Fields,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let colleagues = app.db().read(administrator.actor(), async |tx| colleagues(tx).await).await?;
    let t = app.texts(administrator.language);
    let body = SkillPage { t: &t, path, typed, colleagues, wrong };
    match wrong {
        None => web::show(app, administrator, page(&t), &body).await,
        Some(_) => web::again(app, administrator, page(&t), &body).await,
    }
}

const SKILL_MAX: usize = 40;

async fn keep_skill(
    State(app): State<App>,
    administrator: Administrator,
    Path(path): Path<String>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let id = skill_of(&path)?;
    let name_nl = typed.text("naam_nl");
    let name_en = match typed.text("naam_en") {
        "" => name_nl,
        name => name,
    };
    if name_nl.is_empty() || name_nl.chars().count().max(name_en.chars().count()) > SKILL_MAX {
        let wrong = Some("telephone-skill-wrong");
        return render_skill(&app, &administrator, &path, &typed, wrong).await;
    }
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| {
            let mut users: Vec<UserId> =
                typed.all("collega").filter_map(|id| id.parse().ok()).collect();
            let known = colleagues(tx).await?;
            users.retain(|user| known.iter().any(|(known, _)| known == user));
            skill::keep(tx, id, (name_nl, name_en), &users).await
        })
        .await;
    match kept {
        Ok(()) => Ok(done()),
        Err(Error::Raced) => Err(WebError::NotFound),
        Err(Error::Duplicate) => {
            let taken = Some("telephone-skill-taken");
            render_skill(&app, &administrator, &path, &typed, taken).await
        }
        Err(error) => Err(error.into()),
    }
}
