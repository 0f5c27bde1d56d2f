//! `/incasso/contributie`: the contribution of a month, by one press, and what came of it.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use kernel::DuePeriodId;
use web::{App, Fields, Form, Page, Treasurer, WebError};

use super::fill::fill;
use super::page::{Named, PeriodPage, PeriodsPage, refused_text};
use super::store::{Failed, by_id, latest, left, make, offered, unpriced};
use crate::words::{file, name_of};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/incasso/contributie", get(list).post(make_one))
        .route("/incasso/contributie/{id}", get(show))
}

const SHOWN: i64 = 50;

async fn list(State(app): State<App>, user: Treasurer) -> Result<Response, WebError> {
    let today = app.now().date();
    let next = app.db().read(user.actor(), async |tx| offered(tx, today).await).await?;
    let (day, due_on) =
        next.map_or_else(Default::default, |(day, due_on)| (day.to_string(), due_on.to_string()));
    render(&app, &user, &day, &due_on, None).await
}

async fn render(
    app: &App,
    user: &Treasurer,
    day: &str,
    due_on: &str,
    wrong: Option<String>,
) -> Result<Response, WebError> {
    let read = async |tx: &mut db::Tx| latest(tx, DuePeriodId(i64::MAX), SHOWN).await;
    let periods = app.db().read(user.actor(), read).await?;
    let t = app.texts(user.language);
    let is_wrong = wrong.is_some();
    let body = PeriodsPage { t: &t, periods, day, due_on, wrong, now: app.now().timestamp() };
    let page = Page::new(t.get("dues-periods"), "/incasso");
    if is_wrong {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}

async fn make_one(
    State(app): State<App>,
    user: Treasurer,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let t = app.texts(user.language);
    let (day, due_on) = (typed.text("dag"), typed.text("vanaf"));
    let wrong = match kernel::parse_day(day).zip(kernel::parse_day(due_on)) {
        None => t.get("dues-period-no-day"),
        Some((first, from)) => {
            let make = async |tx: &mut db::Tx| make(tx, first, from).await;
            match app.db().write(user.actor(), make).await {
                Ok(id) => return begin(app, id).await,
                Err(Failed::Refused(refused)) => refused_text(&t, refused),
                Err(Failed::Broken(broken)) => return Err(broken.into()),
            }
        }
    };
    render(&app, &user, day, due_on, Some(wrong)).await
}

/// Goes on behind the request; whoever waits a moment sees it done.
async fn begin(app: App, id: DuePeriodId) -> Result<Response, WebError> {
    let filling = tokio::spawn(async move {
        if let Err(error) = fill(&app, id).await {
            tracing::warn!(period = id.0, %error, "not everybody was asked; it goes on later");
        }
    });
    // A small association is done at once; of a large one the page says that it goes on.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(2), filling).await;
    Ok(Redirect::to(&format!("/incasso/contributie/{id}")).into_response())
}

async fn show(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<DuePeriodId>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let found = app
        .db()
        .write(user.actor(), async |tx| {
            let Some(period) = by_id(tx, id).await? else { return Ok::<_, db::Error>(None) };
            let mut named = Vec::new();
            for one in unpriced(tx, id, SHOWN).await? {
                let name = name_of(tx, one.person_id, one.organisation_id, today).await?;
                named.push(Named { name, href: file(one.person_id, one.organisation_id) });
            }
            Ok(Some((period, left(tx, id).await?, named)))
        })
        .await?;
    let (period, left, unpriced) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(user.language);
    let now = app.now().timestamp();
    let body = PeriodPage { t: &t, period: &period, left, unpriced, now };
    web::show(&app, &user, Page::new(t.get("dues-periods"), "/incasso"), &body).await
}
