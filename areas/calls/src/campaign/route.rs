use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calls_rules::gate::Ground;
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::{CampaignId, GuideId, ImportId};
use serde::Deserialize;
use texts::Texts;
use web::{App, CampaignManager, FileReader, Form, Page, WebError};

use super::fill::start_to_the_end;
use super::gate::judge_first;
use super::page::{CampaignForm, CampaignPage, CampaignsPage, ImportChoice, Parsed, Who, Wrong};
use super::segment::{preview, sectors};
use super::store::change_settings;
use super::{
    NewCampaign, Purpose, Source, State as CampaignState, by_id, funnel, list, people, set_state,
};
use crate::guide;
use crate::settings::gate_rules;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/campagnes", get(show).post(make))
        .route("/campagnes/wie", get(who))
        .route("/campagnes/{id}", get(show_one).post(change))
        .route("/campagnes/{id}/stand", post(change_state))
        .route("/campagnes/{id}/mensen", get(people::show).post(people::reopen))
        .route("/campagnes/{id}/eigenaar", post(people::assign))
        .route("/campagnes/{id}/verdeel", post(people::divide))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    gedaan: String,
    import: String,
    /// Conditions that another page begins a campaign with.
    status: String,
    aow_months: String,
}

async fn show(
    State(app): State<App>,
    manager: CampaignManager,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let t = app.texts(manager.language);
    let notice = match asked.gedaan.as_str() {
        "begonnen" => Some(t.get("calls-campaign-started")),
        "gepauzeerd" => Some(t.get("calls-campaign-paused")),
        "hervat" => Some(t.get("calls-campaign-resumed")),
        "beeindigd" => Some(t.get("calls-campaign-ended")),
        _ => None,
    };
    let source = if asked.import.is_empty() { "filter" } else { "import" };
    let form = CampaignForm {
        source: source.into(),
        import: asked.import,
        status: asked.status,
        aow_months: asked.aow_months,
        ..CampaignForm::default()
    };
    render(&app, &manager, &form, None, notice).await
}

db::row! {
    struct ImportRow { id: ImportId, file_name: String, made_at: Timestamp, added: i64, changed: i64, unchanged: i64 }
}

async fn imports(tx: &mut Tx, t: &Texts, now: Timestamp) -> Result<Vec<ImportChoice>, Error> {
    let rows: Vec<ImportRow> = tx
        .all(
            "select id, file_name, made_at, added, changed, unchanged from imports
              where state = 'done' and kind in ('persons', 'memberships', 'prospects')
              order by id desc limit 30",
            args![],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ImportChoice {
            id: row.id,
            label: t.fill(
                "calls-campaign-import-choice",
                [
                    ("file", row.file_name.into()),
                    ("when", t.moment(row.made_at, now).into()),
                    ("people", t.number(row.added + row.changed + row.unchanged).into()),
                ],
            ),
        })
        .collect())
}

async fn render(
    app: &App,
    manager: &CampaignManager,
    form: &CampaignForm,
    wrong: Option<Wrong>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let t = app.texts(manager.language);
    let now = app.db().clock().now();
    let rules = gate_rules(&app.rulebook(), app.now().date())?;
    let (campaigns, imports, sectors, guides) = app
        .db()
        .read(manager.actor(), async |tx| {
            let mut campaigns = Vec::new();
            for campaign in list(tx, manager.team).await? {
                let funnel = funnel(tx, &campaign, &rules).await?;
                campaigns.push((campaign, funnel));
            }
            let (imports, sectors) = (imports(tx, &t, now).await?, sectors(tx).await?);
            let guides = guide::names(tx, manager.team).await?;
            Ok::<_, Error>((campaigns, imports, sectors, guides))
        })
        .await?;
    let body = CampaignsPage { t: &t, campaigns, form, wrong, imports, sectors, guides, notice };
    let page = Page::new(t.get("calls-nav-campaigns"), "/campagnes");
    if wrong.is_some() {
        web::again(app, manager, page, &body).await
    } else {
        web::show(app, manager, page, &body).await
    }
}

async fn make(
    State(app): State<App>,
    manager: CampaignManager,
    Form(form): Form<CampaignForm>,
) -> Result<Response, WebError> {
    let Parsed { name, ground, source, settings } = match form.parse() {
        Ok(parsed) => parsed,
        Err(wrong) => return render(&app, &manager, &form, Some(wrong), None).await,
    };
    if !guide_is_ours(&app, &manager, None, settings.guide).await? {
        return render(&app, &manager, &form, Some(Wrong::Guide), None).await;
    }
    // A living list may begin empty; of a frozen one nobody would ever be called.
    if let Source::Filter { filter, living: false } = &source {
        let (count, _) =
            app.db().read(manager.actor(), async |tx| preview(tx, filter).await).await?;
        if count == 0 {
            return render(&app, &manager, &form, Some(Wrong::Nobody), None).await;
        }
    }
    let purpose = purpose_of(ground);
    let rules = gate_rules(&app.rulebook(), app.now().date())?;
    let new = NewCampaign {
        name,
        ground,
        purpose,
        state: CampaignState::Active,
        source,
        team: manager.team,
        settings,
    };
    start_to_the_end(&app, manager.actor(), new, rules).await??;
    Ok(Redirect::to("/campagnes?gedaan=begonnen").into_response())
}

/// What a campaign on this ground is for, unless a program says otherwise.
fn purpose_of(ground: Ground) -> Purpose {
    if ground == Ground::Service { Purpose::Service } else { Purpose::Recruitment }
}

/// Whether a campaign of this team can have this guide: none, the one that it has, or one that the team can choose.
pub(super) async fn guide_is_ours(
    app: &App,
    manager: &CampaignManager,
    campaign: Option<CampaignId>,
    guide: Option<GuideId>,
) -> Result<bool, Error> {
    let Some(guide) = guide else { return Ok(true) };
    let team = manager.team;
    app.db()
        .read(manager.actor(), async |tx| {
            if let Some(campaign) = campaign
                && let Some(campaign) = by_id(tx, campaign, team).await?
                && campaign.guide_id == Some(guide)
            {
                return Ok(true);
            }
            Ok(guide::names(tx, team).await?.iter().any(|(id, _)| *id == guide))
        })
        .await
}

/// Who is meant by the conditions as they stand in the form: a count and some examples.
async fn who(
    State(app): State<App>,
    manager: CampaignManager,
    _: FileReader,
    Query(form): Query<CampaignForm>,
) -> Result<Response, WebError> {
    let t = app.texts(manager.language);
    let ground: Option<Ground> = form.ground.parse().ok();
    let rules = gate_rules(&app.rulebook(), app.now().date())?;
    let body = match form.filter() {
        Ok(filter) => {
            let ((count, examples), judged) = app
                .db()
                .read(manager.actor(), async |tx| {
                    let judged = match ground {
                        Some(ground) => {
                            let about = (ground, purpose_of(ground));
                            Some(judge_first(tx, &filter, about, &rules).await?)
                        }
                        None => None,
                    };
                    Ok::<_, Error>((preview(tx, &filter).await?, judged))
                })
                .await?;
            Who { t: &t, count, examples, judged, wrong: None }
        }
        Err(wrong) => Who { t: &t, count: 0, examples: vec![], judged: None, wrong: Some(wrong) },
    };
    Ok(Html(askama::Template::render(&body)?).into_response())
}

async fn show_one(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<CampaignId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let t = app.texts(manager.language);
    let notice = match asked.gedaan.as_str() {
        "gewijzigd" => Some(t.get("calls-campaign-changed")),
        "verdeeld" => Some(t.get("calls-campaign-divided")),
        _ => None,
    };
    render_one(&app, &manager, id, None, None, notice).await
}

async fn render_one(
    app: &App,
    manager: &CampaignManager,
    id: CampaignId,
    form: Option<&CampaignForm>,
    wrong: Option<Wrong>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let t = app.texts(manager.language);
    let team = manager.team;
    let (found, guides) = app
        .db()
        .read(manager.actor(), async |tx| {
            Ok::<_, Error>((by_id(tx, id, team).await?, guide::names(tx, team).await?))
        })
        .await?;
    let campaign = found.ok_or(WebError::NotFound)?;
    let kept = CampaignForm::of(&campaign, &t);
    let form = form.unwrap_or(&kept);
    let body = CampaignPage { t: &t, campaign: &campaign, form, guides, wrong, notice };
    let page = Page::new(t.get("calls-nav-campaigns"), "/campagnes");
    if wrong.is_some() {
        web::again(app, manager, page, &body).await
    } else {
        web::show(app, manager, page, &body).await
    }
}

async fn change(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<CampaignId>,
    Form(form): Form<CampaignForm>,
) -> Result<Response, WebError> {
    let read = form.name().and_then(|name| Ok((name, form.settings()?)));
    let (name, settings) = match read {
        Ok(read) => read,
        Err(wrong) => {
            return render_one(&app, &manager, id, Some(&form), Some(wrong), None).await;
        }
    };
    if !guide_is_ours(&app, &manager, Some(id), settings.guide).await? {
        return render_one(&app, &manager, id, Some(&form), Some(Wrong::Guide), None).await;
    }
    let team = manager.team;
    let found = app
        .db()
        .write(manager.actor(), async |tx| {
            if by_id(tx, id, team).await?.is_none() {
                return Ok::<_, Error>(false);
            }
            change_settings(tx, id, &name, &settings).await?;
            Ok(true)
        })
        .await?;
    if !found {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to(&format!("/campagnes/{id}?gedaan=gewijzigd")).into_response())
}

#[derive(Deserialize)]
struct StateForm {
    state: String,
}

async fn change_state(
    State(app): State<App>,
    manager: CampaignManager,
    Path(id): Path<CampaignId>,
    Form(form): Form<StateForm>,
) -> Result<Response, WebError> {
    let state: CampaignState = form.state.parse().map_err(|_| WebError::Unreadable)?;
    let team = manager.team;
    let found = app
        .db()
        .write(manager.actor(), async |tx| {
            if by_id(tx, id, team).await?.is_none() {
                return Ok::<_, Error>(false);
            }
            set_state(tx, id, state).await?;
            Ok(true)
        })
        .await?;
    if !found {
        return Err(WebError::NotFound);
    }
    let done = match state {
        CampaignState::Active => "hervat",
        CampaignState::Paused => "gepauzeerd",
        CampaignState::Ended => "beeindigd",
    };
    Ok(Redirect::to(&format!("/campagnes?gedaan={done}")).into_response())
}
