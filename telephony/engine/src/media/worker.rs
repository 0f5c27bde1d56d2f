//! The thread for sound: waits for packets, orders and the next 10 ms, and carries what one says to whoever hears it.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};
use telephony_browser::{BadOffer, Frame, SLOTS, Way};
use telephony_proto::g711::Law;

use super::browsers::{Browser, Browsers};
use super::hearing::{Hearing, Out, encoded};
use super::leg::Leg as Trunk;
use super::ports::Ports;
use super::record::Tape;
use super::streams::LISTENER;
use super::{Order, Report, Settings};
use crate::message::{LegId, TapeId, Taped, Taping};

/// How late a frame may be at most.
const TICK: Duration = Duration::from_millis(10);
/// More than any packet of sound; what is longer is cut off and then refused.
const PACKET_MAX_BYTES: usize = 2_048;
/// Packets of one port in a row, so that a flood on it does not make the others wait.
const IN_A_ROW_MAX: usize = 256;
const WAKE: Token = Token(0);
const BROWSERS: Token = Token(1);

pub(super) struct Worker {
    settings: Settings,
    poll: Poll,
    ports: Ports,
    browsers: Option<Browsers>,
    inbox: mpsc::Receiver<Order>,
    reports: tokio::sync::mpsc::UnboundedSender<Report>,
    legs: HashMap<LegId, Leg>,
    /// Who hears a leg, and in which of its sections.
    hearers: HashMap<LegId, Vec<(LegId, usize)>>,
    tapes: HashMap<TapeId, Tape>,
    /// Which tapes a leg is on, and on which side.
    taped: HashMap<LegId, Vec<(TapeId, usize)>>,
    by_token: HashMap<Token, LegId>,
    next_token: usize,
    next_tick: Instant,
}

struct Leg {
    end: End,
    /// One for each section that it hears.
    hearings: Vec<Hearing>,
}

enum End {
    Trunk(Token, Box<Trunk>),
    Browser(Box<Browser>),
}

impl Worker {
    /// Also says where browsers are heard.
    pub(super) fn new(
        settings: Settings,
        inbox: mpsc::Receiver<Order>,
        reports: tokio::sync::mpsc::UnboundedSender<Report>,
    ) -> std::io::Result<(Self, Waker, Option<SocketAddr>)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let bind = |browsers| Browsers::bind(browsers, poll.registry());
        let mut browsers = settings.browsers.as_ref().map(bind).transpose()?;
        let mut address = None;
        if let Some(browsers) = &mut browsers {
            poll.registry().register(&mut browsers.socket, BROWSERS, Interest::READABLE)?;
            address = Some(browsers.socket.local_addr()?);
        }
        let worker = Self {
            ports: Ports::new(&settings.ports),
            settings,
            poll,
            browsers,
            inbox,
            reports,
            legs: HashMap::new(),
            hearers: HashMap::new(),
            tapes: HashMap::new(),
            taped: HashMap::new(),
            by_token: HashMap::new(),
            next_token: BROWSERS.0 + 1,
            next_tick: Instant::now(),
        };
        Ok((worker, waker, address))
    }

    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(1_024);
        let mut packet = vec![0; PACKET_MAX_BYTES];
        let mut more = false;
        loop {
            // Without a leg nothing is to be sent: the thread sleeps until an order comes.
            let until_tick = self.next_tick.saturating_duration_since(Instant::now());
            let wait = match (more, self.legs.is_empty()) {
                (true, _) => Some(Duration::ZERO),
                (false, false) => Some(until_tick),
                (false, true) => None,
            };
            if let Err(error) = self.poll.poll(&mut events, wait)
                && error.kind() != ErrorKind::Interrupted
            {
                tracing::error!(%error, "the thread for sound cannot wait for packets; it ends");
                return;
            }
            loop {
                match self.inbox.try_recv() {
                    Ok(Order::Stop) | Err(mpsc::TryRecvError::Disconnected) => return,
                    Ok(order) => self.obey(order),
                    Err(mpsc::TryRecvError::Empty) => break,
                }
            }
            let in_browsers = more || events.iter().any(|event| event.token() == BROWSERS);
            more = in_browsers && self.read_browsers(&mut packet);
            for event in &events {
                if event.token() >= LISTENER {
                    self.read_stream(event.token());
                } else {
                    self.read_trunk(event.token(), &mut packet);
                }
            }
            let now = Instant::now();
            if now >= self.next_tick {
                self.tick(now);
                self.next_tick = (self.next_tick + TICK).max(now);
            }
        }
    }

    fn obey(&mut self, order: Order) {
        let now = Instant::now();
        match order {
            Order::Open(id, answer) => {
                // Whoever asked is gone: then its `Close` follows.
                let _ = answer.send(self.open(id));
            }
            Order::Secure(id, keys) => {
                if let Some(Leg { end: End::Trunk(_, trunk), .. }) = self.legs.get_mut(&id) {
                    trunk.secure(keys);
                }
            }
            Order::Accept(id, offer, answer) => {
                // Whoever asked went away: nobody would ever connect.
                if answer.send(self.accept(id, &offer, now)).is_err() {
                    return self.remove(id);
                }
                self.drain(id, now);
            }
            Order::Connect(id, peer) => {
                if let Some(Leg { end: End::Trunk(_, trunk), hearings }) = self.legs.get_mut(&id) {
                    if !trunk.is_connected() {
                        hearings[0].restart(now);
                    }
                    trunk.connect(peer, now);
                }
            }
            Order::Direct(id, direction) => {
                if let Some(Leg { end: End::Trunk(_, trunk), hearings }) = self.legs.get_mut(&id)
                    && trunk.direct(direction, now)
                {
                    hearings[0].restart(now);
                }
            }
            Order::Play(id, sound) => self.with(id, 0, |hearing| hearing.play(sound)),
            Order::Say(id, words) => self.with(id, 0, |hearing| hearing.say(words)),
            Order::Hold(id, is_held) => self.with(id, 0, |hearing| hearing.hold(is_held)),
            Order::Hear { leg, section, from } => self.hear(leg, section, from),
            Order::Tape(tape, what) => self.tape(tape, what, now),
            Order::Close(id) => self.remove(id),
            // Seen by the loop already.
            Order::Stop => {}
        }
    }

    fn with(&mut self, id: LegId, section: usize, order: impl FnOnce(&mut Hearing)) {
        if let Some(hearing) = self.legs.get_mut(&id).and_then(|leg| leg.hearings.get_mut(section))
        {
            order(hearing);
        }
    }

    fn open(&mut self, id: LegId) -> std::io::Result<u16> {
        for port in self.ports.round() {
            let mut socket = match UdpSocket::bind(SocketAddr::new(self.settings.address, port)) {
                Ok(socket) => socket,
                Err(error) if error.kind() == ErrorKind::AddrInUse => continue,
                Err(error) => return Err(error),
            };
            let token = Token(self.next_token);
            self.next_token += 1;
            self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
            self.by_token.insert(token, id);
            let now = Instant::now();
            let end = End::Trunk(token, Box::new(Trunk::new(id, socket, now)));
            self.legs.insert(id, Leg { end, hearings: vec![Hearing::new(now)] });
            return Ok(port);
        }
        Err(std::io::Error::new(ErrorKind::AddrInUse, "no RTP port is free"))
    }

    fn accept(&mut self, id: LegId, offer: &str, now: Instant) -> Option<Result<String, BadOffer>> {
        let accepted = self.browsers.as_mut()?.accept(id, offer, now);
        Some(accepted.map(|(browser, answer)| {
            let hearings = (0..SLOTS).map(|_| Hearing::new(now)).collect();
            self.legs.insert(id, Leg { end: End::Browser(Box::new(browser)), hearings });
            answer
        }))
    }

    /// From now on a section hears these and nobody else. Whoever is not there is not heard.
    fn hear(&mut self, id: LegId, section: usize, mut from: Vec<LegId>) {
        from.retain(|source| *source != id && self.legs.contains_key(source));
        let Some(hearing) = self.legs.get_mut(&id).and_then(|leg| leg.hearings.get_mut(section))
        else {
            return;
        };
        for source in hearing.sources() {
            if let Some(hearers) = self.hearers.get_mut(source) {
                hearers.retain(|hearer| *hearer != (id, section));
            }
        }
        for source in &from {
            self.hearers.entry(*source).or_default().push((id, section));
        }
        hearing.hear(from);
    }

    /// Only this thread knows what is on a tape; what comes of it is handed on.
    fn tape(&mut self, id: TapeId, what: Taping, now: Instant) {
        match what {
            Taping::Write { ours, theirs } => {
                let tape = self.tapes.entry(id).or_insert_with(|| Tape::new(now));
                let resumed = tape.write([ours, theirs], now);
                self.index(id);
                self.hand_on(id, resumed);
            }
            Taping::Pause(why) => {
                let tape = self.tapes.entry(id).or_insert_with(|| Tape::new(now));
                let came = tape.pause(why);
                self.index(id);
                self.hand_on(id, came.into_iter().flatten());
            }
            Taping::End => {
                let came = self.tapes.remove(&id).map(Tape::end);
                self.index(id);
                self.hand_on(id, came.into_iter().flatten().flatten());
            }
        }
    }

    fn index(&mut self, id: TapeId) {
        self.taped.retain(|_, tapes| {
            tapes.retain(|(tape, _)| *tape != id);
            !tapes.is_empty()
        });
        let legs: Vec<(LegId, usize)> =
            self.tapes.get(&id).into_iter().flat_map(Tape::legs).collect();
        for (leg, side) in legs {
            self.taped.entry(leg).or_default().push((id, side));
        }
    }

    fn hand_on(&self, id: TapeId, came: impl IntoIterator<Item = Taped>) {
        for taped in came {
            // Nobody listens any more only when the engine itself is gone.
            let _ = self.reports.send(Report::Taped(id, taped));
        }
    }

    fn remove(&mut self, id: LegId) {
        for (hearer, section) in self.hearers.remove(&id).unwrap_or_default() {
            self.with(hearer, section, |hearing| {
                let others = hearing.sources().iter().copied().filter(|source| *source != id);
                hearing.hear(others.collect());
            });
        }
        for hearers in self.hearers.values_mut() {
            hearers.retain(|(hearer, _)| *hearer != id);
        }
        match self.legs.remove(&id).map(|leg| leg.end) {
            Some(End::Trunk(token, mut trunk)) => {
                self.by_token.remove(&token);
                // The socket is closed on the next line anyway.
                let _ = self.poll.registry().deregister(trunk.socket());
            }
            Some(End::Browser(browser)) => {
                if let Some(browsers) = &mut self.browsers {
                    browsers.forget(id, &browser);
                }
                // Nobody listens any more only when the engine itself is gone.
                let _ = self.reports.send(Report::Gone(id));
            }
            None => {}
        }
    }

    /// Reads what browsers sent; whether there may be more.
    fn read_browsers(&mut self, packet: &mut [u8]) -> bool {
        for _ in 0..IN_A_ROW_MAX {
            let Some(browsers) = &mut self.browsers else { return false };
            match browsers.socket.recv_from(packet) {
                Ok((size, from)) => self.take(&packet[..size], (Way::Udp, from)),
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

    /// Something happened to the TCP connection of a browser, or one more came.
    fn read_stream(&mut self, token: Token) {
        let Some(browsers) = &mut self.browsers else { return };
        if token == LISTENER {
            return browsers.streams.accept(Instant::now());
        }
        for (from, packet) in browsers.streams.read(token) {
            self.take(&packet, (Way::Tcp, from));
        }
    }

    /// A browser sent something.
    fn take(&mut self, datagram: &[u8], from: (Way, SocketAddr)) {
        let Some(browsers) = &mut self.browsers else { return };
        let Some(id) = browsers.of(datagram, from) else { return };
        let now = Instant::now();
        if let Some(Leg { end: End::Browser(browser), .. }) = self.legs.get_mut(&id) {
            browsers.receive(id, browser, (datagram, from), now);
        }
        self.drain(id, now);
    }

    fn read_trunk(&mut self, token: Token, packet: &mut [u8]) {
        let Some(id) = self.by_token.get(&token).copied() else { return };
        // What is left is read with the next packet: a flood has one.
        for _ in 0..IN_A_ROW_MAX {
            let Some(Leg { end: End::Trunk(_, trunk), .. }) = self.legs.get_mut(&id) else {
                return;
            };
            let Ok((size, from)) = trunk.socket().recv_from(packet) else { return };
            let now = Instant::now();
            if let Some(frame) = trunk.hear(&packet[..size], from, now, &self.reports) {
                self.say(id, &frame, now);
            }
        }
    }

    /// What is due by the clock.
    fn tick(&mut self, now: Instant) {
        if let Some(browsers) = &mut self.browsers {
            browsers.streams.sweep(now);
        }
        for (id, tape) in &mut self.tapes {
            if let Some(piece) = tape.due(now) {
                // As above.
                let _ = self.reports.send(Report::Taped(*id, piece));
            }
        }
        let ids: Vec<LegId> = self.legs.keys().copied().collect();
        let mut due = Vec::new();
        for id in ids {
            let Some(leg) = self.legs.get_mut(&id) else { continue };
            let mut is_woken = false;
            let is_browser = match &mut leg.end {
                End::Trunk(_, trunk) => {
                    trunk.watch(now, &self.settings, &self.reports);
                    if !trunk.is_connected() {
                        continue;
                    }
                    false
                }
                End::Browser(browser) => {
                    if browser.wait <= now {
                        browser.leg.wake(now);
                        is_woken = true;
                    }
                    true
                }
            };
            for section in 0..leg.hearings.len() {
                let Some(leg) = self.legs.get_mut(&id) else { break };
                // What a browser does not get it plays as silence; a trunk may hang up whom it does not hear.
                leg.hearings[section].due(now, is_browser, &mut due);
                if leg.hearings[section].was_said() {
                    let _ = self.reports.send(Report::Said(id));
                }
                for out in due.drain(..) {
                    self.give(id, section, &out, now);
                }
            }
            if is_woken {
                self.drain(id, now);
            }
        }
    }

    /// Does what a browser's leg wants, and carries on what it said.
    fn drain(&mut self, id: LegId, now: Instant) {
        let (Some(browsers), Some(Leg { end: End::Browser(browser), .. })) =
            (&mut self.browsers, self.legs.get_mut(&id))
        else {
            return;
        };
        let came = browsers.drain(browser, now);
        if came.is_connected {
            let _ = self.reports.send(Report::Connected(id));
        }
        for frame in &came.heard {
            self.say(id, frame, now);
        }
        if came.is_gone {
            self.remove(id);
        }
    }

    /// A leg said something: whoever hears it gets it.
    fn say(&mut self, from: LegId, frame: &Frame, now: Instant) {
        let echo_at = now + self.settings.echo_delay;
        self.with(from, 0, |hearing| hearing.said(frame, echo_at));
        for (tape, side) in self.taped.get(&from).into_iter().flatten() {
            if let Some(tape) = self.tapes.get_mut(tape) {
                tape.take(from, *side, frame);
            }
        }
        let count = self.hearers.get(&from).map_or(0, Vec::len);
        for nr in 0..count {
            let Some((to, section)) = self.hearers.get(&from).and_then(|all| all.get(nr)).copied()
            else {
                return;
            };
            let out =
                self.legs.get_mut(&to).and_then(|leg| leg.hearings[section].take(from, frame, now));
            if let Some(out) = out {
                self.give(to, section, &out, now);
            }
        }
    }

    fn give(&mut self, to: LegId, section: usize, out: &Out, now: Instant) {
        match self.legs.get_mut(&to).map(|leg| &mut leg.end) {
            Some(End::Trunk(_, trunk)) => match out {
                Out::Pass(source, frame) => trunk.pass(*source, frame, now),
                Out::Make(source, samples) => trunk.make(*source, samples, now),
            },
            Some(End::Browser(browser)) => {
                match out {
                    Out::Pass(source, frame) => browser.leg.pass(section, *source, frame, now),
                    Out::Make(source, samples) => {
                        browser.leg.make(section, *source, encoded(samples, Law::A), now);
                    }
                }
                // What comes in is read packet by packet: nothing is heard here that was not passed on before.
                self.drain(to, now);
            }
            None => {}
        }
    }
}
