//! One browser: three audio sections in one bundle, 0 the conversation, 1 and 2 extra ears. No socket and no clock of its own: whoever
//! has the socket feeds datagrams and times, and sends what comes out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::change::SdpOffer;
use str0m::format::Codec;
use str0m::media::{Frequency, Mid};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};
use telephony_proto::continuity::{Header, Incoming, Outgoing};

/// Audio sections of a browser.
pub const SLOTS: usize = 3;
/// What Chromium calls key presses; the answer may give another.
pub(crate) const TELEPHONE_EVENT: u8 = 126;

/// How packets travel: by UDP, or where a network lets none of it through, framed in a TCP connection that the browser opens
/// (RFC 6544, RFC 4571).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Way {
    Udp,
    Tcp,
}

impl Way {
    fn protocol(self) -> Protocol {
        match self {
            Self::Udp => Protocol::Udp,
            Self::Tcp => Protocol::Tcp,
        }
    }
}

/// What a frame holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sound {
    /// G.711 A-law, 8 kHz.
    Alaw,
    /// G.711 µ-law, 8 kHz.
    Ulaw,
    /// A key press (RFC 4733).
    Key,
}

/// A piece of sound, as it came or as it is to go.
#[derive(Clone, Debug)]
pub struct Frame {
    pub sound: Sound,
    pub sequence: u16,
    /// In samples of 8 kHz, by the clock of its source.
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Arc<[u8]>,
}

/// The browser said something that is no offer of a telephone.
#[derive(Debug, thiserror::Error)]
#[error("the browser's offer cannot be used: {0}")]
pub struct BadOffer(pub String);

/// What a leg wants.
#[derive(Debug)]
pub enum Wants {
    Send {
        way: Way,
        to: SocketAddr,
        datagram: Vec<u8>,
    },
    /// Sound can go both ways.
    Connected,
    Heard(Frame),
    /// It is not there any more: closed, or not heard of for some seconds.
    Gone,
    /// Nothing until then, or until something comes in.
    Wait(Instant),
}

/// What goes to one section: one stream, however often its source changes.
struct Section<S> {
    stream: Outgoing<S>,
    /// The sequence of what went last, with the rounds that sixteen bits leave out.
    sequence: u64,
}

impl<S: Copy + Eq> Section<S> {
    fn new() -> Self {
        // Small at first, so that it is in its first round for both ends (RFC 3711 §3.3.1).
        let first = fastrand::u16(1..0x8000);
        let stream = Outgoing::new(fastrand::u32(..), first, fastrand::u32(..));
        Self { stream, sequence: first.into() }
    }

    /// The whole sequence number of this one, which is near the last.
    fn whole(&mut self, sequence: u16) -> u64 {
        let [low, high, ..] = self.sequence.to_le_bytes();
        let step = sequence.wrapping_sub(u16::from_le_bytes([low, high])).cast_signed();
        self.sequence = self.sequence.saturating_add_signed(step.into());
        self.sequence
    }
}

/// The connection of one browser. `S` names a source of what it hears.
pub struct Leg<S> {
    rtc: Rtc,
    mids: Vec<Mid>,
    keys: Option<u8>,
    out: [Section<S>; SLOTS],
    /// The moment from which the streams count their time.
    begun: Instant,
    is_connected: bool,
    /// Feeding a time-out makes a written packet leave; so often at most in one drain (str0m sends what was written with the next of them).
    fed: u8,
}

const FED_AT_MOST: u8 = 8;
/// Whoever is not there by then will not come: its network lets no sound through.
const CONNECTS_WITHIN: Duration = Duration::from_secs(20);

impl<S: Copy + Eq> Leg<S> {
    /// Takes a browser's offer (SDP) and answers it. `at` are the addresses at which the browser can reach us, by
    /// UDP and by TCP.
    ///
    /// # Errors
    ///
    /// For an offer that is none, or not of a telephone.
    pub fn accept(
        offer: &str,
        at: &[SocketAddr],
        now: Instant,
    ) -> Result<(Self, String), BadOffer> {
        let bad = |error: &dyn std::fmt::Display| BadOffer(error.to_string());
        if offer.lines().filter(|line| line.starts_with("m=")).count() > SLOTS {
            return Err(BadOffer("more sections than a telephone has".into()));
        }
        let offer = SdpOffer::from_sdp_string(offer).map_err(|error| bad(&error))?;
        let mut config = Rtc::builder()
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_pcma(true, false)
            .enable_pcmu(true, false);
        let (rate, format) = (Frequency::EIGHT_KHZ, str0m::format::FormatParams::default());
        config.codec_config().add_config(
            TELEPHONE_EVENT.into(),
            None,
            Codec::Tele,
            rate,
            None,
            format,
        );
        let mut rtc = config.build(now);
        for address in at {
            let udp = Candidate::host(*address, Protocol::Udp);
            let tcp = Candidate::builder().tcp().host(*address).tcptype(TcpType::Passive).build();
            for candidate in [udp, tcp] {
                rtc.add_local_candidate(candidate.map_err(|error| bad(&error))?);
            }
        }
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| bad(&error))?;
        let out = std::array::from_fn(|_| Section::new());
        Ok((
            Self {
                rtc,
                mids: Vec::new(),
                keys: None,
                out,
                begun: now,
                is_connected: false,
                fed: 0,
            },
            answer.to_sdp_string(),
        ))
    }

    /// What the browser's first packets name us by.
    pub fn ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Something came in; whether it is of this browser, by its signature. What is no packet of a browser is passed over.
    pub fn receive(
        &mut self,
        datagram: &[u8],
        (way, from, to): (Way, SocketAddr, SocketAddr),
        now: Instant,
    ) -> bool {
        let Ok(received) = Receive::new(way.protocol(), from, to, datagram) else { return false };
        let input = Input::Receive(now, received);
        let accepted = self.rtc.accepts(&input);
        if let Err(error) = self.rtc.handle_input(input) {
            tracing::debug!(%error, "a packet of a browser was refused");
        }
        accepted
    }

    /// The time has come that [`Wants::Wait`] named.
    pub fn wake(&mut self, now: Instant) {
        if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
            tracing::debug!(%error, "a browser's connection ended");
            self.rtc.disconnect();
        }
    }

    /// Gives a frame of `source` to a section. Poll afterwards.
    pub fn pass(&mut self, slot: usize, source: S, frame: &Frame, now: Instant) {
        let Some(out) = self.out.get_mut(slot) else { return };
        let samples = if frame.sound == Sound::Key { 0 } else { frame.payload.len() };
        let incoming = Incoming {
            source,
            marker: frame.marker,
            sequence: frame.sequence,
            timestamp: frame.timestamp,
            samples: u16::try_from(samples).unwrap_or(u16::MAX),
        };
        let at = now.saturating_duration_since(self.begun);
        if let Some(header) = out.stream.pass(incoming, at) {
            self.write(slot, frame.sound, header, Arc::clone(&frame.payload), now);
        }
    }

    /// Gives A-law that we made to a section; it follows what was made before. Poll afterwards.
    pub fn make(&mut self, slot: usize, source: S, payload: Arc<[u8]>, now: Instant) {
        let Some(out) = self.out.get_mut(slot) else { return };
        let samples = u16::try_from(payload.len()).unwrap_or(u16::MAX);
        let at = now.saturating_duration_since(self.begun);
        let header = out.stream.make(source, samples, at);
        self.write(slot, Sound::Alaw, header, payload, now);
    }

    fn write(
        &mut self,
        slot: usize,
        sound: Sound,
        header: Header,
        payload: Arc<[u8]>,
        now: Instant,
    ) {
        let payload_type = match (sound, self.keys) {
            (Sound::Alaw, _) => 8,
            (Sound::Ulaw, _) => 0,
            (Sound::Key, Some(keys)) => keys,
            (Sound::Key, None) => return,
        };
        let (Some(out), Some(mid)) = (self.out.get_mut(slot), self.mids.get(slot)) else { return };
        let sequence = out.whole(header.sequence);
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(*mid, None) else { return };
        let packet =
            RtpWrite::new(payload_type.into(), sequence.into(), header.timestamp, now, payload);
        stream.write_rtp(packet.marker(header.marker));
    }

    /// What is to be done now; ask until it says [`Wants::Wait`] or [`Wants::Gone`].
    pub fn poll(&mut self, now: Instant) -> Wants {
        loop {
            let output = match self.rtc.poll_output() {
                Ok(output) => output,
                Err(error) => {
                    tracing::debug!(%error, "a browser's connection ended");
                    return Wants::Gone;
                }
            };
            match output {
                Output::Timeout(at) if at <= now && self.fed < FED_AT_MOST => {
                    self.fed += 1;
                    self.wake(now);
                }
                Output::Timeout(at) => {
                    self.fed = 0;
                    let given_up = self.begun + CONNECTS_WITHIN;
                    if !self.rtc.is_alive() || (!self.is_connected && given_up <= now) {
                        return Wants::Gone;
                    }
                    let at = if self.is_connected { at } else { at.min(given_up) };
                    return Wants::Wait(at.max(now + Duration::from_millis(1)));
                }
                Output::Transmit(packet) => {
                    let datagram = packet.contents.to_vec();
                    let way = if packet.proto == Protocol::Udp { Way::Udp } else { Way::Tcp };
                    return Wants::Send { way, to: packet.destination, datagram };
                }
                Output::Event(event) => match event {
                    Event::Connected => {
                        self.is_connected = true;
                        return Wants::Connected;
                    }
                    Event::MediaAdded(media) => {
                        self.mids.push(media.mid);
                        self.keys = self.keys_of_the_answer();
                    }
                    Event::RtpPacket(packet) => {
                        let payload_type: u8 = *packet.header.payload_type;
                        let sound = match payload_type {
                            8 => Sound::Alaw,
                            0 => Sound::Ulaw,
                            other if Some(other) == self.keys => Sound::Key,
                            _ => continue,
                        };
                        return Wants::Heard(Frame {
                            sound,
                            sequence: packet.header.sequence_number,
                            timestamp: packet.header.timestamp,
                            marker: packet.header.marker,
                            payload: packet.payload,
                        });
                    }
                    Event::IceConnectionStateChange(IceConnectionState::Disconnected)
                    | Event::Closed => return Wants::Gone,
                    _ => {}
                },
            }
        }
    }

    fn keys_of_the_answer(&self) -> Option<u8> {
        let params = self.rtc.codec_config().params().iter();
        params
            .filter(|param| {
                let spec = param.spec();
                spec.codec == Codec::Tele && spec.clock_rate == Frequency::EIGHT_KHZ
            })
            .map(|param| *param.pt())
            .next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_sequence_goes_on_through_its_rounds() {
        let mut section = Section { sequence: 65_534, ..Section::<()>::new() };
        for (seen, whole) in [(65_535, 65_535), (0, 65_536), (65_535, 65_535), (2, 65_538)] {
            assert_eq!(section.whole(seen), whole);
        }
    }
}
