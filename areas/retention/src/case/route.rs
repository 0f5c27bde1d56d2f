//! `/behoud/{id}`: thank, ask why, say what works, compute, and write down what came of it.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use calls::callback::NoPromise;
use calls::outcome::{About, NoCall, Said};
use calls_rules::callback::{Owner, When, Wish};
use calls_rules::outcome::Outcome;
use db::{Error, Tx};
use jiff::civil::Date;
use kernel::{CancellationId, OrganisationId, PersonId, Pii};
use membership::Holder;
use retention_rules::case::{Channel, Offer, Refused as RuleRefused};
use serde::Deserialize;
use texts::Texts;
use web::{App, Caller, Fields, Form, Page, User, WebError};

use super::decide::{self, Ending, Keeping, Refused, Rules, own_call};
use super::list::NewPage;
use super::look::{Look, Who, is_eligible, kind_of, look};
use super::page::CasePage;
use super::store::{self, NewNotice};
use crate::argument::Kind;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/behoud/nieuw", get(ask).post(begin))
        .route("/behoud/{id}", get(show).post(save))
        .route("/behoud/{id}/terug", post(take_back))
        .route("/behoud/{id}/neem", post(take_over))
}

pub(super) fn rules(app: &App) -> Result<Rules, WebError> {
    Ok(decide::rules(app)?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    lid: Option<i64>,
    organisatie: Option<i64>,
}

impl Asked {
    fn holder(&self) -> Result<Holder, WebError> {
        match (self.lid, self.organisatie) {
            (Some(id), _) => Ok(Holder::Person(PersonId(id))),
            (None, Some(id)) => Ok(Holder::Organisation(OrganisationId(id))),
            (None, None) => Err(WebError::NotFound),
        }
    }
}

/// The form for a notice that did not come by telephone just now.
async fn ask(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let mut typed = Fields::default();
    typed.push("ontvangen", app.now().date().to_string());
    typed.push("kanaal", "phone");
    new_page(&app, &caller, asked.holder()?, &typed, None).await
}

async fn new_page(
    app: &App,
    caller: &Caller,
    holder: Holder,
    typed: &Fields,
    wrong: Option<(&'static str, &'static str)>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let (who, member) = app
        .db()
        .write(caller.actor(), async |tx| {
            let who = match holder {
                Holder::Person(id) => {
                    activity::log_read(tx, id, activity::Why::File).await?;
                    people::person::find(tx, id, today).await?.map(|found| found.name().short())
                }
                Holder::Organisation(id) => {
                    people::organisation::by_id(tx, id).await?.map(|found| found.draft.name)
                }
            };
            Ok::<_, Error>((who, membership::current(tx, holder, today).await?))
        })
        .await?;
    let t = app.texts(caller.language);
    let name = who.ok_or(WebError::NotFound)?;
    let body = NewPage { t: &t, holder, name, is_member: member.is_some(), typed, wrong };
    let page = Page::new(t.get("retention-new"), "/behoud");
    match wrong {
        None => web::show(app, caller, page, &body).await,
        Some(_) => web::again(app, caller, page, &body).await,
    }
}

/// Opens the case of a member, from the desk with one press, or by the form.
async fn begin(
    State(app): State<App>,
    caller: Caller,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let id = |name: &str| typed.text(name).parse::<i64>().ok();
    // The desk calls the member a person.
    let lid = id("lid").or_else(|| id("person"));
    let holder = Asked { lid, organisatie: id("organisatie") }.holder()?;
    let today = app.now().date();
    let channel = match typed.text("kanaal") {
        "" => Channel::Phone,
        code => code.parse().map_err(|_| WebError::Unreadable)?,
    };
    let day = |field: &'static str, text: &'static str| match typed.text(field) {
        "" => Ok(None),
        typed => kernel::parse_day(typed).map(Some).ok_or((field, text)),
    };
    let days = day("ontvangen", "membership-no-day")
        .and_then(|received| Ok((received, day("wens", "membership-no-day")?)));
    let (received, wished_on) = match days {
        Ok(days) => days,
        Err(wrong) => return new_page(&app, &caller, holder, &typed, Some(wrong)).await,
    };
    let opened = app
        .db()
        .write(caller.actor(), async |tx| {
            let member =
                membership::current(tx, holder, received.unwrap_or(today).min(today)).await?;
            let member = member.ok_or(Refused::NoMembership)?;
            let call = own_call(tx, holder).await?;
            let notice = NewNotice {
                membership: member.id,
                channel,
                received_on: received.unwrap_or(today),
                wished_on,
                attempt: call.map(|(_, _, attempt)| attempt),
                member_kind: kind_of(tx, holder, today).await?.code(),
            };
            store::open(tx, notice).await
        })
        .await;
    match opened {
        Ok((id, _)) => Ok(Redirect::to(&format!("/behoud/{id}")).into_response()),
        Err(Refused::NotYetReceived) => {
            let wrong = Some(("ontvangen", "retention-not-yet"));
            new_page(&app, &caller, holder, &typed, wrong).await
        }
        Err(Refused::NoMembership) => {
            let wrong = Some(("ontvangen", "retention-no-membership"));
            new_page(&app, &caller, holder, &typed, wrong).await
        }
        Err(Refused::Broken(error)) => Err(error.into()),
        Err(_) => Err(WebError::Unreadable),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CancellationId>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let t = app.texts(caller.language);
    let notice = match shown.gedaan.as_str() {
        "bedenktijd" => Some(t.get("retention-think-done")),
        "terug" => Some(t.get("retention-back-says")),
        _ => None,
    };
    render(&app, &caller, id, &Fields::default(), None, notice).await
}

async fn render(
    app: &App,
    caller: &Caller,
    id: CancellationId,
    typed: &Fields,
    wrong: Option<String>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let rules = rules(app)?;
    let found = app
        .db()
        .write(caller.actor(), async |tx| {
            let found = look(tx, id, caller, &rules).await?;
            if let Some(person) = found.as_ref().and_then(|look| look.who.person()) {
                activity::log_read(tx, person, activity::Why::Call).await?;
            }
            Ok::<_, Error>(found)
        })
        .await?;
    let look = found.ok_or(WebError::NotFound)?;
    if let Some(person) = look.who.person() {
        people::check::before_reading(app, caller, person).await?;
    }
    let t = app.texts(caller.language);
    let today = rules.now.date();
    let days = app.rulebook().number("callback.default_working_days", today)?;
    let is_wrong = wrong.is_some();
    let body = CasePage { t: &t, look: &look, typed, today, wrong, notice, days };
    let place = if look.in_call { "/werkplek" } else { "/behoud" };
    let page = Page::desk(t.get("retention-title"), place);
    if is_wrong {
        web::again(app, caller, page, &body).await
    } else {
        web::show(app, caller, page, &body).await
    }
}

/// What the agent decided.
enum Decided {
    /// Only written down what was said so far.
    Nothing,
    Kept,
    Thinks(Option<Date>),
    Ended,
}

/// Keeps what was said, and decides if the agent asks so: one step.
async fn save(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CancellationId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let rules = rules(&app)?;
    let done = app
        .db()
        .write(caller.actor(), async |tx| {
            let Some(found) = look(tx, id, &caller, &rules).await? else { return Ok(None) };
            let in_call = found.in_call;
            let decided = step(tx, &found, &caller, &typed, &rules).await?;
            Ok::<_, Refused>(Some((decided, in_call)))
        })
        .await;
    let t = app.texts(caller.language);
    match done {
        Ok(None) => Err(WebError::NotFound),
        Ok(Some((decided, in_call))) => {
            let here = format!("/behoud/{id}");
            // After a call the desk is where one goes on.
            let to = match (decided, in_call) {
                (Decided::Nothing, _) => here,
                (Decided::Kept, true) => "/werkplek?gedaan=retained".into(),
                (Decided::Ended, true) => "/werkplek?gedaan=cancelled".into(),
                (Decided::Thinks(Some(day)), true) => {
                    format!("/werkplek?gedaan=callback&dag={day}")
                }
                (Decided::Thinks(_), _) => format!("{here}?gedaan=bedenktijd"),
                (Decided::Kept | Decided::Ended, false) => here,
            };
            Ok(Redirect::to(&to).into_response())
        }
        Err(Refused::Broken(error)) => Err(error.into()),
        Err(refused) => {
            let says = says(&t, &refused);
            render(&app, &caller, id, &typed, Some(says), None).await
        }
    }
}

async fn step(
    tx: &mut Tx,
    found: &Look,
    user: &User,
    typed: &Fields,
    rules: &Rules,
) -> Result<Decided, Refused> {
    write_down(tx, found, user, typed).await?;
    let Some(found) = look(tx, found.case.id, user, rules).await? else {
        return Err(Error::Raced.into());
    };
    let case = &found.case;
    if typed.text("doen") != "vast" {
        return Ok(Decided::Nothing);
    }
    let wished_on = kernel::parse_day(typed.text("wens")).or(case.wished_on);
    match typed.text("uitkomst") {
        "behouden" => {
            let with = found
                .shown
                .iter()
                .find(|shown| shown.is_brought && shown.argument.kind != Kind::Argument)
                .or_else(|| found.shown.iter().find(|shown| shown.is_brought))
                .map(|shown| shown.argument.nr);
            let aftercare = (typed.text("nabellen") == "ja").then_some("Vond nabellen goed.");
            let keeping = Keeping { with, aftercare, note: None };
            decide::keep(tx, case, keeping, rules).await?;
            Ok(Decided::Kept)
        }
        "bedenktijd" => think(tx, &found, typed, rules).await.map(Decided::Thinks),
        "opzeggen" => {
            decide::end(tx, case, Ending::Cancelled { wished_on }, None, rules).await?;
            Ok(Decided::Ended)
        }
        "overstap" => {
            decide::end(tx, case, Ending::Transfer { wished_on }, None, rules).await?;
            Ok(Decided::Ended)
        }
        "overleden" => {
            let on = kernel::parse_day(typed.text("overleden_op")).ok_or(Refused::NotThatDay)?;
            decide::end(tx, case, Ending::Died { on }, None, rules).await?;
            Ok(Decided::Ended)
        }
        _ => Err(Refused::NoOutcome),
    }
}

/// The reason, the words and what was brought forward; none of it is a condition for anything.
async fn write_down(tx: &mut Tx, found: &Look, user: &User, typed: &Fields) -> Result<(), Refused> {
    let case = &found.case;
    let by_nr = |field: &str| {
        let nr = typed.text(field).parse::<i64>().ok()?;
        found.reasons.iter().find(|reason| reason.nr == nr)
    };
    let top = by_nr("reden");
    // A second level counts only under the reason that is chosen.
    let sub = by_nr("reden2").filter(|sub| sub.parent_nr == top.map(|top| top.nr));
    let reason = sub.or(top).map(|reason| (reason.nr, reason.avoidable));
    let no_offers = typed.text("geen_aanbod") == "ja";
    store::note(tx, case, reason, typed.text("woorden"), no_offers).await?;
    for nr in typed.all("arg").filter_map(|nr| nr.parse::<i64>().ok()) {
        let Some(case) = store::by_id(tx, case.id).await? else { return Err(Error::Raced.into()) };
        let Some(shown) = found.shown.iter().find(|shown| shown.argument.nr == nr) else {
            continue;
        };
        let offer = Offer {
            is_offer: shown.argument.kind == Kind::Offer,
            is_within_authority: shown.argument.authority.is_held_by(user),
            is_eligible: is_eligible(found, &shown.argument),
        };
        decide::bring(tx, &case, nr, offer).await?;
    }
    Ok(())
}

/// The member wants to think it over: a promise to call back, and the case stays open.
async fn think(
    tx: &mut Tx,
    found: &Look,
    typed: &Fields,
    rules: &Rules,
) -> Result<Option<Date>, Refused> {
    let Who::Person(person) = &found.who else { return Ok(None) };
    let days = typed.text("dagen").parse().unwrap_or(3);
    let words = typed.text("terugbelwoorden");
    let words = (!words.is_empty()).then(|| Pii::new(words.chars().take(500).collect()));
    let when = When::InWorkingDays(days);
    let wish = Wish { when, window: None, owner: Owner::Me, words, warmth: None, opening: None };
    let holder = found.case.holder();
    if let Some((person, fence, _)) = own_call(tx, holder).await? {
        let said = Said::default();
        let about = About::Person(person);
        let outcome = Outcome::Callback(wish);
        let logged =
            calls::outcome::log(tx, fence, about, outcome, said, &rules.now, &rules.calls).await?;
        return Ok(logged.plan.map(|plan| plan.from.date()));
    }
    let purpose = calls::campaign::Purpose::Retention;
    match calls::callback::promise(tx, person.id, purpose, wish, &rules.now, &rules.calls).await {
        Ok((_, plan)) => Ok(Some(plan.from.date())),
        Err(NoPromise::Refused(refused)) => {
            Err(Refused::Call(NoCall::Refused(calls_rules::outcome::Refused::Callback(refused))))
        }
        Err(NoPromise::Broken(error)) => Err(error.into()),
    }
}

/// Why nothing was decided, and what to do.
pub(super) fn says(t: &Texts, refused: &Refused) -> String {
    match refused {
        Refused::NoMembership => t.get("retention-no-membership"),
        Refused::NotYetReceived => t.get("retention-not-yet"),
        Refused::NotThatDay => t.get("retention-not-that-day"),
        Refused::NoTerms => t.get("retention-no-terms"),
        Refused::NoOutcome => t.get("retention-no-outcome"),
        Refused::NotChecked(why) => t.get(why.text_id()),
        Refused::Message(_) => t.get("retention-message-wrong"),
        Refused::Rule(RuleRefused::Decided) => t.get("retention-decided-already"),
        Refused::Rule(RuleRefused::Open) => t.get("retention-still-open"),
        Refused::Rule(RuleRefused::NoMoreOffers) => t.get("retention-no-more-offers"),
        Refused::Rule(RuleRefused::Authority) => t.get("retention-authority"),
        Refused::Rule(RuleRefused::NotEligible) => t.get("retention-not-eligible"),
        Refused::Rule(RuleRefused::Over(day)) => t.with("retention-over", "day", t.date(*day)),
        Refused::Call(_) => t.get("retention-call-wrong"),
        Refused::Broken(_) => t.get("web-broken"),
    }
}

async fn take_back(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CancellationId>,
) -> Result<Response, WebError> {
    let rules = rules(&app)?;
    let done = app
        .db()
        .write(caller.actor(), async |tx| {
            let Some(case) = store::by_id(tx, id).await? else { return Ok(false) };
            decide::take_back(tx, &case, &rules).await?;
            Ok::<_, Refused>(true)
        })
        .await;
    let t = app.texts(caller.language);
    match done {
        Ok(true) => Ok(Redirect::to(&format!("/behoud/{id}?gedaan=terug")).into_response()),
        Ok(false) => Err(WebError::NotFound),
        Err(Refused::Broken(error)) => Err(error.into()),
        Err(refused) => {
            let says = says(&t, &refused);
            render(&app, &caller, id, &Fields::default(), Some(says), None).await
        }
    }
}

async fn take_over(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<CancellationId>,
) -> Result<Response, WebError> {
    let known = app
        .db()
        .write(caller.actor(), async |tx| {
            let Some(case) = store::by_id(tx, id).await? else { return Ok(false) };
            if case.state.is_open() {
                store::take_over(tx, &case).await?;
            }
            Ok::<_, Error>(true)
        })
        .await?;
    if known {
        Ok(Redirect::to(&format!("/behoud/{id}")).into_response())
    } else {
        Err(WebError::NotFound)
    }
}
