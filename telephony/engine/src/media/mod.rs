//! Sound: one thread that owns the legs of the trunk, each with its RTP socket, and those of all browsers, with one port. No lock
//! and no `async` on the way of a packet.
//!
//! Orders go in by a channel and a waker, reports come out by a channel. A call is a route: each section of a leg hears some
//! other legs, or what we make.

mod browsers;
mod hearing;
mod leg;
mod made;
mod mixer;
mod ports;
mod record;
mod secure;
mod streams;
mod worker;

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use mio::Waker;
use telephony_browser::BadOffer;
use telephony_proto::g711::Law;
use telephony_proto::sdp::{Direction, Numbers};
use tokio::sync::oneshot;

pub(crate) use self::secure::Keys;
use crate::message::{LegId, Sound, TapeId, Taped, Taping};
use crate::settings::Browsers;

pub(crate) struct Media {
    orders: mpsc::Sender<Order>,
    waker: Waker,
    thread: Option<JoinHandle<()>>,
    /// Where browsers are heard.
    pub(crate) browsers_at: Option<SocketAddr>,
}

/// What the thread is told once.
pub(crate) struct Settings {
    pub(crate) address: IpAddr,
    pub(crate) ports: RangeInclusive<u16>,
    pub(crate) echo_delay: Duration,
    pub(crate) silence_max: Duration,
    pub(crate) browsers: Option<Browsers>,
}

#[derive(Debug)]
enum Order {
    Open(LegId, oneshot::Sender<std::io::Result<u16>>),
    Accept(LegId, String, oneshot::Sender<Accepted>),
    Secure(LegId, Keys),
    Connect(LegId, Peer),
    Play(LegId, Sound),
    Say(LegId, Arc<[u8]>),
    Hold(LegId, bool),
    Hear { leg: LegId, section: usize, from: Vec<LegId> },
    Direct(LegId, Direction),
    Tape(TapeId, Taping),
    Close(LegId),
    Stop,
}

/// The answer to a browser's offer; none where we have no port for browsers.
pub(crate) type Accepted = Option<Result<String, BadOffer>>;

/// The other end of a leg's sound, as both SDPs say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Peer {
    /// None while the other side holds in the old way, by the address 0.0.0.0.
    pub(crate) address: Option<SocketAddr>,
    /// Where its signalling comes from: behind a translation its sound does, too. None if that is not known.
    pub(crate) signals_from: Option<IpAddr>,
    pub(crate) law: Law,
    pub(crate) send: Numbers,
    pub(crate) receive: Numbers,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Report {
    /// The first packet came in.
    Heard(LegId),
    Key(LegId, char),
    /// A leg that ought to hear something heard nothing for too long.
    Silent(LegId),
    /// A browser: sound can go both ways.
    Connected(LegId),
    /// A browser is not there any more.
    Gone(LegId),
    /// An announcement was said to its end.
    Said(LegId),
    Taped(TapeId, Taped),
}

impl Media {
    pub(crate) fn start(
        settings: Settings,
        reports: tokio::sync::mpsc::UnboundedSender<Report>,
    ) -> std::io::Result<Self> {
        let (orders, inbox) = mpsc::channel();
        let (worker, waker, browsers_at) = worker::Worker::new(settings, inbox, reports)?;
        let thread = std::thread::Builder::new()
            .name("telephone-sound".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self { orders, waker, thread: Some(thread), browsers_at })
    }

    /// Takes a port for a leg.
    ///
    /// # Errors
    ///
    /// No port of the range is free.
    pub(crate) async fn open(&self, leg: LegId) -> std::io::Result<u16> {
        let (answer, port) = oneshot::channel();
        self.order(Order::Open(leg, answer));
        port.await.unwrap_or_else(|_| Err(std::io::Error::other("the thread for sound is gone")))
    }

    /// Takes a browser's offer.
    pub(crate) fn accept(&self, leg: LegId, offer: String, answer: oneshot::Sender<Accepted>) {
        self.order(Order::Accept(leg, offer, answer));
    }

    /// From here on only SRTP is sent and heard. Before [`Self::connect`], so that nothing goes out open.
    pub(crate) fn secure(&self, leg: LegId, keys: Keys) {
        self.order(Order::Secure(leg, keys));
    }

    pub(crate) fn connect(&self, leg: LegId, peer: Peer) {
        self.order(Order::Connect(leg, peer));
    }

    pub(crate) fn play(&self, leg: LegId, sound: Sound) {
        self.order(Order::Play(leg, sound));
    }

    /// This first, and then what it hears otherwise.
    pub(crate) fn say(&self, leg: LegId, words: Arc<[u8]>) {
        self.order(Order::Say(leg, words));
    }

    /// Music, whoever else may speak; `false`: no more.
    pub(crate) fn hold(&self, leg: LegId, is_held: bool) {
        self.order(Order::Hold(leg, is_held));
    }

    pub(crate) fn hear(&self, leg: LegId, section: usize, from: Vec<LegId>) {
        self.order(Order::Hear { leg, section, from });
    }

    pub(crate) fn direct(&self, leg: LegId, direction: Direction) {
        self.order(Order::Direct(leg, direction));
    }

    pub(crate) fn tape(&self, tape: TapeId, what: Taping) {
        self.order(Order::Tape(tape, what));
    }

    pub(crate) fn close(&self, leg: LegId) {
        self.order(Order::Close(leg));
    }

    fn order(&self, order: Order) {
        // Both fail only when the thread ended; then no port is given any more, and no call is taken.
        let _ = self.orders.send(order);
        let _ = self.waker.wake();
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.order(Order::Stop);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}
