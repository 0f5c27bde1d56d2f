//! Recording in a call: whoever is on the line is told first, by the agent or by what somebody spoke; then it begins. It is stopped by
//! key, by bank data in front of the agent, and for good by whoever does not want it.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use kernel::{Actor, AttemptId, RecordingId, UserId};
use telephone_rules::record::keep_until;
use telephony_engine::{Command, LegId, TapeId, Taped};
use telephony_proto::g711::SAMPLES_PER_SECOND;
use vault::OwnKey;
use web::{App, Broken, Caller, WebError};

use super::policy::{self, Line};
use super::store::{self, NewRecording, NotBegun};
use super::sweep;
use super::tape::{self, Open, id_of};
use crate::exchange::{Call, Step};
use crate::sound::works_calls;
use crate::telephone::Telephone;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/telefoon/opname/gezegd", post(told))
        .route("/telefoon/opname/pauze", post(pause))
        .route("/telefoon/opname/verder", post(resume))
        .route("/telefoon/opname/wil-niet", post(refuse))
        .route("/telefoon/opname/bankgegevens", post(form_begins))
        .route("/telefoon/opname/bankgegevens/klaar", post(form_ends))
}

/// A call was answered, or it became known whose it is: if it is to be recorded, whoever is on the line is told now.
pub(crate) async fn speaks(app: &App, telephone: &Telephone, leg: LegId) {
    if let Err(error) = ask(app, telephone, leg).await {
        tracing::error!(%error, "whether a call is to be recorded was not looked up: it is not");
    }
}

async fn ask(app: &App, telephone: &Telephone, leg: LegId) -> Result<(), Broken> {
    let is_to_be_asked = |call: &&Call| call.is_to_be_asked();
    let Some(call) = telephone.look(|exchange| exchange.on(leg).filter(is_to_be_asked).copied())
    else {
        return Ok(());
    };
    let queued = telephone.known(leg).and_then(|known| known.queued);
    let (book, today) = (app.rulebook(), app.now().date());
    let found = app
        .db()
        .read(Actor::SYSTEM, async |tx| {
            let line = match (queued, call.rang_us) {
                // Also of whoever kept a place and is called back.
                (Some(queued), _) => policy::line_of(tx, queued).await?,
                (None, false) => Some(Line::Out),
                (None, true) => None,
            };
            let Some(line) = line else { return Ok(None) };
            let Some(stored) = policy::of_line(tx, line).await? else { return Ok(None) };
            let sound = if stored.has_sound { policy::sound(tx, stored.id).await? } else { None };
            Ok::<_, db::Error>(Some((stored, sound)))
        })
        .await
        .map_err(Broken::new)?;
    let Some((stored, sound)) = found else { return Ok(()) };
    let holds = policy::holds(&book, &stored, today).map_err(Broken::new)?;
    let Some(holds) = holds else { return Ok(()) };
    let step = match &sound {
        None => Step::ToBeTold,
        Some(sound) => {
            let samples = u64::try_from(sound.len()).unwrap_or(u64::MAX);
            let lasts = samples.saturating_mul(1_000) / u64::from(SAMPLES_PER_SECOND);
            Step::Plays { until: Instant::now() + Duration::from_millis(lasts) }
        }
    };
    let is_asked = telephone.change(app.hub(), |exchange| {
        exchange.asks_to_record(leg, stored.id, holds.may_refuse, step)
    });
    if let Some(sound) = sound.filter(|_| is_asked) {
        telephone.send(leg, Command::Say(sound.into()));
    }
    Ok(())
}

/// Something was said on this leg to its end: if it was what is said before recording, it begins.
pub(crate) async fn said(app: &App, telephone: &Telephone, leg: LegId) {
    // What was said before may end while this one begins.
    const EARLY: Duration = Duration::from_millis(200);

    let call = telephone.look(|exchange| exchange.on(leg).copied());
    let Some(call) = call else { return };
    let Some(Step::Plays { until }) = call.record.map(|record| record.step) else { return };
    if Instant::now() + EARLY < until {
        return;
    }
    if let Err(error) = begin(app, telephone, &call, Actor::user(call.of)).await {
        tracing::error!(%error, "a call is not recorded");
    }
}

/// Whoever is on the line was told.
async fn begin(app: &App, telephone: &Telephone, call: &Call, actor: Actor) -> Result<(), Broken> {
    let (Some(record), Some(attempt)) = (call.record, call.attempt) else { return Ok(()) };
    let (book, today) = (app.rulebook(), app.now().date());
    let (id, key) = (RecordingId(db::new_id()), OwnKey::random());
    let begun = app
        .db()
        .write(actor, async |tx| {
            let Some(stored) = policy::by_id(tx, record.policy).await? else { return Ok(None) };
            // A rule may have changed while it was being said.
            let Ok(Some(holds)) = policy::holds(&book, &stored, today) else { return Ok(None) };
            let new = NewRecording {
                id,
                attempt,
                agent: call.of,
                policy: record.policy,
                purpose: holds.purpose,
                line: telephone.line(),
                keep_until: keep_until(tx.now(), holds.keep_days),
            };
            store::begin(tx, app.keys(), &key, &new).await.map(Some)
        })
        .await;
    let person = match begun {
        Ok(Some(person)) => person,
        Ok(None) | Err(NotBegun::Db(db::Error::Raced)) => return Ok(()),
        Err(error) => return Err(Broken::new(error)),
    };
    let from = telephone.tapes().begin(id);
    let open = Open { id, person, agent: call.of, key };
    tokio::spawn(tape::keep(app.clone(), telephone.clone(), open, from));
    if !telephone.change(app.hub(), |exchange| exchange.records(call.nr, id)) {
        // The call ended, or somebody said no, a moment before.
        telephone.tapes().take(id, Taped::Ended);
    }
    Ok(())
}

/// What the engine says of a recording goes to whoever keeps it.
pub(crate) fn handed_on(app: &App, telephone: &Telephone, tape: TapeId, what: Taped) {
    let id = id_of(tape);
    if !telephone.tapes().take(id, what) {
        tracing::error!("where recordings are kept is too slow; one of them ends");
        tape::lost(app, telephone, id);
    }
}

/// The agent said it.
async fn told(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    works_calls(&caller)?;
    let telephone = app.state::<Telephone>();
    let call = telephone.look(|exchange| exchange.recordable(caller.id));
    let is_to_be_told = |call: &Call| {
        call.record.is_some_and(|record| record.step == Step::ToBeTold) && !call.is_held
    };
    let call = call.filter(is_to_be_told).ok_or(WebError::NotFound)?;
    begin(&app, &telephone, &call, caller.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn pause(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    works_calls(&caller)?;
    set_paused(&app, caller.id, true)
}

async fn resume(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    works_calls(&caller)?;
    set_paused(&app, caller.id, false)
}

fn set_paused(app: &App, user: UserId, is_paused: bool) -> Result<StatusCode, WebError> {
    let telephone = app.state::<Telephone>();
    let is_done =
        telephone.change(app.hub(), |exchange| exchange.pauses_recording(user, is_paused));
    if is_done { Ok(StatusCode::NO_CONTENT) } else { Err(WebError::NotFound) }
}

/// Whoever is on the line says no: nothing is recorded from now on, and what was is deleted.
async fn refuse(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    works_calls(&caller)?;
    let telephone = app.state::<Telephone>();
    let call = telephone.look(|exchange| exchange.recordable(caller.id));
    let refused = call.as_ref().and_then(of_refusal).ok_or(WebError::NotFound)?;
    let Refusal { attempt, recording, leg } = refused;
    telephone.change(app.hub(), |exchange| {
        call.and_then(|call| exchange.ends_recording(call.nr, Step::Refused))
    });
    if let Some(leg) = leg {
        // What is being said about recording is not true any more.
        telephone.send(leg, Command::Say([].into()));
    }
    app.db().write(caller.actor(), async |tx| store::refused(tx, attempt, recording).await).await?;
    if let Some(id) = recording {
        // Whoever keeps it does so as well, once it is over: whichever comes last leaves nothing.
        sweep::clear_or_later(&app, id).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

struct Refusal {
    attempt: AttemptId,
    recording: Option<RecordingId>,
    /// On which it is being said.
    leg: Option<LegId>,
}

fn of_refusal(call: &Call) -> Option<Refusal> {
    let record = call.record.filter(|record| record.may_refuse)?;
    let attempt = call.attempt?;
    let (recording, leg) = match record.step {
        Step::ToBeTold => (None, None),
        Step::Plays { .. } => (None, call.outside()),
        Step::On(id) => (Some(id), None),
        Step::Refused | Step::Lost => return None,
    };
    Some(Refusal { attempt, recording, leg })
}

/// Bank data has the focus at hers: said by the page, whether she is in a call or not.
async fn form_begins(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    works_calls(&caller)?;
    on_form(&app, caller.id, true);
    Ok(StatusCode::NO_CONTENT)
}

async fn form_ends(State(app): State<App>, caller: Caller) -> Result<StatusCode, WebError> {
    works_calls(&caller)?;
    on_form(&app, caller.id, false);
    Ok(StatusCode::NO_CONTENT)
}

fn on_form(app: &App, user: UserId, is_on: bool) {
    app.state::<Telephone>().change(app.hub(), |exchange| exchange.on_form(user, is_on));
}
