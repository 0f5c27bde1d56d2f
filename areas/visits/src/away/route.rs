use askama::Template as _;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::civil::Date;
use kernel::{Actor, VisitId};
use serde::{Deserialize, Serialize};
use texts::Language;
use web::{App, Fields, Form, Visitor, WebError, asset_path};

use super::page::{AwayPage, DayList, DevicesPage, Worker};
use super::store::{self, Device, KEY_LASTS, Kind};
use crate::visit::{
    self, AwayVisit, Change, Failed, From, Saved, Visit, Whose, along_the_way, load, whose,
};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/onderweg", get(show))
        .route("/onderweg/manifest.webmanifest", get(manifest))
        .route("/onderweg-wacht.js", get(worker))
        .route("/onderweg/dag", post(day))
        .route("/onderweg/toestel", post(contact))
        .route("/onderweg/verslag/{id}", post(bring_home))
        .route("/bezoeken/toestellen", get(show_devices))
        .route("/bezoeken/toestellen/{id}/wis", post(ask_wipe))
}

async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, WebError> {
    let t = app.texts(visitor.language);
    let body = AwayPage { t: &t, association: &app.settings().association };
    Ok(Html(body.render()?).into_response())
}

/// What makes the page one that can be put on the home screen.
async fn manifest(State(app): State<App>) -> Response {
    let icon = |name: &str, sizes: &str| serde_json::json!({"src": asset_path(name), "sizes": sizes, "type": "image/png", "purpose": "any"});
    let manifest = serde_json::json!({
        "name": format!("{} · Wijland", app.settings().association),
        "short_name": "Wijland",
        "id": "/onderweg",
        "start_url": "/onderweg",
        "scope": "/onderweg",
        "display": "standalone",
        "background_color": "#10312a",
        "theme_color": "#10312a",
        "icons": [icon("icon-192.png", "192x192"), icon("icon-512.png", "512x512")],
    });
    ([(header::CONTENT_TYPE, "application/manifest+json")], manifest.to_string()).into_response()
}

/// Everything that the page needs beside itself.
const FILES: &[&str] = &[
    "wijland.css",
    "favicon.svg",
    "icons.svg",
    "icon-192.png",
    "atkinson-next-latin.woff2",
    "atkinson-next-latin-ext.woff2",
    "bricolage-latin.woff2",
    "theme.js",
    "say.js",
    "away.js",
    "away-vault.js",
    "away-form.js",
    "away-office.js",
    "visit-here.js",
];

async fn worker(State(app): State<App>) -> Result<Response, WebError> {
    let files: Vec<String> = FILES.iter().map(|name| asset_path(name)).collect();
    let mut version = files.concat();
    for language in [Language::Dutch, Language::English] {
        let t = app.texts(language);
        version += &AwayPage { t: &t, association: &app.settings().association }.render()?;
    }
    let version = web::token_hash(&version).iter().map(|byte| format!("{byte:02x}")).collect();
    let body = Worker { files, version };
    Ok(([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], body.render()?).into_response())
}

/// A telephone as it names itself.
#[derive(Deserialize)]
struct Asked {
    /// Its tokens: one for each colleague who took a day along on it.
    #[serde(default)]
    devices: Vec<String>,
    /// Whether it has a key of today. Without one it gets one, and those of reports that it still holds.
    #[serde(default)]
    has_key: bool,
}

#[derive(Serialize)]
struct DayBody {
    /// The token of this colleague on this telephone.
    device: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<KeyBody>,
    /// Of days before.
    old_keys: Vec<KeyBody>,
    key_lasts_s: i64,
    /// What time it is here, in milliseconds: a telephone's own clock may be wrong.
    now: i64,
    /// The list as it is shown.
    list: String,
    visits: Vec<VisitBody>,
}

#[derive(Serialize)]
struct KeyBody {
    id: String,
    secret: String,
}

#[derive(Serialize)]
struct VisitBody {
    id: String,
    place: String,
    /// What to know, and the form of the report.
    html: String,
}

/// The answer to a telephone that is to empty itself: nothing in it can be opened any more.
fn gone() -> Response {
    (StatusCode::GONE, "").into_response()
}

/// The day that somebody takes along: what is late, and the first day from today on which something is planned.
async fn day_of(tx: &mut db::Tx, visitor: &Visitor, today: Date) -> Result<Vec<Visit>, db::Error> {
    let planned = visit::planned(tx, Whose::Own(visitor.id), 200).await?;
    let first = planned.iter().filter_map(|visit| visit.planned_on).find(|day| *day >= today);
    let mut day: Vec<Visit> = planned
        .into_iter()
        .filter(|visit| visit.is_late(today) || visit.planned_on == first)
        .collect();
    along_the_way(&mut day, today);
    Ok(day)
}

async fn day(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Json(asked): Json<Asked>,
) -> Result<Response, WebError> {
    let t = app.texts(visitor.language);
    let agent = headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok());
    let kind = Kind::of(agent.unwrap_or_default());
    let now = app.now();
    let today = now.date();
    let body = app
        .db()
        .write(visitor.actor(), async |tx| {
            // What it holds of another colleague stays shut.
            let mut mine = None;
            for token in asked.devices.iter().take(TOKENS_MAX) {
                let Some(device) = store::by_token(tx, token).await? else { continue };
                if device.user_id == visitor.id {
                    if device.wipe_asked_at.is_some() {
                        return Ok(None);
                    }
                    mine = Some((device.id, token.clone()));
                }
            }
            let is_known = mine.is_some();
            let (device, token) = match mine {
                Some(mine) => mine,
                None => store::add(tx, kind).await?,
            };
            store::seen(tx, device).await?;
            let body = |key: store::DayKey| KeyBody { id: key.id.to_string(), secret: key.secret };
            let (key, old_keys) = if asked.has_key && is_known {
                (None, vec![])
            } else {
                let old = store::keys(tx, device).await?.into_iter().map(body).collect();
                (Some(body(store::new_key(tx, device).await?)), old)
            };
            let day = day_of(tx, &visitor, today).await?;
            let ids: Vec<VisitId> = day.iter().map(|visit| visit.id).collect();
            store::take(tx, device, &ids).await?;
            let title = match day.last().and_then(|visit| visit.planned_on) {
                Some(day) if day > today => t.long_day(day),
                _ => t.get("visits-today"),
            };
            let list = DayList { t: &t, today, title, visits: &day }.render().unwrap_or_default();
            let mut visits = Vec::with_capacity(day.len());
            for visit in day {
                let (id, place) = (visit.id.to_string(), visit.place.clone());
                let page = AwayVisit(load(tx, &t, &visitor, visit).await?);
                visits.push(VisitBody { id, place, html: page.render().unwrap_or_default() });
            }
            Ok::<_, db::Error>(Some(DayBody {
                device: token,
                key,
                old_keys,
                key_lasts_s: KEY_LASTS.as_secs(),
                now: now.timestamp().as_millisecond(),
                list,
                visits,
            }))
        })
        .await?;
    Ok(body.map_or_else(gone, |body| Json(body).into_response()))
}

#[derive(Deserialize)]
struct Contact {
    devices: Vec<String>,
    /// It emptied itself.
    #[serde(default)]
    wiped: bool,
}

/// A telephone that several colleagues share holds a token of each; more than this is no telephone.
const TOKENS_MAX: usize = 20;

/// Which of its tokens a telephone is to empty.
#[derive(Serialize)]
struct Kept {
    gone: Vec<String>,
}

/// First contact after a time without a signal, before anybody signs in: may it keep what it holds? Whoever knows no token
/// makes this program write nothing.
async fn contact(State(app): State<App>, Json(said): Json<Contact>) -> Result<Response, WebError> {
    let known = app
        .db()
        .read(Actor::SYSTEM, async |tx| {
            let mut known = Vec::new();
            for token in said.devices.iter().take(TOKENS_MAX) {
                known.extend(store::by_token(tx, token).await?.map(|device| (token, device)));
            }
            Ok::<_, db::Error>(known)
        })
        .await?;
    if !known.is_empty() {
        app.db()
            .write(Actor::SYSTEM, async |tx| {
                for (_, device) in &known {
                    if said.wiped {
                        store::wiped(tx, device.id).await?;
                    }
                    store::seen(tx, device.id).await?;
                }
                Ok::<_, db::Error>(())
            })
            .await?;
    }
    let gone = known.into_iter().filter(|(_, device)| device.wipe_asked_at.is_some());
    Ok(Json(Kept { gone: gone.map(|(token, _)| token.clone()).collect() }).into_response())
}

/// What the telephone shows about a report that it sent.
#[derive(Serialize)]
struct Answer {
    text: String,
    /// Where a choice is to be made between two words.
    #[serde(skip_serializing_if = "Option::is_none")]
    choose: Option<String>,
}

/// A report of the road: the form of the visit's page, or with `nobody` that nobody was met.
async fn bring_home(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let device = app
        .db()
        .read(visitor.actor(), async |tx| {
            let Some(device) = store::by_token(tx, fields.text("device")).await? else {
                return Ok(None);
            };
            let has = store::has(tx, device.id, id).await?;
            Ok::<_, db::Error>(has.then_some(device))
        })
        .await?;
    let device: Device = device.ok_or(WebError::NotFound)?;
    // A colleague is signed in on this telephone: the report waits for whoever made it.
    if device.user_id != visitor.id {
        return Err(WebError::Forbidden);
    }
    if device.wipe_asked_at.is_some() {
        return Ok(gone());
    }
    let saved = match fields.text("nobody").parse() {
        Ok(why) => nobody(&app, &visitor, id, Change::NotMet(why)).await?,
        Err(_) => visit::take_in(&app, &visitor, id, From::Road, &fields).await?,
    };
    let t = app.texts(visitor.language);
    Ok(match saved {
        Saved::Done { id, conflicts } => Json(Answer {
            text: t.get(if conflicts { "visits-done-conflict" } else { "visits-away-sent" }),
            choose: conflicts.then(|| format!("/bezoeken/{id}")),
        })
        .into_response(),
        Saved::Refused(wrong) => {
            let answer = Answer { text: t.get(wrong), choose: None };
            (StatusCode::UNPROCESSABLE_ENTITY, Json(answer)).into_response()
        }
        Saved::Nothing => return Err(WebError::NotFound),
    })
}

/// Nobody was met. A plan that ended meanwhile, or went to a colleague, needs no such line any more.
async fn nobody(
    app: &App,
    visitor: &Visitor,
    id: VisitId,
    not_met: Change,
) -> Result<Saved, WebError> {
    let changed = app
        .db()
        .write(visitor.actor(), async |tx| match visit::of_whose(tx, id, whose(visitor)).await? {
            Some(visit) => visit::change(tx, &visit, not_met).await,
            None => Ok(()),
        })
        .await;
    match changed {
        Ok(()) | Err(Failed::Refused(_)) => Ok(Saved::Done { id, conflicts: false }),
        Err(Failed::PlannedAlready) => Ok(Saved::Refused("visits-planned-already")),
        Err(Failed::Broken(error)) => Err(error.into()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Done {
    gedaan: String,
}

async fn show_devices(
    State(app): State<App>,
    visitor: Visitor,
    Query(shown): Query<Done>,
) -> Result<Response, WebError> {
    let whose = whose(&visitor);
    let devices = app.db().read(visitor.actor(), async |tx| store::list(tx, whose).await).await?;
    let t = app.texts(visitor.language);
    let body = DevicesPage {
        t: &t,
        now: app.now().timestamp(),
        devices,
        shows_owner: matches!(whose, Whose::Team(..)),
        notice: (shown.gedaan == "wis").then(|| t.get("visits-device-done")),
    };
    web::show(&app, &visitor, visit::visits_page(&app, &visitor), &body).await
}

/// A telephone was lost. Whoever holds it is signed out as well.
async fn ask_wipe(
    State(app): State<App>,
    visitor: Visitor,
    session: web::SessionToken,
    Path(id): Path<i64>,
) -> Result<Redirect, WebError> {
    let whose = whose(&visitor);
    app.db()
        .write(visitor.actor(), async |tx| {
            let found = store::list(tx, whose).await?.into_iter().find(|device| device.id == id);
            let Some(device) = found else { return Ok(Err(WebError::NotFound)) };
            store::ask_wipe(tx, &device).await?;
            if device.user_id == visitor.id {
                web::end_others(tx, device.user_id, &session).await?;
            } else {
                web::end_all(tx, device.user_id).await?;
            }
            Ok::<_, db::Error>(Ok(()))
        })
        .await??;
    Ok(Redirect::to("/bezoeken/toestellen?gedaan=wis"))
}
