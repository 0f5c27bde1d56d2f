use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Pii, TeamId, UserId};
use serde::Deserialize;
use web::{Administrator, App, Form, Page, WebError, password};

use super::page::{
    EndForm, EndPage, Filter, PasswordPage, Problems, UserForm, UserPage, UsersPage,
};
use super::store::{self, NewUser, Stored};
use crate::teams::{self, Team};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/collegas", get(list))
        .route("/beheer/collegas/nieuw", get(new).post(add))
        .route("/beheer/collegas/{id}", get(show).post(change))
        .route("/beheer/collegas/{id}/wachtwoord", post(give_password))
        .route("/beheer/collegas/{id}/een-stap", post(end_two_steps))
        .route("/beheer/collegas/{id}/stopt", get(ask_end).post(end))
        .route("/beheer/collegas/{id}/terug", post(reopen))
}

#[derive(Deserialize)]
struct Done {
    gedaan: Option<String>,
}

impl Done {
    fn text(&self) -> Option<&'static str> {
        match self.gedaan.as_deref()? {
            "gewijzigd" => Some("access-user-changed"),
            "een-stap" => Some("access-user-two-steps-off"),
            "gestopt" => Some("access-user-ended"),
            _ => None,
        }
    }
}

async fn list(
    State(app): State<App>,
    administrator: Administrator,
    Query(filter): Query<Filter>,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let mut found = app
        .db()
        .read(administrator.actor(), async |tx| {
            store::list(tx, &filter.q, !filter.gestopt.is_empty(), filter.after()).await
        })
        .await?;
    let next = (found.len() > store::ON_A_PAGE).then(|| {
        found.truncate(store::ON_A_PAGE);
        found.last().map(|last| format!("{} {}", last.id, last.name)).unwrap_or_default()
    });
    let t = app.texts(administrator.language);
    let body = UsersPage { t: &t, filter: &filter, found, next, done: done.text() };
    web::show(&app, &administrator, page(&t), &body).await
}

fn page(t: &texts::Texts) -> Page {
    Page::new(t.get("access-users"), "/beheer")
}

async fn new(State(app): State<App>, administrator: Administrator) -> Result<Response, WebError> {
    render(&app, &administrator, None, &UserForm::default(), &Problems::default(), None).await
}

async fn add(
    State(app): State<App>,
    administrator: Administrator,
    Form(form): Form<UserForm>,
) -> Result<Response, WebError> {
    let account = match form.draft().read() {
        Ok(account) => account,
        Err(wrong) => {
            let problems = Problems { wrong, ..Problems::default() };
            return render(&app, &administrator, None, &form, &problems, None).await;
        }
    };
    let password = password::generate();
    let hash = password::hash(Pii::new(password.clone())).await;
    let new = NewUser {
        login: account.login.clone(),
        email: account.email.clone(),
        name: account.name.clone(),
        first_name: account.first_name.clone(),
        password_hash: hash.clone(),
        roles: account.roles.clone(),
        team: form.team(),
        language: form.language(),
    };
    let added = app
        .db()
        .write(administrator.actor(), async |tx| {
            if store::is_login_taken(tx, &account.login, None).await? {
                return Ok::<_, db::Error>(Err(Problems {
                    login_taken: true,
                    ..Problems::default()
                }));
            }
            if is_team_gone(tx, form.team()).await? {
                return Ok(Err(Problems { team_gone: true, ..Problems::default() }));
            }
            let id = store::add_user(tx, new.clone()).await?;
            store::set_regions(tx, id, &account.regions).await?;
            store::give_password(tx, id, &hash).await?;
            Ok(Ok(id))
        })
        .await;
    let problems = match added {
        Ok(Ok(id)) => {
            return show_password(
                &app,
                &administrator,
                id,
                &account.name,
                &account.login,
                &password,
            )
            .await;
        }
        Ok(Err(problems)) => problems,
        Err(db::Error::Duplicate) => Problems { email_taken: true, ..Problems::default() },
        Err(error) => return Err(error.into()),
    };
    render(&app, &administrator, None, &form, &problems, None).await
}

/// Whether the form names a team that ended while it was open.
async fn is_team_gone(tx: &mut db::Tx, team: Option<TeamId>) -> Result<bool, db::Error> {
    match team {
        Some(team) => Ok(!teams::is_there(tx, team).await?),
        None => Ok(false),
    }
}

/// The own access is changed at `/mijn-account`, with the own password: an open screen must not be enough.
fn of_another(administrator: &Administrator, id: UserId) -> Result<(), WebError> {
    if administrator.id == id { Err(WebError::Forbidden) } else { Ok(()) }
}

async fn show(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<UserId>,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let (stored, regions) = app
        .db()
        .read(administrator.actor(), async |tx| {
            Ok::<_, db::Error>((store::by_id(tx, id).await?, store::regions(tx, id).await?))
        })
        .await?;
    let stored = stored.ok_or(WebError::NotFound)?;
    let form = UserForm::of(&stored, &regions);
    render(&app, &administrator, Some(&stored), &form, &Problems::default(), done.text()).await
}

async fn stored(app: &App, administrator: &Administrator, id: UserId) -> Result<Stored, WebError> {
    let found = app.db().read(administrator.actor(), async |tx| store::by_id(tx, id).await).await?;
    found.ok_or(WebError::NotFound)
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<UserId>,
    Form(form): Form<UserForm>,
) -> Result<Response, WebError> {
    let stored = stored(&app, &administrator, id).await?;
    let account = match form.draft().read() {
        Ok(account) => account,
        Err(wrong) => {
            let problems = Problems { wrong, ..Problems::default() };
            return render(&app, &administrator, Some(&stored), &form, &problems, None).await;
        }
    };
    let changed = app
        .db()
        .write(administrator.actor(), async |tx| {
            if store::is_login_taken(tx, &account.login, Some(id)).await? {
                return Ok::<_, db::Error>(Err(Problems {
                    login_taken: true,
                    ..Problems::default()
                }));
            }
            if is_team_gone(tx, form.team()).await? {
                return Ok(Err(Problems { team_gone: true, ..Problems::default() }));
            }
            let changed = store::change(tx, id, &account, form.team(), form.language()).await?;
            Ok(changed
                .map_err(|refused| Problems { refused: Some(refused), ..Problems::default() }))
        })
        .await;
    let problems = match changed {
        Ok(Ok(())) => {
            return Ok(
                Redirect::to(&format!("/beheer/collegas/{id}?gedaan=gewijzigd")).into_response()
            );
        }
        Ok(Err(problems)) => problems,
        Err(db::Error::Duplicate) => Problems { email_taken: true, ..Problems::default() },
        Err(error) => return Err(error.into()),
    };
    render(&app, &administrator, Some(&stored), &form, &problems, None).await
}

async fn render(
    app: &App,
    administrator: &Administrator,
    stored: Option<&Stored>,
    form: &UserForm,
    problems: &Problems,
    done: Option<&'static str>,
) -> Result<Response, WebError> {
    let teams: Vec<Team> =
        app.db().read(administrator.actor(), async |tx| teams::all(tx).await).await?;
    let t = app.texts(administrator.language);
    let body = UserPage {
        t: &t,
        is_oneself: stored.is_some_and(|stored| stored.id == administrator.id),
        stored,
        form,
        teams: &teams,
        problems,
        done,
    };
    if *problems == Problems::default() {
        web::show(app, administrator, page(&t), &body).await
    } else {
        web::again(app, administrator, page(&t), &body).await
    }
}

async fn give_password(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<UserId>,
) -> Result<Response, WebError> {
    of_another(&administrator, id)?;
    let stored = stored(&app, &administrator, id).await?;
    if stored.ended_at.is_some() {
        return Err(WebError::Raced);
    }
    let password = password::generate();
    let hash = password::hash(Pii::new(password.clone())).await;
    app.db()
        .write(administrator.actor(), async |tx| store::give_password(tx, id, &hash).await)
        .await?;
    show_password(&app, &administrator, id, &stored.name, &stored.login, &password).await
}

async fn reopen(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<UserId>,
) -> Result<Response, WebError> {
    let stored = stored(&app, &administrator, id).await?;
    let password = password::generate();
    let hash = password::hash(Pii::new(password.clone())).await;
    app.db().write(administrator.actor(), async |tx| store::reopen(tx, id, &hash).await).await?;
    show_password(&app, &administrator, id, &stored.name, &stored.login, &password).await
}

async fn show_password(
    app: &App,
    administrator: &Administrator,
    id: UserId,
    name: &str,
    login: &str,
    password: &str,
) -> Result<Response, WebError> {
    let t = app.texts(administrator.language);
    web::show(app, administrator, page(&t), &PasswordPage { t: &t, id, name, login, password })
        .await
}

async fn end_two_steps(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<UserId>,
) -> Result<Response, WebError> {
    of_another(&administrator, id)?;
    stored(&app, &administrator, id).await?;
    app.db().write(administrator.actor(), async |tx| store::end_two_steps(tx, id).await).await?;
    Ok(Redirect::to(&format!("/beheer/collegas/{id}?gedaan=een-stap")).into_response())
}

async fn ask_end(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<UserId>,
) -> Result<Response, WebError> {
    let stored = stored(&app, &administrator, id).await?;
    let form = EndForm { team: stored.team_id.map(|team| team.to_string()).unwrap_or_default() };
    render_end(&app, &administrator, &stored, &form, None).await
}

async fn end(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<UserId>,
    Form(form): Form<EndForm>,
) -> Result<Response, WebError> {
    let stored = stored(&app, &administrator, id).await?;
    let heir = form.team.parse().ok();
    let ended = app
        .db()
        .write(administrator.actor(), async |tx| store::end(tx, &app, id, heir).await)
        .await?;
    match ended {
        Ok(()) => Ok(Redirect::to("/beheer/collegas?gedaan=gestopt").into_response()),
        Err(refused) => render_end(&app, &administrator, &stored, &form, Some(refused)).await,
    }
}

async fn render_end(
    app: &App,
    administrator: &Administrator,
    stored: &Stored,
    form: &EndForm,
    refused: Option<access_rules::account::Refused>,
) -> Result<Response, WebError> {
    let teams: Vec<Team> =
        app.db().read(administrator.actor(), async |tx| teams::all(tx).await).await?;
    let t = app.texts(administrator.language);
    let body = EndPage { t: &t, stored, teams: &teams, team: form.team.parse().ok(), refused };
    if refused.is_some() {
        web::again(app, administrator, page(&t), &body).await
    } else {
        web::show(app, administrator, page(&t), &body).await
    }
}
