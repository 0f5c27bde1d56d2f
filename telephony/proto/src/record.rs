//! When a call is written down as sound: while it is to be recorded and nothing stands against it.
//!
//! Several things may stand against it at once, and each is lifted by itself: who takes the call off hold while an account number
//! is on the screen does not record that number. Source: design of the telephone §5, AP on recording callers on hold.

use serde::{Deserialize, Serialize};

/// What stands against recording for a while.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pause {
    /// Somebody waits, or somebody is asked along who was told nothing: hold, consulting, a third party, nobody of us there.
    Hold,
    /// Bank data has the focus.
    Form,
    /// The agent pressed the key.
    Agent,
}

impl Pause {
    pub const ALL: [Self; 3] = [Self::Hold, Self::Form, Self::Agent];

    const fn bit(self) -> u8 {
        match self {
            Self::Hold => 1,
            Self::Form => 2,
            Self::Agent => 4,
        }
    }
}

/// Everything that stands against it now.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Pauses(u8);

impl Pauses {
    pub const NONE: Self = Self(0);

    #[must_use]
    pub const fn with(self, pause: Pause) -> Self {
        Self(self.0 | pause.bit())
    }

    #[must_use]
    pub const fn without(self, pause: Pause) -> Self {
        Self(self.0 & !pause.bit())
    }

    pub const fn has(self, pause: Pause) -> bool {
        self.0 & pause.bit() != 0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of [`Pause::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Pause> {
        Pause::ALL.into_iter().filter(move |pause| self.has(*pause))
    }
}

/// Of one call: what was decided about recording it. What stands against it is known also while it is not recorded, so that
/// recording cannot begin in the middle of an account number.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Recorder {
    is_on: bool,
    against: Pauses,
}

/// How it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    Off,
    On,
    Paused(Pauses),
}

impl Recorder {
    /// Whoever is recorded was told.
    pub fn begin(&mut self) {
        self.is_on = true;
    }

    pub fn pause(&mut self, why: Pause) {
        self.against = self.against.with(why);
    }

    pub fn resume(&mut self, why: Pause) {
        self.against = self.against.without(why);
    }

    /// It is over, or somebody does not want it; what the agent chose was about this recording.
    pub fn end(&mut self) {
        self.is_on = false;
        self.resume(Pause::Agent);
    }

    /// `holds`: what only whoever knows the routes can say.
    pub fn state(self, holds: bool) -> State {
        let against = if holds { self.against.with(Pause::Hold) } else { self.against };
        match (self.is_on, against.is_empty()) {
            (false, _) => State::Off,
            (true, true) => State::On,
            (true, false) => State::Paused(against),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_off_until_somebody_said_so_and_after_the_end() {
        let mut recorder = Recorder::default();
        assert_eq!(recorder.state(false), State::Off);
        recorder.begin();
        assert_eq!(recorder.state(false), State::On);
        assert_eq!(recorder.state(true), State::Paused(Pauses::NONE.with(Pause::Hold)));
        recorder.end();
        assert_eq!((recorder.state(false), recorder.state(true)), (State::Off, State::Off));
    }

    #[test]
    fn each_pause_is_lifted_by_itself() {
        for first in Pause::ALL {
            for second in Pause::ALL.into_iter().filter(|second| *second != first) {
                let mut recorder = Recorder::default();
                recorder.begin();
                recorder.pause(first);
                recorder.pause(second);
                recorder.resume(first);
                assert_eq!(recorder.state(false), State::Paused(Pauses::NONE.with(second)));
                recorder.resume(first);
                recorder.resume(second);
                assert_eq!(recorder.state(false), State::On, "{first:?} and {second:?}");
            }
        }
    }

    #[test]
    fn a_form_that_is_open_already_is_not_recorded_and_a_new_recording_forgets_the_key() {
        let mut recorder = Recorder::default();
        recorder.pause(Pause::Form);
        recorder.pause(Pause::Agent);
        recorder.end();
        recorder.begin();
        assert_eq!(recorder.state(false), State::Paused(Pauses::NONE.with(Pause::Form)));
        recorder.resume(Pause::Form);
        assert_eq!(recorder.state(false), State::On);
    }

    /// Every row of orders: it writes exactly if it was begun, was not ended since, and nothing that was said stands against it.
    #[test]
    fn whatever_is_said_in_whatever_order_it_writes_only_if_nothing_stands_against_it() {
        for mut nr in 0..8_u32.pow(5) {
            let (mut recorder, mut on, mut against) = (Recorder::default(), false, [false; 3]);
            for _ in 0..5 {
                let (order, rest) = (nr % 8, nr / 8);
                nr = rest;
                match order {
                    6 => {
                        recorder.begin();
                        on = true;
                    }
                    7 => {
                        recorder.end();
                        (on, against[2]) = (false, false);
                    }
                    order => {
                        let which = usize::try_from(order / 2).unwrap();
                        against[which] = order % 2 == 0;
                        if against[which] {
                            recorder.pause(Pause::ALL[which]);
                        } else {
                            recorder.resume(Pause::ALL[which]);
                        }
                    }
                }
                let writes = on && against == [false; 3];
                assert_eq!(recorder.state(false) == State::On, writes);
                assert!(recorder.state(true) != State::On);
            }
        }
    }

    #[test]
    fn pauses_are_told_in_one_order() {
        let both = Pauses::NONE.with(Pause::Agent).with(Pause::Hold);
        assert_eq!(both.iter().collect::<Vec<_>>(), [Pause::Hold, Pause::Agent]);
        assert!(both.has(Pause::Hold) && !both.has(Pause::Form) && !both.is_empty());
    }
}
