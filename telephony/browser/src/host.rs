//! One thread with one port for all browsers: it owns every leg, so nothing on the way of a packet is locked.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};
use telephony_proto::demux::username;
use tokio::sync::{mpsc, oneshot};

use crate::leg::{BadOffer, Frame, Leg, Wants};

/// A browser that is connected.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LegId(pub u64);

/// Where browsers reach us.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The port for all of them; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Addresses that browsers are told, where they differ from `bind`: behind a router, or on several networks.
    pub public: Vec<std::net::IpAddr>,
}

/// What happened to a browser's connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// Sound can go both ways.
    Connected(LegId),
    /// It is not there any more: closed, or not heard of for some seconds.
    Gone(LegId),
}

#[derive(Debug, thiserror::Error)]
pub enum HostError {
    #[error("the port for sound, {at}, cannot be used: {error}")]
    Port { at: SocketAddr, error: std::io::Error },
    #[error("the thread for sound does not start: {0}")]
    Thread(#[from] std::io::Error),
}

/// Why a browser is not connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    Offer(#[from] BadOffer),
    /// The thread for sound ended; nothing comes of it until the program starts again.
    #[error("sound has stopped")]
    Stopped,
}

enum Command {
    Connect { id: LegId, offer: String, answer: oneshot::Sender<Result<String, BadOffer>> },
    Echo { id: LegId, on: bool },
    Join(LegId, LegId),
    Part(LegId),
    Close(LegId),
    Stop,
}

/// The thread that carries sound. It ends when this is dropped.
pub struct Host {
    commands: Sender<Command>,
    waker: Arc<Waker>,
    thread: Option<JoinHandle<()>>,
    address: SocketAddr,
}

impl Host {
    /// Starts the thread; what happens is said on `events`.
    ///
    /// # Errors
    ///
    /// Where the port is taken, or no thread can be had.
    pub fn start(
        settings: &Settings,
        events: mpsc::UnboundedSender<Event>,
    ) -> Result<Self, HostError> {
        let port = |error| HostError::Port { at: settings.bind, error };
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
        let mut socket = UdpSocket::bind(settings.bind).map_err(port)?;
        let address = socket.local_addr().map_err(port)?;
        poll.registry().register(&mut socket, SOCKET, Interest::READABLE)?;
        let reached: Vec<SocketAddr> = if settings.public.is_empty() {
            vec![address]
        } else {
            settings.public.iter().map(|ip| SocketAddr::new(*ip, address.port())).collect()
        };
        let (commands, orders) = channel();
        let worker = Worker {
            poll,
            socket,
            reached,
            orders,
            events,
            legs: HashMap::new(),
            by_ufrag: HashMap::new(),
            by_address: HashMap::new(),
        };
        let thread = std::thread::Builder::new().name("sound".into()).spawn(|| worker.run())?;
        Ok(Self { commands, waker, thread: Some(thread), address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes a browser's offer (SDP) and answers it; sound follows once [`Event::Connected`] is said.
    ///
    /// # Errors
    ///
    /// For an offer that is none, and where the thread ended.
    pub async fn connect(&self, id: LegId, offer: String) -> Result<String, ConnectError> {
        let (answer, answered) = oneshot::channel();
        self.tell(Command::Connect { id, offer, answer });
        Ok(answered.await.map_err(|_| ConnectError::Stopped)??)
    }

    /// The echo line: the browser hears itself, a second later.
    pub fn echo(&self, id: LegId, on: bool) {
        self.tell(Command::Echo { id, on });
    }

    /// Two speak with each other; the echo line ends for both.
    pub fn join(&self, one: LegId, other: LegId) {
        self.tell(Command::Join(one, other));
    }

    /// Whoever was joined with this one is not any more.
    pub fn part(&self, id: LegId) {
        self.tell(Command::Part(id));
    }

    pub fn close(&self, id: LegId) {
        self.tell(Command::Close(id));
    }

    fn tell(&self, command: Command) {
        // A thread that ended takes no more orders; its legs are gone with it.
        if self.commands.send(command).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.tell(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

const WAKE: Token = Token(0);
const SOCKET: Token = Token(1);
/// As large as a packet on any network that carries sound.
const LARGEST: usize = 2_048;
/// A person hears an echo of oneself only if it does not come at once.
const ECHO_AFTER: Duration = Duration::from_secs(1);
/// More than the echo holds, at 50 frames a second; a browser that sends faster loses what is too much.
const ECHO_HOLDS: usize = 100;
const READ_AT_ONCE: usize = 256;
/// A browser has some networks; more addresses than this are forgotten and learned again.
const ADDRESSES_OF_ONE: u8 = 16;

struct Seat {
    leg: Leg,
    wait: Instant,
    /// Who hears this one, and is heard.
    with: Option<LegId>,
    echo: Option<std::collections::VecDeque<(Instant, Frame)>>,
    ufrag: String,
    /// From how many addresses it was heard.
    addresses: u8,
}

struct Worker {
    poll: Poll,
    socket: UdpSocket,
    reached: Vec<SocketAddr>,
    orders: Receiver<Command>,
    events: mpsc::UnboundedSender<Event>,
    legs: HashMap<LegId, Seat>,
    by_ufrag: HashMap<String, LegId>,
    by_address: HashMap<SocketAddr, LegId>,
}

impl Worker {
    fn run(mut self) {
        let mut events = Events::with_capacity(64);
        let mut more = false;
        loop {
            let next = if more { Some(Instant::now()) } else { self.next() };
            let wait = next.map(|at| at.saturating_duration_since(Instant::now()));
            if let Err(error) = self.poll.poll(&mut events, wait)
                && error.kind() != ErrorKind::Interrupted
            {
                tracing::error!(%error, "sound stops: the system tells of no more packets");
                return;
            }
            while let Ok(command) = self.orders.try_recv() {
                if matches!(command, Command::Stop) {
                    return;
                }
                self.obey(command);
            }
            more = self.read();
            self.due();
        }
    }

    /// When something is to be done though nothing comes in.
    fn next(&self) -> Option<Instant> {
        self.legs.values().map(Seat::next).min()
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Connect { id, offer, answer } => {
                let now = Instant::now();
                let accepted = Leg::accept(&offer, &self.reached, now).map(|(mut leg, text)| {
                    let ufrag = leg.ufrag();
                    self.by_ufrag.insert(ufrag.clone(), id);
                    self.legs.insert(
                        id,
                        Seat { leg, wait: now, with: None, echo: None, ufrag, addresses: 0 },
                    );
                    text
                });
                // Whoever asked went away: nobody would ever connect.
                if answer.send(accepted).is_err() {
                    return self.remove(id);
                }
                self.drain(id, now);
            }
            Command::Echo { id, on } => {
                if let Some(seat) = self.legs.get_mut(&id) {
                    seat.echo = (on && seat.with.is_none()).then(Default::default);
                }
            }
            Command::Join(one, other) => {
                for (id, with) in [(one, other), (other, one)] {
                    self.part(id);
                    if let Some(seat) = self.legs.get_mut(&id) {
                        (seat.with, seat.echo) = (Some(with), None);
                    }
                }
            }
            Command::Part(id) => self.part(id),
            Command::Close(id) => self.remove(id),
            Command::Stop => {}
        }
    }

    /// Reads what came in; whether there may be more. Not all of it at once: what is due by the clock must not wait for a flood.
    fn read(&mut self) -> bool {
        let mut buffer = [0; LARGEST];
        for _ in 0..READ_AT_ONCE {
            match self.socket.recv_from(&mut buffer) {
                Ok((size, from)) => self.take(&buffer[..size], from),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                // A port that a browser closed is said here, about no packet of ours to read.
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(error) => {
                    tracing::warn!(%error, "a packet of sound could not be read");
                    return false;
                }
            }
        }
        true
    }

    /// For whom a packet is: a request that names one of ours moves that browser to where it comes from (it went to another
    /// network); everything else must come from where its browser is known to be.
    fn take(&mut self, datagram: &[u8], from: SocketAddr) {
        let named = username(datagram).and_then(|name| self.by_ufrag.get(name.ours)).copied();
        let Some(id) = named.or_else(|| self.by_address.get(&from).copied()) else { return };
        let now = Instant::now();
        let to = self.reached[0];
        let Some(seat) = self.legs.get_mut(&id) else { return };
        let accepted = seat.leg.receive(datagram, (from, to), now);
        // A name proves nothing; that its request was signed with our password does.
        if accepted && named.is_some() && self.by_address.get(&from) != Some(&id) {
            if seat.addresses == ADDRESSES_OF_ONE {
                seat.addresses = 0;
                self.by_address.retain(|_, of| *of != id);
            }
            seat.addresses += 1;
            self.by_address.insert(from, id);
        }
        self.drain(id, now);
    }

    /// What is due by the clock.
    fn due(&mut self) {
        let now = Instant::now();
        let due: Vec<LegId> =
            self.legs.iter().filter(|(_, seat)| seat.next() <= now).map(|(id, _)| *id).collect();
        for id in due {
            if let Some(seat) = self.legs.get_mut(&id) {
                seat.say_back(id, now);
                if seat.wait <= now {
                    seat.leg.wake(now);
                }
            }
            self.drain(id, now);
        }
    }

    /// Every change of a leg is followed by this: what it wants is done until it waits.
    fn drain(&mut self, id: LegId, now: Instant) {
        let heard = self.drain_one(id, now);
        let with = self.legs.get(&id).and_then(|seat| seat.with);
        let Some((with, other)) = with.and_then(|id| Some((id, self.legs.get_mut(&id)?))) else {
            return;
        };
        for frame in &heard {
            other.leg.play(0, id.0, frame, now);
        }
        // What comes in is read packet by packet: nothing is heard here that was not passed on before.
        if !heard.is_empty() {
            self.drain_one(with, now);
        }
    }

    /// What was heard, for whoever is joined with it.
    fn drain_one(&mut self, id: LegId, now: Instant) -> Vec<Frame> {
        let mut heard = Vec::new();
        let Some(seat) = self.legs.get_mut(&id) else { return heard };
        let gone = loop {
            match seat.leg.poll(now) {
                Wants::Send { to, datagram } => {
                    if let Err(error) = self.socket.send_to(&datagram, to) {
                        tracing::debug!(%error, "a packet of sound was not sent");
                    }
                }
                Wants::Connected => {
                    let _ = self.events.send(Event::Connected(id));
                }
                Wants::Heard(frame) => {
                    if let Some(echo) = &mut seat.echo
                        && echo.len() < ECHO_HOLDS
                    {
                        echo.push_back((now + ECHO_AFTER, frame));
                    } else if seat.with.is_some() {
                        heard.push(frame);
                    }
                }
                Wants::Wait(until) => {
                    seat.wait = until;
                    break false;
                }
                Wants::Gone => break true,
            }
        };
        if gone {
            self.remove(id);
        }
        heard
    }

    /// Both ends of what was joined.
    fn part(&mut self, id: LegId) {
        let with = self.legs.get_mut(&id).and_then(|seat| seat.with.take());
        if let Some(other) = with.and_then(|id| self.legs.get_mut(&id)) {
            other.with = None;
        }
    }

    fn remove(&mut self, id: LegId) {
        self.part(id);
        if let Some(seat) = self.legs.remove(&id) {
            self.by_ufrag.remove(&seat.ufrag);
            self.by_address.retain(|_, of| *of != id);
            let _ = self.events.send(Event::Gone(id));
        }
    }
}

impl Seat {
    fn next(&self) -> Instant {
        let echo = self.echo.as_ref().and_then(|echo| echo.front()).map(|(at, _)| *at);
        echo.map_or(self.wait, |at| at.min(self.wait))
    }

    fn say_back(&mut self, id: LegId, now: Instant) {
        while let Some(echo) = &mut self.echo
            && echo.front().is_some_and(|(at, _)| *at <= now)
            && let Some((_, frame)) = echo.pop_front()
        {
            self.leg.play(0, id.0, &frame, now);
        }
    }
}
