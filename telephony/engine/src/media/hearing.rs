//! What one hearer hears: what others say, one of them as it came or several mixed; or, without anybody, what we make.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use telephony_browser::{Frame, Sound as Kind};
use telephony_proto::g711::{Law, SAMPLES_PER_FRAME};

use super::made::Made;
use super::mixer::Mixer;
use crate::message::{LegId, Sound};

pub(super) const FRAME: Duration = Duration::from_millis(20);
/// Later than this we were asleep, not slow: what was missed is not sent in one burst.
const LATE_MAX: Duration = Duration::from_millis(200);
/// Frames that wait to be echoed; at 50 a second more than any delay that makes sense.
const ECHOES_MAX: usize = 300;
/// So long after a packet of a key press nothing is mixed in between: the packets of one press share one timestamp.
const KEY_LASTS: Duration = Duration::from_millis(60);

/// Whose numbers a packet has, for the continuity of what a hearer gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Source {
    Made(Sound),
    Leg(LegId),
    Mix,
    /// An announcement.
    Words,
}

/// What goes to a hearer now.
pub(super) enum Out {
    /// As it came, with the numbers of its source.
    Pass(Source, Frame),
    /// 20 ms that we made.
    Make(Source, Box<[i16; SAMPLES_PER_FRAME]>),
}

pub(super) struct Hearing {
    sources: Vec<LegId>,
    sound: Sound,
    is_held: bool,
    /// An announcement, and how much of it was said.
    words: Option<(Arc<[u8]>, usize)>,
    /// The last of it was said since somebody asked.
    is_said: bool,
    made: Made,
    mixer: Mixer,
    key_at: Option<Instant>,
    echoes: VecDeque<(Instant, Frame)>,
    next_frame: Instant,
}

impl Hearing {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            sources: Vec::new(),
            sound: Sound::Silence,
            is_held: false,
            words: None,
            is_said: false,
            made: Made::new(Sound::Silence),
            mixer: Mixer::default(),
            key_at: None,
            echoes: VecDeque::new(),
            next_frame: now,
        }
    }

    pub(super) fn sources(&self) -> &[LegId] {
        &self.sources
    }

    pub(super) fn hear(&mut self, sources: Vec<LegId>) {
        self.mixer.keep(&sources);
        self.sources = sources;
    }

    pub(super) fn play(&mut self, sound: Sound) {
        if sound != self.sound {
            self.sound = sound;
            self.begin();
        }
    }

    /// This first; a second one takes its place.
    pub(super) fn say(&mut self, words: Arc<[u8]>) {
        self.words = Some((words, 0));
    }

    /// Whether an announcement was said to its end; told once.
    pub(super) fn was_said(&mut self) -> bool {
        std::mem::take(&mut self.is_said)
    }

    /// On hold there is music, whoever else may speak.
    pub(super) fn hold(&mut self, is_held: bool) {
        if is_held != self.is_held {
            self.is_held = is_held;
            self.begin();
        }
    }

    fn begin(&mut self) {
        self.echoes.clear();
        self.made = Made::new(self.now_made());
    }

    fn now_made(&self) -> Sound {
        if self.is_held { Sound::Music } else { self.sound }
    }

    /// The clock of what we make starts again: nothing was heard until now.
    pub(super) fn restart(&mut self, now: Instant) {
        self.next_frame = now;
        self.echoes.clear();
    }

    /// The hearer itself said something: on the echo line that comes back.
    pub(super) fn said(&mut self, frame: &Frame, due: Instant) {
        let echoes = self.now_made() == Sound::Echo && self.sources.is_empty();
        if !echoes || frame.sound == Kind::Key {
            return;
        }
        if self.echoes.len() >= ECHOES_MAX {
            self.echoes.pop_front();
        }
        self.echoes.push_back((due, frame.clone()));
    }

    /// One of its sources said something.
    pub(super) fn take(&mut self, from: LegId, frame: &Frame, now: Instant) -> Option<Out> {
        if self.is_held || self.words.is_some() {
            return None;
        }
        if frame.sound == Kind::Key {
            self.key_at = Some(now);
        } else if self.sources.len() > 1 {
            self.mixer.add(from, frame);
            return None;
        }
        Some(Out::Pass(Source::Leg(from), frame.clone()))
    }

    /// What is due by the clock. `is_idle_silent`: silence needs no packets.
    pub(super) fn due(&mut self, now: Instant, is_idle_silent: bool, out: &mut Vec<Out>) {
        while self.echoes.front().is_some_and(|(due, _)| *due <= now) {
            let Some((_, frame)) = self.echoes.pop_front() else { break };
            out.push(Out::Pass(Source::Made(Sound::Echo), frame));
        }
        if now.saturating_duration_since(self.next_frame) > LATE_MAX {
            self.next_frame = now;
        }
        while self.next_frame <= now {
            self.next_frame += FRAME;
            out.extend(self.frame(now, is_idle_silent));
        }
    }

    /// The next 20 ms of what is said; `false` if nothing is.
    fn next_words(&mut self, samples: &mut [i16; SAMPLES_PER_FRAME]) -> bool {
        let Some((words, said)) = &mut self.words else { return false };
        let rest = words.get(*said..).unwrap_or_default();
        let frame = &rest[..rest.len().min(SAMPLES_PER_FRAME)];
        let mut decoded = Vec::with_capacity(SAMPLES_PER_FRAME);
        Law::A.decode_into(frame, &mut decoded);
        samples[..decoded.len()].copy_from_slice(&decoded);
        *said += frame.len();
        if *said >= words.len() {
            self.words = None;
            self.is_said = true;
        }
        true
    }

    fn frame(&mut self, now: Instant, is_idle_silent: bool) -> Option<Out> {
        let mut samples = [0; SAMPLES_PER_FRAME];
        if !self.is_held && self.next_words(&mut samples) {
            return Some(Out::Make(Source::Words, Box::new(samples)));
        }
        if !self.is_held && self.sources.len() > 1 {
            self.mixer.fill(&mut samples);
            let in_key =
                self.key_at.is_some_and(|at| now.saturating_duration_since(at) < KEY_LASTS);
            return (!in_key).then(|| Out::Make(Source::Mix, Box::new(samples)));
        }
        // A single source sends in its own time, and the echo line waits for its caller.
        let made = self.now_made();
        let waits = !self.is_held && !self.sources.is_empty();
        if waits || made == Sound::Echo || (made == Sound::Silence && is_idle_silent) {
            return None;
        }
        self.made.fill(&mut samples);
        Some(Out::Make(Source::Made(made), Box::new(samples)))
    }
}

/// A frame of speech by its samples; none for a key press.
pub(super) fn decoded(frame: &Frame, samples: &mut Vec<i16>) {
    match frame.sound {
        Kind::Alaw => Law::A.decode_into(&frame.payload, samples),
        Kind::Ulaw => Law::Mu.decode_into(&frame.payload, samples),
        Kind::Key => {}
    }
}

/// 20 ms in the law of a hearer.
pub(super) fn encoded(samples: &[i16; SAMPLES_PER_FRAME], law: Law) -> Arc<[u8]> {
    let mut payload = Vec::with_capacity(SAMPLES_PER_FRAME);
    law.encode_into(samples, &mut payload);
    payload.into()
}
