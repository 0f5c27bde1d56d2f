//! Who can be reached and who speaks with whom: colleagues among each other, and with the outside world. Decides and does nothing:
//! what follows is the caller's to do.

mod record;

use std::collections::{BTreeMap, BTreeSet};

use kernel::{AttemptId, UserId};
use telephony_engine::{LegId, Sound};

pub(crate) use self::record::{Record, Step, Tape};

/// Which calls there were, counted from the start of the program.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct CallNr(u64);

/// With whom one speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Party {
    Colleague(UserId),
    Outside(LegId),
}

/// How far a call is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    /// The trunk was asked; nothing was heard of it yet.
    Dials,
    RingsThere,
    /// Nobody answered yet, but there is something to hear: an announcement, or the ringing tone of the trunk.
    Early,
    /// Somebody from outside waits for an answer here.
    RingsHere,
    Speaks,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Call {
    pub nr: CallNr,
    /// Whose call it is: who began it, or got it.
    pub of: UserId,
    pub with: Party,
    pub stage: Stage,
    /// They called.
    pub rang_us: bool,
    /// By whose call it is.
    pub is_held: bool,
    /// What the log calls it, once there is something to log.
    pub attempt: Option<AttemptId>,
    /// Once this colleague answers, that call is hers.
    pub passes_on: Option<CallNr>,
    /// It is to be recorded.
    pub record: Option<Record>,
}

/// Why something cannot be done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refused {
    /// The own browser has no sound.
    Unconnected,
    /// Hers has none.
    NotThere,
    /// She rings, or speaks with somebody.
    Engaged,
    /// One has a call already.
    InCall,
    /// There is no call for this, or it is not so far.
    NoCall,
}

/// What one leg hears, and what becomes of it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Hears {
    pub from: Vec<LegId>,
    /// While nobody is to be heard.
    pub sound: Sound,
    /// On hold, as the other side is told.
    pub is_held: bool,
}

/// What the caller has to do besides the sound.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Do {
    /// The call to this leg of the outside world is over for us.
    HangUp(LegId),
    /// What was logged as this is over.
    Ends(AttemptId),
    /// The person behind this attempt is on that colleague's desk from now on.
    PassedOn(AttemptId, UserId),
    Held(AttemptId, bool),
    /// It rang here and nobody answered: the caller still waits.
    Missed(LegId, UserId),
    /// In the middle of a call nothing was left to hear with: ask again in a while whether it came back.
    Lost(UserId),
    /// Whoever rang us is still there, and the one who answered is not: somebody else goes on with it.
    Dropped(LegId, UserId, Option<AttemptId>),
}

/// A tab is a browser; whoever opens more closes the first.
const OF_ONE_USER: usize = 4;

#[derive(Default)]
pub(crate) struct Exchange {
    /// Answered, and not connected yet: sound may never come through.
    expected: BTreeMap<LegId, UserId>,
    browsers: BTreeMap<LegId, UserId>,
    /// In which of her browsers somebody was last seen to do something.
    used: BTreeMap<UserId, LegId>,
    /// Which of her browsers carries somebody's calls.
    carriers: BTreeMap<UserId, LegId>,
    calls: Vec<Call>,
    /// Those who brought all of their calls together.
    together: BTreeSet<UserId>,
    /// Two of the outside world whom one of us brought together.
    links: Vec<(LegId, LegId)>,
    on_echo: BTreeSet<LegId>,
    /// Those in front of whom bank data is.
    forms: BTreeSet<UserId>,
    /// Of whom nothing is recorded, whoever goes on with the call.
    refused: BTreeSet<AttemptId>,
    /// Legs of the outside world that hold us.
    holding_us: BTreeSet<LegId>,
    made: u64,
}

/// Browsers: who is there.
impl Exchange {
    /// A browser of this user is about to come; those of hers that are one too many.
    pub(crate) fn expect(&mut self, leg: LegId, user: UserId) -> Vec<LegId> {
        self.expected.insert(leg, user);
        let all = self.browsers.iter().chain(&self.expected);
        let mut mine: Vec<LegId> = all.filter(|(_, of)| **of == user).map(|(id, _)| *id).collect();
        mine.sort_unstable();
        let too_many = mine.len().saturating_sub(OF_ONE_USER);
        mine.truncate(too_many);
        mine
    }

    /// It is there: its user can be called, and goes on with what she was in.
    pub(crate) fn connected(&mut self, leg: LegId) -> Option<UserId> {
        let user = self.expected.remove(&leg)?;
        self.browsers.insert(leg, user);
        let carrier = self.carriers.get(&user);
        if self.of(user).next().is_some()
            && carrier.is_none_or(|carrier| !self.browsers.contains_key(carrier))
        {
            self.carriers.insert(user, leg);
        }
        Some(user)
    }

    /// A browser is gone; another of hers goes on with its calls, if there is one.
    pub(crate) fn gone(&mut self, leg: LegId) -> Vec<Do> {
        self.expected.remove(&leg);
        self.on_echo.remove(&leg);
        self.used.retain(|_, used| *used != leg);
        let Some(user) = self.browsers.remove(&leg) else { return Vec::new() };
        if self.last_of(user).is_none() {
            // What was on her screen went with it.
            self.forms.remove(&user);
        }
        if let Some(other) = self.last_of(user) {
            if let Some(carrier) = self.carriers.get_mut(&user).filter(|carrier| **carrier == leg) {
                *carrier = other;
            }
            return Vec::new();
        }
        // Whoever is spoken to waits for her to come back; whoever only rings does not.
        let mut done = Vec::new();
        for call in self.calls.clone() {
            let rings_here = match call.with {
                Party::Outside(_) => call.of == user && call.stage == Stage::RingsHere,
                Party::Colleague(to) => {
                    call.stage == Stage::RingsThere && (call.of == user || to == user)
                }
            };
            if rings_here {
                done.extend(self.over(call.nr));
            }
        }
        if self.of(user).next().is_some() {
            done.push(Do::Lost(user));
        }
        done
    }

    /// She did not come back in time: what she was in is over.
    pub(crate) fn stays_away(&mut self, user: UserId) -> Vec<Do> {
        if self.last_of(user).is_some() {
            return Vec::new();
        }
        let calls: Vec<Call> = self.of(user).copied().collect();
        calls.into_iter().flat_map(|call| self.left_behind(user, call)).collect()
    }

    /// Whoever rang us does not pay for our network; anybody else hears that it is over.
    fn left_behind(&mut self, user: UserId, call: Call) -> Vec<Do> {
        let Party::Outside(leg) = call.with else { return self.over(call.nr) };
        if !call.rang_us || call.stage != Stage::Speaks {
            return self.over(call.nr);
        }
        let resumed = self.hold_one(call.nr, false);
        // Over for her, and not for the one on the line.
        let done = self.over(call.nr).into_iter();
        let goes_on = |done: &Do| {
            *done != Do::HangUp(leg) && call.attempt.is_none_or(|of| *done != Do::Ends(of))
        };
        let rest = done.filter(goes_on);
        resumed.into_iter().chain(rest).chain([Do::Dropped(leg, user, call.attempt)]).collect()
    }

    /// She does something in this browser: what rings is answered there, and the next call is made there. Whoever she speaks with
    /// already stays where that is. `false` if it is none of hers.
    pub(crate) fn uses(&mut self, user: UserId, leg: LegId) -> bool {
        if self.browsers.get(&leg) != Some(&user) {
            return false;
        }
        self.used.insert(user, leg);
        let rings_here = |call: &Call| match call.with {
            Party::Outside(_) => call.stage == Stage::RingsHere,
            Party::Colleague(to) => to == user && call.stage == Stage::RingsThere,
        };
        if self.of(user).all(rings_here)
            && let Some(carrier) = self.carriers.get_mut(&user)
        {
            *carrier = leg;
        }
        true
    }

    /// On how many devices each user has sound.
    pub(crate) fn devices(&self) -> BTreeMap<UserId, usize> {
        let mut devices = BTreeMap::new();
        for user in self.browsers.values() {
            *devices.entry(*user).or_default() += 1;
        }
        devices
    }

    pub(crate) fn has_several(&self, user: UserId) -> bool {
        self.devices().get(&user).is_some_and(|devices| *devices > 1)
    }

    pub(crate) fn is_of(&self, leg: LegId, user: UserId) -> bool {
        [&self.browsers, &self.expected].iter().any(|all| all.get(&leg) == Some(&user))
    }

    /// Whether a browser hears itself while it has no call.
    pub(crate) fn echo(&mut self, leg: LegId, is_on: bool) {
        if is_on {
            self.on_echo.insert(leg);
        } else {
            self.on_echo.remove(&leg);
        }
    }

    /// The users with sound.
    pub(crate) fn reachable(&self) -> Vec<UserId> {
        let users: BTreeSet<UserId> = self.browsers.values().copied().collect();
        users.into_iter().collect()
    }

    pub(crate) fn is_reachable(&self, user: UserId) -> bool {
        self.last_of(user).is_some()
    }

    /// Has sound, and no call.
    pub(crate) fn is_free(&self, user: UserId) -> bool {
        self.is_reachable(user) && self.of(user).next().is_none()
    }

    /// The one she used last, else the one that she opened last.
    fn last_of(&self, user: UserId) -> Option<LegId> {
        let here = self.used.get(&user).filter(|leg| self.browsers.contains_key(leg));
        if here.is_some() {
            return here.copied();
        }
        self.browsers.iter().rev().find(|(_, of)| **of == user).map(|(leg, _)| *leg)
    }

    /// The browser that carries her calls, else the one to begin one in.
    fn leg_of(&self, user: UserId) -> Option<LegId> {
        let carrier = self.carriers.get(&user).copied();
        carrier.filter(|leg| self.browsers.contains_key(leg)).or_else(|| self.last_of(user))
    }
}

/// Calls.
impl Exchange {
    /// What she is in: her own, and those of colleagues with her.
    pub(crate) fn of(&self, user: UserId) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.of == user || call.with == Party::Colleague(user))
    }

    pub(crate) fn is_together(&self, user: UserId) -> bool {
        self.together.contains(&user)
    }

    /// What is on this leg of the outside world.
    pub(crate) fn on(&self, leg: LegId) -> Option<&Call> {
        self.calls.iter().find(|call| call.with == Party::Outside(leg))
    }

    pub(crate) fn all(&self) -> &[Call] {
        &self.calls
    }

    /// Whether she can begin a call to the outside. With one on hold she may, to think along or to pass it on.
    pub(crate) fn may_dial(&self, user: UserId) -> Result<(), Refused> {
        if self.leg_of(user).is_none() {
            return Err(Refused::Unconnected);
        }
        let mut calls = self.of(user);
        match (calls.next(), calls.next()) {
            (None, _) => Ok(()),
            (Some(call), None) if self.can_consult(user, call) => Ok(()),
            _ => Err(Refused::InCall),
        }
    }

    /// A second call goes beside one that is answered and one's own.
    fn can_consult(&self, user: UserId, call: &Call) -> bool {
        call.of == user && call.stage == Stage::Speaks && matches!(call.with, Party::Outside(_))
    }

    /// The trunk was asked. What she was in is on hold.
    pub(crate) fn dialled(
        &mut self,
        user: UserId,
        leg: LegId,
        attempt: Option<AttemptId>,
    ) -> Vec<Do> {
        let done = self.hold_all(user);
        self.begin(user, Party::Outside(leg), Stage::Dials, attempt, None);
        done
    }

    /// The trunk was asked for somebody who gets whoever she speaks with, as soon as that one answers.
    pub(crate) fn dialled_to_pass_on(&mut self, user: UserId, leg: LegId) -> Vec<Do> {
        let passed = self.of(user).next().map(|call| call.nr);
        let done = self.hold_all(user);
        self.begin(user, Party::Outside(leg), Stage::Dials, None, passed);
        done
    }

    /// Who is on this leg answered: whoever waits to be passed on is.
    pub(crate) fn passed_on(&mut self, leg: LegId) -> Vec<Do> {
        let to_pass = |call: &&Call| call.passes_on.is_some() && call.stage == Stage::Speaks;
        let of = self.on(leg).filter(to_pass).map(|call| call.of);
        of.and_then(|user| self.complete(user)).unwrap_or_default()
    }

    /// Somebody from outside rings at hers.
    pub(crate) fn offer(&mut self, user: UserId, leg: LegId) -> CallNr {
        self.begin(user, Party::Outside(leg), Stage::RingsHere, None, None)
    }

    /// Rings at a colleague's: to speak with her, or to pass on the call that one is in as soon as she answers.
    pub(crate) fn call(
        &mut self,
        from: UserId,
        to: UserId,
        passes_on: bool,
    ) -> Result<(CallNr, Vec<Do>), Refused> {
        self.may_dial(from)?;
        if from == to || !self.is_reachable(to) {
            return Err(Refused::NotThere);
        }
        if self.of(to).next().is_some() {
            return Err(Refused::Engaged);
        }
        let passed = self.of(from).next().map(|call| call.nr).filter(|_| passes_on);
        if passes_on && passed.is_none() {
            return Err(Refused::NoCall);
        }
        let done = self.hold_all(from);
        let nr = self.begin(from, Party::Colleague(to), Stage::RingsThere, None, passed);
        Ok((nr, done))
    }

    fn begin(
        &mut self,
        of: UserId,
        with: Party,
        stage: Stage,
        attempt: Option<AttemptId>,
        passes_on: Option<CallNr>,
    ) -> CallNr {
        self.made += 1;
        let nr = CallNr(self.made);
        let rang_us = stage == Stage::RingsHere;
        let call =
            Call { nr, of, with, stage, rang_us, is_held: false, attempt, passes_on, record: None };
        self.calls.push(call);
        self.carry(of);
        nr
    }

    /// From now on this browser of hers carries, whichever she opens later.
    fn carry(&mut self, user: UserId) {
        if let Some(leg) = self.leg_of(user) {
            self.carriers.insert(user, leg);
            self.on_echo.remove(&leg);
        }
    }

    /// What rings here, and from whom.
    pub(crate) fn ringing(&self, user: UserId) -> Option<&Call> {
        self.calls.iter().find(|call| match call.with {
            Party::Outside(_) => call.of == user && call.stage == Stage::RingsHere,
            Party::Colleague(to) => to == user && call.stage == Stage::RingsThere,
        })
    }

    /// She answers the colleague who rings at hers.
    pub(crate) fn answer_colleague(&mut self, user: UserId) -> Option<Vec<Do>> {
        let nr = self.ringing(user).filter(|call| call.with == Party::Colleague(user))?.nr;
        self.carry(user);
        let passed = self.at(nr)?.passes_on;
        self.at(nr)?.stage = Stage::Speaks;
        let Some(passed) = passed else { return Some(Vec::new()) };
        self.calls.retain(|call| call.nr != nr);
        Some(self.give(passed, user))
    }

    /// She answers whoever rings at hers from outside; what is logged of it follows.
    pub(crate) fn answer_outside(&mut self, nr: CallNr, attempt: Option<AttemptId>) {
        if let Some(call) = self.at(nr) {
            (call.stage, call.attempt) = (Stage::Speaks, attempt);
            let user = call.of;
            self.carry(user);
        }
    }

    /// She takes whoever asked to be called back: that one is dialled now.
    pub(crate) fn calls_back(&mut self, nr: CallNr, attempt: AttemptId) {
        if let Some(call) = self.at(nr) {
            (call.stage, call.rang_us, call.attempt) = (Stage::Dials, false, Some(attempt));
            let user = call.of;
            self.carry(user);
        }
    }

    /// It rings here no more, and nobody missed it.
    pub(crate) fn withdraw(&mut self, nr: CallNr) {
        self.calls.retain(|call| call.nr != nr || call.stage != Stage::RingsHere);
    }

    /// What a call is logged as, once that is known.
    pub(crate) fn logged(&mut self, nr: CallNr, attempt: AttemptId) {
        if let Some(call) = self.at(nr) {
            call.attempt = Some(attempt);
        }
    }

    /// Something was heard of a leg that was dialled; its attempt.
    pub(crate) fn moves(&mut self, leg: LegId, stage: Stage) -> Option<AttemptId> {
        let call = self.calls.iter_mut().find(|call| call.with == Party::Outside(leg))?;
        let goes_on = match stage {
            Stage::RingsThere => call.stage == Stage::Dials,
            Stage::Early => matches!(call.stage, Stage::Dials | Stage::RingsThere),
            _ => call.stage != Stage::Speaks,
        };
        if goes_on {
            call.stage = stage;
        }
        call.attempt
    }

    /// A leg of the outside world ended by itself.
    pub(crate) fn ended(&mut self, leg: LegId) -> Vec<Do> {
        self.holding_us.remove(&leg);
        let mut done: Vec<Do> = Vec::new();
        let of_link = |(a, b): &(LegId, LegId)| *a == leg || *b == leg;
        for (a, b) in self.links.extract_if(.., |link| of_link(link)) {
            done.push(Do::HangUp(if a == leg { b } else { a }));
        }
        if let Some(nr) = self.on(leg).map(|call| call.nr) {
            done.extend(self.over(nr));
        }
        // It is over already: nothing is hung up.
        done.retain(|done| *done != Do::HangUp(leg));
        done
    }

    /// It rang long enough.
    pub(crate) fn unanswered(&mut self, nr: CallNr) -> Vec<Do> {
        let rings = |call: &&Call| {
            call.nr == nr && matches!(call.stage, Stage::RingsThere | Stage::RingsHere)
        };
        let is_ours = self.calls.iter().find(rings).is_some_and(|call| {
            call.stage == Stage::RingsHere || matches!(call.with, Party::Colleague(_))
        });
        if is_ours { self.over(nr) } else { Vec::new() }
    }

    /// She hangs up, does not answer, or takes it back: what rings here, else what she hears, else what she holds.
    pub(crate) fn end(&mut self, user: UserId) -> Option<Vec<Do>> {
        let rings = self.ringing(user).map(|call| call.nr);
        let hears = || self.of(user).filter(|call| !call.is_held).last().map(|call| call.nr);
        let holds = || self.of(user).last().map(|call| call.nr);
        let nr = rings.or_else(hears).or_else(holds)?;
        Some(self.over(nr))
    }

    /// A call is over. What was on hold for it goes on.
    fn over(&mut self, nr: CallNr) -> Vec<Do> {
        let Some(at) = self.calls.iter().position(|call| call.nr == nr) else { return Vec::new() };
        let call = self.calls.remove(at);
        let mut done = Vec::new();
        match call.with {
            Party::Outside(leg) if call.stage == Stage::RingsHere => {
                done.push(Do::Missed(leg, call.of));
            }
            Party::Outside(leg) => done.push(Do::HangUp(leg)),
            Party::Colleague(_) => {}
        }
        done.extend(call.attempt.map(Do::Ends));
        self.together.remove(&call.of);
        let rest: Vec<CallNr> = self.of(call.of).map(|call| call.nr).collect();
        if let [left] = rest[..] {
            done.extend(self.hold_one(left, false));
        }
        for user in [Some(call.of), call.colleague()].into_iter().flatten() {
            if self.of(user).next().is_none() {
                self.carriers.remove(&user);
            }
        }
        done
    }

    /// The other side waits, with music; `false`: it is heard again, and whoever else she spoke with waits.
    pub(crate) fn hold(&mut self, user: UserId, is_held: bool) -> Option<Vec<Do>> {
        let mine = |call: &&Call| call.of == user && call.stage == Stage::Speaks;
        let nr = self.calls.iter().filter(mine).find(|call| call.is_held != is_held)?.nr;
        let mut done = Vec::new();
        if !is_held {
            done.extend(self.hold_all(user));
        }
        self.together.remove(&user);
        done.extend(self.hold_one(nr, is_held));
        Some(done)
    }

    fn hold_all(&mut self, user: UserId) -> Vec<Do> {
        let mine: Vec<CallNr> =
            self.calls.iter().filter(|call| call.of == user).map(|call| call.nr).collect();
        mine.into_iter().filter_map(|nr| self.hold_one(nr, true)).collect()
    }

    fn hold_one(&mut self, nr: CallNr, is_held: bool) -> Option<Do> {
        let call = self.at(nr).filter(|call| call.stage == Stage::Speaks)?;
        let changes = call.is_held != is_held;
        call.is_held = is_held;
        call.attempt.filter(|_| changes).map(|attempt| Do::Held(attempt, is_held))
    }

    /// With a call on hold and another answered: everybody hears everybody.
    pub(crate) fn join(&mut self, user: UserId) -> Option<Vec<Do>> {
        let two = self.two(user)?;
        self.together.insert(user);
        Some(two.into_iter().filter_map(|nr| self.hold_one(nr, false)).collect())
    }

    /// With a call on hold and another answered: they go on without her.
    pub(crate) fn complete(&mut self, user: UserId) -> Option<Vec<Do>> {
        let [first, second] = self.two(user)?;
        let (first, second) = (*self.at(first)?, *self.at(second)?);
        self.together.remove(&user);
        match (first.with, second.with) {
            (Party::Outside(_), Party::Colleague(to)) => {
                self.calls.retain(|call| call.nr != second.nr);
                Some(self.give(first.nr, to))
            }
            (Party::Outside(a), Party::Outside(b)) => {
                let mut done: Vec<Do> = [first.nr, second.nr]
                    .into_iter()
                    .filter_map(|nr| self.hold_one(nr, false))
                    .collect();
                self.calls.retain(|call| call.nr != first.nr && call.nr != second.nr);
                self.carriers.remove(&user);
                self.links.push((a, b));
                // For us it is over: what they say to each other is theirs.
                done.extend([first.attempt, second.attempt].into_iter().flatten().map(Do::Ends));
                Some(done)
            }
            _ => None,
        }
    }

    /// Both of her calls, if she has two that are answered.
    fn two(&self, user: UserId) -> Option<[CallNr; 2]> {
        let mine: Vec<&Call> = self.of(user).collect();
        let [first, second] = mine[..] else { return None };
        let both =
            [first, second].iter().all(|call| call.of == user && call.stage == Stage::Speaks);
        both.then_some([first.nr, second.nr])
    }

    /// From now on it is her call.
    fn give(&mut self, nr: CallNr, to: UserId) -> Vec<Do> {
        let Some(call) = self.at(nr) else { return Vec::new() };
        let before = std::mem::replace(&mut call.of, to);
        let passed = call.attempt.map(|attempt| Do::PassedOn(attempt, to));
        let mut done: Vec<Do> = passed.into_iter().collect();
        done.extend(self.hold_one(nr, false));
        self.carry(to);
        if self.of(before).next().is_none() {
            self.carriers.remove(&before);
        }
        done
    }

    fn at(&mut self, nr: CallNr) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.nr == nr)
    }
}

/// Sound.
impl Exchange {
    /// What everybody hears now: each browser, and each leg of the outside world that somebody speaks with.
    pub(crate) fn hears(&self) -> BTreeMap<LegId, Hears> {
        let mut all: BTreeMap<LegId, Hears> = BTreeMap::new();
        for (leg, user) in &self.browsers {
            let echo = if self.on_echo.contains(leg) { Sound::Echo } else { Sound::Silence };
            let carries = self.leg_of(*user) == Some(*leg) && self.of(*user).next().is_some();
            let hears = if carries {
                self.user_hears(*user)
            } else {
                Hears { sound: echo, ..Hears::default() }
            };
            all.insert(*leg, hears);
        }
        for call in self.calls.iter().filter(|call| call.stage == Stage::Speaks) {
            if let Party::Outside(leg) = call.with {
                all.insert(leg, self.outside_hears(call));
            }
        }
        for (a, b) in &self.links {
            for (leg, other) in [(a, b), (b, a)] {
                all.insert(*leg, Hears { from: vec![*other], ..Hears::default() });
            }
        }
        all
    }

    fn user_hears(&self, user: UserId) -> Hears {
        let mut from = Vec::new();
        let mut sound = Sound::Silence;
        for call in self.of(user) {
            match call.stage {
                Stage::RingsThere if call.of == user => sound = Sound::RingingTone,
                Stage::Speaks if call.is_held && call.of != user => sound = Sound::Music,
                Stage::Speaks | Stage::Early if !call.is_held => {
                    from.extend(self.leg_of_party(call, user));
                    from.extend(self.others_with(call, user));
                }
                _ => {}
            }
        }
        Hears { from, sound, is_held: false }
    }

    fn outside_hears(&self, call: &Call) -> Hears {
        if call.is_held {
            return Hears { is_held: true, ..Hears::default() };
        }
        let ours = self.leg_of(call.of);
        // She is away for a moment: it is not silence that says so.
        let sound = if ours.is_none() { Sound::Music } else { Sound::Silence };
        let mut from: Vec<LegId> = ours.into_iter().collect();
        if self.together.contains(&call.of) {
            let others = self.of(call.of).filter(|other| other.nr != call.nr);
            from.extend(others.filter_map(|other| self.leg_of_party(other, call.of)));
        }
        Hears { from, sound, is_held: false }
    }

    /// The other end of a call, as one who is in it hears it.
    fn leg_of_party(&self, call: &Call, user: UserId) -> Option<LegId> {
        match call.with {
            Party::Outside(leg) => Some(leg),
            Party::Colleague(to) if to == user => self.leg_of(call.of),
            Party::Colleague(to) => self.leg_of(to),
        }
    }

    /// Whoever was brought together with her by whose call it is.
    fn others_with(&self, call: &Call, user: UserId) -> Vec<LegId> {
        if call.of == user || !self.together.contains(&call.of) {
            return Vec::new();
        }
        let others = self.of(call.of).filter(|other| other.nr != call.nr);
        others.filter_map(|other| self.leg_of_party(other, call.of)).collect()
    }
}

impl Call {
    pub(crate) fn outside(&self) -> Option<LegId> {
        match self.with {
            Party::Outside(leg) => Some(leg),
            Party::Colleague(_) => None,
        }
    }

    /// Those of us who are in it.
    pub(crate) fn users(&self) -> impl Iterator<Item = UserId> + use<> {
        [Some(self.of), self.colleague()].into_iter().flatten()
    }

    fn colleague(&self) -> Option<UserId> {
        match self.with {
            Party::Colleague(user) => Some(user),
            Party::Outside(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
