use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calls_rules::choice::{self as rules, Choice};
use calls_rules::gate::Ground;
use calls_rules::outcome::{Code, must_offer_objection};
use db::{Error, Tx, args};
use jiff::civil::DateTime;
use kernel::{CallbackId, Fence, PersonId, Pii, TeamId, UserId};
use people::Sight;
use people::check::{self, CheckRules};
use serde::Deserialize;
use web::{App, Caller, Fields, FileReader, Form, Page, WebError};

use super::form::{OutcomeForm, Wrong};
use super::list::{CampaignLine, WorkList};
use super::page::{DeskPage, OnGuide, saved_at};
use super::person::{OnDesk, log_opening, on_desk};
use crate::attempt::{self, Ended, Inbound, Over, Refused};
use crate::callback::{self, Only, Show};
use crate::choice;
use crate::claim::{self, Asked, SkipReason, Skipped, Taken};
use crate::line::Lines;
use crate::outcome::{About, NoCall, Said, log};
use crate::settings::{self, GateRules};
use crate::{desk, guide, note};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/werkplek", get(show))
        .route("/werkplek/lijst", get(list_part))
        .route("/werkplek/volgende", post(next))
        .route("/werkplek/bel", post(dial))
        .route("/werkplek/opgehangen", post(hang_up))
        .route("/werkplek/sla-over", post(skip))
        .route("/werkplek/leen", post(renew))
        .route("/werkplek/notitie", post(save_note))
        .route("/werkplek/controle/{id}", post(check))
        .route("/werkplek/uitkomst", post(log_outcome))
        .route("/werkplek/terugbellen/{id}", post(take_callback))
        .route("/leden/{id}/gesprek", post(call_person))
}

#[derive(Deserialize)]
struct Done {
    gedaan: Option<String>,
    dag: Option<String>,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let notice = match (done.gedaan.as_deref(), done.dag.as_deref()) {
        (Some("callback"), Some(day)) => {
            kernel::parse_day(day).map(|day| t.with("calls-done-callback", "day", t.day(day)))
        }
        (Some("niemand"), _) => Some(nobody(&app, &caller, &t).await?),
        (Some("overgeslagen"), _) => Some(t.get("calls-done-skipped")),
        (Some("weg"), _) => Some(t.get("calls-wrong-old")),
        (Some("collega"), _) => Some(t.get("calls-wrong-another-desk")),
        (Some("bezet"), _) => Some(t.get("calls-wrong-desk-not-empty")),
        (Some(outcome), _) => {
            let tree = app.db().read(caller.actor(), async |tx| choice::tree(tx).await).await?;
            let chosen = tree.iter().find(|choice| rules::name(&tree, choice) == outcome);
            chosen.map(|result| t.with("calls-done", "outcome", choice::label(&t, result)))
        }
        (None, _) => None,
    };
    let form = OutcomeForm::fresh(default_days(&app)?);
    render(&app, &caller, &form, None, notice).await
}

/// Why nobody came: an own promise is near, lists are silent, or there is nobody.
async fn nobody(app: &App, caller: &Caller, t: &web::Texts) -> Result<String, WebError> {
    let (rules, _) = gate(app)?;
    let (in_call, soon) = app
        .db()
        .read(caller.actor(), async |tx| {
            let in_call = attempt::is_in_call(tx, caller.id).await?;
            Ok::<_, Error>((in_call, claim::comes_soon(tx, caller.id, rules.promise_guard).await?))
        })
        .await?;
    if in_call {
        return Ok(t.get("calls-wrong-in-call"));
    }
    if let Some(at) = soon {
        return Ok(t.with("calls-desk-soon", "time", t.clock(at)));
    }
    Ok(match lists_closed(app)? {
        Err(again) => super::form::not_now(t, again),
        Ok(()) => t.get("calls-done-nobody"),
    })
}

/// If lists are silent now: when they go on, if ever.
fn lists_closed(app: &App) -> Result<Result<(), Option<DateTime>>, WebError> {
    let now = app.now();
    let rules = settings::gate_rules(&app.rulebook(), now.date())?;
    Ok(rules.hours.closed(Ground::Consent, now.datetime()))
}

fn default_days(app: &App) -> Result<i64, WebError> {
    Ok(app.rulebook().number("callback.default_working_days", app.now().date())?)
}

/// What the desk reads for one look.
struct Look {
    desk: Option<OnDesk>,
    callbacks: Vec<callback::Callback>,
    campaigns: Vec<CampaignLine>,
    done: i64,
    colleagues: Vec<(UserId, String)>,
    tree: Vec<Choice>,
    guide: OnGuide,
    /// What the caller check is about, if it has to be passed first.
    check: Option<check::Asked>,
}

async fn look(
    tx: &mut Tx,
    caller: &Caller,
    rules: super::DeskRules,
    check_rules: &CheckRules,
    today: jiff::civil::Date,
) -> Result<Look, Error> {
    let desk = match claim::of_agent(tx, caller.id).await? {
        Some(claim) => Some(on_desk(tx, claim, rules, today).await?),
        None => None,
    };
    let until_today = Only { until: Some(today), ..Only::default() };
    let callbacks =
        callback::list(tx, Show::Mine, caller.id, caller.team, &until_today, 200).await?;
    let campaigns = campaign_lines(tx, caller).await?;
    let counts = activity::counts(tx, activity::Dim::User, caller.id.0, today, today).await?;
    let done = counts.get("attempts").map_or(0, |(n, _)| *n);
    let mut colleagues = callers_of(tx, caller.team).await?;
    colleagues.retain(|(id, _)| *id != caller.id);
    // Chosen from only by whoever is in a call.
    let tree = if desk.is_some() { choice::tree(tx).await? } else { Vec::new() };
    let guide = match &desk {
        Some(desk) => on_guide(tx, desk, caller.team).await?,
        None => OnGuide::default(),
    };
    let check = match desk.as_ref().filter(|desk| desk.closed.is_some()) {
        Some(desk) => check::look(tx, desk.person.id, check_rules).await?,
        None => None,
    };
    Ok(Look { desk, callbacks, campaigns, done, colleagues, tree, guide, check })
}

async fn on_guide(tx: &mut Tx, desk: &OnDesk, team: Option<TeamId>) -> Result<OnGuide, Error> {
    let asked = desk.request.as_ref().map(|request| request.subject.as_str());
    let subject = asked.or(desk.contact.as_ref().map(|contact| contact.subject.as_str()));
    let own = guide::for_claim(tx, &desk.claim, subject, team).await?;
    let given = match &own {
        Some(own) => guide::of_claim(tx, desk.claim.id, own.version_id).await?,
        None => BTreeSet::new(),
    };
    Ok(OnGuide { own, given, all: guide::names(tx, team).await? })
}

db::row! {
    struct Line { name: String, eligible: i64 }
}

/// Counted up to a limit: behind a thousand it no longer matters today.
async fn campaign_lines(tx: &mut Tx, caller: &Caller) -> Result<Vec<CampaignLine>, Error> {
    let now = tx.now();
    let team = caller.team;
    let lines: Vec<Line> = tx
        .all(
            "select c.name,
                    (select count(*) from (select r.id from call_records r
                       where r.campaign_id = c.id and r.state = 'waiting' and r.owner_id is null limit 1000) as w)
                  + (select count(*) from (select r.id from call_records r
                       where r.campaign_id = c.id and r.state = 'waiting' and r.owner_id = $1 limit 1000) as w)
                  + (select count(*) from (select r.id from call_records r
                       where r.campaign_id = c.id and r.state = 'resting' and r.rest_until_at <= $2
                         and (r.owner_id is null or r.owner_id = $3) limit 1000) as w) as eligible
               from campaigns c
              where c.state = 'active' and (c.team_id is null or c.team_id = $4)
              order by c.priority desc, c.id limit 20",
            args![caller.id, now, caller.id, team],
        )
        .await?;
    Ok(lines
        .into_iter()
        .map(|line| CampaignLine { name: line.name, eligible: line.eligible })
        .collect())
}

db::row! {
    struct Colleague { id: UserId, name: String, roles: String }
}

/// Whoever of a team calls, by name.
pub async fn callers_of(
    tx: &mut Tx,
    team: Option<kernel::TeamId>,
) -> Result<Vec<(UserId, String)>, Error> {
    let found: Vec<Colleague> = tx
        .all(
            "select id, name, roles from users
              where ended_at is null and team_id = $1 order by name limit 200",
            args![team],
        )
        .await?;
    Ok(found
        .into_iter()
        .filter(|user| kernel::Roles::read(&user.roles).may(kernel::Action::WorkCalls))
        .map(|user| (user.id, user.name))
        .collect())
}

fn work_list<'a>(t: &'a web::Texts, now: &'a jiff::ZonedDateTime, look: &mut Look) -> WorkList<'a> {
    let current = look.desk.as_ref().map(|found| {
        (
            super::list::listed(t, &found.person.name(), found.person.sex),
            desk::reason(t, found, now),
        )
    });
    let attempt = look.desk.as_ref().and_then(|desk| desk.attempt.as_ref());
    WorkList {
        t,
        now,
        current,
        in_call: attempt.is_some_and(|attempt| attempt.ended_at.is_none()),
        current_callback: look.desk.as_ref().and_then(|desk| desk.claim.callback_id),
        callbacks: std::mem::take(&mut look.callbacks),
        campaigns: std::mem::take(&mut look.campaigns),
        done: look.done,
    }
}

async fn render(
    app: &App,
    caller: &Caller,
    form: &OutcomeForm,
    wrong: Option<Wrong>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    render_after(app, caller, form, wrong, notice, None).await
}

/// A try at the caller check that did not pass.
struct Tried {
    typed: Fields,
    answer: check::Answer,
}

async fn render_after(
    app: &App,
    caller: &Caller,
    form: &OutcomeForm,
    wrong: Option<Wrong>,
    notice: Option<String>,
    tried: Option<Tried>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let now = app.now();
    let book = app.rulebook();
    let lines = book.window("lines.hours", now.date())?;
    let rules = settings::desk_rules(&book, now.date())?;
    let check_rules = check::rules(&book, now.date())?;
    let mut look = app
        .db()
        .read(caller.actor(), async |tx| look(tx, caller, rules, &check_rules, now.date()).await)
        .await?;
    let work = work_list(&t, &now, &mut look);
    let ground = look.desk.as_ref().and_then(|desk| desk.attempt.as_ref()?.ground);
    let settings = settings::outcome_settings(&book, now.date())?;
    let offers_objection = must_offer_objection(ground, &settings);
    let tree = std::mem::take(&mut look.tree);
    // What belongs to somebody else than who is on the desk now is not put into this call.
    let fresh = OutcomeForm::fresh(default_days(app)?);
    let on_desk = look.desk.as_ref().map(|desk| (desk.person.id, desk.claim.fence));
    let is_about_desk = form.on_line().is_none() || form.on_line() == on_desk;
    let typed = form.note.reveal();
    let old_note = (!is_about_desk && !typed.is_empty()).then(|| typed.clone());
    let form = if is_about_desk { form } else { &fresh };
    let wrong = match on_desk {
        Some(_) if !is_about_desk => wrong.map(|_| Wrong::Old),
        _ => wrong,
    };
    let mut guide = std::mem::take(&mut look.guide);
    // What was answered on a page that was refused is what the agent sees last.
    if is_about_desk && let Some((_, given)) = form.answers() {
        guide.given = given;
    }
    let is_wrong = wrong.is_some() || tried.is_some();
    let closed = look.desk.as_ref().and_then(|desk| desk.closed);
    let fresh_check = Fields::default();
    let check = look.check.as_ref().map(|asked| {
        let part = check::FormPart {
            t: &t,
            asked,
            rules: &check_rules,
            typed: tried.as_ref().map_or(&fresh_check, |tried| &tried.typed),
            answer: tried.as_ref().map(|tried| &tried.answer),
            lacking: closed.filter(|closed| *closed != check::NotChecked::NotYet),
            action: format!("/werkplek/controle/{}", asked.person),
        };
        part.html()
    });
    let body = DeskPage {
        t: &t,
        now: &now,
        first_name: &caller.first_name,
        work,
        desk: look.desk,
        check,
        form,
        old_note,
        wrong,
        notice,
        calendar: &book.calendar,
        colleagues: look.colleagues,
        has_team: caller.team.is_some(),
        guide,
        tree: &tree,
        settings: &settings,
        offers_objection,
        opens: (now.time() < lines.from).then(|| t.time(lines.from)),
    };
    let page = Page::desk(t.get("calls-nav-desk"), "/werkplek");
    if is_wrong {
        web::again(app, caller, page, &body).await
    } else {
        web::show(app, caller, page, &body).await
    }
}

/// The list alone, for live updates.
async fn list_part(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let now = app.now();
    let rules = settings::desk_rules(&app.rulebook(), now.date())?;
    let check_rules = check::rules(&app.rulebook(), now.date())?;
    let mut look = app
        .db()
        .read(caller.actor(), async |tx| look(tx, &caller, rules, &check_rules, now.date()).await)
        .await?;
    Ok(Html(askama::Template::render(&work_list(&t, &now, &mut look))?).into_response())
}

async fn next(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    let (rules, lease) = gate(&app)?;
    let asked = Asked { team: caller.team, campaign: None, lease };
    let claimed = app
        .db()
        .write(caller.actor(), async |tx| {
            let claimed = claim::next(tx, asked, &rules).await?;
            if let Some(claim) = &claimed {
                log_opening(tx, claim.person_id).await?;
            }
            Ok::<_, Error>(claimed)
        })
        .await?;
    Ok(back(if claimed.is_some() { "" } else { "?gedaan=niemand" }))
}

fn gate(app: &App) -> Result<(GateRules, jiff::SignedDuration), WebError> {
    let (book, today) = (app.rulebook(), app.now().date());
    Ok((settings::gate_rules(&book, today)?, settings::lease(&book, today)?))
}

fn back(with: &str) -> Response {
    Redirect::to(&format!("/werkplek{with}")).into_response()
}

async fn dial(
    State(app): State<App>,
    caller: Caller,
    Form(line): Form<OnLine>,
) -> Result<Response, WebError> {
    let (rules, _) = gate(&app)?;
    let lines = app.state::<Lines>();
    let Ok(over) = lines.dials_over(&app, caller.id) else {
        return not_begun(&app, &caller, Refused::InCall).await;
    };
    let dialled = app
        .db()
        .write(caller.actor(), async |tx| {
            attempt::dial(tx, line.person, line.fence, &rules, over.clone()).await
        })
        .await?;
    match dialled {
        Ok(dialled) => {
            if over != Over::OwnPhone {
                lines.begun(&app, caller.id, line.person, &dialled).await;
            }
            Ok(back(""))
        }
        Err(refused) => not_begun(&app, &caller, refused).await,
    }
}

async fn not_begun(app: &App, caller: &Caller, why: Refused) -> Result<Response, WebError> {
    let form = OutcomeForm::fresh(default_days(app)?);
    render(app, caller, &form, Some(Wrong::Call(why)), None).await
}

async fn hang_up(
    State(app): State<App>,
    caller: Caller,
    Form(line): Form<OnLine>,
) -> Result<Response, WebError> {
    let ended = app
        .db()
        .write(caller.actor(), async |tx| attempt::end(tx, line.person, line.fence).await)
        .await?;
    Ok(back(if ended == Ended::Old { "?gedaan=weg" } else { "" }))
}

/// What a form on the telephone sends along: which person, under which fence.
#[derive(Clone, Debug, Deserialize)]
struct OnLine {
    person: PersonId,
    fence: Fence,
}

#[derive(Deserialize)]
struct SkipForm {
    person: PersonId,
    fence: Fence,
    reason: String,
}

async fn skip(
    State(app): State<App>,
    caller: Caller,
    Form(form): Form<SkipForm>,
) -> Result<Response, WebError> {
    let reason: SkipReason = form.reason.parse().map_err(|_| WebError::Unreadable)?;
    let rests = settings::skip_rests(&app.rulebook(), app.now().date())?;
    let skipped = app
        .db()
        .write(caller.actor(), async |tx| {
            claim::skip(tx, form.person, form.fence, reason, rests).await
        })
        .await?;
    Ok(back(match skipped {
        Skipped::Done => "?gedaan=overgeslagen",
        Skipped::ClaimEnded => "?gedaan=weg",
        Skipped::InCall => "?gedaan=bezet",
    }))
}

/// The page is still open: the person stays on the desk for another lease.
async fn renew(
    State(app): State<App>,
    caller: Caller,
    Form(line): Form<OnLine>,
) -> Result<StatusCode, WebError> {
    let (_, lease) = gate(&app)?;
    let kept = app
        .db()
        .write(caller.actor(), async |tx| claim::renew(tx, line.person, line.fence, lease).await)
        .await?;
    Ok(if kept { StatusCode::NO_CONTENT } else { StatusCode::CONFLICT })
}

#[derive(Deserialize)]
struct NoteForm {
    person: PersonId,
    fence: Fence,
    note: Pii<String>,
}

async fn save_note(
    State(app): State<App>,
    caller: Caller,
    Form(form): Form<NoteForm>,
) -> Result<Response, WebError> {
    let saved = app
        .db()
        .write(caller.actor(), async |tx| {
            note::save(tx, form.person, form.fence, form.note.reveal()).await
        })
        .await?;
    if !saved {
        return Ok(StatusCode::CONFLICT.into_response());
    }
    let t = app.texts(caller.language);
    let words = app.rulebook().words("note.health_words", app.now().date())?;
    let doubts = calls_rules::note::doubts(form.note.reveal(), &words);
    let warnings = doubts.into_iter().map(|doubt| t.get(super::page::doubt_text(doubt)));
    let saved = saved_at(&t, app.db().clock().now());
    Ok(std::iter::once(saved).chain(warnings).collect::<Vec<_>>().join(" ").into_response())
}

/// What whoever calls said about who is calling.
async fn check(
    State(app): State<App>,
    caller: Caller,
    Path(person): Path<PersonId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let claim = app.db().read(caller.actor(), async |tx| claim::of_agent(tx, caller.id).await);
    if claim.await?.is_none_or(|claim| claim.person_id != person) {
        return Ok(back("?gedaan=weg"));
    }
    let rules = check::rules(&app.rulebook(), app.now().date())?;
    let answer = check::take(&app, &caller, person, &typed, &rules).await?;
    if answer.passed() {
        return Ok(back(""));
    }
    let form = OutcomeForm::fresh(default_days(&app)?);
    render_after(&app, &caller, &form, None, None, Some(Tried { typed, answer })).await
}

/// Read, decide, store, answer.
async fn log_outcome(
    State(app): State<App>,
    caller: Caller,
    Form(form): Form<OutcomeForm>,
) -> Result<Response, WebError> {
    let callback = form.callback();
    // As it was on the page: what was chosen means what the agent read there.
    let seen = form.choices();
    let tree = app.db().read(caller.actor(), async |tx| choice::tree_as_of(tx, seen).await).await?;
    let (outcome, chosen) = match callback.outcome(&tree, &form.outcome, form.reason()) {
        Ok(read) => read,
        Err(wrong) => return render(&app, &caller, &form, Some(Wrong::Form(wrong)), None).await,
    };
    if callback.owner == "team" && caller.team.is_none() {
        let wrong = Wrong::Form(crate::outcome::WrongForm::Owner);
        return render(&app, &caller, &form, Some(wrong), None).await;
    }
    let Some((person, fence)) = form.on_line() else { return Err(WebError::Unreadable) };
    let now = app.now();
    match outcome.code() {
        Code::Cancelled => {
            return go_on_at("/behoud/nieuw", &app, &caller, (person, fence), &form).await;
        }
        // Whoever is a member does not sign up again.
        Code::Joined if !is_member(&app, &caller, person).await? => {
            return go_on_at("/aanmelden/nieuw", &app, &caller, (person, fence), &form).await;
        }
        _ => {}
    }
    let settings = settings::outcome_settings(&app.rulebook(), now.date())?;
    let said = Said {
        note: Some(form.note.reveal().as_str()).filter(|note| !note.is_empty()),
        objection_offered: !form.verzet.is_empty(),
        chosen,
    };

    let logged = app
        .db()
        .write(caller.actor(), async |tx| {
            if let Some((version, given)) = form.answers() {
                guide::save(tx, person, fence, version, &given).await?;
            }
            log(tx, fence, About::Person(person), outcome, said, &now, &settings).await
        })
        .await;
    match logged {
        Ok(logged) => {
            let day =
                logged.plan.map(|plan| format!("&dag={}", plan.from.date())).unwrap_or_default();
            Ok(back(&format!("?gedaan={}{day}", form.outcome)))
        }
        Err(NoCall::NotFound | NoCall::Broken(Error::Raced)) => {
            render(&app, &caller, &form, Some(Wrong::Old), None).await
        }
        Err(NoCall::Refused(refused)) => {
            render(&app, &caller, &form, Some(Wrong::Refused(refused)), None).await
        }
        Err(NoCall::NotDialled(refused)) => {
            render(&app, &caller, &form, Some(Wrong::Call(refused)), None).await
        }
        Err(NoCall::Broken(error)) => Err(error.into()),
    }
}

async fn is_member(app: &App, caller: &Caller, person: PersonId) -> Result<bool, WebError> {
    let today = app.now().date();
    let find = app
        .db()
        .read(caller.actor(), async |tx| people::person::find(tx, person, today).await)
        .await?;
    Ok(find.is_some_and(|found| found.is_member))
}

/// Whoever wants to leave gets a case, and whoever joins a sign-up: there it is asked what this call cannot know, and there the
/// outcome of this call is logged. What was typed is kept, and the browser sends the same form on.
async fn go_on_at(
    page: &'static str,
    app: &App,
    caller: &Caller,
    (person, fence): (PersonId, Fence),
    form: &OutcomeForm,
) -> Result<Response, WebError> {
    let kept = app
        .db()
        .write(caller.actor(), async |tx| {
            // A page of an earlier call leads nowhere.
            if claim::held(tx, person, fence).await?.is_none() {
                return Ok(false);
            }
            if let Some((version, given)) = form.answers() {
                guide::save(tx, person, fence, version, &given).await?;
            }
            note::save(tx, person, fence, form.note.reveal()).await
        })
        .await?;
    if kept {
        Ok(Redirect::temporary(page).into_response())
    } else {
        render(app, caller, form, Some(Wrong::Old), None).await
    }
}

/// Takes one of my promises from the list, before its time or after.
async fn take_callback(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CallbackId>,
) -> Result<Response, WebError> {
    let (_, lease) = gate(&app)?;
    let taken = app
        .db()
        .write(caller.actor(), async |tx| {
            claim::release_expired(tx).await?;
            if claim::of_agent(tx, caller.id).await?.is_some() {
                return Ok::<_, Error>("?gedaan=bezet");
            }
            let found = callback::by_id(tx, id, caller.id, caller.team).await?;
            let leads = caller.may(kernel::Action::ManageCampaigns);
            let is_mine = |found: &callback::Callback| {
                found.ended_at.is_none() && found.is_for(caller.id, leads)
            };
            let Some(found) = found.filter(is_mine) else {
                return Ok("?gedaan=weg");
            };
            let matter = callback::record_of(tx, id).await?;
            let taken = Taken {
                person: found.person_id,
                record: matter.map(|(record, _)| record),
                callback: Some(id),
                campaign: matter.map(|(_, campaign)| campaign),
            };
            match claim::take(tx, taken, lease).await? {
                Some(claim) => {
                    log_opening(tx, claim.person_id).await?;
                    Ok("")
                }
                None => Ok("?gedaan=collega"),
            }
        })
        .await?;
    Ok(back(taken))
}

#[derive(Deserialize)]
struct DirectionForm {
    direction: String,
}

/// Somebody rings, or is called from the file: on the desk at once, with the call begun.
async fn call_person(
    State(app): State<App>,
    caller: Caller,
    reader: FileReader,
    Path(person): Path<PersonId>,
    Form(form): Form<DirectionForm>,
) -> Result<Response, WebError> {
    let (rules, lease) = gate(&app)?;
    let today = app.now().date();
    let sight = Sight::of(reader.scope, reader.id);
    let lines = app.state::<Lines>();
    let over = if form.direction == "out" {
        match lines.dials_over(&app, caller.id) {
            Ok(over) => over,
            Err(_) => return not_begun(&app, &caller, Refused::InCall).await,
        }
    } else {
        lines.answered_over(caller.id)
    };
    let begun = app
        .db()
        .write(caller.actor(), async |tx| {
            if people::person::by_id(tx, person, sight).await?.is_none()
                || people::person::find(tx, person, today).await?.is_none()
            {
                return Ok::<_, Error>(None);
            }
            let outbound = if form.direction == "out" {
                let now = tx.now();
                match attempt::of_person(tx, person, now, &rules).await? {
                    Ok(ground) => Some(ground),
                    Err(refused) => return Ok(Some(Err(refused))),
                }
            } else {
                None
            };
            let started_at = tx.now();
            let call = Inbound { person, outbound, started_at, lease, over: over.clone() };
            let begun = attempt::ring_in(tx, call).await?;
            if begun.is_ok() {
                log_opening(tx, person).await?;
            }
            Ok(Some(begun.map(|(_, dialled)| dialled)))
        })
        .await?;
    match begun.ok_or(WebError::NotFound)? {
        Ok(dialled) => {
            if over != Over::OwnPhone {
                lines.begun(&app, caller.id, person, &dialled).await;
            }
            Ok(back(""))
        }
        Err(refused) => not_begun(&app, &caller, refused).await,
    }
}
