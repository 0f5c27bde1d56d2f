//! A call to see whether the line does it: whoever answers hears music.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use live::{Change, Hub, Topic};
use telephony_engine::{Command, Dial, Event, LegId, Sound};
use web::App;

use crate::settings::{self, RING_MAX};
use crate::telephone::{NoSound, Telephone};

/// So long whoever answered hears music.
const PLAYS_FOR: Duration = Duration::from_secs(30);

/// What the page of the line knows besides what the telephone does.
#[derive(Clone, Default)]
pub(crate) struct Setup(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    call: Option<TestCall>,
    failed: Option<Arc<NoSound>>,
}

/// The latest one.
#[derive(Clone, Debug)]
pub(super) struct TestCall {
    leg: LegId,
    pub stage: Stage,
    /// Something comes back: speech, or our own music from an echo.
    pub is_heard: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    Dialled,
    Rings,
    Answered,
    Failed(u16),
    Over,
}

impl Stage {
    pub(super) fn goes_on(self) -> bool {
        matches!(self, Self::Dialled | Self::Rings | Self::Answered)
    }
}

/// Why no test call began.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NotBegun {
    NoLine,
    OneGoesOn,
}

impl Setup {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in it panics half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn call(&self) -> Option<TestCall> {
        self.state().call.clone()
    }

    /// Why the telephone is not on, when it was last tried.
    pub(super) fn failed(&self) -> Option<Arc<NoSound>> {
        self.state().failed.clone()
    }

    /// The telephone was turned on, or not.
    pub(crate) fn tried(&self, failed: Option<NoSound>) {
        self.state().failed = failed.map(Arc::new);
    }
}

/// `to` is what the line is asked for.
pub(super) async fn begin(app: &App, to: String) -> Result<(), NotBegun> {
    let (telephone, setup) = (app.state::<Telephone>(), app.state::<Setup>());
    let way = settings::way(app).ok_or(NotBegun::NoLine)?;
    let engine = telephone.engine(app).await.map_err(|error| {
        tracing::warn!(%error, "no test call");
        NotBegun::NoLine
    })?;
    let dial = Dial {
        to,
        from: way.from,
        through: way.through,
        login: way.login,
        ring_max: RING_MAX,
        sound: Sound::Music,
    };
    let mut state = setup.state();
    if state.call.as_ref().is_some_and(|call| call.stage.goes_on()) {
        return Err(NotBegun::OneGoesOn);
    }
    // Nothing is heard of the leg before it is known: events wait for this.
    let leg = engine.dial(dial);
    state.call = Some(TestCall { leg, stage: Stage::Dialled, is_heard: false });
    drop(state);
    changed(app.hub());
    Ok(())
}

/// Hangs up; `false` where no test call goes on.
pub(super) fn end(app: &App) -> bool {
    let call = app.state::<Setup>().call().filter(|call| call.stage.goes_on());
    if let Some(call) = &call {
        app.state::<Telephone>().send(call.leg, Command::HangUp);
    }
    call.is_some()
}

/// What the engine tells may be of the test call.
pub(crate) fn hears(app: &App, event: &Event) {
    let setup = app.state::<Setup>();
    let mut state = setup.state();
    let Some(call) = &mut state.call else { return };
    let (leg, now) = match event {
        Event::Ringing(leg) | Event::EarlyMedia(leg) => (*leg, Stage::Rings),
        Event::Answered(leg) => (*leg, Stage::Answered),
        Event::Heard(leg) => (*leg, call.stage),
        Event::Failed { leg, code, .. } => (*leg, Stage::Failed(*code)),
        Event::Ended { leg, .. } => (*leg, Stage::Over),
        _ => return,
    };
    if leg != call.leg || !call.stage.goes_on() {
        return;
    }
    call.is_heard |= matches!(event, Event::Heard(_));
    call.stage = now;
    drop(state);
    if now == Stage::Answered {
        hangs_up_later(app.clone(), leg);
    }
    changed(app.hub());
}

fn hangs_up_later(app: App, leg: LegId) {
    tokio::spawn(async move {
        tokio::time::sleep(PLAYS_FOR).await;
        app.state::<Telephone>().send(leg, Command::HangUp);
    });
}

fn changed(hub: &Hub) {
    hub.tell(Change { topic: Topic::Sound, user: None });
}
