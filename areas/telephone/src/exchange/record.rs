//! Which calls are recorded now, and whom each recording hears: it follows the call, and whoever waits, asks somebody along or has
//! bank data in front of her is not on it.

use std::collections::BTreeMap;
use std::time::Instant;

use kernel::{RecordingId, RecordingPolicyId, UserId};
use telephony_engine::LegId;
use telephony_proto::record::{Pause, Pauses, Recorder, State};

use super::{Call, CallNr, Exchange, Party, Stage};

/// Of a call that is to be recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Record {
    pub policy: RecordingPolicyId,
    /// Whoever is on the line may say no.
    pub may_refuse: bool,
    pub step: Step,
    recorder: Recorder,
}

/// How far it is: nobody is recorded before being told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// The agent is to say it.
    ToBeTold,
    /// It is played; it cannot be over before then.
    Plays {
        until: Instant,
    },
    On(RecordingId),
    /// Not wanted.
    Refused,
    /// What was recorded could not be kept.
    Lost,
}

/// Whom a recording hears, and what stands against it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tape {
    pub ours: Vec<LegId>,
    pub theirs: Vec<LegId>,
    pub against: Pauses,
}

impl Exchange {
    /// What is recorded now.
    pub(crate) fn tapes(&self) -> BTreeMap<RecordingId, Tape> {
        self.calls.iter().filter_map(|call| self.tape(call)).collect()
    }

    fn tape(&self, call: &Call) -> Option<(RecordingId, Tape)> {
        let (Some(Record { step: Step::On(id), .. }), Party::Outside(member)) =
            (call.record, call.with)
        else {
            return None;
        };
        let against = match self.recording_of(call) {
            State::Off => return None,
            State::Paused(against) => return Some((id, Tape { against, ..Tape::default() })),
            State::On => Pauses::NONE,
        };
        let mut ours: Vec<LegId> = self.leg_of(call.of).into_iter().collect();
        if self.together.contains(&call.of) {
            let others = self.of(call.of).filter(|other| other.nr != call.nr);
            ours.extend(others.filter_map(|other| self.leg_of_party(other, call.of)));
        }
        Some((id, Tape { ours, theirs: vec![member], against }))
    }

    /// How it stands with recording this call.
    pub(crate) fn recording_of(&self, call: &Call) -> State {
        let Some(record) = call.record else { return State::Off };
        let mut recorder = record.recorder;
        if self.forms.contains(&call.of) {
            recorder.pause(Pause::Form);
        }
        recorder.state(self.waits(call))
    }

    /// Somebody waits, nobody of us is there, or somebody is with them whom nobody told.
    fn waits(&self, call: &Call) -> bool {
        let is_other = |other: &&Call| other.nr != call.nr && other.outside().is_some();
        let third =
            self.together.contains(&call.of) && self.of(call.of).any(|other| is_other(&other));
        let by_them = call.outside().is_some_and(|leg| self.holding_us.contains(&leg));
        call.is_held || by_them || third || self.leg_of(call.of).is_none()
    }

    /// A call that is answered, and of which it is known whose it is, is to be recorded under this policy, once whoever is on the
    /// line was told.
    pub(crate) fn asks_to_record(
        &mut self,
        leg: LegId,
        policy: RecordingPolicyId,
        may_refuse: bool,
        step: Step,
    ) -> bool {
        let Some(call) = self.calls.iter_mut().find(|call| call.with == Party::Outside(leg)) else {
            return false;
        };
        let refused = call.attempt.is_some_and(|attempt| self.refused.contains(&attempt));
        let begins = call.is_to_be_asked() && !refused;
        if begins {
            let recorder = Recorder::default();
            call.record = Some(Record { policy, may_refuse, step, recorder });
        }
        begins
    }

    /// Whoever is on this leg was told: it is recorded from now on.
    pub(crate) fn records(&mut self, nr: CallNr, id: RecordingId) -> bool {
        let Some(record) = self.at(nr).and_then(|call| call.record.as_mut()) else { return false };
        let is_told = matches!(record.step, Step::ToBeTold | Step::Plays { .. });
        if is_told {
            record.step = Step::On(id);
            record.recorder.begin();
        }
        is_told
    }

    /// The call of hers that is recorded, or may be: the one that she hears.
    pub(crate) fn recordable(&self, user: UserId) -> Option<Call> {
        let mine = |call: &&Call| call.of == user && call.record.is_some();
        self.calls.iter().filter(mine).min_by_key(|call| call.is_held).copied()
    }

    /// She stops it for a while, or goes on; `false` where nothing is recorded.
    pub(crate) fn pauses_recording(&mut self, user: UserId, is_paused: bool) -> bool {
        let nr = self.recordable(user).map(|call| call.nr);
        let record = nr.and_then(|nr| self.at(nr)).and_then(|call| call.record.as_mut());
        let Some(record) = record.filter(|record| matches!(record.step, Step::On(_))) else {
            return false;
        };
        if is_paused {
            record.recorder.pause(Pause::Agent);
        } else {
            record.recorder.resume(Pause::Agent);
        }
        true
    }

    /// Whoever is on the line does not want it, or it cannot be kept: the call as it was, and it is over.
    pub(crate) fn ends_recording(&mut self, nr: CallNr, step: Step) -> Option<Call> {
        let call = self.at(nr)?;
        let before = *call;
        let record = call.record.as_mut()?;
        record.step = step;
        record.recorder.end();
        if step == Step::Refused {
            self.refused.extend(before.attempt);
        }
        Some(before)
    }

    /// The call that this recording is of.
    pub(crate) fn taped(&self, id: RecordingId) -> Option<&Call> {
        let is_it = |call: &&Call| call.record.is_some_and(|record| record.step == Step::On(id));
        self.calls.iter().find(is_it)
    }

    /// Bank data has the focus at hers, or not any more.
    pub(crate) fn on_form(&mut self, user: UserId, is_on: bool) {
        if is_on {
            self.forms.insert(user);
        } else {
            self.forms.remove(&user);
        }
    }

    /// The other side put us on hold, or took us back.
    pub(crate) fn held_by_them(&mut self, leg: LegId, is_held: bool) {
        if is_held && self.on(leg).is_some() {
            self.holding_us.insert(leg);
        } else {
            self.holding_us.remove(&leg);
        }
    }
}

impl Call {
    /// It is answered, known whose it is, and nothing was said about recording it.
    pub(crate) fn is_to_be_asked(&self) -> bool {
        self.stage == Stage::Speaks && self.attempt.is_some() && self.record.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{BERND, LAWYER, MEMBER, NOOR, seat, speaking};
    use super::*;

    const TAPE: RecordingId = RecordingId(70);

    fn recorded() -> Exchange {
        let mut exchange = speaking();
        assert!(exchange.asks_to_record(MEMBER, RecordingPolicyId(1), true, Step::ToBeTold));
        assert!(exchange.tapes().is_empty(), "nobody is recorded before being told");
        let nr = exchange.on(MEMBER).unwrap().nr;
        assert!(exchange.records(nr, TAPE));
        exchange
    }

    /// `11>50` while ours at leg 11 and the member at 50 are written, else what stands against it.
    fn tape(exchange: &Exchange) -> String {
        let tapes = exchange.tapes();
        let Some(tape) = tapes.get(&TAPE) else { return "over".to_owned() };
        let legs =
            |legs: &[LegId]| legs.iter().map(|leg| leg.0.to_string()).collect::<Vec<_>>().join("+");
        if tape.against.is_empty() {
            format!("{}>{}", legs(&tape.ours), legs(&tape.theirs))
        } else {
            tape.against.iter().map(|why| format!("{why:?}")).collect::<Vec<_>>().join(" ")
        }
    }

    #[test]
    fn hold_and_consulting_are_not_recorded_and_it_goes_on_by_itself() {
        let mut exchange = recorded();
        assert_eq!(tape(&exchange), "11>50");
        exchange.hold(NOOR, true);
        assert_eq!(tape(&exchange), "Hold");
        exchange.hold(NOOR, false);
        assert_eq!(tape(&exchange), "11>50");
        exchange.call(NOOR, BERND, false).unwrap();
        exchange.answer_colleague(BERND).unwrap();
        assert_eq!(tape(&exchange), "Hold", "what they say to each other is theirs");
        exchange.join(NOOR).unwrap();
        assert_eq!(tape(&exchange), "11+12>50", "a colleague is one of us");
        exchange.end(BERND);
        assert_eq!(tape(&exchange), "11>50");
        exchange.held_by_them(MEMBER, true);
        assert_eq!(tape(&exchange), "Hold", "who is on hold may speak with others in the room");
        exchange.held_by_them(MEMBER, false);
        exchange.end(NOOR);
        assert_eq!(tape(&exchange), "over");
    }

    #[test]
    fn it_follows_the_call_to_a_colleague() {
        let mut exchange = recorded();
        exchange.call(NOOR, BERND, true).unwrap();
        exchange.answer_colleague(BERND).unwrap();
        assert_eq!(tape(&exchange), "12>50");
        exchange.on_form(NOOR, true);
        assert_eq!(tape(&exchange), "12>50", "what she has in front of her is of another call");
        exchange.on_form(BERND, true);
        assert_eq!(tape(&exchange), "Form");
    }

    #[test]
    fn a_third_whom_nobody_told_is_not_recorded() {
        let mut exchange = recorded();
        exchange.dialled(NOOR, LAWYER, None);
        exchange.moves(LAWYER, Stage::Speaks);
        assert!(!exchange.asks_to_record(LAWYER, RecordingPolicyId(1), true, Step::ToBeTold));
        exchange.join(NOOR).unwrap();
        assert_eq!(tape(&exchange), "Hold");
        exchange.complete(NOOR).unwrap();
        assert_eq!(tape(&exchange), "over", "they go on without us");
    }

    #[test]
    fn a_page_that_is_loaded_anew_is_a_pause_and_each_pause_is_lifted_by_itself() {
        let mut exchange = recorded();
        exchange.gone(LegId(11));
        assert_eq!(tape(&exchange), "Hold");
        exchange.on_form(NOOR, true);
        assert!(exchange.pauses_recording(NOOR, true));
        seat(&mut exchange, 21, NOOR);
        assert_eq!(tape(&exchange), "Form Agent");
        exchange.on_form(NOOR, false);
        assert_eq!(tape(&exchange), "Agent");
        assert!(!exchange.pauses_recording(BERND, false), "it is not his");
        assert!(exchange.pauses_recording(NOOR, false));
        assert_eq!(tape(&exchange), "21>50");
    }

    #[test]
    fn whoever_says_no_is_not_recorded_and_not_asked_again() {
        let mut exchange = recorded();
        let nr = exchange.on(MEMBER).unwrap().nr;
        exchange.ends_recording(nr, Step::Refused);
        assert_eq!(tape(&exchange), "over");
        assert!(!exchange.records(nr, TAPE));
        assert!(!exchange.asks_to_record(MEMBER, RecordingPolicyId(1), true, Step::ToBeTold));
        assert!(!exchange.pauses_recording(NOOR, true));
    }
}
