//! The thread for sound: waits for packets, orders and the next 10 ms.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};

use super::leg::Leg;
use super::ports::Ports;
use super::{Order, Report, Settings};
use crate::message::LegId;

/// How late a frame may be at most.
const TICK: Duration = Duration::from_millis(10);
/// More than any packet of speech; what is longer is cut off and then refused.
const PACKET_MAX_BYTES: usize = 2_048;
/// Packets of one leg in a row, so that a flood on one port does not make the others wait.
const IN_A_ROW_MAX: usize = 64;
const WAKE: Token = Token(0);

pub(super) struct Worker {
    settings: Settings,
    poll: Poll,
    ports: Ports,
    inbox: mpsc::Receiver<Order>,
    reports: tokio::sync::mpsc::UnboundedSender<Report>,
    legs: HashMap<LegId, (Token, Leg)>,
    by_token: HashMap<Token, LegId>,
    next_token: usize,
    next_tick: Instant,
}

impl Worker {
    pub(super) fn new(
        settings: Settings,
        inbox: mpsc::Receiver<Order>,
        reports: tokio::sync::mpsc::UnboundedSender<Report>,
    ) -> std::io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let worker = Self {
            ports: Ports::new(&settings.ports),
            settings,
            poll,
            inbox,
            reports,
            legs: HashMap::new(),
            by_token: HashMap::new(),
            next_token: 1,
            next_tick: Instant::now(),
        };
        Ok((worker, waker))
    }

    pub(super) fn run(mut self) {
        let mut events = Events::with_capacity(1_024);
        let mut packet = vec![0; PACKET_MAX_BYTES];
        loop {
            // Without a leg nothing is to be sent: the thread sleeps until an order comes.
            let wait = (!self.legs.is_empty())
                .then(|| self.next_tick.saturating_duration_since(Instant::now()));
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
            for event in &events {
                self.read(event.token(), &mut packet);
            }
            let now = Instant::now();
            if now >= self.next_tick {
                for (_, leg) in self.legs.values_mut() {
                    leg.tick(now, &self.settings, &self.reports);
                }
                self.next_tick = (self.next_tick + TICK).max(now);
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Open(leg, answer) => {
                let port = self.open(leg);
                // Whoever asked is gone: then its `Close` follows.
                let _ = answer.send(port);
            }
            Order::Secure(leg, keys) => self.with(leg, |leg| leg.secure(keys)),
            Order::Connect(leg, peer) => self.with(leg, |leg| leg.connect(peer)),
            Order::Play(leg, sound) => self.with(leg, |leg| leg.play(sound)),
            Order::Direct(leg, direction) => self.with(leg, |leg| leg.direct(direction)),
            Order::Close(leg) => {
                if let Some((token, mut leg)) = self.legs.remove(&leg) {
                    self.by_token.remove(&token);
                    // The socket is closed on the next line anyway.
                    let _ = self.poll.registry().deregister(leg.socket());
                }
            }
            // Seen by the loop already.
            Order::Stop => {}
        }
    }

    fn with(&mut self, leg: LegId, order: impl FnOnce(&mut Leg)) {
        if let Some((_, leg)) = self.legs.get_mut(&leg) {
            order(leg);
        }
    }

    fn open(&mut self, leg: LegId) -> std::io::Result<u16> {
        for port in self.ports.round() {
            let mut socket = match UdpSocket::bind(SocketAddr::new(self.settings.address, port)) {
                Ok(socket) => socket,
                Err(error) if error.kind() == ErrorKind::AddrInUse => continue,
                Err(error) => return Err(error),
            };
            let token = Token(self.next_token);
            self.next_token += 1;
            self.poll.registry().register(&mut socket, token, Interest::READABLE)?;
            self.by_token.insert(token, leg);
            self.legs.insert(leg, (token, Leg::new(leg, socket, Instant::now())));
            return Ok(port);
        }
        Err(std::io::Error::new(ErrorKind::AddrInUse, "no RTP port is free"))
    }

    fn read(&mut self, token: Token, packet: &mut [u8]) {
        let Some((_, leg)) = self.by_token.get(&token).and_then(|leg| self.legs.get_mut(leg))
        else {
            return;
        };
        // What is left is read with the next packet: a flood has one.
        for _ in 0..IN_A_ROW_MAX {
            let Ok((size, from)) = leg.socket().recv_from(packet) else { return };
            leg.hear(&packet[..size], from, Instant::now(), &self.settings, &self.reports);
        }
    }
}
