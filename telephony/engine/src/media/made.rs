//! What nobody says: music on hold, the ringing tone, single tones.

use telephony_proto::g711::SAMPLES_PER_FRAME;
use telephony_proto::tone::Tone;

use crate::message::Sound;

/// A melody of tones, nobody's work, in hertz: C, E, G, the octave and back. Each is heard for [`NOTE_FRAMES`].
const NOTES: [u16; 6] = [523, 659, 784, 1047, 784, 659];
/// Half a second.
const NOTE_FRAMES: usize = 25;
/// A quarter of full scale: about the loudness of speech.
const LOUDNESS: i16 = 8_000;
/// Ringing and busy tone of the Netherlands and most of Europe. Source: ITU-T E.180, supplement 2.
const SIGNAL: u16 = 425;
const RINGING: (usize, usize) = (50, 200);
const BUSY: (usize, usize) = (25, 25);

pub(super) struct Made {
    sound: Sound,
    frame: usize,
    tone: Tone,
}

impl Made {
    pub(super) fn new(sound: Sound) -> Self {
        let hertz = match sound {
            Sound::Tone(hertz) => hertz,
            Sound::RingingTone | Sound::BusyTone => SIGNAL,
            Sound::Silence | Sound::Echo | Sound::Music => NOTES[0],
        };
        Self { sound, frame: 0, tone: Tone::new(hertz, LOUDNESS) }
    }

    /// The next 20 ms.
    pub(super) fn fill(&mut self, samples: &mut [i16; SAMPLES_PER_FRAME]) {
        let frame = self.frame;
        self.frame += 1;
        let is_on = |(on, off): (usize, usize)| frame % (on + off) < on;
        let is_heard = match self.sound {
            // The echo line says only what it heard.
            Sound::Silence | Sound::Echo => false,
            Sound::Tone(_) => true,
            Sound::Music => {
                self.tone.turn_to(NOTES[frame / NOTE_FRAMES % NOTES.len()]);
                true
            }
            Sound::RingingTone => is_on(RINGING),
            Sound::BusyTone => is_on(BUSY),
        };
        if is_heard {
            self.tone.fill(samples);
        } else {
            samples.fill(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use telephony_proto::tone::strength;

    use super::*;

    fn second(made: &mut Made) -> Vec<i16> {
        let mut samples = Vec::new();
        for _ in 0..50 {
            let mut frame = [0; SAMPLES_PER_FRAME];
            made.fill(&mut frame);
            samples.extend(frame);
        }
        samples
    }

    #[test]
    fn it_rings_one_second_in_five() {
        let mut made = Made::new(Sound::RingingTone);
        for second_nr in 0..10 {
            let heard = strength(&second(&mut made), SIGNAL) > 0.9;
            assert_eq!(heard, second_nr % 5 == 0, "second {second_nr}");
        }
    }

    #[test]
    fn silence_is_silent_and_a_tone_goes_on() {
        assert!(second(&mut Made::new(Sound::Silence)).iter().all(|sample| *sample == 0));
        assert!(strength(&second(&mut Made::new(Sound::Tone(1_000))), 1_000) > 0.9);
    }
}
