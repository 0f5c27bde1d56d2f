//! Sines: for lines that nobody sits on, and to prove by frequency who is heard.

use std::f64::consts::TAU;

use crate::g711::SAMPLES_PER_SECOND;

/// Strength from which on a frequency counts as heard. Noise spreads over all frequencies and stays far below.
pub const HEARD: f64 = 0.1;

/// A tone that goes on from frame to frame without a jump of its phase, which would be heard as a click.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// A whole turn is 2^32, so that the phase never grows and never drifts.
    phase: u32,
    step: u32,
    loudness: i16,
}

impl Tone {
    /// `hertz` below 4,000, which is all that 8,000 samples can say; `loudness` is the highest sample.
    pub fn new(hertz: u16, loudness: i16) -> Self {
        Self { phase: 0, step: step(hertz), loudness }
    }

    /// Goes on at another frequency from where it is.
    pub fn turn_to(&mut self, hertz: u16) {
        self.step = step(hertz);
    }

    /// Overwrites `samples` with what comes next.
    #[expect(clippy::cast_possible_truncation, reason = "a sine is never louder than its loudness")]
    pub fn fill(&mut self, samples: &mut [i16]) {
        for sample in samples {
            let turn = f64::from(self.phase) / 2_f64.powi(32);
            *sample = (f64::from(self.loudness) * (TAU * turn).sin()).round() as i16;
            self.phase = self.phase.wrapping_add(self.step);
        }
    }
}

fn step(hertz: u16) -> u32 {
    let turn = (u64::from(hertz) << 32) / u64::from(SAMPLES_PER_SECOND);
    u32::try_from(turn % (1 << 32)).expect("less than a whole turn")
}

/// How much of what is heard is this frequency: 0 nothing, 1 everything, however loud it is.
///
/// Exact over whole turns of the frequency; 200 ms tell 100 Hz apart with ease. Silence is 0. Source: the algorithm of Goertzel.
pub fn strength(samples: &[i16], hertz: u16) -> f64 {
    let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    if energy == 0.0 {
        return 0.0;
    }
    let factor = 2.0 * (TAU * f64::from(hertz) / f64::from(SAMPLES_PER_SECOND)).cos();
    let (last, before) = samples.iter().fold((0.0, 0.0), |(last, before), sample| {
        (f64::from(*sample) + factor * last - before, last)
    });
    let power = last * last + before * before - factor * last * before;
    let count: f64 = samples.iter().map(|_| 1.0).sum();
    (2.0 * power / (count * energy)).clamp(0.0, 1.0)
}

/// The strongest of these frequencies; none if none of them is [`HEARD`].
pub fn strongest(samples: &[i16], hertz: &[u16]) -> Option<u16> {
    let strengths = hertz.iter().map(|hertz| (*hertz, strength(samples, *hertz)));
    let heard = strengths.filter(|(_, strength)| *strength >= HEARD);
    heard.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(hertz, _)| hertz)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::g711::Law;

    const ALL: [u16; 6] = [440, 600, 880, 1_000, 1_500, 1_800];

    fn heard(hertz: u16, loudness: i16) -> Vec<i16> {
        let mut samples = vec![0; 1_600];
        Tone::new(hertz, loudness).fill(&mut samples);
        samples
    }

    #[test]
    fn frames_join_without_a_jump() {
        let whole = heard(441, 20_000);
        let mut tone = Tone::new(441, 20_000);
        let mut frames = vec![0; 1_600];
        for frame in frames.chunks_mut(160) {
            tone.fill(frame);
        }
        assert_eq!(frames, whole);
    }

    #[test]
    fn another_frequency_begins_where_the_last_one_was() {
        let mut tone = Tone::new(440, 10_000);
        let mut samples = [0; 640];
        tone.fill(&mut samples[..333]);
        tone.turn_to(880);
        tone.fill(&mut samples[333..]);
        // 10,000 times the steepest that a sine of 880 Hz can be.
        assert!(samples.windows(2).all(|pair| pair[0].abs_diff(pair[1]) < 6_912));
    }

    #[test]
    fn a_tone_is_found_among_others_loud_or_soft_in_both_laws() {
        for hertz in ALL {
            for loudness in [300, 8_000, i16::MAX] {
                let samples = heard(hertz, loudness);
                assert!(strength(&samples, hertz) > 0.99, "{hertz}");
                assert_eq!(strongest(&samples, &ALL), Some(hertz));
                for law in Law::ALL {
                    let said: Vec<i16> =
                        samples.iter().map(|sample| law.decode(law.encode(*sample))).collect();
                    assert_eq!(strongest(&said, &ALL), Some(hertz));
                }
            }
        }
    }

    #[test]
    fn two_tones_share() {
        let (a, b) = (heard(1_000, 8_000), heard(1_800, 8_000));
        let both: Vec<i16> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
        for hertz in [1_000, 1_800] {
            assert!((strength(&both, hertz) - 0.5).abs() < 0.02);
        }
        assert!(strength(&both, 440) < 0.01);
    }

    #[test]
    fn silence_and_noise_are_no_tone() {
        assert_eq!(strongest(&[0; 800], &ALL), None);
        assert_eq!(strongest(&[], &ALL), None);
        assert_eq!(strongest(&[8; 800], &ALL), None);
        let mut random = fastrand::Rng::with_seed(1);
        let noise: Vec<i16> = (0..1_600).map(|_| random.i16(..)).collect();
        assert_eq!(strongest(&noise, &ALL), None);
    }
}
