use activity::Dim;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use kernel::{Action, Role, UserId};
use people::Sight;
use serde::Deserialize;
use web::{App, Caller, Page, WebError};

use super::page::BehindPage;
use super::{Count, store};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/mijn-dag/leden", get(own)).route("/team/leden", get(team))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    dag: String,
    toon: String,
}

/// Whoever works calls sees with whom her own numbers were made.
async fn own(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    if !caller.may(Action::WorkCalls) {
        return Err(WebError::Forbidden);
    }
    let place = (Dim::User, caller.id.0);
    show(&app, &caller, ("/mijn-dag", "figures-nav-day"), place, &asked).await
}

/// The team's, for who leads it: a coach sees the team's figures without people. Source: product description, "key figures,
/// drill-down to people".
async fn team(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    if !caller.roles.has(Role::TeamLead) {
        return Err(WebError::Forbidden);
    }
    let team = caller.team.ok_or(WebError::NotFound)?;
    show(&app, &caller, ("/team", "figures-nav-team"), (Dim::Team, team.0), &asked).await
}

async fn show(
    app: &App,
    caller: &Caller,
    (path, title): (&'static str, &'static str),
    place: (Dim, i64),
    asked: &Asked,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let day = kernel::parse_day(&asked.dag).filter(|day| *day <= today).unwrap_or(today);
    let shown = asked.toon.parse().unwrap_or(Count::New);
    let scope = caller.scope(Action::OpenFiles).ok_or(WebError::Forbidden)?;
    let sight = Sight::of(scope, caller.id);
    let (counts, rows, names, colleagues) = app
        .db()
        .read(caller.actor(), async |tx| {
            let counts = activity::counts(tx, place.0, place.1, day, day).await?;
            let rows = store::rows(tx, place, day, shown).await?;
            let names = store::names(tx, &rows, sight).await?;
            let colleagues: Vec<UserId> = rows.iter().map(|row| row.colleague).collect();
            let colleagues = access::users::names(tx, &colleagues).await?;
            Ok::<_, db::Error>((counts, rows, names, colleagues))
        })
        .await?;
    // Looking takes long and noting does not: nobody is kept from writing meanwhile.
    app.db()
        .write(caller.actor(), async |tx| {
            let seen = rows.iter().filter(|row| names.contains_key(&row.member));
            for person in seen.filter_map(store::Row::person) {
                activity::log_read(tx, person, activity::Why::Figure).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    let t = app.texts(caller.language);
    let is_team = place.0 == Dim::Team;
    let body = BehindPage { t: &t, path, day, is_team, shown, counts, rows, names, colleagues };
    web::show(app, caller, Page::new(t.get(title), path), &body).await
}
