//! One stream to one hearer, whatever is heard on it.
//!
//! A hearer's jitter buffer believes sequence and timestamp. If the source behind a stream changes (agent, music, agent,
//! colleague) and its own numbers go out, the buffer waits for packets that never come, and the line is dead in one
//! direction. So a stream has one SSRC and numbers of its own for its whole life.
//!
//! - **Within a source** the distance between its packets is kept, in sequence and in time: what was lost on the way to us stays
//!   lost for the hearer, who conceals it better than silence of ours would, and what was reordered is put right there.
//! - **At a switch** the numbers go on without a hole: what the new source lost before its first packet here is nobody's loss.
//!   The timestamp advances by the time that went by, and the marker bit tells the buffer that it may settle anew.
//! - A source that begins again (other numbers, another clock) is a switch, too.
//!
//! Source: RFC 3550 §5.1, §A.1; RFC 3551 §4.1 for the marker.

use std::time::Duration;

use crate::g711::SAMPLES_PER_SECOND;

/// The numbers of a packet as it goes out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    pub marker: bool,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
}

/// A packet of a source that is to be passed on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Incoming<S> {
    pub source: S,
    pub marker: bool,
    pub sequence: u16,
    /// In samples at 8 kHz, by the clock of the source.
    pub timestamp: u32,
    /// What the payload lasts: its bytes for G.711, 0 for an event of RFC 4733.
    pub samples: u16,
}

/// The stream that goes out. `S` names a source; the caller passes on only what is routed at that moment.
#[derive(Clone, Debug)]
pub struct Outgoing<S> {
    ssrc: u32,
    next: (u16, u32),
    sent: Option<Sent<S>>,
}

#[derive(Clone, Copy, Debug)]
struct Sent<S> {
    /// None after a cut: whatever follows is a switch.
    source: Option<S>,
    /// The newest that came in, by the numbers of the source.
    came: (u16, u32),
    /// The newest that went out, by ours.
    went: (u16, u32),
    /// When the newest timestamp went out first. A key press is many packets of one timestamp, and lasts from the first.
    at: Duration,
    samples: u16,
    /// The first of this source. What is older belongs to numbers that another source has used.
    first: u16,
}

/// More that is missing means that the source began again. Source: RFC 3550 §A.1, `MAX_DROPOUT`.
const MISSING_MAX: i16 = 3_000;
/// Later than this means the same. Source: RFC 3550 §A.1, `MAX_MISORDER`.
const LATE_MAX: i16 = 100;
/// A source whose clock runs ahead of ours by more than this between two packets, or back by more, has set its clock.
const SKEW_MAX: Duration = Duration::from_secs(2);

impl<S: Copy + Eq> Outgoing<S> {
    /// A stream that nothing was sent on. All three are to be random. Source: RFC 3550 §5.1.
    pub fn new(ssrc: u32, first_sequence: u16, first_timestamp: u32) -> Self {
        Self { ssrc, next: (first_sequence, first_timestamp), sent: None }
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The next packet is a switch, also if its source is the same: a second key press, a line that went on after a pause.
    pub fn cut(&mut self) {
        if let Some(sent) = &mut self.sent {
            sent.source = None;
        }
    }

    /// The numbers of a packet that came from somewhere.
    ///
    /// `at` is the time since a moment that the caller chose once for this stream. None if the packet is so late that it was
    /// overtaken by a switch: it is not to be sent.
    pub fn pass(&mut self, packet: Incoming<S>, at: Duration) -> Option<Header> {
        let Incoming { source, marker, sequence, timestamp, samples } = packet;
        let came = (sequence, timestamp);
        let Some(sent) = &mut self.sent else {
            return Some(self.switch(source, came, samples, at));
        };
        let steps = sequence.wrapping_sub(sent.came.0).cast_signed();
        let ticks = timestamp.wrapping_sub(sent.came.1).cast_signed();
        let goes_on = (-LATE_MAX..=MISSING_MAX).contains(&steps)
            && (ticks >= 0) == (steps >= 0 || ticks == 0)
            && ticks >= -clock(SKEW_MAX).cast_signed()
            && ticks <= clock(at.saturating_sub(sent.at).saturating_add(SKEW_MAX)).cast_signed();
        if sent.source != Some(source) || !goes_on {
            return Some(self.switch(source, came, samples, at));
        }
        let number = sent.went.0.wrapping_add_signed(steps);
        let stamp = sent.went.1.wrapping_add_signed(ticks);
        if number.wrapping_sub(sent.first).cast_signed() < 0 {
            return None;
        }
        if steps > 0 {
            if ticks > 0 {
                sent.at = at;
            }
            (sent.came, sent.went, sent.samples) = (came, (number, stamp), samples);
        }
        Some(Header { marker, sequence: number, timestamp: stamp, ssrc: self.ssrc })
    }

    /// The numbers of a packet that we made: music, a mix, a key press.
    ///
    /// Follows the one before without a gap. `samples` is what its payload lasts; 0 repeats the timestamp, as the packets of one
    /// key press do. `at` as in [`Self::pass`].
    pub fn make(&mut self, source: S, samples: u16, at: Duration) -> Header {
        let Some(sent) = &mut self.sent else {
            return self.switch(source, (0, 0), samples, at);
        };
        if sent.source != Some(source) {
            return self.switch(source, (0, 0), samples, at);
        }
        let (sequence, timestamp) =
            (sent.went.0.wrapping_add(1), sent.went.1.wrapping_add(sent.samples.into()));
        if sent.samples > 0 {
            sent.at = at;
        }
        (sent.went, sent.samples) = ((sequence, timestamp), samples);
        Header { marker: false, sequence, timestamp, ssrc: self.ssrc }
    }

    fn switch(&mut self, source: S, came: (u16, u32), samples: u16, at: Duration) -> Header {
        let (sequence, timestamp) = match self.sent {
            None => self.next,
            Some(sent) => {
                let lasted = u32::from(sent.samples);
                let elapsed = clock(at.saturating_sub(sent.at));
                // Two sources do not tick together. Less than a packet's length of it is no silence, and must not become one.
                let ticks = if elapsed < 2 * lasted { lasted } else { elapsed.max(1) };
                (sent.went.0.wrapping_add(1), sent.went.1.wrapping_add(ticks))
            }
        };
        let went = (sequence, timestamp);
        self.sent = Some(Sent { source: Some(source), came, went, at, samples, first: sequence });
        Header { marker: true, sequence, timestamp, ssrc: self.ssrc }
    }
}

/// Samples in so much time. Beyond three days it stays there, which is far more than any call and no negative distance.
fn clock(time: Duration) -> u32 {
    let samples = time.as_micros() * u128::from(SAMPLES_PER_SECOND) / 1_000_000;
    u32::try_from(samples).unwrap_or(u32::MAX).min(i32::MAX.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: u8 = 1;
    const MUSIC: u8 = 2;
    const OTHER: u8 = 3;

    fn stream() -> Outgoing<u8> {
        Outgoing::new(77, 65_534, u32::MAX - 100)
    }

    fn frame(source: u8, sequence: u16, timestamp: u32) -> Incoming<u8> {
        Incoming { source, marker: false, sequence, timestamp, samples: 160 }
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// What the hearer sees: sequence and timestamp from the first packet on, and the marker.
    fn seen(header: Header) -> (u16, u32, bool) {
        assert_eq!(header.ssrc, 77);
        (
            header.sequence.wrapping_sub(65_534),
            header.timestamp.wrapping_sub(u32::MAX - 100),
            header.marker,
        )
    }

    #[test]
    fn agent_music_agent_is_one_stream_without_a_hole() {
        let mut out = stream();
        let mut heard = Vec::new();
        for n in 0..3_u16 {
            let packet = frame(AGENT, 500 + n, 9_000 + 160 * u32::from(n));
            heard.push(seen(out.pass(packet, ms(20 * u64::from(n))).unwrap()));
        }
        for n in 3..6 {
            heard.push(seen(out.make(MUSIC, 160, ms(20 * n + 7))));
        }
        // The agent's numbers went on while nobody heard them.
        heard.push(seen(out.pass(frame(AGENT, 506, 9_960), ms(121)).unwrap()));
        heard.push(seen(out.pass(frame(OTHER, 3, 5), ms(141)).unwrap()));
        let expected: Vec<_> =
            (0..8_u16).map(|n| (n, 160 * u32::from(n), [0, 3, 6, 7].contains(&n))).collect();
        assert_eq!(heard, expected);
    }

    #[test]
    fn after_a_silence_the_timestamp_tells_how_long_it_was() {
        let mut out = stream();
        out.pass(frame(AGENT, 1, 0), ms(0));
        assert_eq!(seen(out.make(MUSIC, 160, ms(1_000))), (1, 8_000, true));
        out.cut();
        assert_eq!(seen(out.make(MUSIC, 160, ms(3_000))), (2, 24_000, true));
    }

    #[test]
    fn what_a_source_lost_stays_lost_and_what_comes_late_keeps_its_place() {
        let mut out = stream();
        out.pass(frame(AGENT, 10, 0), ms(0));
        assert_eq!(seen(out.pass(frame(AGENT, 13, 480), ms(60)).unwrap()), (3, 480, false));
        assert_eq!(seen(out.pass(frame(AGENT, 12, 320), ms(61)).unwrap()), (2, 320, false));
        assert_eq!(seen(out.pass(frame(AGENT, 14, 640), ms(80)).unwrap()), (4, 640, false));
    }

    #[test]
    fn what_was_lost_before_a_switch_is_no_hole() {
        let mut out = stream();
        out.pass(frame(AGENT, 10, 0), ms(0));
        assert_eq!(seen(out.pass(frame(OTHER, 999, 7), ms(20)).unwrap()), (1, 160, true));
    }

    #[test]
    fn a_packet_that_a_switch_overtook_is_not_sent() {
        let mut out = stream();
        out.make(MUSIC, 160, ms(0));
        out.pass(frame(AGENT, 100, 1_600), ms(20));
        assert_eq!(out.pass(frame(AGENT, 99, 1_440), ms(21)), None);
        assert_eq!(seen(out.pass(frame(AGENT, 101, 1_760), ms(40)).unwrap()), (2, 320, false));
    }

    #[test]
    fn a_source_that_begins_again_is_a_switch() {
        for (sequence, timestamp) in
            [(20_000, 160), (9_000, 160), (11, 4_000_000_000), (11, 90_000), (9, 160)]
        {
            let mut out = stream();
            out.pass(frame(AGENT, 10, 0), ms(0));
            let header = out.pass(frame(AGENT, sequence, timestamp), ms(20)).unwrap();
            assert_eq!(seen(header), (1, 160, true), "{sequence} {timestamp}");
        }
    }

    #[test]
    fn a_source_without_packets_in_silence_is_not_a_switch() {
        let mut out = stream();
        out.pass(frame(AGENT, 10, 0), ms(0));
        let spoke = Incoming { marker: true, ..frame(AGENT, 11, 80_000) };
        assert_eq!(seen(out.pass(spoke, ms(10_000)).unwrap()), (1, 80_000, true));
    }

    #[test]
    fn a_source_that_was_held_up_on_the_way_is_not_a_switch() {
        let mut out = stream();
        out.pass(frame(AGENT, 10, 0), ms(0));
        assert_eq!(seen(out.pass(frame(AGENT, 11, 160), ms(3_000)).unwrap()), (1, 160, false));
        assert_eq!(seen(out.pass(frame(AGENT, 12, 320), ms(3_000)).unwrap()), (2, 320, false));
    }

    #[test]
    fn a_key_press_keeps_its_timestamp_and_speech_goes_on_after_it() {
        let mut out = stream();
        out.pass(frame(AGENT, 10, 0), ms(0));
        let key = |n: u16| Incoming { samples: 0, ..frame(AGENT, 11 + n, 160) };
        for n in 0..7 {
            let at = ms(20 + 20 * u64::from(n));
            assert_eq!(seen(out.pass(key(n), at).unwrap()), (1 + n, 160, false));
        }
        assert_eq!(seen(out.make(MUSIC, 160, ms(160))), (8, 160 + 1_120, true));
    }

    #[test]
    fn two_key_presses_of_ours_are_two() {
        let mut out = stream();
        assert_eq!(seen(out.make(MUSIC, 0, ms(0))), (0, 0, true));
        assert_eq!(seen(out.make(MUSIC, 0, ms(20))), (1, 0, false));
        out.cut();
        assert_eq!(seen(out.make(MUSIC, 0, ms(200))), (2, 1_600, true));
    }

    #[test]
    fn whatever_comes_the_numbers_at_a_switch_follow_each_other() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut out = stream();
        let (mut newest, mut at) = ((65_533_u16, u32::MAX - 101), ms(0));
        for _ in 0..100_000 {
            at += ms(random.u64(0..40));
            let source = random.u8(0..3);
            let header = if random.bool() {
                let packet = Incoming {
                    source,
                    marker: random.bool(),
                    sequence: random.u16(..),
                    timestamp: random.u32(..),
                    samples: random.u16(..400),
                };
                out.pass(packet, at)
            } else {
                Some(out.make(source, random.u16(..400), at))
            };
            let Some(header) = header else { continue };
            let steps = header.sequence.wrapping_sub(newest.0).cast_signed();
            let ticks = header.timestamp.wrapping_sub(newest.1).cast_signed();
            if steps > 0 {
                assert!(ticks >= 0, "{header:?} after {newest:?}");
                newest = (header.sequence, header.timestamp);
            }
            if header.marker && steps > 0 && ticks > 0 {
                assert!(steps <= MISSING_MAX);
            }
        }
    }
}
