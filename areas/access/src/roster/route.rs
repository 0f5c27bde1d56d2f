use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::{Error, Tx, args};
use kernel::{AbsenceId, Action, UserId};
use serde::Deserialize;
use web::{App, Caller, Form, Page, WebError};

use super::page::{AbsenceForm, Line, RosterPage, WEEKDAYS, WeekForm, stand_in};
use super::store::{end_absence, load, report_absence, set_shifts, set_stand_in};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/rooster", get(show))
        .route("/rooster/{user}/week", post(change_week))
        .route("/rooster/{user}/afwezig", post(absent))
        .route("/rooster/{user}/terug/{absence}", post(back))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Done {
    gedaan: String,
    van: String,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let notice = match done.gedaan.as_str() {
        "week" => Some("access-roster-saved"),
        "afwezig" => Some("access-roster-absent"),
        "terug" => Some("access-roster-back"),
        _ => None,
    };
    render(&app, &caller, None, notice, done.van.parse().ok()).await
}

db::row! {
    struct Colleague { id: UserId, name: String, roles: String }
}

/// Whoever calls in the caller's team; an own line first.
async fn colleagues(tx: &mut Tx, caller: &Caller) -> Result<Vec<Line>, Error> {
    let team = caller.team;
    let found: Vec<Colleague> = tx
        .all(
            "select id, name, roles from users
              where ended_at is null and (id = $1 or team_id = $2) order by name limit 500",
            args![caller.id, team],
        )
        .await?;
    let leads = caller.may(Action::ManageCampaigns);
    let mut lines: Vec<Line> = found
        .into_iter()
        .filter(|user| kernel::Roles::read(&user.roles).may(Action::WorkCalls))
        .map(|user| Line {
            may_change: leads || user.id == caller.id,
            id: user.id,
            name: user.name,
        })
        .collect();
    lines.sort_by_key(|line| line.id != caller.id);
    Ok(lines)
}

/// What became of a change.
enum Changed {
    Done,
    /// Not a line that the acting user may change: an own one, or as team lead one of the team.
    NotFound,
    /// Whoever should stand in is nobody of the team who calls.
    StandIn,
}

/// Whether the acting user may change this line, and whoever stands in can.
async fn may_change(
    tx: &mut Tx,
    caller: &Caller,
    user: UserId,
    stand_in: Option<UserId>,
) -> Result<Changed, Error> {
    let lines = colleagues(tx, caller).await?;
    if !lines.iter().any(|line| line.id == user && line.may_change) {
        return Ok(Changed::NotFound);
    }
    let can_stand_in = |other| other != user && lines.iter().any(|line| line.id == other);
    Ok(if stand_in.is_none_or(can_stand_in) { Changed::Done } else { Changed::StandIn })
}

async fn change_week(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<UserId>,
    Form(form): Form<WeekForm>,
) -> Result<Response, WebError> {
    let shifts = match form.read() {
        Ok(shifts) => shifts,
        Err(weekday) => {
            let t = app.texts(caller.language);
            let day = WEEKDAYS.iter().find(|(day, _, _)| *day == weekday);
            let day = day.map(|(_, _, text)| t.get(text)).unwrap_or_default();
            let text = t.with("access-roster-wrong-hours", "day", day);
            return render(&app, &caller, Some((user, text)), None, None).await;
        }
    };
    let Ok(stand_in) = stand_in(&form.stand_in) else { return Err(WebError::Unreadable) };
    let changed = app
        .db()
        .write(caller.actor(), async |tx| {
            let may = may_change(tx, &caller, user, stand_in).await?;
            if let Changed::Done = may {
                set_shifts(tx, user, &shifts).await?;
                set_stand_in(tx, user, stand_in).await?;
            }
            Ok::<_, Error>(may)
        })
        .await?;
    done(&app, &caller, changed, "week", user).await
}

async fn absent(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<UserId>,
    Form(form): Form<AbsenceForm>,
) -> Result<Response, WebError> {
    let new = match form.read(user, app.now().date()) {
        Ok(new) => new,
        Err(text) => {
            let text = app.texts(caller.language).get(text);
            return render(&app, &caller, Some((user, text)), None, None).await;
        }
    };
    let changed = app
        .db()
        .write(caller.actor(), async |tx| {
            let may = may_change(tx, &caller, user, new.stand_in).await?;
            if let Changed::Done = may {
                report_absence(tx, new).await?;
            }
            Ok::<_, Error>(may)
        })
        .await?;
    done(&app, &caller, changed, "afwezig", user).await
}

async fn back(
    State(app): State<App>,
    caller: Caller,
    Path((user, absence)): Path<(UserId, AbsenceId)>,
) -> Result<Response, WebError> {
    let changed = app
        .db()
        .write(caller.actor(), async |tx| {
            let may = may_change(tx, &caller, user, None).await?;
            if let Changed::Done = may {
                end_absence(tx, absence, user).await?;
            }
            Ok::<_, Error>(may)
        })
        .await?;
    done(&app, &caller, changed, "terug", user).await
}

async fn done(
    app: &App,
    caller: &Caller,
    changed: Changed,
    what: &str,
    user: UserId,
) -> Result<Response, WebError> {
    match changed {
        Changed::Done => {
            Ok(Redirect::to(&format!("/rooster?gedaan={what}&van={user}")).into_response())
        }
        Changed::NotFound => Err(WebError::NotFound),
        Changed::StandIn => {
            let text = app.texts(caller.language).get("access-roster-wrong-stand-in");
            render(app, caller, Some((user, text)), None, None).await
        }
    }
}

async fn render(
    app: &App,
    caller: &Caller,
    wrong: Option<(UserId, String)>,
    notice: Option<&str>,
    about: Option<UserId>,
) -> Result<Response, WebError> {
    let now = app.now();
    let (roster, lines, promises) = app
        .db()
        .read(caller.actor(), async |tx| {
            let lines = colleagues(tx, caller).await?;
            // Only of a colleague on the page.
            let about = about.filter(|user| lines.iter().any(|line| line.id == *user));
            let promises = match about {
                Some(user) => Some((user, promises_of(tx, user).await?)),
                None => None,
            };
            Ok::<_, Error>((load(tx, now.date()).await?, lines, promises))
        })
        .await?;
    let t = app.texts(caller.language);
    let again = wrong.is_some();
    let body = RosterPage {
        t: &t,
        now: now.datetime(),
        roster,
        lines,
        wrong,
        notice: notice.map(|text| t.get(text)),
        promises: promises.filter(|(_, open)| notice == Some("access-roster-absent") && *open > 0),
    };
    let page = Page::new(t.get("access-roster"), "/werkplek");
    if again {
        web::again(app, caller, page, &body).await
    } else {
        web::show(app, caller, page, &body).await
    }
}

/// Open promises of somebody, up to the end of today.
async fn promises_of(tx: &mut Tx, user: UserId) -> Result<i64, Error> {
    let today = kernel::local(tx.now()).date();
    tx.value(
        "select count(*) as value from callbacks where owner_id = $1 and ended_at is null and due_on <= $2",
        args![user, today],
    )
    .await
}
