//! Pressed keys between speech: RFC 4733 (earlier RFC 2833).

use std::time::Duration;

use crate::g711::SAMPLES_PER_SECOND;
use crate::rtp::Packet;

/// What a pressed key lasts if nobody says otherwise, and the pause after it. Half of each is what receivers ask for.
pub const PRESS: Duration = Duration::from_millis(100);
pub const PAUSE: Duration = Duration::from_millis(100);

/// Shorter is not believed (RFC 4733 §2.5.1.2 leaves it to ITU-T Q.24: 40 ms).
const PRESS_MIN: Duration = Duration::from_millis(40);
/// Longer does not fit into the 16 bits of a duration, and is no key press.
const PRESS_MAX: Duration = Duration::from_secs(8);
/// The time between two packets of a press, as between those of speech.
const STEP: Duration = Duration::from_millis(20);
const STEP_SAMPLES: u16 = 160;
/// The end is said three times, so that it is not lost (RFC 4733 §2.5.1.4).
const ENDS: u16 = 3;
/// In dBm0 below zero; what telephones send.
const VOLUME: u8 = 10;

const CHARS: &[u8; 16] = b"0123456789*#ABCD";

/// A key of a telephone. Source: RFC 4733 §3.2, table 3.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Key(u8);

impl Key {
    /// None for what is no key; letters may be small.
    pub fn of_char(char: char) -> Option<Self> {
        let char = u8::try_from(char.to_ascii_uppercase()).ok()?;
        let place = CHARS.iter().position(|known| *known == char)?;
        u8::try_from(place).ok().map(Self)
    }

    /// `0` to `9`, `*`, `#`, `A` to `D`.
    pub fn char(self) -> char {
        CHARS[usize::from(self.0)].into()
    }

    /// None for events that are no key: a flash, a fax.
    pub fn of_event(event: u8) -> Option<Self> {
        (usize::from(event) < CHARS.len()).then_some(Self(event))
    }

    /// 0 to 15.
    pub fn event(self) -> u8 {
        self.0
    }
}

/// The payload of one packet. Source: RFC 4733 §2.3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Payload {
    pub event: u8,
    pub is_end: bool,
    /// 0 to 63, in dBm0 below zero.
    pub volume: u8,
    /// Since the timestamp of the packet, in samples.
    pub duration: u16,
}

/// Fewer than four bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0} bytes; an event has four")]
pub struct Malformed(pub usize);

impl Payload {
    /// Reads the first event; what follows it is read over.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let Some(&[event, flags, d0, d1]) = bytes.first_chunk() else {
            return Err(Malformed(bytes.len()));
        };
        Ok(Self {
            event,
            is_end: flags & 0x80 != 0,
            volume: flags & 0x3f,
            duration: u16::from_be_bytes([d0, d1]),
        })
    }

    pub fn bytes(self) -> [u8; 4] {
        let end = if self.is_end { 0x80 } else { 0 };
        let [d0, d1] = self.duration.to_be_bytes();
        [self.event, end | (self.volume & 0x3f), d0, d1]
    }
}

/// One packet of a press. All of them have the timestamp of the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Step {
    /// To be sent so long after the first.
    pub after: Duration,
    /// On the first.
    pub marker: bool,
    pub payload: Payload,
}

/// The packets of one press: every 20 ms one that is longer, and the end three times.
///
/// The duration is brought to between 40 ms and 8 s, in whole steps. Source: RFC 4733 §2.5.1.
pub fn press(key: Key, duration: Duration) -> impl Iterator<Item = Step> {
    let duration = duration.clamp(PRESS_MIN, PRESS_MAX);
    let steps = u16::try_from(duration.as_millis().div_ceil(STEP.as_millis()));
    let steps = steps.expect("8 s are 400 steps");
    (0..steps + ENDS - 1).map(move |step| Step {
        after: STEP * u32::from(step),
        marker: step == 0,
        payload: Payload {
            event: key.event(),
            is_end: step + 1 >= steps,
            volume: VOLUME,
            duration: STEP_SAMPLES * (step + 1).min(steps),
        },
    })
}

/// Tells each press once, at the first of its packets that arrives.
///
/// A press is its timestamp: repeats, the end that is said three times and packets that overtook each other are the same one, and
/// any of them may be lost.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    last: Option<Last>,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    ssrc: u32,
    timestamp: u32,
    event: u8,
    is_over: bool,
}

/// An older packet than this is no late one: the source set its clock.
const LATE_MAX: u32 = 10 * SAMPLES_PER_SECOND;

impl Reader {
    /// The key that this packet tells of, if it is news. The packet is to be one of the payload type for events.
    pub fn read(&mut self, packet: &Packet<'_>) -> Option<Key> {
        let payload = Payload::parse(packet.payload).ok()?;
        let Packet { ssrc, timestamp, .. } = *packet;
        let mut is_news = true;
        if let Some(last) = self.last.as_mut().filter(|last| last.ssrc == ssrc) {
            if timestamp == last.timestamp {
                last.is_over |= payload.is_end;
                return None;
            }
            if last.timestamp.wrapping_sub(timestamp) <= LATE_MAX {
                return None;
            }
            // A key held for more than eight seconds goes on with a new timestamp (RFC 4733 §2.5.1.3).
            let follows = timestamp.wrapping_sub(last.timestamp) == u32::from(u16::MAX);
            let goes_on = follows && !last.is_over && !packet.marker;
            is_news = !goes_on || payload.event != last.event;
        }
        let Payload { event, is_end, .. } = payload;
        self.last = Some(Last { ssrc, timestamp, event, is_over: is_end });
        Key::of_event(event).filter(|_| is_news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The packets of a row of keys, as they go out.
    fn typed(keys: &str) -> Vec<(u32, Step)> {
        let mut packets = Vec::new();
        for (n, char) in (0..).zip(keys.chars()) {
            let key = Key::of_char(char).unwrap();
            packets.extend(press(key, PRESS).map(|step| (7_000 + 1_600 * n, step)));
        }
        packets
    }

    fn read(reader: &mut Reader, ssrc: u32, (timestamp, step): (u32, Step)) -> Option<char> {
        let packet = Packet {
            payload_type: 101,
            marker: step.marker,
            sequence: 0,
            timestamp,
            ssrc,
            payload: &step.payload.bytes(),
        };
        reader.read(&packet).map(Key::char)
    }

    fn heard(packets: impl IntoIterator<Item = (u32, Step)>) -> String {
        let mut reader = Reader::default();
        packets.into_iter().filter_map(|packet| read(&mut reader, 1, packet)).collect()
    }

    #[test]
    fn sixteen_keys_have_a_character_each() {
        for event in 0..=255 {
            let key = Key::of_event(event);
            assert_eq!(key.is_some(), event < 16);
            if let Some(key) = key {
                assert_eq!((Key::of_char(key.char()), key.event()), (Some(key), event));
            }
        }
        assert_eq!(Key::of_char('d'), Key::of_event(15));
        assert_eq!((Key::of_char('#'), Key::of_char('*')), (Key::of_event(11), Key::of_event(10)));
        assert!(['e', ' ', '٣', 'Ɓ'].into_iter().all(|char| Key::of_char(char).is_none()));
    }

    #[test]
    fn a_payload_is_four_bytes() {
        let payload = Payload { event: 11, is_end: true, volume: 10, duration: 800 };
        assert_eq!(payload.bytes(), [11, 0x8a, 3, 0x20]);
        assert_eq!(Payload::parse(&[11, 0x8a, 3, 0x20, 9]), Ok(payload));
        assert_eq!(Payload::parse(&[1, 2, 3]), Err(Malformed(3)));
    }

    #[test]
    fn a_press_grows_and_ends_three_times() {
        let steps: Vec<Step> = press(Key::of_char('5').unwrap(), PRESS).collect();
        let seen: Vec<_> = steps
            .iter()
            .map(|step| (step.after.as_millis(), step.payload.duration, step.payload.is_end))
            .collect();
        assert_eq!(
            seen,
            [
                (0, 160, false),
                (20, 320, false),
                (40, 480, false),
                (60, 640, false),
                (80, 800, true),
                (100, 800, true),
                (120, 800, true)
            ]
        );
        assert!(steps.iter().enumerate().all(|(n, step)| step.marker == (n == 0)));
        assert_eq!(press(Key(1), Duration::ZERO).count(), 4);
        assert_eq!(press(Key(1), Duration::MAX).last().unwrap().payload.duration, 64_000);
    }

    #[test]
    fn each_press_is_told_once() {
        assert_eq!(heard(typed("12##0")), "12##0");
    }

    #[test]
    fn one_packet_of_a_press_is_enough() {
        for kept in 0..7 {
            let packets = typed("1123").into_iter().enumerate();
            assert_eq!(heard(packets.filter(|(n, _)| n % 7 == kept).map(|(_, p)| p)), "1123");
        }
    }

    #[test]
    fn packets_that_come_late_or_twice_are_no_press() {
        let packets = typed("123");
        let mut mixed = packets.clone();
        mixed.swap(6, 7);
        mixed.swap(12, 15);
        mixed.extend(packets);
        assert_eq!(heard(mixed), "123");
    }

    #[test]
    fn a_key_that_is_held_very_long_is_one_press() {
        let step = |is_end, duration| Step {
            after: Duration::ZERO,
            marker: false,
            payload: Payload { event: 3, is_end, volume: 0, duration },
        };
        let next = 100 + u32::from(u16::MAX);
        assert_eq!(heard([(100, step(false, 65_000)), (next, step(true, 800))]), "3");
        assert_eq!(heard([(100, step(true, 800)), (next, step(true, 800))]), "33");
    }

    #[test]
    fn another_source_begins_anew_and_what_is_no_key_is_not_told() {
        let mut reader = Reader::default();
        let packet = typed("7")[0];
        assert_eq!(read(&mut reader, 1, packet), Some('7'));
        assert_eq!(read(&mut reader, 2, packet), Some('7'));
        let flash = Payload { event: 16, ..packet.1.payload };
        assert_eq!(read(&mut reader, 2, (90_000, Step { payload: flash, ..packet.1 })), None);
    }
}
