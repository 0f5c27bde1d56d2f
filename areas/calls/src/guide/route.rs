use std::collections::{BTreeSet, HashMap};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calls_rules::guide::Guide;
use jiff::SignedDuration;
use kernel::{Fence, GuideId, GuideVersionId, PersonId};
use serde::Deserialize;
use web::ui::rendered;
use web::{App, Caller, CampaignManager, Form, Page, WebError};

use super::answers::{self, counts};
use super::edit::{Press, Typed};
use super::page::{GuidePage, GuidesPage, Refused, TryPage};
use super::part::GuidePart;
use super::store::{by_id, end, keep, list, put_back, used};
use super::{choose, shipped};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/gesprekslijnen", get(show_all).post(add))
        .route("/gesprekslijnen/{id}", get(show).post(change))
        .route("/gesprekslijnen/{id}/proef", get(try_out))
        .route("/gesprekslijnen/{id}/weg", post(remove))
        .route("/gesprekslijnen/{id}/terug", post(restore))
        .route("/werkplek/antwoord", post(answer))
        .route("/werkplek/gesprekslijn", post(take))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Done {
    gedaan: String,
    /// The guide that was ended.
    lijn: String,
}

async fn show_all(
    State(app): State<App>,
    manager: CampaignManager,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    render_all(&app, &manager, &NewForm::default(), None, done).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NewForm {
    naam: String,
    thema: String,
}

/// A new guide begins as the one that the program comes with.
async fn add(
    State(app): State<App>,
    manager: CampaignManager,
    Form(form): Form<NewForm>,
) -> Result<Response, WebError> {
    let t = app.texts(manager.language);
    let begin = shipped(&t, false);
    if let Err(refused) = names_are_right(&form.naam, &form.thema) {
        return render_all(&app, &manager, &form, Some(refused), Done::default()).await;
    }
    let kept = app
        .db()
        .write(manager.actor(), async |tx| keep(tx, None, (&form.naam, &form.thema), &begin).await)
        .await;
    match kept {
        Ok(id) => Ok(Redirect::to(&format!("/gesprekslijnen/{id}")).into_response()),
        Err(db::Error::Duplicate) => {
            render_all(&app, &manager, &form, Some(Refused::ThemeTaken), Done::default()).await
        }
        Err(error) => Err(error.into()),
    }
}

fn names_are_right(name: &str, theme: &str) -> Result<(), Refused> {
    if !(1..=60).contains(&name.trim().chars().count()) {
        return Err(Refused::Name);
    }
    if theme.trim().chars().count() > 60 { Err(Refused::Theme) } else { Ok(()) }
}

async fn render_all(
    app: &App,
    manager: &CampaignManager,
    form: &NewForm,
    wrong: Option<Refused>,
    done: Done,
) -> Result<Response, WebError> {
    let team = manager.team;
    let guides = app.db().read(manager.actor(), async |tx| list(tx, team).await).await?;
    let t = app.texts(manager.language);
    let is_wrong = wrong.is_some();
    let body = GuidesPage {
        t: &t,
        guides,
        name: &form.naam,
        theme: &form.thema,
        wrong,
        notice: (done.gedaan == "weg").then(|| t.get("calls-guides-ended")),
        ended: done.lijn.parse().ok(),
        now: app.db().clock().now(),
    };
    let page = Page::new(t.get("calls-guides"), "/campagnes");
    if is_wrong {
        web::again(app, manager, page, &body).await
    } else {
        web::show(app, manager, page, &body).await
    }
}

async fn show(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<GuideId>,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let notice = (done.gedaan == "ja").then_some("calls-guides-kept");
    render(&app, &manager, id, None, Shown { notice, ..Shown::default() }).await
}

async fn change(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<GuideId>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let press = Press::read(form.get("doen").map_or("", String::as_str));
    let team = manager.team;
    let used = app
        .db()
        .read(manager.actor(), async |tx| {
            let found = by_id(tx, id, team).await?.is_some();
            Ok::<_, db::Error>(if found { Some(used(tx, id).await?) } else { None })
        })
        .await?;
    let used = used.ok_or(WebError::NotFound)?;
    let mut typed = Typed::read(&form, used);
    if typed.press(press, used) {
        let shown = Shown { added: press == Press::Add, ..Shown::default() };
        return render(&app, &manager, id, Some(&typed), shown).await;
    }
    let checked = names_are_right(&typed.name, &typed.theme)
        .and_then(|()| typed.guide().map_err(Refused::Guide));
    let guide = match checked {
        Ok(guide) => guide,
        Err(refused) => {
            let shown = Shown { wrong: Some(refused), ..Shown::default() };
            return render(&app, &manager, id, Some(&typed), shown).await;
        }
    };
    if press == Press::Try {
        return try_guide(&app, &manager, id, (&typed.name, &guide), Some(&form)).await;
    }
    let began: Option<i64> = form.get("versie").and_then(|version| version.parse().ok());
    let kept = app
        .db()
        .write(manager.actor(), async |tx| {
            let Some(stored) = by_id(tx, id, team).await? else { return Ok(None) };
            if began.is_some_and(|began| began != stored.version) {
                return Ok(Some(Err(Refused::Overtaken)));
            }
            keep(tx, Some(id), (&typed.name, &typed.theme), &guide).await?;
            Ok::<_, db::Error>(Some(Ok(())))
        })
        .await;
    let kept = match kept {
        Err(db::Error::Duplicate) => Err(Refused::ThemeTaken),
        kept => kept?.ok_or(WebError::NotFound)?,
    };
    match kept {
        Ok(()) => Ok(Redirect::to(&format!("/gesprekslijnen/{id}?gedaan=ja")).into_response()),
        Err(refused) => {
            let shown = Shown { wrong: Some(refused), ..Shown::default() };
            render(&app, &manager, id, Some(&typed), shown).await
        }
    }
}

/// What the editor says besides the guide.
#[derive(Default)]
struct Shown {
    wrong: Option<Refused>,
    notice: Option<&'static str>,
    /// A step was added.
    added: bool,
}

/// So far back is counted what people answered.
const COUNTED: SignedDuration = SignedDuration::from_hours(30 * 24);

async fn render(
    app: &App,
    manager: &CampaignManager,
    id: GuideId,
    typed: Option<&Typed>,
    Shown { wrong, notice, added }: Shown,
) -> Result<Response, WebError> {
    let team = manager.team;
    let (stored, counts) = app
        .db()
        .read(manager.actor(), async |tx| {
            let since = tx.now() - COUNTED;
            Ok::<_, db::Error>((by_id(tx, id, team).await?, counts(tx, id, since).await?))
        })
        .await?;
    let stored = stored.ok_or(WebError::NotFound)?;
    let kept = Typed::of(&stored.name, &stored.theme, &stored.guide);
    let t = app.texts(manager.language);
    let is_wrong = wrong.is_some();
    let body = GuidePage {
        t: &t,
        id,
        version: stored.version,
        typed: typed.unwrap_or(&kept),
        wrong,
        notice: notice.map(|text| t.get(text)),
        added,
        counts,
    };
    let page = Page::new(t.get("calls-guides"), "/campagnes");
    if is_wrong {
        web::again(app, manager, page, &body).await
    } else {
        web::show(app, manager, page, &body).await
    }
}

/// Walks through a guide as an agent does; nothing is saved.
async fn try_out(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<GuideId>,
) -> Result<Response, WebError> {
    let team = manager.team;
    let stored = app.db().read(manager.actor(), async |tx| by_id(tx, id, team).await).await?;
    let stored = stored.ok_or(WebError::NotFound)?;
    try_guide(&app, &manager, id, (&stored.name, &stored.guide), None).await
}

/// `typed`: what the editor held, to go back to.
async fn try_guide(
    app: &App,
    manager: &CampaignManager,
    id: GuideId,
    (name, guide): (&str, &Guide),
    typed: Option<&HashMap<String, String>>,
) -> Result<Response, WebError> {
    let t = app.texts(manager.language);
    let part = GuidePart {
        t: &t,
        guide,
        given: &BTreeSet::new(),
        opening: None,
        fields: [
            t.with("calls-formal-f", "name", "De Vries"),
            t.get("calls-guide-your-employer"),
            manager.first_name.clone(),
        ],
        saves: None,
        on_line: None,
        in_call: true,
        closing: Vec::new(),
        name: Some(name),
        others: Vec::new(),
    };
    let part = rendered(askama::Template::render(&part)?);
    let typed: Option<Vec<(&str, &str)>> = typed.map(|form| {
        let fields = form.iter().filter(|(name, _)| *name != "doen");
        fields.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    });
    let body = TryPage { t: &t, id, name, part, typed };
    web::show(app, manager, Page::new(t.get("calls-guides"), "/campagnes"), &body).await
}

async fn remove(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<GuideId>,
) -> Result<Response, WebError> {
    let team = manager.team;
    let found = app
        .db()
        .write(manager.actor(), async |tx| {
            if by_id(tx, id, team).await?.is_none() {
                return Ok::<_, db::Error>(false);
            }
            end(tx, id).await?;
            Ok(true)
        })
        .await?;
    if !found {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to(&format!("/gesprekslijnen?gedaan=weg&lijn={id}")).into_response())
}

/// The way back from a guide that was ended by mistake.
async fn restore(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<GuideId>,
) -> Result<Response, WebError> {
    let team = manager.team;
    let back = app.db().write(manager.actor(), async |tx| put_back(tx, id, team).await).await;
    match back {
        Ok(true) => Ok(Redirect::to(&format!("/gesprekslijnen/{id}")).into_response()),
        Ok(false) => Err(WebError::NotFound),
        Err(db::Error::Duplicate) => {
            let form = NewForm::default();
            render_all(&app, &manager, &form, Some(Refused::ThemeTaken), Done::default()).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct AnswerForm {
    person: PersonId,
    fence: Fence,
    /// The version that was on the page.
    lijn: GuideVersionId,
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

/// Saves the answers while they are given: all of them each time, so that an old one goes.
async fn answer(
    State(app): State<App>,
    caller: Caller,
    Form(form): Form<AnswerForm>,
) -> Result<Response, WebError> {
    let given = answers::read(&form.rest);
    let saved = app
        .db()
        .write(caller.actor(), async |tx| {
            answers::save(tx, form.person, form.fence, form.lijn, &given).await
        })
        .await?;
    if !saved {
        return Ok(StatusCode::CONFLICT.into_response());
    }
    let t = app.texts(caller.language);
    Ok(t.with("calls-guide-saved", "time", t.clock(app.db().clock().now())).into_response())
}

#[derive(Deserialize)]
struct TakeForm {
    person: PersonId,
    fence: Fence,
    guide: GuideId,
}

async fn take(
    State(app): State<App>,
    caller: Caller,
    Form(form): Form<TakeForm>,
) -> Result<Response, WebError> {
    let TakeForm { person, fence, guide } = form;
    let taken =
        app.db().write(caller.actor(), async |tx| choose(tx, person, fence, guide).await).await?;
    let with = if taken { "" } else { "?gedaan=weg" };
    Ok(Redirect::to(&format!("/werkplek{with}")).into_response())
}
