use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use db::args;
use kernel::{Action, TeamId};
use serde::Deserialize;
use web::{App, Caller, Page, WebError};

use super::page::{BoardPart, Boards, NoTeamPage, TeamPage, WallPage};
use super::store::board;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/team", get(show))
        .route("/team/bord", get(part))
        .route("/team/muur", get(wall))
}

/// Whoever is in no team has no board.
fn team_of(caller: &Caller) -> Result<TeamId, WebError> {
    caller.team.ok_or(WebError::NotFound)
}

async fn rendered(app: &App, caller: &Caller, team: TeamId) -> Result<Arc<str>, WebError> {
    let boards = app.state::<Boards>();
    boards
        .fresh(team, caller.language, async || {
            let found = app.db().read(caller.actor(), async |tx| board(tx, team).await).await?;
            let t = app.texts(caller.language);
            let now = app.now();
            let part = BoardPart { t: &t, now: &now, board: &found };
            Ok(askama::Template::render(&part)?)
        })
        .await
}

/// The part that follows what colleagues do, alone.
async fn part(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    let team = team_of(&caller)?;
    Ok(Html(rendered(&app, &caller, team).await?.to_string()).into_response())
}

async fn name_of(app: &App, caller: &Caller, team: TeamId) -> Result<String, WebError> {
    let name: Option<String> = app
        .db()
        .read(caller.actor(), async |tx| {
            tx.value::<Option<String>>(
                "select max(name) as value from teams where id = $1",
                args![team],
            )
            .await
        })
        .await?;
    Ok(name.unwrap_or_default())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Done {
    gedaan: String,
}

/// So many promises stand on the page; behind the link are all of them.
const AT_RISK: usize = 8;

async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let Some(team) = caller.team else {
        let page = Page::new(t.get("figures-nav-team"), "/team");
        return web::show(&app, &caller, page, &NoTeamPage { t: &t }).await;
    };
    let name = name_of(&app, &caller, team).await?;
    let part = rendered(&app, &caller, team).await?;
    let leads = caller.may(Action::ManageCampaigns);
    let (mates, at_risk, callers) = app
        .db()
        .read(caller.actor(), async |tx| {
            let mates = access::presence::everybody(tx, team).await?;
            if !leads {
                return Ok::<_, db::Error>((mates, Vec::new(), Vec::new()));
            }
            let at_risk = calls::callback::at_risk(tx, caller.id, team, AT_RISK).await?;
            Ok((mates, at_risk, calls::desk::callers_of(tx, Some(team)).await?))
        })
        .await?;
    let body = TeamPage {
        t: &t,
        team: &name,
        part: web::ui::rendered(part.to_string()),
        mates: &mates,
        me: caller.id,
        leads,
        at_risk,
        callers,
        notice: (done.gedaan == "gegeven").then(|| t.get("figures-team-given")),
    };
    web::show(&app, &caller, Page::new(t.get("figures-nav-team"), "/team"), &body).await
}

async fn wall(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    let team = team_of(&caller)?;
    let name = name_of(&app, &caller, team).await?;
    let part = rendered(&app, &caller, team).await?;
    let t = app.texts(caller.language);
    let body = WallPage {
        t: &t,
        team: &name,
        day: t.day(app.now().date()),
        part: web::ui::rendered(part.to_string()),
    };
    Ok(Html(askama::Template::render(&body)?).into_response())
}
