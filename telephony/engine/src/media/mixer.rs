//! Several who speak at once, as one sound.

use std::collections::VecDeque;

use telephony_browser::Frame;
use telephony_proto::g711::SAMPLES_PER_FRAME;
use telephony_proto::mix::Mix;

use super::hearing::decoded;
use crate::message::LegId;

/// As much of one source waits at most, so that nobody is heard late for the rest of a call: 120 ms.
const WAITING_MAX: usize = 6 * SAMPLES_PER_FRAME;
/// A source is heard once so much of it waits: its packets do not come in our time. 40 ms.
const AHEAD: usize = 2 * SAMPLES_PER_FRAME;

#[derive(Default)]
pub(super) struct Mixer {
    waiting: Vec<Waiting>,
    mix: Mix,
    mixed: Vec<i16>,
}

struct Waiting {
    from: LegId,
    samples: VecDeque<i16>,
    is_heard: bool,
}

impl Mixer {
    /// Forgets what others than these said.
    pub(super) fn keep(&mut self, sources: &[LegId]) {
        self.waiting.retain(|waiting| sources.contains(&waiting.from));
    }

    pub(super) fn add(&mut self, from: LegId, frame: &Frame) {
        let mut said = Vec::with_capacity(SAMPLES_PER_FRAME);
        decoded(frame, &mut said);
        let at = self.waiting.iter().position(|waiting| waiting.from == from);
        let at = at.unwrap_or_else(|| {
            self.waiting.push(Waiting { from, samples: VecDeque::new(), is_heard: false });
            self.waiting.len() - 1
        });
        let waiting = &mut self.waiting[at];
        waiting.samples.extend(said);
        let too_much = waiting.samples.len().saturating_sub(WAITING_MAX);
        waiting.samples.drain(..too_much);
        waiting.is_heard |= waiting.samples.len() >= AHEAD;
    }

    /// The next 20 ms of all.
    pub(super) fn fill(&mut self, samples: &mut [i16; SAMPLES_PER_FRAME]) {
        self.mix.clear();
        for waiting in &mut self.waiting {
            if !waiting.is_heard {
                continue;
            }
            let count = waiting.samples.len().min(SAMPLES_PER_FRAME);
            let frame: Vec<i16> = waiting.samples.drain(..count).collect();
            // It ran dry: what comes next is collected anew.
            waiting.is_heard = count == SAMPLES_PER_FRAME;
            self.mix.add(&frame);
        }
        self.mixed.clear();
        self.mix.all(&mut self.mixed);
        samples.fill(0);
        samples[..self.mixed.len()].copy_from_slice(&self.mixed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use telephony_browser::Sound;
    use telephony_proto::g711::Law;

    use super::*;

    fn frame(sample: i16) -> Frame {
        let mut payload = Vec::new();
        Law::A.encode_into(&[sample; SAMPLES_PER_FRAME], &mut payload);
        let payload: Arc<[u8]> = payload.into();
        Frame { sound: Sound::Alaw, sequence: 0, timestamp: 0, marker: false, payload }
    }

    fn next(mixer: &mut Mixer) -> i16 {
        let mut samples = [1; SAMPLES_PER_FRAME];
        mixer.fill(&mut samples);
        assert!(samples.iter().all(|sample| *sample == samples[0]));
        samples[0]
    }

    #[test]
    fn both_are_heard_and_whoever_ran_dry_is_collected_anew() {
        let (one, other) = (LegId(1), LegId(2));
        let mut mixer = Mixer::default();
        let known = |sample: i16| {
            let mut samples = Vec::new();
            decoded(&frame(sample), &mut samples);
            samples[0]
        };
        mixer.add(one, &frame(1_000));
        assert_eq!(next(&mut mixer), 0, "one frame is not enough ahead");
        mixer.add(one, &frame(1_000));
        for _ in 0..2 {
            mixer.add(other, &frame(5_000));
        }
        assert_eq!(next(&mut mixer), known(1_000) + known(5_000));
        assert_eq!(next(&mut mixer), known(1_000) + known(5_000));
        assert_eq!(next(&mut mixer), 0);
        mixer.add(other, &frame(5_000));
        assert_eq!(next(&mut mixer), 0, "not enough again");
        mixer.add(other, &frame(5_000));
        mixer.keep(&[one]);
        assert_eq!(next(&mut mixer), 0, "whoever left is not heard");
    }

    #[test]
    fn nobody_is_heard_later_than_120_ms() {
        let mut mixer = Mixer::default();
        for nr in 0..50 {
            mixer.add(LegId(1), &frame(nr * 100));
        }
        let heard: Vec<i16> = (0..8).map(|_| next(&mut mixer)).collect();
        assert!(heard[..6].iter().all(|sample| *sample > 4_200), "{heard:?}");
        assert_eq!(heard[6..], [0, 0]);
    }
}
