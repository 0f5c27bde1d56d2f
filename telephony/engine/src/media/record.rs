//! A recording, as far as this thread has to do with it: what both sides of a call say, in time with each other, handed on in
//! pieces. Nothing is kept here, and nothing is written to a disk.

use std::sync::Arc;
use std::time::{Duration, Instant};

use telephony_browser::Frame;
use telephony_proto::g711::{Law, SAMPLES_PER_FRAME};
use telephony_proto::record::Pauses;

use super::hearing::FRAME;
use super::mixer::Mixer;
use crate::message::{LegId, Taped};

/// A piece of one second: two channels of 8,000 bytes.
const PIECE_BYTES: usize = 16_000;
/// Later than this we were asleep: what was said meanwhile is lost, and no silence is made up for it.
const LATE_MAX: Duration = Duration::from_secs(1);

/// Ours is the left channel, the other party the right one.
pub(super) const SIDES: usize = 2;

pub(super) struct Tape {
    sides: [Side; SIDES],
    /// Nothing is written until it is said who speaks.
    writes: bool,
    piece: Vec<u8>,
    next_frame: Instant,
}

#[derive(Default)]
struct Side {
    legs: Vec<LegId>,
    mixer: Mixer,
}

impl Tape {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            sides: Default::default(),
            writes: false,
            piece: Vec::with_capacity(PIECE_BYTES),
            next_frame: now,
        }
    }

    /// Whoever is on it: the leg, and which side it is.
    pub(super) fn legs(&self) -> impl Iterator<Item = (LegId, usize)> {
        self.sides
            .iter()
            .enumerate()
            .flat_map(|(nr, side)| side.legs.iter().map(move |leg| (*leg, nr)))
    }

    /// From now on these are written; what was said before, or during a pause, is not.
    pub(super) fn write(&mut self, legs: [Vec<LegId>; SIDES], now: Instant) -> Option<Taped> {
        let resumes = !std::mem::replace(&mut self.writes, true);
        if resumes {
            self.sides = Default::default();
            self.next_frame = now + FRAME;
        }
        for (side, legs) in self.sides.iter_mut().zip(legs) {
            side.mixer.keep(&legs);
            side.legs = legs;
        }
        resumes.then_some(Taped::Resumed)
    }

    /// Nothing is written from now on; what was written so far comes before the pause.
    pub(super) fn pause(&mut self, why: Pauses) -> [Option<Taped>; 2] {
        self.writes = false;
        self.sides = Default::default();
        [self.rest(), Some(Taped::Paused(why))]
    }

    pub(super) fn end(mut self) -> [Option<Taped>; 2] {
        [self.rest(), Some(Taped::Ended)]
    }

    fn rest(&mut self) -> Option<Taped> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        (!piece.is_empty()).then(|| Taped::Sound(Arc::from(piece)))
    }

    pub(super) fn take(&mut self, from: LegId, side: usize, frame: &Frame) {
        if self.writes {
            self.sides[side].mixer.add(from, frame);
        }
    }

    /// What is due by the clock, once a piece is full.
    pub(super) fn due(&mut self, now: Instant) -> Option<Taped> {
        if !self.writes {
            return None;
        }
        if now.saturating_duration_since(self.next_frame) > LATE_MAX {
            self.next_frame = now;
        }
        while self.next_frame <= now {
            self.next_frame += FRAME;
            self.frame();
        }
        if self.piece.len() < PIECE_BYTES { None } else { self.rest() }
    }

    fn frame(&mut self) {
        let mut samples = [[0; SAMPLES_PER_FRAME]; SIDES];
        for (side, samples) in self.sides.iter_mut().zip(&mut samples) {
            side.mixer.fill(samples);
        }
        let [left, right] = &samples;
        let pairs = left.iter().zip(right).flat_map(|(left, right)| [*left, *right]);
        self.piece.extend(pairs.map(|sample| Law::A.encode(sample)));
    }
}

#[cfg(test)]
mod tests {
    use telephony_browser::Sound;
    use telephony_proto::record::Pause;
    use telephony_proto::tone::{HEARD, Tone, strength};

    use super::*;

    const OURS: LegId = LegId(1);
    const THEIRS: LegId = LegId(2);

    struct Speaks(Tone);

    impl Speaks {
        fn frame(&mut self) -> Frame {
            let (mut samples, mut said) = ([0; SAMPLES_PER_FRAME], Vec::new());
            self.0.fill(&mut samples);
            Law::A.encode_into(&samples, &mut said);
            Frame {
                sound: Sound::Alaw,
                sequence: 0,
                timestamp: 0,
                marker: false,
                payload: said.into(),
            }
        }
    }

    /// So many frames of both sides; what was handed on meanwhile.
    fn speak(tape: &mut Tape, now: &mut Instant, hertz: (u16, u16), frames: u32) -> Vec<Taped> {
        let mut ours = Speaks(Tone::new(hertz.0, 8_000));
        let mut theirs = Speaks(Tone::new(hertz.1, 8_000));
        let mut came = Vec::new();
        for _ in 0..frames {
            tape.take(OURS, 0, &ours.frame());
            tape.take(THEIRS, 1, &theirs.frame());
            *now += FRAME;
            came.extend(tape.due(*now));
        }
        came
    }

    fn both() -> [Vec<LegId>; SIDES] {
        [vec![OURS], vec![THEIRS]]
    }

    fn sound(taped: &[Taped]) -> [Vec<i16>; SIDES] {
        let mut sides = [Vec::new(), Vec::new()];
        for taped in taped {
            if let Taped::Sound(piece) = taped {
                for pair in piece.chunks_exact(2) {
                    sides[0].push(Law::A.decode(pair[0]));
                    sides[1].push(Law::A.decode(pair[1]));
                }
            }
        }
        sides
    }

    #[test]
    fn each_side_has_its_channel_and_a_piece_lasts_a_second() {
        let mut now = Instant::now();
        let mut tape = Tape::new(now);
        assert_eq!(tape.write(both(), now), Some(Taped::Resumed));
        assert_eq!(tape.write(both(), now), None, "it goes on");
        let mut came = speak(&mut tape, &mut now, (440, 1_000), 120);
        assert_eq!(came.len(), 2);
        came.extend(tape.end().into_iter().flatten());
        assert_eq!(came.last(), Some(&Taped::Ended));
        let [left, right] = sound(&came);
        assert_eq!((left.len(), right.len()), (120 * 160, 120 * 160));
        assert!(strength(&left, 440) > HEARD && strength(&left, 1_000) < 0.01);
        assert!(strength(&right, 1_000) > HEARD && strength(&right, 440) < 0.01);
    }

    #[test]
    fn nothing_of_a_pause_is_there_and_what_was_before_comes_first() {
        let mut now = Instant::now();
        let mut tape = Tape::new(now);
        tape.write(both(), now);
        speak(&mut tape, &mut now, (440, 1_000), 20);
        let why = Pauses::NONE.with(Pause::Form);
        let [Some(before), Some(paused)] = tape.pause(why) else { panic!("both") };
        assert_eq!(paused, Taped::Paused(why));
        assert_eq!(sound(&[before])[0].len(), 20 * 160);
        assert!(speak(&mut tape, &mut now, (1_500, 1_800), 200).is_empty());
        assert_eq!(tape.pause(why), [None, Some(Taped::Paused(why))], "nothing more to hand on");
        assert_eq!(tape.write(both(), now), Some(Taped::Resumed));
        speak(&mut tape, &mut now, (440, 1_000), 30);
        let [left, right] = sound(&tape.end().into_iter().flatten().collect::<Vec<_>>());
        assert_eq!(left.len(), 30 * 160, "the pause has no length here");
        for (side, hertz) in [(&left, 1_500), (&right, 1_800)] {
            assert!(strength(side, hertz) < 0.01);
        }
    }

    #[test]
    fn whoever_is_not_named_any_more_is_not_heard() {
        let mut now = Instant::now();
        let mut tape = Tape::new(now);
        tape.write(both(), now);
        assert_eq!(tape.legs().collect::<Vec<_>>(), [(OURS, 0), (THEIRS, 1)]);
        tape.write([vec![], vec![THEIRS]], now);
        assert_eq!(tape.legs().collect::<Vec<_>>(), [(THEIRS, 1)]);
        now += FRAME;
        assert_eq!(tape.due(now), None);
        let [left, _] = sound(&tape.end().into_iter().flatten().collect::<Vec<_>>());
        assert!(left.iter().all(|sample| sample.abs() <= 8));
    }
}
