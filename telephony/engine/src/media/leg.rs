//! One leg of the trunk: its socket, whom it hears, and what it sends.

use std::net::SocketAddr;
use std::time::Instant;

use mio::net::UdpSocket;
use telephony_browser::{Frame, Sound as Kind};
use telephony_proto::continuity::{Header, Incoming, Outgoing};
use telephony_proto::dtmf;
use telephony_proto::g711::{Law, SAMPLES_PER_FRAME};
use telephony_proto::rtp::{HEADER_BYTES, Packet};
use telephony_proto::sdp::Direction;
use tokio::sync::mpsc::UnboundedSender;

use super::hearing::{Source, encoded};
use super::secure::{Keys, Secure};
use super::{Peer, Report, Settings};
use crate::message::LegId;

/// The longest payload that is speech: 200 ms.
const PAYLOAD_MAX_BYTES: usize = 1_600;
/// What a frame of ours is counted as.
const FRAME_SAMPLES: u16 = 160;
const _: () = assert!(FRAME_SAMPLES as usize == SAMPLES_PER_FRAME);

pub(super) struct Leg {
    id: LegId,
    socket: UdpSocket,
    born: Instant,
    peer: Option<Peer>,
    secure: Option<Secure>,
    /// Where its packets come from: those of anybody else are refused, and ours go there (symmetric RTP).
    latched: Option<SocketAddr>,
    direction: Direction,
    out: Outgoing<Source>,
    keys: dtmf::Reader,
    was_heard: bool,
    heard_at: Instant,
}

impl Leg {
    pub(super) fn new(id: LegId, socket: UdpSocket, now: Instant) -> Self {
        Self {
            id,
            socket,
            born: now,
            peer: None,
            secure: None,
            latched: None,
            direction: Direction::SendRecv,
            // In the lower half, so that one lost packet at the beginning does not hide a new round of numbers from whoever
            // has to decrypt (RFC 3711, section 3.3.1).
            out: Outgoing::new(fastrand::u32(..), fastrand::u16(..0x8000), fastrand::u32(..)),
            keys: dtmf::Reader::default(),
            was_heard: false,
            heard_at: now,
        }
    }

    pub(super) fn socket(&mut self) -> &mut UdpSocket {
        &mut self.socket
    }

    pub(super) fn is_connected(&self) -> bool {
        self.peer.is_some()
    }

    pub(super) fn secure(&mut self, keys: Keys) {
        match &mut self.secure {
            Some(secure) => secure.change(keys),
            None => self.secure = Some(Secure::new(keys)),
        }
    }

    pub(super) fn connect(&mut self, peer: Peer, now: Instant) {
        if self.peer != Some(peer) {
            self.latched = None;
        }
        if self.peer.is_none() {
            self.heard_at = now;
        }
        self.peer = Some(peer);
    }

    /// True if it begins to send.
    pub(super) fn direct(&mut self, direction: Direction, now: Instant) -> bool {
        if is_talk(direction) && !is_talk(self.direction) {
            self.heard_at = now;
        }
        let begins = direction.sends() && !self.direction.sends();
        if begins {
            self.out.cut();
        }
        self.direction = direction;
        begins
    }

    /// A packet came in on this leg's port: what it says, if we are to hear it.
    pub(super) fn hear(
        &mut self,
        bytes: &[u8],
        from: SocketAddr,
        now: Instant,
        reports: &UnboundedSender<Report>,
    ) -> Option<Frame> {
        let peer = self.peer?;
        if !self.may_speak(&peer, from) {
            return None;
        }
        // Nobody without the key is heard, or takes the place of whoever has it.
        let opened = self.secure.as_mut().map(|secure| secure.open(bytes));
        let bytes = match &opened {
            Some(Some(opened)) => opened,
            Some(None) => return None,
            None => bytes,
        };
        let packet = Packet::parse(bytes).ok()?;
        let law = spoken_law(&peer, packet.payload_type);
        let is_key = Some(packet.payload_type) == peer.receive.events;
        if !(law.is_some() || is_key) || packet.payload.len() > PAYLOAD_MAX_BYTES {
            return None;
        }
        self.latched = Some(from);
        self.heard_at = now;
        if !self.was_heard {
            self.was_heard = true;
            // Nobody listens any more only when the engine itself is gone.
            let _ = reports.send(Report::Heard(self.id));
        }
        if is_key && let Some(key) = self.keys.read(&packet) {
            // As above.
            let _ = reports.send(Report::Key(self.id, key.char()));
        }
        self.direction.receives().then(|| Frame {
            sound: match law {
                Some(Law::A) => Kind::Alaw,
                Some(Law::Mu) => Kind::Ulaw,
                None => Kind::Key,
            },
            sequence: packet.sequence,
            timestamp: packet.timestamp,
            marker: packet.marker,
            payload: packet.payload.into(),
        })
    }

    /// The address of the SDP always may; else the first who comes from where the other side is, until that one does.
    fn may_speak(&self, peer: &Peer, from: SocketAddr) -> bool {
        if peer.address == Some(from) {
            return true;
        }
        if self.latched.is_some() {
            return self.latched == Some(from);
        }
        let said = peer.address.map(|address| address.ip());
        said == Some(from.ip()) || peer.signals_from.is_none_or(|known| known == from.ip())
    }

    pub(super) fn watch(
        &mut self,
        now: Instant,
        settings: &Settings,
        reports: &UnboundedSender<Report>,
    ) {
        // Whoever holds need not send anything.
        let is_expected = self.peer.is_some() && is_talk(self.direction);
        if is_expected && now.saturating_duration_since(self.heard_at) > settings.silence_max {
            self.heard_at = now;
            // As above.
            let _ = reports.send(Report::Silent(self.id));
        }
    }

    pub(super) fn pass(&mut self, source: Source, frame: &Frame, now: Instant) {
        let Some(peer) = self.peer else { return };
        let is_key = frame.sound == Kind::Key;
        let payload_type = if is_key { peer.send.events } else { Some(peer.send.speech) };
        let Some(payload_type) = payload_type else { return };
        let samples = if is_key { 0 } else { frame.payload.len() };
        let incoming = Incoming {
            source,
            marker: frame.marker,
            sequence: frame.sequence,
            timestamp: frame.timestamp,
            samples: u16::try_from(samples).unwrap_or(FRAME_SAMPLES),
        };
        let at = now.saturating_duration_since(self.born);
        let Some(header) = self.out.pass(incoming, at) else { return };
        let (spoken, wanted) = match frame.sound {
            Kind::Alaw => (Law::A, peer.law),
            Kind::Ulaw => (Law::Mu, peer.law),
            Kind::Key => (peer.law, peer.law),
        };
        if spoken == wanted {
            return self.send(payload_type, header, &frame.payload);
        }
        let mut payload = frame.payload.to_vec();
        spoken.convert(wanted, &mut payload);
        self.send(payload_type, header, &payload);
    }

    pub(super) fn make(
        &mut self,
        source: Source,
        samples: &[i16; SAMPLES_PER_FRAME],
        now: Instant,
    ) {
        let Some(peer) = self.peer else { return };
        let at = now.saturating_duration_since(self.born);
        let header = self.out.make(source, FRAME_SAMPLES, at);
        self.send(peer.send.speech, header, &encoded(samples, peer.law));
    }

    fn send(&mut self, payload_type: u8, header: Header, payload: &[u8]) {
        let Some(peer) = self.peer.filter(|_| self.direction.sends()) else { return };
        let Some(to) = self.latched.or(peer.address) else { return };
        let packet = Packet {
            payload_type,
            marker: header.marker,
            sequence: header.sequence,
            timestamp: header.timestamp,
            ssrc: header.ssrc,
            payload,
        };
        let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
        packet.write(&mut bytes);
        if self.secure.as_mut().is_some_and(|secure| !secure.seal(&mut bytes)) {
            return;
        }
        // A packet of speech that cannot go now is worth nothing later.
        let _ = self.socket.send_to(&bytes, to);
    }
}

fn is_talk(direction: Direction) -> bool {
    direction == Direction::SendRecv
}

/// Whoever was offered both laws may use either, packet by packet (RFC 3264, section 5.1).
fn spoken_law(peer: &Peer, payload_type: u8) -> Option<Law> {
    if payload_type == peer.receive.speech {
        return Some(peer.law);
    }
    Law::of_payload_type(payload_type)
}
