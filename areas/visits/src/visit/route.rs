use askama::Template as _;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::civil::{Date, Time};
use kernel::{OrganisationId, Scope, UserId, VisitId};
use people::Sight;
use serde::Deserialize;
use visits_rules::report::{Field, Refused, State as VisitState};
use web::ui::rendered;
use web::{App, Fields, Form, Page, Texts, Visitor, WebError};

use super::form::{self, Brought};
use super::page::{NewPage, Remember, VisitPage};
use super::report::report;
use super::store::{self, Change, Failed, NewVisit, Visit};
use super::whose;
use crate::{due, week};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/bezoeken/nieuw", get(new).post(add))
        .route("/bezoeken/{id}", get(show))
        .route("/bezoeken/{id}/weet-je-nog", get(show_remember))
        .route("/bezoeken/{id}/verslag", post(save))
        .route("/bezoeken/{id}/keuze", post(settle))
        .route("/bezoeken/{id}/verzet", post(move_it))
        .route("/bezoeken/{id}/geef", post(give))
        .route("/bezoeken/{id}/niet-gesproken", post(not_met))
        .route("/bezoeken/{id}/vervalt", post(drop_it))
}

pub(crate) fn page(app: &App, visitor: &Visitor) -> Page {
    Page::new(app.texts(visitor.language).get("visits-nav"), "/bezoeken")
}

/// Whoever visits a shop sees who speaks for it, wherever those live: the region is about files, not about doors.
const SPEAKS_THERE: Sight = Sight::All;

#[derive(Default, Deserialize)]
#[serde(default)]
struct NewForm {
    organisatie: String,
    op: String,
    om: String,
    bezoeker: String,
}

async fn new(
    State(app): State<App>,
    visitor: Visitor,
    Query(mut form): Query<NewForm>,
) -> Result<Response, WebError> {
    if form.op.is_empty() {
        let today = app.now().date();
        form.op = app.rulebook().calendar.working_days_after(today, 1).to_string();
    }
    if form.bezoeker.is_empty() {
        form.bezoeker = visitor.id.to_string();
    }
    render_new(&app, &visitor, &form, None).await
}

async fn render_new(
    app: &App,
    visitor: &Visitor,
    form: &NewForm,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    db::row! { struct Door { id: OrganisationId, name: String } }

    let place: OrganisationId = form.organisatie.parse().map_err(|_| WebError::NotFound)?;
    let found = app
        .db()
        .read(visitor.actor(), async |tx| {
            let Some(stored) = people::organisation::by_id(tx, place).await? else {
                return Ok(None);
            };
            let doors: Vec<Door> = tx
                .all(
                    "select id, name from organisations where parent_id = $1 and kind = 'branch'
                      order by sort_key, id limit 100",
                    db::args![place],
                )
                .await?;
            Ok::<_, db::Error>(Some((stored, doors, week::travellers(tx).await?)))
        })
        .await?;
    let (stored, doors, visitors) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(visitor.language);
    let body = NewPage {
        t: &t,
        place_id: place.to_string(),
        place: stored.draft.name,
        places: doors.into_iter().map(|door| (door.id.to_string(), door.name)).collect(),
        on: &form.op,
        at: &form.om,
        visitor: &form.bezoeker,
        visitors,
        may_choose: visitor.scope > Scope::Own,
        wrong,
    };
    let page = page(app, visitor);
    match wrong {
        None => web::show(app, visitor, page, &body).await,
        Some(_) => web::again(app, visitor, page, &body).await,
    }
}

async fn add(
    State(app): State<App>,
    visitor: Visitor,
    Form(form): Form<NewForm>,
) -> Result<Response, WebError> {
    let place: OrganisationId = form.organisatie.parse().map_err(|_| WebError::NotFound)?;
    let (on, at) = match read_when(&form.op, &form.om) {
        Ok(when) => when,
        Err(wrong) => return render_new(&app, &visitor, &form, Some(wrong)).await,
    };
    let chosen = form.bezoeker.parse().ok().filter(|_| visitor.scope > Scope::Own);
    let planned = app
        .db()
        .write(visitor.actor(), async |tx| {
            if people::organisation::by_id(tx, place).await?.is_none() {
                return Ok(Err(WebError::NotFound));
            }
            let who = match chosen {
                Some(user) if !travels(tx, user).await? => return Ok(Err(WebError::NotFound)),
                Some(user) => user,
                None => visitor.id,
            };
            store::plan(tx, NewVisit { place, visitor: who, on, at }).await.map(Ok)
        })
        .await;
    let wrong = match planned {
        Ok(Ok(id)) => {
            return Ok(Redirect::to(&format!("/bezoeken/{id}?gedaan=gepland")).into_response());
        }
        Ok(Err(refused)) => return Err(refused),
        Err(Failed::PlannedAlready) => "visits-planned-already",
        Err(Failed::Refused(why)) => refused_text(why),
        Err(Failed::Broken(error)) => return Err(error.into()),
    };
    render_new(&app, &visitor, &form, Some(wrong)).await
}

/// Somebody who travels, or who leads those who do.
pub(super) async fn travels(tx: &mut db::Tx, user: UserId) -> Result<bool, db::Error> {
    Ok(week::travellers(tx).await?.iter().any(|colleague| colleague.id == user))
}

fn read_when(on: &str, at: &str) -> Result<(Date, Option<Time>), &'static str> {
    let on = kernel::parse_day(on).ok_or("visits-no-day")?;
    let at = match at {
        "" => None,
        at => Some(kernel::parse_time(at).ok_or("visits-no-time")?),
    };
    Ok((on, at))
}

fn refused_text(why: Refused) -> &'static str {
    match why {
        Refused::DayToCome => "visits-day-to-come",
        Refused::Nobody => "visits-nobody",
        Refused::Name => "visits-no-name",
        Refused::Mood => "visits-no-mood",
        Refused::Again => "visits-no-again",
        Refused::Ids => "visits-not-there",
        Refused::Over => "visits-over",
        Refused::DayPast => "visits-day-past",
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Done {
    gedaan: String,
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Query(shown): Query<Done>,
) -> Result<Response, WebError> {
    let t = app.texts(visitor.language);
    let notice = match shown.gedaan.as_str() {
        "gepland" => Some(t.get("visits-done-planned")),
        "verslag" => Some(t.get("visits-done-reported")),
        "samen" => Some(t.get("visits-done-conflict")),
        "verzet" => Some(t.get("visits-done-moved")),
        "gegeven" => Some(t.get("visits-done-given")),
        "keuze" => Some(t.get("visits-done-settled")),
        _ => None,
    };
    render(&app, &visitor, id, None, None, notice).await
}

/// A visit that this user may see: own ones, or all.
async fn visible(
    tx: &mut db::Tx,
    visitor: &Visitor,
    id: VisitId,
) -> Result<Option<Visit>, db::Error> {
    store::of_whose(tx, id, whose(visitor)).await
}

async fn render(
    app: &App,
    visitor: &Visitor,
    id: VisitId,
    typed: Option<&Fields>,
    wrong: Option<&'static str>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let t = app.texts(visitor.language);
    let found = app
        .db()
        .write(visitor.actor(), async |tx| match visible(tx, visitor, id).await? {
            Some(visit) => load(tx, &t, visitor, visit).await.map(Some),
            None => Ok(None),
        })
        .await?;
    let body = VisitPage { typed, wrong, notice, ..found.ok_or(WebError::NotFound)? };
    let page = page(app, visitor);
    match wrong {
        None => web::show(app, visitor, page, &body).await,
        Some(_) => web::again(app, visitor, page, &body).await,
    }
}

/// Everything that the page of a visit shows. Who is named on it, and the note that they were seen, are one step.
pub(crate) async fn load<'a>(
    tx: &mut db::Tx,
    t: &'a Texts,
    visitor: &Visitor,
    visit: Visit,
) -> Result<VisitPage<'a>, db::Error> {
    let mut contacts =
        people::contact_person::of_organisation(tx, visit.place_id, SPEAKS_THERE).await?;
    if visit.member_id != visit.place_id {
        let above =
            people::contact_person::of_organisation(tx, visit.member_id, SPEAKS_THERE).await?;
        contacts.shown.extend(above.shown);
    }
    for person in contacts.people() {
        activity::log_read(tx, person, activity::Why::Visit).await?;
    }
    let values = store::values(tx, visit.id).await?;
    let spoke = values.iter().find(|value| value.field == Field::Spoke);
    let mut contacts = contacts.shown;
    // Who left is only named in a report that names them.
    contacts.retain(|contact| {
        contact.until_on.is_none()
            || spoke.is_some_and(|spoke| {
                spoke.value.split(',').any(|id| id == contact.person_id.to_string())
            })
    });
    contacts.sort_by_key(|contact| contact.person_id);
    contacts.dedup_by_key(|contact| contact.person_id);
    let now = tx.now();
    Ok(VisitPage {
        t,
        now,
        today: kernel::local(now).date(),
        user: visitor.id,
        contacts,
        themes: service::theme::all(tx).await?,
        colleagues: service::colleagues(tx).await?,
        visitors: week::travellers(tx).await?,
        conflicts: store::conflicts(tx, visit.id).await?,
        remember: rendered(remember(tx, t, &visit).await?),
        may_report: !matches!(visit.state, VisitState::NotMet | VisitState::Dropped),
        may_give: visitor.scope > Scope::Own,
        values,
        visit,
        typed: None,
        wrong: None,
        notice: None,
    })
}

/// The panel again, after the office did something.
async fn show_remember(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
) -> Result<Response, WebError> {
    let t = app.texts(visitor.language);
    let found = app
        .db()
        .read(visitor.actor(), async |tx| {
            let Some(visit) = visible(tx, &visitor, id).await? else { return Ok(None) };
            remember(tx, &t, &visit).await.map(Some)
        })
        .await?;
    Ok(Html(found.ok_or(WebError::NotFound)?).into_response())
}

/// What one should know before going in, as a panel.
async fn remember(tx: &mut db::Tx, t: &Texts, visit: &Visit) -> Result<String, db::Error> {
    let only = service::wish::Only {
        organisation: Some(visit.member_id),
        ..service::wish::Only::default()
    };
    let whose = service::agreement::Whose::OfOrganisation(visit.member_id);
    let open = service::agreement::Only::default();
    let body = Remember {
        t,
        today: kernel::local(tx.now()).date(),
        before: before(tx, visit).await?,
        wishes: service::wish::list(tx, &only, SPEAKS_THERE, 5).await?,
        agreements: service::agreement::list(tx, whose, open, SPEAKS_THERE, 5).await?,
    };
    Ok(body.render().unwrap_or_default())
}

/// What was brought home the last time.
async fn before(tx: &mut db::Tx, visit: &Visit) -> Result<Option<(Date, String)>, db::Error> {
    let visits = store::of_member(tx, visit.member_id, 5).await?;
    for earlier in visits.iter().filter(|earlier| earlier.id != visit.id) {
        if let Some(day) = earlier.visited_on {
            let values = store::values(tx, earlier.id).await?;
            let lives = values.into_iter().find(|value| value.field == Field::Lives);
            return Ok(lives
                .map(|lives| (day, lives.value))
                .filter(|(_, words)| !words.is_empty()));
        }
    }
    Ok(None)
}

async fn save(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let wrong = match take_in(&app, &visitor, id, From::Desk, &fields).await? {
        // On to the next visit of the day, unless there is something to choose here.
        Saved::Done { id, conflicts: true } => {
            return Ok(Redirect::to(&format!("/bezoeken/{id}?gedaan=samen")).into_response());
        }
        Saved::Done { .. } => return Ok(Redirect::to("/bezoeken?gedaan=verslag").into_response()),
        Saved::Nothing => return Err(WebError::NotFound),
        Saved::Refused(wrong) => wrong,
    };
    render(&app, &visitor, id, Some(&fields), Some(wrong), None).await
}

/// Where a report was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum From {
    /// On the page of the visit, as it was a moment ago.
    Desk,
    /// On a telephone that took the visit along, perhaps a day ago. Whatever became of the plan meanwhile, the report of
    /// somebody who was there is taken in: as a visit of its own, if the plan is over or somebody else's.
    Road,
}

/// What became of a form.
pub(crate) enum Saved {
    Done {
        id: VisitId,
        conflicts: bool,
    },
    /// The text that says what is missing; nothing was written.
    Refused(&'static str),
    /// No such visit, or not for this user.
    Nothing,
}

/// Takes the form of a report in.
pub(crate) async fn take_in(
    app: &App,
    visitor: &Visitor,
    id: VisitId,
    from: From,
    fields: &Fields,
) -> Result<Saved, WebError> {
    let today = app.now().date();
    let book = app.rulebook();
    let answer_by = form::answer_by(&book, today)?;
    let starter_months = book.number("visits.starter_months", today)?;
    let saved = app
        .db()
        .write(visitor.actor(), async |tx| {
            let mine = visible(tx, visitor, id).await?;
            let is_own_visit = from == From::Road
                && mine.as_ref().is_none_or(|visit| {
                    matches!(visit.state, VisitState::NotMet | VisitState::Dropped)
                });
            let visit = if is_own_visit { store::by_id(tx, id).await? } else { mine };
            let Some(visit) = visit else { return Ok(Saved::Nothing) };
            let brought = Brought { visit: &visit, is_own_visit, today, answer_by };
            let wanted = match form::read(tx, &brought, fields).await? {
                Ok(wanted) => wanted,
                Err(wrong) => return Ok(Saved::Refused(wrong)),
            };
            let rules = due::rules(tx, starter_months, today).await?;
            let reported = report(tx, &wanted, &rules).await?;
            let conflicts = !reported.conflicts.is_empty();
            Ok::<_, Failed>(Saved::Done { id: reported.id, conflicts })
        })
        .await;
    Ok(match saved {
        Ok(saved) => saved,
        Err(Failed::Refused(why)) => Saved::Refused(refused_text(why)),
        Err(Failed::PlannedAlready) => Saved::Refused("visits-planned-already"),
        // Somebody else reported at the same moment: what was typed stands there still, and can be sent again.
        Err(Failed::Broken(db::Error::Raced)) => Saved::Refused("visits-changed-meanwhile"),
        Err(Failed::Broken(error)) => return Err(error.into()),
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StepForm {
    version: String,
    op: String,
    om: String,
    bezoeker: String,
    why: String,
    conflict: String,
    /// The number of the value that the page showed.
    gezien: String,
    /// `nemen` or `laten`.
    keuze: String,
}

async fn settle(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let conflict: i64 = form.conflict.parse().map_err(|_| WebError::Unreadable)?;
    let seen_nr: i64 = form.gezien.parse().map_err(|_| WebError::Unreadable)?;
    let take = form.keuze == "nemen";
    let settled = app
        .db()
        .write(visitor.actor(), async |tx| {
            let Some(visit) = visible(tx, &visitor, id).await? else { return Ok(false) };
            store::settle(tx, &visit, conflict, seen_nr, take).await.map(|()| true)
        })
        .await;
    match settled {
        Ok(true) => Ok(Redirect::to(&format!("/bezoeken/{id}?gedaan=keuze")).into_response()),
        Ok(false) => Err(WebError::NotFound),
        Err(db::Error::Raced) => {
            render(&app, &visitor, id, None, Some("visits-changed-meanwhile"), None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Changes a plan as the page showed it.
async fn step(
    app: &App,
    visitor: &Visitor,
    id: VisitId,
    form: &StepForm,
    change: Change,
) -> Result<Response, WebError> {
    let version: i64 = form.version.parse().map_err(|_| WebError::Unreadable)?;
    let changed = app
        .db()
        .write(visitor.actor(), async |tx| {
            let Some(visit) = visible(tx, visitor, id).await? else { return Ok(false) };
            store::change(tx, &Visit { version, ..visit }, change).await.map(|()| true)
        })
        .await;
    let wrong = match changed {
        Ok(true) => {
            let to = match change {
                Change::Move { .. } => format!("/bezoeken/{id}?gedaan=verzet"),
                Change::Give(_) => format!("/bezoeken/{id}?gedaan=gegeven"),
                Change::NotMet(_) | Change::Drop(_) => "/bezoeken?gedaan=vervalt".to_owned(),
            };
            return Ok(Redirect::to(&to).into_response());
        }
        Ok(false) => return Err(WebError::NotFound),
        Err(Failed::Refused(why)) => refused_text(why),
        Err(Failed::PlannedAlready) => "visits-planned-already",
        Err(Failed::Broken(db::Error::Raced)) => "visits-changed-meanwhile",
        Err(Failed::Broken(error)) => return Err(error.into()),
    };
    render(app, visitor, id, None, Some(wrong), None).await
}

async fn move_it(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    match read_when(&form.op, &form.om) {
        Ok((on, at)) => step(&app, &visitor, id, &form, Change::Move { on, at }).await,
        Err(wrong) => render(&app, &visitor, id, None, Some(wrong), None).await,
    }
}

async fn give(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    if visitor.scope <= Scope::Own {
        return Err(WebError::Forbidden);
    }
    let Ok(user) = form.bezoeker.parse::<UserId>() else {
        return render(&app, &visitor, id, None, Some("visits-choose-visitor"), None).await;
    };
    let there = app.db().read(visitor.actor(), async |tx| travels(tx, user).await).await?;
    if !there {
        return render(&app, &visitor, id, None, Some("visits-choose-visitor"), None).await;
    }
    step(&app, &visitor, id, &form, Change::Give(user)).await
}

async fn not_met(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    match form.why.parse() {
        Ok(why) => step(&app, &visitor, id, &form, Change::NotMet(why)).await,
        Err(_) => render(&app, &visitor, id, None, Some("visits-choose-why"), None).await,
    }
}

async fn drop_it(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    match form.why.parse() {
        Ok(why) => step(&app, &visitor, id, &form, Change::Drop(why)).await,
        Err(_) => render(&app, &visitor, id, None, Some("visits-choose-why"), None).await,
    }
}
