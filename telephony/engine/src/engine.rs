//! The engine as its users see it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use telephony_browser::BadOffer;
use tokio::sync::{mpsc, oneshot};

use crate::calls::{Asked, Calls};
use crate::media::{self, Media};
use crate::message::{Command, Dial, Event, LegId, TapeId, Taping};
use crate::settings::Settings;
use crate::sip::{NoTrust, Trunk};

/// A running telephone. Dropped without [`Engine::stop`] it ends its calls all the same, a moment later.
pub struct Engine {
    trunk: Arc<Trunk>,
    browsers_at: Option<SocketAddr>,
    asked: mpsc::UnboundedSender<Asked>,
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
        let browsers_at = media.browsers_at;
        let calls = Calls {
            told,
            settings,
            trunk: trunk.clone(),
            media,
            events: events_in,
            legs: HashMap::new(),
        };
        tokio::spawn(calls.run(asked, signals, reports));
        Ok((Self { trunk, browsers_at, asked: asked_in }, events))
    }

    /// Where SIP is heard: the address of the settings, or one with a free port if that was taken.
    pub fn address(&self) -> SocketAddr {
        self.trunk.address()
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
        let leg = self.trunk.new_leg();
        let (answer, answered) = oneshot::channel();
        self.ask(Asked::Connect(leg, offer, answer));
        let answer = answered.await.map_err(|_| ConnectError::Stopped)?;
        Ok((leg, answer.ok_or(ConnectError::NoPort)??))
    }

    /// Begins a call. What becomes of it is told by events of this leg.
    pub fn dial(&self, dial: Dial) -> LegId {
        let leg = self.new_leg();
        self.dial_on(leg, dial);
        leg
    }

    /// A leg that is of no call yet.
    pub fn new_leg(&self) -> LegId {
        self.trunk.new_leg()
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

    pub fn alive(&self) -> Alive {
        Alive { legs: self.trunk.legs_alive(), dialogs: self.trunk.dialogs_alive() }
    }

    /// Says goodbye to every call, waits three seconds at most for the answers, and closes the port.
    pub async fn stop(self) {
        let (done, stopped) = oneshot::channel();
        self.ask(Asked::Stop(done));
        // Its end without an answer is an end, too.
        let _ = stopped.await;
    }

    fn ask(&self, asked: Asked) {
        // Fails only after the end; what is asked then is of no call any more.
        let _ = self.asked.send(asked);
    }
}
