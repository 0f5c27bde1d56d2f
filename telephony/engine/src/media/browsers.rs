//! The one port of all browsers, by UDP and by TCP, and who is behind which packet.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use mio::Registry;
use mio::net::UdpSocket;
use telephony_browser::{BadOffer, Frame, Leg, Wants, Way};
use telephony_proto::demux::username;

use super::hearing::Source;
use super::streams::Streams;
use crate::message::LegId;
use crate::settings::Browsers as Settings;

/// A browser has some networks; more addresses than this are forgotten and learned again.
const ADDRESSES_OF_ONE: u8 = 16;

pub(super) struct Browsers {
    pub(super) socket: UdpSocket,
    pub(super) streams: Streams,
    /// Where browsers are told to find us.
    reached: Vec<SocketAddr>,
    by_ufrag: HashMap<String, LegId>,
    by_address: HashMap<(Way, SocketAddr), LegId>,
}

pub(super) struct Browser {
    pub(super) leg: Leg<Source>,
    /// When it is to be woken at the latest.
    pub(super) wait: Instant,
    ufrag: String,
    /// From how many addresses it was heard.
    addresses: u8,
}

/// What came of a browser's packets and clock.
#[derive(Default)]
pub(super) struct Came {
    pub(super) heard: Vec<Frame>,
    pub(super) is_connected: bool,
    pub(super) is_gone: bool,
}

impl Browsers {
    pub(super) fn bind(settings: &Settings, registry: &Registry) -> std::io::Result<Self> {
        let (socket, streams) = bind_both(settings.bind, registry)?;
        let address = socket.local_addr()?;
        let at = |ip: &IpAddr| SocketAddr::new(*ip, address.port());
        let reached = match settings.public.as_slice() {
            [] => vec![address],
            public => public.iter().map(at).collect(),
        };
        let (by_ufrag, by_address) = (HashMap::new(), HashMap::new());
        Ok(Self { socket, streams, reached, by_ufrag, by_address })
    }

    pub(super) fn accept(
        &mut self,
        id: LegId,
        offer: &str,
        now: Instant,
    ) -> Result<(Browser, String), BadOffer> {
        let (mut leg, answer) = Leg::accept(offer, &self.reached, now)?;
        let ufrag = leg.ufrag();
        self.by_ufrag.insert(ufrag.clone(), id);
        Ok((Browser { leg, wait: now, ufrag, addresses: 0 }, answer))
    }

    /// For whom a packet is: a request that names one of ours moves that browser to where it comes from (it went to another
    /// network); everything else must come from where its browser is known to be.
    pub(super) fn of(&self, datagram: &[u8], from: (Way, SocketAddr)) -> Option<LegId> {
        self.named(datagram).or_else(|| self.by_address.get(&from).copied())
    }

    fn named(&self, datagram: &[u8]) -> Option<LegId> {
        username(datagram).and_then(|name| self.by_ufrag.get(name.ours)).copied()
    }

    pub(super) fn receive(
        &mut self,
        id: LegId,
        browser: &mut Browser,
        (datagram, from): (&[u8], (Way, SocketAddr)),
        now: Instant,
    ) {
        let accepted = browser.leg.receive(datagram, (from.0, from.1, self.reached[0]), now);
        // A name proves nothing; that its request was signed with our password does.
        let is_named = self.named(datagram).is_some();
        if !accepted || !is_named || self.by_address.get(&from) == Some(&id) {
            return;
        }
        if browser.addresses == ADDRESSES_OF_ONE {
            browser.addresses = 0;
            self.by_address.retain(|_, of| *of != id);
        }
        browser.addresses += 1;
        if from.0 == Way::Tcp {
            self.streams.knows(from.1);
        }
        self.by_address.insert(from, id);
    }

    /// Every change of a leg is followed by this: what it wants is done until it waits.
    pub(super) fn drain(&mut self, browser: &mut Browser, now: Instant) -> Came {
        let mut came = Came::default();
        loop {
            match browser.leg.poll(now) {
                Wants::Send { way: Way::Tcp, to, datagram } => self.streams.send(to, &datagram),
                Wants::Send { way: Way::Udp, to, datagram } => {
                    if let Err(error) = self.socket.send_to(&datagram, to) {
                        tracing::debug!(%error, "a packet of sound was not sent");
                    }
                }
                Wants::Connected => came.is_connected = true,
                Wants::Heard(frame) => came.heard.push(frame),
                Wants::Wait(until) => {
                    browser.wait = until;
                    return came;
                }
                Wants::Gone => {
                    came.is_gone = true;
                    return came;
                }
            }
        }
    }

    pub(super) fn forget(&mut self, id: LegId, browser: &Browser) {
        self.by_ufrag.remove(&browser.ufrag);
        self.by_address.retain(|_, of| *of != id);
    }
}

/// One port for both. A free one for UDP may be taken for TCP: then another is tried.
fn bind_both(bind: SocketAddr, registry: &Registry) -> std::io::Result<(UdpSocket, Streams)> {
    for _ in 1..PORTS_TRIED_MAX {
        let socket = UdpSocket::bind(bind)?;
        match Streams::listen(socket.local_addr()?, registry) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && bind.port() == 0 => {}
            streams => return Ok((socket, streams?)),
        }
    }
    let socket = UdpSocket::bind(bind)?;
    let streams = Streams::listen(socket.local_addr()?, registry)?;
    Ok((socket, streams))
}

const PORTS_TRIED_MAX: usize = 10;
