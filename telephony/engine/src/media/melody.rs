//! The music line, and what a caller on hold hears: a melody of tones. Nobody's work: a rising and falling chord.

use telephony_proto::g711::SAMPLES_PER_FRAME;
use telephony_proto::tone::Tone;

/// In hertz: C, E, G, the octave and back. Each is heard for [`NOTE_FRAMES`].
const NOTES: [u16; 6] = [523, 659, 784, 1047, 784, 659];
/// Half a second.
const NOTE_FRAMES: usize = 25;
/// A quarter of full scale: about the loudness of speech.
const LOUDNESS: i16 = 8_000;

pub(super) struct Melody {
    frame: usize,
    tone: Tone,
}

impl Melody {
    pub(super) fn new() -> Self {
        Self { frame: 0, tone: Tone::new(NOTES[0], LOUDNESS) }
    }

    /// The next 20 ms.
    pub(super) fn fill(&mut self, samples: &mut [i16; SAMPLES_PER_FRAME]) {
        self.tone.turn_to(NOTES[self.frame / NOTE_FRAMES]);
        self.frame = (self.frame + 1) % (NOTE_FRAMES * NOTES.len());
        self.tone.fill(samples);
    }
}
