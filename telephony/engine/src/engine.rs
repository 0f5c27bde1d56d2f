//! The engine as its users see it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use telephony_browser::BadOffer;
use tokio::sync::{mpsc, oneshot};

use crate::calls::{Asked, Calls};
use crate::media::{self, Media};
use crate::message::{Command, Dial, Event, LegId, TapeId, Taping};
use crate::settings::Settings;
use crate::sip::{NoTrust, Trunk};

/// A running telephone. Dropped without [`Engine::stop`] it ends its calls all the same, a moment later.
pub struct Engine {
    pub(crate) place: Place,
    pub(crate) address: SocketAddr,
    pub(crate) browsers_at: Option<SocketAddr>,
    pub(crate) asked: mpsc::UnboundedSender<Asked>,
}

/// Where the engine runs.
pub(crate) enum Place {
    Here(Arc<Trunk>),
    /// In a process of its own; with the next leg that is begun from here.
    Apart(AtomicU64),
}

/// What the engine tells, in order. It does not wait for its reader.
pub type Events = mpsc::UnboundedReceiver<Event>;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the telephone cannot listen at {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("{address} is every address of this machine; set the one that the trunk is to be told")]
    NoAddress { address: SocketAddr },
    #[error("no trunk over TLS: {0}")]
    NoTrust(#[from] NoTrust),
    #[error("the thread for sound, or its port for browsers, cannot be had: {0}")]
    Sound(std::io::Error),
    #[error(
        "the process of the telephone is not reached at {at}: {why}; start `wijland telephone`"
    )]
    NotReached { at: PathBuf, why: String },
    /// As the other process says it.
    #[error("{0}")]
    Apart(String),
}

/// Why a browser is not connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    Offer(#[from] BadOffer),
    #[error("this engine has no port for browsers")]
    NoPort,
    /// The engine ended; nothing comes of it until it starts again.
    #[error("sound has stopped")]
    Stopped,
}

/// How many of each are alive. All are zero when no call is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Alive {
    pub legs: usize,
    pub dialogs: usize,
}

impl Engine {
    /// Listens, and answers from now on. Must be called within a tokio runtime.
    pub async fn start(settings: Settings) -> Result<(Self, Events), StartError> {
        let listen = settings.listen;
        let told = settings.advertised.unwrap_or(listen.ip());
        if told.is_unspecified() {
            return Err(StartError::NoAddress { address: listen });
        }
        let (signals_in, signals) = mpsc::unbounded_channel();
        let (reports_in, reports) = mpsc::unbounded_channel();
        let (events_in, events) = mpsc::unbounded_channel();
        let (asked_in, asked) = mpsc::unbounded_channel();

        let media = Media::start(
            media::Settings {
                address: listen.ip(),
                ports: settings.rtp_ports.clone(),
                echo_delay: settings.echo_delay,
                silence_max: settings.rtp_silence_max,
                browsers: settings.browsers.clone(),
            },
            reports_in,
        )
        .map_err(StartError::Sound)?;
        let trunk = Trunk::start(settings.clone(), told, signals_in).await?;
        let trunk = Arc::new(trunk);
        let (address, browsers_at) = (trunk.address(), media.browsers_at);
        let calls = Calls {
            told,
            settings,
            trunk: trunk.clone(),
            media,
            events: events_in,
            legs: HashMap::new(),
        };
        tokio::spawn(calls.run(asked, signals, reports));
        Ok((Self { place: Place::Here(trunk), address, browsers_at, asked: asked_in }, events))
    }

    /// The engine that [`crate::serve`] runs in a process of its own, with these settings. It serves one program at a time, and ends its calls
    /// when that goes away; when it goes away itself, [`Events`] end.
    ///
    /// # Errors
    ///
    /// If nobody serves there, somebody else is served, or the engine does not start.
    pub async fn reach(at: &Path, settings: Settings) -> Result<(Self, Events), StartError> {
        crate::apart::reach(at, settings).await
    }

    /// Where SIP is heard: the address of the settings, or one with a free port if that was taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where browsers are heard.
    pub fn browsers_at(&self) -> Option<SocketAddr> {
        self.browsers_at
    }

    /// Takes a browser's offer (SDP): its leg and the answer. Sound follows once [`Event::Connected`] is said.
    ///
    /// # Errors
    ///
    /// For an offer that is none, without a port for browsers, and after the end.
    pub async fn connect(&self, offer: String) -> Result<(LegId, String), ConnectError> {
        let leg = self.new_leg();
        Ok((leg, self.connect_on(leg, offer).await?))
    }

    pub(crate) async fn connect_on(
        &self,
        leg: LegId,
        offer: String,
    ) -> Result<String, ConnectError> {
        let (answer, answered) = oneshot::channel();
        self.ask(Asked::Connect(leg, offer, answer));
        let answer = answered.await.map_err(|_| ConnectError::Stopped)?;
        Ok(answer.ok_or(ConnectError::NoPort)??)
    }

    /// Begins a call. What becomes of it is told by events of this leg.
    pub fn dial(&self, dial: Dial) -> LegId {
        let leg = self.new_leg();
        self.dial_on(leg, dial);
        leg
    }

    /// A leg that is of no call yet.
    pub fn new_leg(&self) -> LegId {
        match &self.place {
            Place::Here(trunk) => trunk.new_leg(),
            Place::Apart(next) => LegId(next.fetch_add(1, Ordering::Relaxed)),
        }
    }

    /// Begins the call of a new leg; one leg has one call.
    pub fn dial_on(&self, leg: LegId, dial: Dial) {
        self.ask(Asked::Dial(leg, dial));
    }

    pub fn send(&self, leg: LegId, command: Command) {
        self.ask(Asked::Leg(leg, command));
    }

    /// Begins a recording, changes whom it hears, or ends it. What comes of it is told by events ([`Event::Taped`]).
    pub fn tape(&self, tape: TapeId, what: Taping) {
        self.ask(Asked::Tape(tape, what));
    }

    /// None of an engine in a process of its own.
    pub fn alive(&self) -> Option<Alive> {
        match &self.place {
            Place::Here(trunk) => {
                Some(Alive { legs: trunk.legs_alive(), dialogs: trunk.dialogs_alive() })
            }
            Place::Apart(_) => None,
        }
    }

    /// Says goodbye to every call, waits three seconds at most for the answers, and closes the port.
    pub async fn stop(self) {
        self.ask_to_stop().await;
    }

    pub(crate) async fn ask_to_stop(&self) {
        let (done, stopped) = oneshot::channel();
        self.ask(Asked::Stop(done));
        // Its end without an answer is an end, too.
        let _ = stopped.await;
    }

    pub(crate) fn ask(&self, asked: Asked) {
        // Fails only after the end; what is asked then is of no call any more.
        let _ = self.asked.send(asked);
    }
}
