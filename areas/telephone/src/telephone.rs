//! The telephone of this process: the engine, who speaks with whom, and what follows from it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use calls::attempt::{self, EndedAs};
use db::new_id;
use jiff::Timestamp;
use kernel::{Actor, AttemptId, LineId, PersonId, PhoneNumber, QueuedCallId, RecordingId, UserId};
use live::{Change, Hub, Topic};
use telephone_rules::offer::Why;
use telephony_engine::{
    Command, ConnectError, Dial, Engine as Trunk, Host, LegId, StartError, Taping, TrunkState,
};
use telephony_proto::record::State;
use tokio::sync::Notify;
use web::App;

use crate::exchange::{Call, CallNr, Do, Exchange, Hears, Refused, Tape};
use crate::inbound::Waiting;
use crate::line::ToDial;
use crate::recording::{Tapes, tape_of};
use crate::{follow, settings};

/// Why no sound can go to a browser.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSound {
    /// The program listens on every network, and nobody said at which address browsers find it.
    #[error("no address is set at which browsers reach the sound")]
    NoAddress,
    #[error(transparent)]
    Setting(#[from] settings::WrongSetting),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

/// So long a colleague's telephone rings.
pub(crate) const RINGS_FOR: Duration = Duration::from_secs(30);
/// So long whoever is spoken to waits for a browser that went away. Source: telephony.md §4.4, `LegLost`.
const COMES_BACK_WITHIN: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Telephone(Arc<Shared>);

struct Shared {
    engine: RwLock<Option<Arc<Trunk>>>,
    /// Held while it starts: it is started once.
    starting: tokio::sync::Mutex<()>,
    ended: Notify,
    line: LineId,
    board: Mutex<Board>,
    waiting: Waiting,
    tapes: Tapes,
}

/// What is decided, and what the engine was told of it.
#[derive(Default)]
struct Board {
    exchange: Exchange,
    told: BTreeMap<LegId, Hears>,
    taped: BTreeMap<RecordingId, Tape>,
    /// What is known of whoever is on a leg of the outside world.
    known: BTreeMap<LegId, Known>,
    /// How it stands with each host of the trunk.
    trunk: BTreeMap<String, TrunkState>,
}

/// Whoever is at the other end of a leg.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// As the network tells it, or as it was dialled.
    pub number: Option<PhoneNumber>,
    /// Who has this number, or who was called.
    pub persons: Vec<PersonId>,
    pub since: Timestamp,
    pub answered: Option<Timestamp>,
    /// Why it rings at whom it rings.
    pub why: Option<Why>,
    /// Nobody is on the line yet: whoever takes it calls.
    pub wants_call_back: bool,
    /// Where it stood in line, of whoever rang us.
    pub queued: Option<QueuedCallId>,
}

/// What a line says of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    Rang,
    Answered,
    Held,
    Resumed,
    Ended(EndedAs),
}

/// How it stands with a user.
#[derive(Clone, Debug)]
pub(crate) struct Stand {
    pub is_connected: bool,
    pub calls: Vec<Call>,
    pub is_together: bool,
    /// How it stands with recording each of the calls.
    pub recording: BTreeMap<CallNr, State>,
    /// What is known of the outside parties of those calls.
    pub known: BTreeMap<LegId, Known>,
}

/// None without a trunk.
fn dial_of(app: &App, to: &ToDial) -> Option<Dial> {
    let way = settings::way(app)?;
    Some(Dial {
        to: to.number.dialled(),
        from: to.shows.as_ref().map_or(way.from, |shown| shown.e164().to_owned()),
        through: way.through,
        login: way.login,
        ring_max: settings::RING_MAX,
        sound: telephony_engine::Sound::Silence,
    })
}

impl Default for Telephone {
    fn default() -> Self {
        Self(Arc::new(Shared {
            engine: RwLock::default(),
            starting: tokio::sync::Mutex::default(),
            ended: Notify::default(),
            line: LineId(new_id()),
            board: Mutex::default(),
            waiting: Waiting::default(),
            tapes: Tapes::default(),
        }))
    }
}

impl Telephone {
    pub(crate) fn line(&self) -> LineId {
        self.0.line
    }

    /// Starts the engine, if it does not run, or reaches it where it is a process of its own.
    pub(crate) async fn engine(&self, app: &App) -> Result<Arc<Trunk>, NoSound> {
        if let Some(engine) = self.running() {
            return Ok(engine);
        }
        let _one = self.0.starting.lock().await;
        if let Some(engine) = self.running() {
            return Ok(engine);
        }
        let settings = settings::engine(app).await?;
        let (engine, events) = match &app.settings().sound.socket {
            Some(at) => Trunk::reach(at, settings).await?,
            None => Trunk::start(settings).await?,
        };
        tracing::info!(sip = %engine.address(), sound = ?engine.browsers_at(), "the telephone is on");
        app.db()
            .write(Actor::SYSTEM, async |tx| attempt::seen(tx, self.0.line).await)
            .await
            .unwrap_or_else(|error| tracing::warn!(%error, "the line is not known"));
        let engine = Arc::new(engine);
        *self.0.engine.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&engine));
        tokio::spawn(follow::follow(app.clone(), self.clone(), events));
        Ok(engine)
    }

    fn running(&self) -> Option<Arc<Trunk>> {
        // Nothing panics while it is held.
        self.0.engine.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the engine ended.
    pub(crate) async fn has_ended(&self) {
        self.0.ended.notified().await;
    }

    /// Where browsers are heard, while the engine runs.
    pub(crate) fn browsers_at(&self) -> Option<SocketAddr> {
        self.running()?.browsers_at()
    }

    /// Takes the offer of a browser of this user and answers it.
    pub(crate) async fn connect(
        &self,
        app: &App,
        user: UserId,
        offer: String,
    ) -> Result<(LegId, String), NoSound> {
        let engine = self.engine(app).await?;
        if engine.browsers_at().is_none() {
            return Err(NoSound::NoAddress);
        }
        let (leg, answer) = engine.connect(offer).await?;
        // It cannot be connected before the browser has the answer.
        for old in self.change(app.hub(), |exchange| exchange.expect(leg, user)) {
            engine.send(old, Command::HangUp);
        }
        Ok((leg, answer))
    }

    /// Closes a browser of this user; `false` if it is none of hers.
    pub(crate) fn close(&self, user: UserId, leg: LegId) -> bool {
        let is_hers = self.board().exchange.is_of(leg, user);
        if is_hers {
            self.send(leg, Command::HangUp);
        }
        is_hers
    }

    /// Changes who speaks with whom: the engine is told what everybody hears from now on, and whoever it concerns looks again.
    pub(crate) fn change<T>(&self, hub: &Hub, decide: impl FnOnce(&mut Exchange) -> T) -> T {
        self.change_board(hub, |board| decide(&mut board.exchange))
    }

    fn change_board<T>(&self, hub: &Hub, decide: impl FnOnce(&mut Board) -> T) -> T {
        let mut board = self.board();
        // What is decided and what the engine is told stay in one order: it is told before anybody else decides.
        let before = stands(&board.exchange);
        let there = board.exchange.devices();
        let decided = decide(&mut board);
        self.tell(&mut board);
        let after = stands(&board.exchange);
        let mut users: Vec<UserId> = before
            .iter()
            .filter(|call| !after.contains(call))
            .chain(after.iter().filter(|call| !before.contains(call)))
            .flat_map(|(call, _)| call.users())
            .collect();
        users.sort_unstable();
        users.dedup();
        let now_there = board.exchange.devices();
        let (calls_change, is_other) = (!users.is_empty(), now_there != there);
        let both = there.keys().chain(now_there.keys());
        users.extend(both.filter(|user| there.get(user) != now_there.get(user)));
        drop(board);
        if calls_change || is_other {
            self.0.waiting.look_again();
        }
        for user in users {
            hub.tell(Change { topic: Topic::Own, user: Some(user) });
        }
        if calls_change || is_other {
            hub.tell(Change { topic: Topic::Sound, user: None });
        }
        decided
    }

    fn tell(&self, board: &mut Board) {
        let Some(engine) = self.running() else { return };
        // What is not to be recorded stops being so before anybody hears somebody else, and what is begins after.
        let tapes = board.exchange.tapes();
        let changed: Vec<(&RecordingId, &Tape)> =
            tapes.iter().filter(|(id, tape)| board.taped.get(*id) != Some(*tape)).collect();
        for (id, tape) in changed.iter().filter(|(_, tape)| !tape.against.is_empty()) {
            engine.tape(tape_of(**id), Taping::Pause(tape.against));
        }
        for id in board.taped.keys().filter(|id| !tapes.contains_key(id)) {
            engine.tape(tape_of(*id), Taping::End);
        }
        let now = board.exchange.hears();
        for (leg, hears) in &now {
            let was = board.told.get(leg).cloned().unwrap_or_default();
            if was.is_held != hears.is_held {
                engine.send(*leg, if hears.is_held { Command::Hold } else { Command::Resume });
            }
            if was.sound != hears.sound {
                engine.send(*leg, Command::Play(hears.sound));
            }
            if was.from != hears.from {
                let from = hears.from.clone();
                engine.send(*leg, Command::Hear { section: 0, from });
            }
        }
        // A leg that nobody speaks with hears nobody any more, before it is hung up.
        for leg in board.told.keys().filter(|leg| !now.contains_key(leg)) {
            engine.send(*leg, Command::Hear { section: 0, from: Vec::new() });
        }
        for (id, tape) in changed.iter().filter(|(_, tape)| tape.against.is_empty()) {
            let (ours, theirs) = (tape.ours.clone(), tape.theirs.clone());
            engine.tape(tape_of(**id), Taping::Write { ours, theirs });
        }
        board.told = now;
        board.taped = tapes;
    }

    /// Does what was decided; what is over by it ended so.
    pub(crate) async fn perform(&self, app: &App, done: Vec<Do>, how: EndedAs) {
        for one in done {
            match one {
                Do::HangUp(leg) => self.send(leg, Command::HangUp),
                Do::Ends(attempt) => self.log(app, attempt, Said::Ended(how)).await,
                Do::Held(attempt, true) => self.log(app, attempt, Said::Held).await,
                Do::Held(attempt, false) => self.log(app, attempt, Said::Resumed).await,
                Do::PassedOn(attempt, to) => crate::pass::hand_over(app, attempt, to).await,
                Do::Missed(leg, user) => {
                    Box::pin(crate::inbound::missed(app, self, leg, user, how)).await;
                }
                Do::Dropped(leg, user, attempt) => {
                    Box::pin(crate::inbound::dropped(app, self, leg, user, attempt)).await;
                }
                Do::Lost(user) => {
                    self.later(app, COMES_BACK_WITHIN, EndedAs::Network, move |exchange| {
                        exchange.stays_away(user)
                    });
                }
            }
        }
    }

    /// Writes down what the line says. That it cannot be written ends no call: it is told to whoever runs the program.
    pub(crate) async fn log(&self, app: &App, attempt: AttemptId, said: Said) {
        let written = app
            .db()
            .write(Actor::SYSTEM, async |tx| match said {
                Said::Rang => attempt::rang(tx, attempt).await,
                Said::Answered => attempt::answered(tx, attempt).await,
                Said::Held => attempt::held(tx, attempt).await,
                Said::Resumed => attempt::resumed(tx, attempt).await,
                Said::Ended(how) => attempt::ended(tx, attempt, how).await,
            })
            .await;
        if let Err(error) = written {
            tracing::error!(%error, ?said, "what the line said of a call was not written");
        }
    }

    /// Decides something after a while, and does what follows.
    fn later(
        &self,
        app: &App,
        after: Duration,
        how: EndedAs,
        decide: impl FnOnce(&mut Exchange) -> Vec<Do> + Send + 'static,
    ) {
        let (telephone, app) = (self.clone(), app.clone());
        let later: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            tokio::time::sleep(after).await;
            let done = telephone.change(app.hub(), decide);
            telephone.perform(&app, done, how).await;
        });
        tokio::spawn(later);
    }

    /// Asks the trunk to dial for this user.
    pub(crate) fn dial(
        &self,
        app: &App,
        user: UserId,
        to: &ToDial,
        persons: Vec<PersonId>,
        attempt: Option<AttemptId>,
    ) -> Option<Vec<Do>> {
        self.dial_for(app, to, persons, |exchange, leg| exchange.dialled(user, leg, attempt))
    }

    /// Asks the trunk for a number that gets whoever this user speaks with.
    pub(crate) fn dial_to_pass_on(&self, app: &App, user: UserId, to: &ToDial) -> Option<Vec<Do>> {
        self.dial_for(app, to, Vec::new(), |exchange, leg| exchange.dialled_to_pass_on(user, leg))
    }

    fn dial_for(
        &self,
        app: &App,
        to: &ToDial,
        persons: Vec<PersonId>,
        dialled: impl FnOnce(&mut Exchange, LegId) -> Vec<Do>,
    ) -> Option<Vec<Do>> {
        let engine = self.running()?;
        let dial = dial_of(app, to)?;
        let known = Known {
            number: dial.to.parse().ok(),
            persons,
            since: app.db().clock().now(),
            answered: None,
            why: None,
            wants_call_back: false,
            queued: None,
        };
        // Nothing is heard of the leg before it is known: events wait for this.
        Some(self.change_board(app.hub(), |board| {
            let leg = engine.dial(dial);
            board.known.insert(leg, known);
            dialled(&mut board.exchange, leg)
        }))
    }

    /// Dials whoever asked to be called back, for the user at whose it rang; `false` without a line.
    pub(crate) fn calls_back(
        &self,
        app: &App,
        (nr, leg): (CallNr, LegId),
        to: &ToDial,
        attempt: AttemptId,
    ) -> bool {
        let (Some(engine), Some(dial)) = (self.running(), dial_of(app, to)) else {
            return false;
        };
        self.change_board(app.hub(), |board| {
            engine.dial_on(leg, dial);
            if let Some(known) = board.known.get_mut(&leg) {
                known.wants_call_back = false;
            }
            board.exchange.calls_back(nr, attempt);
        });
        true
    }

    /// A leg for somebody who is called when an agent takes it; none before the engine runs.
    pub(crate) fn new_leg(&self) -> Option<LegId> {
        self.running().map(|engine| engine.new_leg())
    }

    /// What is known of a leg that rings, until it is forgotten with its call.
    pub(crate) fn knows(&self, leg: LegId, known: Known) {
        self.board().known.insert(leg, known);
    }

    pub(crate) fn known(&self, leg: LegId) -> Option<Known> {
        self.board().known.get(&leg).cloned()
    }

    /// What the engine says of a host of the trunk: logged for whoever runs the program, and shown on the page of the line.
    pub(crate) fn trunk_is(&self, hub: &Hub, host: &Host, state: TrunkState) {
        match state {
            TrunkState::Up => tracing::info!(%host, "the trunk is there"),
            TrunkState::Down { why } => tracing::warn!(%host, ?why, "the trunk is not there"),
        }
        self.board().trunk.insert(host.to_string(), state);
        hub.tell(Change { topic: Topic::Sound, user: None });
    }

    /// Each host of the trunk, and how it stands with it.
    pub(crate) fn trunk(&self) -> BTreeMap<String, TrunkState> {
        self.board().trunk.clone()
    }

    pub(crate) fn is_answered(&self, leg: LegId, at: Timestamp) {
        if let Some(known) = self.board().known.get_mut(&leg) {
            known.answered.get_or_insert(at);
        }
    }

    /// Where whoever is on this leg stood in line.
    pub(crate) fn stood(&self, leg: LegId, call: QueuedCallId) {
        if let Some(known) = self.board().known.get_mut(&leg) {
            known.queued = Some(call);
        }
    }

    /// Why it rings at whom it rings now; who looks already looks again.
    pub(crate) fn knows_why(&self, leg: LegId, why: Why) {
        if let Some(known) = self.board().known.get_mut(&leg) {
            known.why = Some(why);
        }
    }

    pub(crate) fn forget(&self, leg: LegId) {
        self.board().known.remove(&leg);
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&Exchange) -> T) -> T {
        look(&self.board().exchange)
    }

    pub(crate) fn stand(&self, user: UserId) -> Stand {
        let board = self.board();
        let exchange = &board.exchange;
        let calls: Vec<Call> = exchange.of(user).copied().collect();
        let legs = calls.iter().filter_map(Call::outside);
        let known = legs.filter_map(|leg| Some((leg, board.known.get(&leg)?.clone())));
        Stand {
            is_connected: exchange.is_reachable(user),
            is_together: exchange.is_together(user),
            recording: calls.iter().map(|call| (call.nr, exchange.recording_of(call))).collect(),
            known: known.collect(),
            calls,
        }
    }

    /// Rings at a colleague's, until she answers, one takes it back, or it rang long enough.
    pub(crate) async fn call(
        &self,
        app: &App,
        from: UserId,
        to: UserId,
        passes_on: bool,
    ) -> Result<(), Refused> {
        let (nr, done) = self.change(app.hub(), |exchange| exchange.call(from, to, passes_on))?;
        self.perform(app, done, EndedAs::CancelledByAgent).await;
        self.rings_for(app, nr, RINGS_FOR);
        Ok(())
    }

    /// Ends what rings here if nobody answered it by then.
    pub(crate) fn rings_for(&self, app: &App, nr: CallNr, at_most: Duration) {
        self.later(app, at_most, EndedAs::NoAnswer, move |exchange| exchange.unanswered(nr));
    }

    /// Hangs up, refuses, or takes back; `false` where there is no call.
    pub(crate) async fn hang_up(&self, app: &App, user: UserId) -> bool {
        let Some(done) = self.change(app.hub(), |exchange| exchange.end(user)) else {
            return false;
        };
        self.perform(app, done, EndedAs::CancelledByAgent).await;
        true
    }

    pub(crate) fn send(&self, leg: LegId, command: Command) {
        if let Some(engine) = self.running() {
            engine.send(leg, command);
        }
    }

    /// The engine ended: nobody is there any more, and nobody speaks.
    pub(crate) fn stopped(&self, hub: &Hub) {
        *self.0.engine.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.board() = Board::default();
        self.0.tapes.stop();
        self.0.ended.notify_one();
        hub.tell(Change { topic: Topic::Sound, user: None });
    }

    /// Where what is recorded goes.
    pub(crate) fn tapes(&self) -> &Tapes {
        &self.0.tapes
    }

    /// Those who ring.
    pub(crate) fn waiting(&self) -> &Waiting {
        &self.0.waiting
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        // Nothing in it panics half-way.
        self.0.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each call, and how it stands with recording it: what its users see of it.
fn stands(exchange: &Exchange) -> Vec<(Call, State)> {
    exchange.all().iter().map(|call| (*call, exchange.recording_of(call))).collect()
}
