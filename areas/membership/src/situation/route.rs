//! `/lidmaatschap/situatie`: a member studies, stops working, earns less; a company gets another shop.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use kernel::{Cents, PersonId};
use membership_rules::tariff::Situation;
use people::check::{NotChecked, before_reading, refuse, require};
use people::representative::Scope;
use serde::Deserialize;
use web::{App, Caller, Fields, Form, Page, WebError};

use super::page::SituationsPage;
use super::store::{self, NewSituation};
use crate::Holder;
use crate::tariff::has_value;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/lidmaatschap/situatie/{kind}/{id}", get(show).post(tell))
        .route("/lidmaatschap/situatie/{kind}/{id}/{situation}/einde", post(end))
}

pub(crate) fn path(holder: Holder) -> String {
    match holder {
        Holder::Person(id) => format!("/lidmaatschap/situatie/lid/{id}"),
        Holder::Organisation(id) => format!("/lidmaatschap/situatie/organisatie/{id}"),
    }
}

fn holder(kind: &str, id: i64) -> Result<Holder, WebError> {
    match kind {
        "lid" => Ok(Holder::Person(PersonId(id))),
        "organisatie" => Ok(Holder::Organisation(id.into())),
        _ => Err(WebError::NotFound),
    }
}

/// What a member pays hangs on it, so whoever tells it by telephone was checked.
async fn checked(tx: &mut db::Tx, holder: Holder) -> Result<Result<(), NotChecked>, db::Error> {
    match holder {
        Holder::Person(id) => require(tx, id, Scope::Changes).await,
        Holder::Organisation(_) => Ok(Ok(())),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
    /// Cents that are settled back.
    terug: i64,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Path((kind, id)): Path<(String, i64)>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let mut typed = Fields::default();
    typed.push("vanaf", app.now().date().to_string());
    let holder = holder(&kind, id)?;
    if let Holder::Person(person) = holder {
        before_reading(&app, &caller, person).await?;
    }
    let t = app.texts(caller.language);
    let notice = (shown.gedaan == "ja").then(|| match shown.terug {
        0 => t.get("membership-situation-done"),
        back if back > 0 => t.with("membership-situation-back", "amount", t.money(Cents(back))),
        asked => t.with("membership-situation-asked", "amount", t.money(Cents(-asked))),
    });
    render(&app, &caller, holder, &typed, None, notice).await
}

async fn render(
    app: &App,
    caller: &Caller,
    holder: Holder,
    typed: &Fields,
    wrong: Option<(&'static str, &'static str)>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let (name, told) = app
        .db()
        .write(caller.actor(), async |tx| {
            let name = match holder {
                Holder::Person(id) => {
                    activity::log_read(tx, id, activity::Why::File).await?;
                    people::person::find(tx, id, today).await?.map(|found| found.name().short())
                }
                Holder::Organisation(id) => {
                    people::organisation::by_id(tx, id).await?.map(|found| found.draft.name)
                }
            };
            Ok::<_, db::Error>((name, store::of_holder(tx, holder).await?))
        })
        .await?;
    let t = app.texts(caller.language);
    let body = SituationsPage {
        t: &t,
        holder,
        name: name.ok_or(WebError::NotFound)?,
        told,
        typed,
        wrong,
        today,
        notice,
    };
    let place = if matches!(holder, Holder::Person(_)) { "/leden" } else { "/organisaties" };
    let page = Page::new(t.get("membership-situation"), place);
    match wrong {
        None => web::show(app, caller, page, &body).await,
        Some(_) => web::again(app, caller, page, &body).await,
    }
}

async fn tell(
    State(app): State<App>,
    caller: Caller,
    Path((kind, id)): Path<(String, i64)>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let holder = holder(&kind, id)?;
    let new = match read(&typed) {
        Ok(new) => new,
        Err(wrong) => return render(&app, &caller, holder, &typed, Some(wrong), None).await,
    };
    let months = app.rulebook().number("tariff.backdate_max_months", app.now().date())?;
    let known = app
        .db()
        .write(caller.actor(), async |tx| {
            let is_there = match holder {
                Holder::Person(id) => people::person::hold(tx, id).await?,
                Holder::Organisation(id) => people::organisation::hold(tx, id).await?,
            };
            if !is_there {
                return Ok(Ok(None));
            }
            if let Err(no) = checked(tx, holder).await? {
                return Ok(Err(no));
            }
            store::tell(tx, holder, new, months).await.map(|back| Ok(Some(back)))
        })
        .await?;
    let Cents(back) = known.map_err(refuse)?.ok_or(WebError::NotFound)?;
    Ok(Redirect::to(&format!("{}?gedaan=ja&terug={back}", path(holder))).into_response())
}

fn read(typed: &Fields) -> Result<NewSituation, (&'static str, &'static str)> {
    let situation: Situation =
        typed.text("soort").parse().map_err(|_| ("soort", "membership-situation-no-kind"))?;
    let from = kernel::parse_day(typed.text("vanaf")).ok_or(("vanaf", "membership-no-day"))?;
    let day = |field: &'static str| match typed.text(field) {
        "" => Ok(None),
        text => kernel::parse_day(text).map(Some).ok_or((field, "membership-no-day")),
    };
    let until: Option<Date> = day("tot")?;
    if until.is_some_and(|until| until < from) {
        return Err(("tot", "membership-situation-turned"));
    }
    let value = match situation {
        Situation::Income => Cents::parse(typed.text("waarde")).map(|cents| cents.0),
        _ => typed.text("waarde").parse().ok().filter(|value| (0..=1_000_000).contains(value)),
    };
    if has_value(situation) && value.is_none() {
        return Err(("waarde", "membership-situation-no-value"));
    }
    let value = value.filter(|_| has_value(situation));
    Ok(NewSituation { situation, from, until, value, proof_until: day("bewijs")? })
}

async fn end(
    State(app): State<App>,
    caller: Caller,
    Path((kind, id, situation)): Path<(String, i64, i64)>,
) -> Result<Response, WebError> {
    let holder = holder(&kind, id)?;
    let today = app.now().date();
    let ended = app
        .db()
        .write(caller.actor(), async |tx| match checked(tx, holder).await? {
            Ok(()) => store::end(tx, holder, situation, today).await.map(Ok),
            Err(no) => Ok::<_, db::Error>(Err(no)),
        })
        .await?;
    if ended.map_err(refuse)? {
        Ok(Redirect::to(&format!("{}?gedaan=ja", path(holder))).into_response())
    } else {
        Err(WebError::NotFound)
    }
}
