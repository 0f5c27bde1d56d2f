//! `/bezoeken`: the days to come, and who is due.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use kernel::Scope;
use serde::Deserialize;
use visits_rules::way::order;
use web::{App, Visitor, WebError};

use super::page::VisitsPage;
use super::route::page;
use super::store::{self, Visit, Whose};
use super::whose;
use crate::due::{self, Shown};
use crate::norm;
use crate::week::{self, next_week};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/bezoeken", get(show_list)).route("/bezoeken/week", post(plan_week))
}

const DUE_SHOWN: i64 = 100;
const PLANNED_SHOWN: i64 = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    toon: String,
    stand: String,
    klasse: String,
    gedaan: String,
    aantal: String,
}

async fn show_list(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let until = due::until(&app.rulebook(), today)?;
    let may_see_all = visitor.scope > Scope::Own;
    let shows_all = may_see_all && asked.toon != "mijn";
    let own = (!shows_all).then_some(visitor.id);
    let status = match asked.stand.as_str() {
        "" => Shown::Pressing,
        code => code.parse().map_or(Shown::All, Shown::Only),
    };
    let class: Option<i64> = asked.klasse.parse().ok();
    let only = due::Only { visitor: own, shown: status, norm: class };
    let whose = if shows_all { whose(&visitor) } else { Whose::Own(visitor.id) };
    let (mut planned, due, counts, norms) = app
        .db()
        .read(visitor.actor(), async |tx| {
            Ok::<_, db::Error>((
                store::planned(tx, whose, PLANNED_SHOWN).await?,
                due::list(tx, only, until, today, DUE_SHOWN).await?,
                due::counts(tx, own, until, today).await?,
                norm::valid_on(tx, today).await?,
            ))
        })
        .await?;
    along_the_way(&mut planned, today);
    let due_is_cut = i64::try_from(due.len()).is_ok_and(|shown| shown == DUE_SHOWN);
    let t = app.texts(visitor.language);
    let notice = match asked.gedaan.as_str() {
        "gepland" => Some(t.get("visits-done-planned")),
        "week" => {
            let n: i64 = asked.aantal.parse().unwrap_or(0);
            Some(if n == 0 {
                t.get("visits-done-week-full")
            } else {
                t.with("visits-done-week", "n", n)
            })
        }
        "verslag" => Some(t.get("visits-done-reported")),
        "vervalt" => Some(t.get("visits-done-dropped")),
        _ => None,
    };
    let body = VisitsPage {
        t: &t,
        today,
        planned,
        due,
        counts,
        status,
        is_cut: due_is_cut,
        norm: class,
        norms,
        shows_all,
        may_see_all,
        next_week: next_week(today),
        notice,
    };
    web::show(&app, &visitor, page(&app, &visitor), &body).await
}

/// Orders each day: what has a time keeps it, the rest goes along the way.
pub(crate) fn along_the_way(planned: &mut Vec<Visit>, today: Date) {
    let mut ordered: Vec<Visit> = Vec::with_capacity(planned.len());
    let mut rest = std::mem::take(planned);
    while !rest.is_empty() {
        let (day, who) = (rest[0].planned_on, rest[0].user_id);
        // Late ones are not a day to travel.
        let same = |visit: &Visit| {
            visit.planned_on == day && (visit.user_id == who || day.is_some_and(|day| day < today))
        };
        let (now, later): (Vec<Visit>, Vec<Visit>) = rest.into_iter().partition(same);
        rest = later;
        let timed = now.iter().any(|visit| visit.planned_time.is_some());
        if timed || day.is_some_and(|day| day < today) {
            ordered.extend(now);
        } else {
            let points: Vec<_> = now.iter().map(Visit::point).collect();
            ordered.extend(order(None, &points).into_iter().map(|nr| now[nr].clone()));
        }
    }
    *planned = ordered;
}

/// Plans the coming week, balanced over who travels.
async fn plan_week(State(app): State<App>, visitor: Visitor) -> Result<Redirect, WebError> {
    let today = app.now().date();
    let wish = week::Wish::of(&app.rulebook(), today)?;
    let only = match whose(&visitor) {
        Whose::Own(user) => week::For::One(user),
        Whose::Team(_, team) => week::For::Team(team),
    };
    let planned =
        app.db().write(visitor.actor(), async |tx| week::plan_week(tx, &wish, only).await).await?;
    Ok(Redirect::to(&format!("/bezoeken?gedaan=week&aantal={planned}")))
}
