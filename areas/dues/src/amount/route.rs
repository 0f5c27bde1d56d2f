//! `/incasso/terug`: what came back and what goes back, each with what is asked of us.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use dues_rules::amount::Cancelled;
use dues_rules::target;
use kernel::DueId;
use web::{App, Page, Treasurer, WebError};

use super::page::{BackPage, Line};
use super::store::{Failed, cancel};
use super::{again, give_back, taken_up, to_give_back, waiting};
use crate::words::name_of;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/incasso/terug", get(show))
        .route("/incasso/terug/{id}/opgepakt", post(take_up))
        .route("/incasso/terug/{id}/opnieuw", post(try_again))
        .route("/incasso/terug/{id}/kwijt", post(forgive))
        .route("/incasso/terug/{id}/geef", post(pay_back))
}

const SHOWN: i64 = 100;

async fn show(State(app): State<App>, user: Treasurer) -> Result<Response, WebError> {
    render(&app, &user, None).await
}

async fn render(
    app: &App,
    user: &Treasurer,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let (waiting, goes_back) = app
        .db()
        .write(user.actor(), async |tx| {
            let mut lists = (Vec::new(), Vec::new());
            for due in waiting(tx, DueId(0), SHOWN).await? {
                let name = name_of(tx, due.person_id, due.organisation_id, today).await?;
                lists.0.push(Line { due, name });
            }
            for due in to_give_back(tx, SHOWN).await? {
                let name = name_of(tx, due.person_id, due.organisation_id, today).await?;
                lists.1.push(Line { due, name });
            }
            Ok::<_, db::Error>(lists)
        })
        .await?;
    let t = app.texts(user.language);
    let is_wrong = wrong.is_some();
    let wrong = wrong.map(|wrong| t.get(wrong));
    let body = BackPage { t: &t, today, waiting, goes_back, wrong };
    let page = Page::new(t.get("dues-came-back"), "/incasso");
    if is_wrong {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}

/// The list again: without what was done, or with why not.
async fn answered(
    app: &App,
    user: &Treasurer,
    done: Result<(), Failed>,
) -> Result<Response, WebError> {
    match done {
        Ok(()) => Ok(Redirect::to("/incasso/terug").into_response()),
        Err(Failed::Refused(_)) => render(app, user, Some("dues-refused-not-now")).await,
        Err(Failed::Broken(broken)) => Err(broken.into()),
    }
}

async fn take_up(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<DueId>,
) -> Result<Response, WebError> {
    let done = app.db().write(user.actor(), async |tx| taken_up(tx, id).await).await;
    answered(&app, &user, done.map_err(Failed::from)).await
}

async fn try_again(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<DueId>,
) -> Result<Response, WebError> {
    let from = target::on_or_after(&app.rulebook().calendar, app.now().date());
    let done = app.db().write(user.actor(), async |tx| again(tx, id, from).await).await;
    answered(&app, &user, done).await
}

async fn forgive(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<DueId>,
) -> Result<Response, WebError> {
    let done =
        app.db().write(user.actor(), async |tx| cancel(tx, id, Cancelled::Forgiven).await).await;
    answered(&app, &user, done).await
}

async fn pay_back(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<DueId>,
) -> Result<Response, WebError> {
    let done = app.db().write(user.actor(), async |tx| give_back(tx, id).await).await;
    answered(&app, &user, done.map(drop)).await
}
