//! Somebody who speaks in one tone, at the end of a connection with ICE, DTLS and SRTP as a browser has it: what is heard of it says
//! who is heard.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use telephony_browser::Client;
use telephony_proto::g711::{Law, SAMPLES_PER_SECOND};
use telephony_proto::tone::{Tone, strongest};

use crate::Failure;

/// In hertz; none of them is a note of the music on hold.
pub(super) const NOOR: u16 = 1_000;
pub(super) const VAN_VLIET: u16 = 440;
pub(super) const ARSLAN: u16 = 600;
const ALL: [u16; 3] = [NOOR, VAN_VLIET, ARSLAN];

/// About the loudness of speech.
const LOUDNESS: i16 = 8_000;
/// Softer than this is silence: what A-law makes of a zero.
const SILENT_BELOW: i16 = 64;
/// Long enough to tell the voices apart.
const LISTENS_FOR: usize = SAMPLES_PER_SECOND as usize / 4;
/// So long it may take until it is heard what is to be heard.
const PATIENCE: Duration = Duration::from_secs(10);
const A_WHILE: Duration = Duration::from_millis(50);
/// Frames between two looks at what was heard.
const FRAMES: u32 = 2;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Heard {
    Voice(u16),
    /// Something that is nobody's voice.
    Music,
    Nothing,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Voice(hertz) => write!(f, "{hertz} Hz"),
            Self::Music => f.write_str("♫"),
            Self::Nothing => f.write_str("–"),
        }
    }
}

impl Heard {
    fn of(samples: &[i16]) -> Self {
        if samples.iter().all(|sample| sample.abs() < SILENT_BELOW) {
            return Self::Nothing;
        }
        strongest(samples, &ALL).map_or(Self::Music, Self::Voice)
    }
}

pub(super) struct Voice {
    /// A-law, since it was last listened to.
    heard: Arc<Mutex<Vec<u8>>>,
    is_over: Arc<AtomicBool>,
    speaking: Option<JoinHandle<()>>,
}

impl Voice {
    /// Speaks from now on, once it is connected; `answers` gives the answer to its offer.
    pub(super) fn connect(
        hertz: u16,
        answers: impl FnOnce(String) -> Result<String, Failure>,
    ) -> Result<Self, Failure> {
        let (mut client, offer) = Client::offers();
        client.takes(&answers(offer)?);
        // A whole number of waves: the second follows itself without a jump.
        let mut samples = [0; SAMPLES_PER_SECOND as usize];
        Tone::new(hertz, LOUDNESS).fill(&mut samples);
        let second = samples.map(|sample| Law::A.encode(sample));
        let heard = Arc::<Mutex<Vec<u8>>>::default();
        let is_over = Arc::<AtomicBool>::default();
        let (into, until) = (Arc::clone(&heard), Arc::clone(&is_over));
        let speaking = std::thread::spawn(move || {
            client.is_connected_soon();
            while !until.load(Ordering::Relaxed) {
                client.speaks(FRAMES, |at| second[(at % SAMPLES_PER_SECOND) as usize]);
                // Nothing panics while it is held.
                let mut into = into.lock().unwrap_or_else(PoisonError::into_inner);
                into.append(&mut client.heard[0]);
            }
        });
        Ok(Self { heard, is_over, speaking: Some(speaking) })
    }

    /// What is heard, as soon as it is what it is to be; else what is heard instead.
    pub(super) fn hears(&self, expected: Heard) -> Heard {
        let begun = Instant::now();
        loop {
            let heard = self.listens();
            if heard == expected || begun.elapsed() > PATIENCE {
                return heard;
            }
        }
    }

    /// A quarter of a second of it. A line on which nothing comes is silent.
    fn listens(&self) -> Heard {
        let heard = || self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard().clear();
        let begun = Instant::now();
        while heard().len() < LISTENS_FOR && begun.elapsed() < Duration::from_secs(1) {
            std::thread::sleep(A_WHILE);
        }
        let mut samples = Vec::new();
        Law::A.decode_into(&heard(), &mut samples);
        Heard::of(&samples)
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(speaking) = self.speaking.take()
            && speaking.join().is_err()
        {
            tracing::warn!("a voice broke off");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_music_and_silence_are_told_apart() {
        let mut samples = vec![0; LISTENS_FOR];
        assert_eq!(Heard::of(&[]), Heard::Nothing);
        assert_eq!(Heard::of(&samples), Heard::Nothing);
        for hertz in ALL {
            Tone::new(hertz, LOUDNESS).fill(&mut samples);
            assert_eq!(Heard::of(&samples), Heard::Voice(hertz));
        }
        for note in [523, 659, 784, 1_047] {
            Tone::new(note, LOUDNESS).fill(&mut samples);
            assert_eq!(Heard::of(&samples), Heard::Music, "{note}");
        }
    }
}
