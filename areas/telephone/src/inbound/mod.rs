//! Somebody rings: who it may be, where the call waits, at whom it rings, and what becomes of it. Who gets which call is decided by
//! `telephone_rules`; here it is done and logged.

mod agents;
mod arrival;
mod kept;
mod round;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use calls::attempt::EndedAs;
use jiff::Timestamp;
use kernel::{Actor, AttemptId, PersonId, QueuedCallId, UserId};
use telephone_rules::agent::MissedBecause;
use telephone_rules::arrival::Because;
use telephony_engine::{Command, LegId, Sound};
use tokio::sync::Notify;
use web::App;

use crate::exchange::Do;
use crate::queue::log;
use crate::telephone::{Said, Telephone};

pub(crate) use arrival::arrives;
pub(crate) use kept::presses;
pub(crate) use round::go_round;

/// Those who wait on a line of this process, or ring at an agent of it to be called back.
pub(crate) struct Waiting {
    calls: Mutex<BTreeMap<QueuedCallId, OnLine>>,
    /// Somebody may keep a place without being on a line.
    keeps: AtomicBool,
    /// Something changed: look again who is offered to whom.
    changed: Notify,
}

/// A call that waits, and what it heard so far.
#[derive(Clone, Copy, Debug)]
struct OnLine {
    leg: LegId,
    /// It hears music, not its own network's ringing tone.
    is_answered: bool,
    /// Nobody is on the line: its leg is dialled by whoever takes it.
    is_kept: bool,
    /// Of a conversation that broke off on our side: what is logged of it, and with whom it was.
    broke_off: Option<(AttemptId, UserId)>,
    /// It cannot wait here, and was asked whether it wants to be called back.
    asked: Option<Asked>,
}

/// The question whether somebody wants to be called back.
#[derive(Clone, Copy, Debug)]
struct Asked {
    because: Because,
    /// Nothing pressed by then is a no.
    until: Timestamp,
}

impl OnLine {
    fn rings(leg: LegId) -> Self {
        Self { leg, is_answered: false, is_kept: false, broke_off: None, asked: None }
    }
}

impl Default for Waiting {
    /// Places that were kept before the program began are kept.
    fn default() -> Self {
        let (calls, changed) = (Mutex::default(), Notify::default());
        Self { calls, keeps: AtomicBool::new(true), changed }
    }
}

impl Waiting {
    fn calls(&self) -> MutexGuard<'_, BTreeMap<QueuedCallId, OnLine>> {
        // Nothing in it panics half-way.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody may keep a place; asked before a look, so that whoever begins to meanwhile is seen by the next one.
    fn may_keep(&self) -> bool {
        self.keeps.swap(false, Ordering::Relaxed)
    }

    fn keeps_a_place(&self) {
        self.keeps.store(true, Ordering::Relaxed);
    }

    fn on(&self, leg: LegId) -> Option<QueuedCallId> {
        self.calls().iter().find(|(_, line)| line.leg == leg).map(|(call, _)| *call)
    }

    /// Somebody came, went, became free or chose something.
    pub(crate) fn look_again(&self) {
        self.changed.notify_one();
    }
}

/// It rang there and nobody answered; the caller still waits.
pub(crate) async fn missed(
    app: &App,
    telephone: &Telephone,
    leg: LegId,
    user: UserId,
    how: EndedAs,
) {
    let Some(call) = telephone.waiting().on(leg) else { return };
    if kept::rings_no_more(telephone, call) {
        telephone.forget(leg);
    }
    let because = match how {
        EndedAs::Network => MissedBecause::ConnectionLost,
        _ => MissedBecause::NoReaction,
    };
    let missed =
        app.db().write(Actor::SYSTEM, async |tx| log::missed(tx, call, user, because).await).await;
    match missed {
        // Answered, or ended, a moment before.
        Ok(()) | Err(db::Error::Raced) => {}
        Err(error) => tracing::error!(%error, "that a call was missed was not written"),
    }
    telephone.waiting().look_again();
}

/// The caller gave up, or the call is over.
pub(crate) async fn left(app: &App, telephone: &Telephone, leg: LegId) {
    let Some(call) = telephone.waiting().on(leg) else { return };
    if kept::rings_no_more(telephone, call) {
        // Nobody was on the line: the place stays.
        return withdrawn(app, call).await;
    }
    let line = telephone.waiting().calls().remove(&call);
    ends_what_broke_off(app, telephone, line).await;
    let left = app.db().write(Actor::SYSTEM, async |tx| log::abandoned(tx, call).await).await;
    match left {
        Ok(()) | Err(db::Error::Raced) => {}
        Err(error) => tracing::error!(%error, "that a caller gave up was not written"),
    }
    telephone.waiting().look_again();
}

async fn withdrawn(app: &App, call: QueuedCallId) {
    let withdrawn = app.db().write(Actor::SYSTEM, async |tx| log::withdrawn(tx, call).await).await;
    match withdrawn {
        Ok(()) | Err(db::Error::Raced) => {}
        Err(error) => tracing::error!(%error, "that a place rings no more was not written"),
    }
}

/// The engine ended, and everybody's line with it.
pub(crate) async fn all_left(app: &App, telephone: &Telephone) {
    let legs: Vec<LegId> = telephone.waiting().calls().values().map(|line| line.leg).collect();
    for leg in legs {
        left(app, telephone, leg).await;
    }
}

/// Our side of a conversation broke off: whoever rang us waits for somebody to go on with it, before everybody else.
pub(crate) async fn dropped(
    app: &App,
    telephone: &Telephone,
    leg: LegId,
    agent: UserId,
    attempt: Option<AttemptId>,
) {
    let queued = telephone.known(leg).and_then(|known| known.queued);
    let again = match queued {
        Some(call) => {
            app.db().write(Actor::SYSTEM, async |tx| log::resumed(tx, call, agent).await).await
        }
        None => Err(db::Error::Raced),
    };
    let broke_off = attempt.map(|attempt| (attempt, agent));
    match again {
        Ok(call) => {
            telephone.send(leg, Command::Play(Sound::Music));
            let line = OnLine { is_answered: true, broke_off, ..OnLine::rings(leg) };
            telephone.waiting().calls().insert(call, line);
            telephone.waiting().look_again();
        }
        Err(error) => {
            tracing::error!(%error, "a conversation that broke off was not taken up again");
            telephone.send(leg, Command::HangUp);
            let line = OnLine { broke_off, ..OnLine::rings(leg) };
            ends_what_broke_off(app, telephone, Some(line)).await;
        }
    }
}

/// Nobody goes on with it.
async fn ends_what_broke_off(app: &App, telephone: &Telephone, line: Option<OnLine>) {
    if let Some((attempt, _)) = line.and_then(|line| line.broke_off) {
        telephone.log(app, attempt, Said::Ended(EndedAs::Network)).await;
    }
}

/// She answers whoever rings at hers; `false` where nobody does any more.
pub(crate) async fn answer(app: &App, telephone: &Telephone, actor: Actor) -> bool {
    let user = actor.user;
    let Some(ringing) = telephone.look(|exchange| exchange.ringing(user).copied()) else {
        return false;
    };
    let Some(leg) = ringing.outside() else {
        let done = telephone.change(app.hub(), |exchange| exchange.answer_colleague(user));
        telephone.perform(app, done.unwrap_or_default(), EndedAs::Spoken).await;
        return true;
    };
    let mut broke_off = None;
    if let Some(call) = telephone.waiting().on(leg) {
        if kept::rings_no_more(telephone, call) {
            return kept::taken(app, telephone, actor, (ringing.nr, leg), call).await;
        }
        let answered =
            app.db().write(actor.clone(), async |tx| log::answered(tx, call, user).await).await;
        if let Err(error) = answered {
            tracing::warn!(%error, "a call that rang was not answered");
            return false;
        }
        broke_off = telephone.waiting().calls().remove(&call).and_then(|line| line.broke_off);
        telephone.stood(leg, call);
    }
    telephone.send(leg, Command::Answer(Sound::Silence));
    telephone.send(leg, Command::Play(Sound::Silence));
    let attempt = broke_off.map(|(attempt, _)| attempt);
    telephone.change(app.hub(), |exchange| exchange.answer_outside(ringing.nr, attempt));
    telephone.is_answered(leg, app.db().clock().now());
    if let Some((attempt, before)) = broke_off {
        if before != user {
            crate::pass::hand_over(app, attempt, user).await;
        }
        crate::recording::speaks(app, telephone, leg).await;
        return true;
    }
    // One person has this number: that is who it is, until somebody says otherwise.
    let known = telephone.known(leg).map(|known| known.persons).unwrap_or_default();
    if let [person] = known[..] {
        crate::phone::is(app, telephone, actor, person).await;
        crate::recording::speaks(app, telephone, leg).await;
    }
    true
}

/// What rang at this user rings no more, because of the time alone.
async fn rings_no_more(app: &App, telephone: &Telephone, call: QueuedCallId) {
    let Some(leg) = telephone.waiting().calls().get(&call).map(|line| line.leg) else { return };
    let done = telephone.change(app.hub(), |exchange| {
        let nr = exchange.on(leg).map(|call| call.nr);
        nr.map_or_else(Vec::new, |nr| exchange.unanswered(nr))
    });
    for one in done {
        if let Do::Missed(leg, user) = one {
            missed(app, telephone, leg, user, EndedAs::NoAnswer).await;
        }
    }
}

/// Everybody who has this number.
async fn persons_of(app: &App, number: &kernel::PhoneNumber) -> Vec<PersonId> {
    let today = app.now().date();
    let found = app.db().read(Actor::SYSTEM, async |tx| {
        people::search::by_phone(tx, number, people::Sight::All, today).await
    });
    match found.await {
        Ok(found) => found.into_iter().map(|person| person.id).collect(),
        Err(error) => {
            tracing::error!(%error, "who rings was not looked up");
            Vec::new()
        }
    }
}
