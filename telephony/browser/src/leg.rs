//! One browser: three audio sections in one bundle, 0 the conversation, 1 and 2 extra ears. No socket and no clock of its own: whoever
//! has the socket feeds datagrams and times, and sends what comes out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::change::SdpOffer;
use str0m::format::Codec;
use str0m::media::{Frequency, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};

/// Audio sections of a browser.
pub const SLOTS: usize = 3;
/// Samples of one second.
const RATE: u64 = 8_000;
/// Samples of one frame of 20 ms: how far the time goes on where a source begins.
const FRAME: u32 = 160;
/// What Chromium calls key presses; the answer may give another.
const TELEPHONE_EVENT: u8 = 126;

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
pub struct BadOffer(String);

impl BadOffer {
    pub(crate) fn stopped() -> Self {
        Self("sound has stopped".into())
    }
}

/// What a leg wants.
#[derive(Debug)]
pub(crate) enum Wants {
    Send {
        to: SocketAddr,
        datagram: Vec<u8>,
    },
    Connected,
    Heard(Frame),
    Gone,
    /// Nothing until then, or until something comes in.
    Wait(Instant),
}

/// What goes to one section: one stream, however often its source changes (design of the telephone, pitfall 5).
#[derive(Default)]
struct Outgoing {
    sequence: u64,
    timestamp: u32,
    source: Option<Continues>,
}

/// Where the source of a section is.
#[derive(Clone, Copy)]
struct Continues {
    source: u64,
    sequence: u16,
    timestamp: u32,
    at: Instant,
}

pub(crate) struct Leg {
    rtc: Rtc,
    mids: Vec<Mid>,
    keys: Option<u8>,
    out: [Outgoing; SLOTS],
    /// Feeding a time-out makes a written packet leave; so often at most in one drain (pitfall 1).
    fed: u8,
}

const FED_AT_MOST: u8 = 8;

impl Leg {
    /// Takes a browser's offer and answers it. `at` are the addresses at which the browser can reach us.
    pub(crate) fn accept(
        offer: &str,
        at: &[SocketAddr],
        now: Instant,
    ) -> Result<(Self, String), BadOffer> {
        let bad = |error: &dyn std::fmt::Display| BadOffer(error.to_string());
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
            let candidate =
                Candidate::host(*address, Protocol::Udp).map_err(|error| bad(&error))?;
            rtc.add_local_candidate(candidate);
        }
        let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| bad(&error))?;
        let out = std::array::from_fn(|_| Outgoing {
            sequence: fastrand::u64(1..0x8000),
            timestamp: fastrand::u32(..),
            source: None,
        });
        Ok((Self { rtc, mids: Vec::new(), keys: None, out, fed: 0 }, answer.to_sdp_string()))
    }

    /// What the browser's first packets name us by.
    pub(crate) fn ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Something came in. What is no packet of a browser is passed over.
    pub(crate) fn receive(
        &mut self,
        datagram: &[u8],
        (from, to): (SocketAddr, SocketAddr),
        now: Instant,
    ) {
        let Ok(received) = Receive::new(Protocol::Udp, from, to, datagram) else { return };
        if let Err(error) = self.rtc.handle_input(Input::Receive(now, received)) {
            tracing::debug!(%error, "a packet of a browser was refused");
        }
    }

    /// The time has come that [`Wants::Wait`] named.
    pub(crate) fn wake(&mut self, now: Instant) {
        if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
            tracing::debug!(%error, "a browser's connection ended");
            self.rtc.disconnect();
        }
    }

    /// Gives a frame of `source` to a section. Poll afterwards.
    pub(crate) fn play(&mut self, slot: usize, source: u64, frame: &Frame, now: Instant) {
        let payload_type = match (frame.sound, self.keys) {
            (Sound::Alaw, _) => 8,
            (Sound::Ulaw, _) => 0,
            (Sound::Key, Some(keys)) => keys,
            (Sound::Key, None) => return,
        };
        let (Some(out), Some(mid)) = (self.out.get_mut(slot), self.mids.get(slot)) else { return };
        let (sequence, timestamp, switched) = out.next(source, frame, now);
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(*mid, None) else { return };
        let payload = Arc::clone(&frame.payload);
        let packet = RtpWrite::new(payload_type.into(), sequence.into(), timestamp, now, payload);
        stream.write_rtp(packet.marker(frame.marker || switched));
    }

    /// What is to be done now; ask until it says [`Wants::Wait`] or [`Wants::Gone`].
    pub(crate) fn poll(&mut self, now: Instant) -> Wants {
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
                    if !self.rtc.is_alive() {
                        return Wants::Gone;
                    }
                    return Wants::Wait(at.max(now + Duration::from_millis(1)));
                }
                Output::Transmit(packet) => {
                    let datagram = packet.contents.to_vec();
                    return Wants::Send { to: packet.destination, datagram };
                }
                Output::Event(event) => match event {
                    Event::Connected => return Wants::Connected,
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

impl Outgoing {
    /// Sequence and time that go on where the hearer is, and whether this is another source than before.
    fn next(&mut self, source: u64, frame: &Frame, now: Instant) -> (u64, u32, bool) {
        let switched = match self.source {
            Some(before) if before.source == source => {
                let step = frame.sequence.wrapping_sub(before.sequence).cast_signed();
                self.sequence = self.sequence.saturating_add_signed(i64::from(step)).max(1);
                self.timestamp =
                    self.timestamp.wrapping_add(frame.timestamp.wrapping_sub(before.timestamp));
                false
            }
            before => {
                let passed = before.map_or(Duration::ZERO, |before| now - before.at);
                let samples = u64::try_from(passed.as_millis()).unwrap_or(0) * RATE / 1_000;
                let samples = u32::try_from(samples).unwrap_or(u32::MAX).max(FRAME);
                self.sequence += 1;
                self.timestamp = self.timestamp.wrapping_add(samples);
                true
            }
        };
        let (sequence, timestamp) = (frame.sequence, frame.timestamp);
        self.source = Some(Continues { source, sequence, timestamp, at: now });
        (self.sequence, self.timestamp, switched)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(sequence: u16, timestamp: u32) -> Frame {
        let payload = Arc::from([0xd5; 160]);
        Frame { sound: Sound::Alaw, sequence, timestamp, marker: false, payload }
    }

    #[test]
    fn the_hearer_notices_no_change_of_source_but_its_sound() {
        let begin = Instant::now();
        let at = |millis| begin + Duration::from_millis(millis);
        let mut out = Outgoing { sequence: 10, timestamp: 1_000, source: None };
        assert_eq!(out.next(1, &frame(65_535, 4_294_967_200), at(0)), (11, 1_160, true));
        assert_eq!(out.next(1, &frame(0, 64), at(20)), (12, 1_320, false), "both wrap");
        assert_eq!(out.next(1, &frame(2, 384), at(60)), (14, 1_640, false), "a loss stays one");
        assert_eq!(out.next(2, &frame(900, 7), at(80)), (15, 1_800, true), "another source");
        assert_eq!(out.next(1, &frame(50, 9_000), at(5_080)), (16, 41_800, true), "after silence");
    }
}
