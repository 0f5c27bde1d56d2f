//! One leg's sound: its socket, whom it hears, and what it sends.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use telephony_proto::continuity::{Header, Incoming, Outgoing};
use telephony_proto::dtmf;
use telephony_proto::g711::{Law, SAMPLES_PER_FRAME};
use telephony_proto::rtp::{HEADER_BYTES, Packet};
use telephony_proto::sdp::Direction;
use tokio::sync::mpsc::UnboundedSender;

use super::melody::Melody;
use super::secure::{Keys, Secure};
use super::{Peer, Report, Settings};
use crate::message::{LegId, Sound};

const FRAME: Duration = Duration::from_millis(20);
/// Later than this we were asleep, not slow: what was missed is not sent in one burst.
const LATE_MAX: Duration = Duration::from_millis(200);
/// Frames that wait to be echoed; at 50 a second more than any delay that makes sense.
const ECHOES_MAX: usize = 300;
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
    sound: Sound,
    melody: Melody,
    out: Outgoing<Source>,
    next_frame: Instant,
    echoes: VecDeque<Echo>,
    keys: dtmf::Reader,
    was_heard: bool,
    heard_at: Instant,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Source {
    Silence,
    Echo,
    Music,
}

struct Echo {
    due: Instant,
    incoming: Incoming<Source>,
    payload: Vec<u8>,
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
            sound: Sound::Silence,
            melody: Melody::new(),
            // In the lower half, so that one lost packet at the beginning does not hide a new round of numbers from whoever
            // has to decrypt (RFC 3711, section 3.3.1).
            out: Outgoing::new(fastrand::u32(..), fastrand::u16(..0x8000), fastrand::u32(..)),
            next_frame: now,
            echoes: VecDeque::new(),
            keys: dtmf::Reader::default(),
            was_heard: false,
            heard_at: now,
        }
    }

    pub(super) fn socket(&mut self) -> &mut UdpSocket {
        &mut self.socket
    }

    pub(super) fn secure(&mut self, keys: Keys) {
        match &mut self.secure {
            Some(secure) => secure.change(keys),
            None => self.secure = Some(Secure::new(keys)),
        }
    }

    pub(super) fn connect(&mut self, peer: Peer) {
        if self.peer != Some(peer) {
            self.latched = None;
            self.echoes.clear();
        }
        if self.peer.is_none() {
            self.heard_at = Instant::now();
            self.next_frame = self.heard_at;
        }
        self.peer = Some(peer);
    }

    pub(super) fn play(&mut self, sound: Sound) {
        if sound == self.sound {
            return;
        }
        self.sound = sound;
        self.echoes.clear();
        self.melody = Melody::new();
    }

    pub(super) fn direct(&mut self, direction: Direction) {
        if direction == self.direction {
            return;
        }
        if is_talk(direction) && !is_talk(self.direction) {
            self.heard_at = Instant::now();
        }
        if direction.sends() && !self.direction.sends() {
            self.next_frame = Instant::now();
            self.out.cut();
        }
        self.direction = direction;
        self.echoes.clear();
    }

    /// A packet came in on this leg's port.
    pub(super) fn hear(
        &mut self,
        bytes: &[u8],
        from: SocketAddr,
        now: Instant,
        settings: &Settings,
        reports: &UnboundedSender<Report>,
    ) {
        let Some(peer) = self.peer else { return };
        if !self.may_speak(&peer, from) {
            return;
        }
        // Nobody without the key is heard, or takes the place of whoever has it.
        let opened = self.secure.as_mut().map(|secure| secure.open(bytes));
        let bytes = match &opened {
            Some(Some(opened)) => opened,
            Some(None) => return,
            None => bytes,
        };
        let Ok(packet) = Packet::parse(bytes) else { return };
        let law = spoken_law(&peer, packet.payload_type);
        let is_key = Some(packet.payload_type) == peer.receive.events;
        if !(law.is_some() || is_key) || packet.payload.len() > PAYLOAD_MAX_BYTES {
            return;
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
        if let Some(law) = law
            && self.sound == Sound::Echo
            && self.direction.receives()
        {
            self.echo(&packet, law, peer.law, now, settings);
        }
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

    fn echo(&mut self, packet: &Packet<'_>, from: Law, to: Law, now: Instant, settings: &Settings) {
        let mut payload = packet.payload.to_vec();
        if from != to {
            from.convert(to, &mut payload);
        }
        if self.echoes.len() >= ECHOES_MAX {
            self.echoes.pop_front();
        }
        self.echoes.push_back(Echo {
            due: now + settings.echo_delay,
            incoming: Incoming {
                source: Source::Echo,
                marker: packet.marker,
                sequence: packet.sequence,
                timestamp: packet.timestamp,
                samples: u16::try_from(packet.payload.len()).unwrap_or(FRAME_SAMPLES),
            },
            payload,
        });
        self.send_echoes(now);
    }

    pub(super) fn tick(
        &mut self,
        now: Instant,
        settings: &Settings,
        reports: &UnboundedSender<Report>,
    ) {
        if self.peer.is_none() {
            return;
        }
        // Whoever holds need not send anything.
        if is_talk(self.direction)
            && now.saturating_duration_since(self.heard_at) > settings.silence_max
        {
            self.heard_at = now;
            // As above.
            let _ = reports.send(Report::Silent(self.id));
        }
        self.send_echoes(now);
        if now.saturating_duration_since(self.next_frame) > LATE_MAX {
            self.next_frame = now;
        }
        while self.next_frame <= now {
            self.next_frame += FRAME;
            self.send_frame(now);
        }
    }

    fn send_echoes(&mut self, now: Instant) {
        while self.echoes.front().is_some_and(|echo| echo.due <= now) {
            let Some(echo) = self.echoes.pop_front() else { return };
            let at = now.saturating_duration_since(self.born);
            if let Some(header) = self.out.pass(echo.incoming, at) {
                self.send(header, &echo.payload);
            }
        }
    }

    /// 20 ms of what we make ourselves. The echo line makes nothing: it waits for its caller.
    fn send_frame(&mut self, now: Instant) {
        let Some(peer) = self.peer else { return };
        let mut samples = [0; SAMPLES_PER_FRAME];
        let source = match self.sound {
            Sound::Echo => return,
            Sound::Silence => Source::Silence,
            Sound::Music => {
                self.melody.fill(&mut samples);
                Source::Music
            }
        };
        let mut payload = Vec::with_capacity(SAMPLES_PER_FRAME);
        peer.law.encode_into(&samples, &mut payload);
        let at = now.saturating_duration_since(self.born);
        let header = self.out.make(source, FRAME_SAMPLES, at);
        self.send(header, &payload);
    }

    fn send(&mut self, header: Header, payload: &[u8]) {
        let Some(peer) = self.peer.filter(|_| self.direction.sends()) else { return };
        let Some(to) = self.latched.or(peer.address) else { return };
        let packet = Packet {
            payload_type: peer.send.speech,
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
