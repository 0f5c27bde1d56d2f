//! Who can be reached, and who speaks with whom, among colleagues. Decides and does nothing: what follows is the caller's to do.

use std::collections::BTreeMap;

use kernel::UserId;
use telephony_browser::LegId;

/// Which calls there were, counted from the start of the program.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct CallNr(u64);

/// Why a colleague cannot be called.
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
}

/// How it stands with somebody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stand {
    Free,
    /// One calls, and it rings there.
    Calls(UserId),
    /// It rings here.
    Rings(UserId),
    Speaks(UserId),
}

struct Call {
    nr: CallNr,
    from: UserId,
    to: UserId,
    /// Whose sound is joined, once she answered.
    legs: Option<[LegId; 2]>,
}

/// A call that is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Over {
    pub between: (UserId, UserId),
    /// Those whose sound was joined, if it was answered.
    pub legs: Option<[LegId; 2]>,
}

/// A tab is a browser; whoever opens more closes the first.
const OF_ONE_USER: usize = 4;

#[derive(Default)]
pub(crate) struct Exchange {
    /// Answered, and not connected yet: sound may never come through.
    expected: BTreeMap<u64, UserId>,
    browsers: BTreeMap<u64, UserId>,
    calls: Vec<Call>,
    made: u64,
}

impl Exchange {
    /// A browser of this user is about to come; those of hers that are one too many.
    pub(crate) fn expect(&mut self, LegId(id): LegId, user: UserId) -> Vec<LegId> {
        self.expected.insert(id, user);
        let all = self.browsers.iter().chain(&self.expected);
        let mut mine: Vec<u64> = all.filter(|(_, of)| **of == user).map(|(id, _)| *id).collect();
        mine.sort_unstable();
        let too_many = mine.len().saturating_sub(OF_ONE_USER);
        mine.into_iter().take(too_many).map(LegId).collect()
    }

    /// It is there: its user can be called.
    pub(crate) fn connected(&mut self, LegId(id): LegId) {
        if let Some(user) = self.expected.remove(&id) {
            self.browsers.insert(id, user);
        }
    }

    /// A browser is gone, and with it the call that it carried, or that nobody of hers can answer any more.
    pub(crate) fn gone(&mut self, leg: LegId) -> Option<Over> {
        self.expected.remove(&leg.0);
        let user = self.browsers.remove(&leg.0)?;
        let carried =
            self.calls.iter().any(|call| call.legs.is_some_and(|legs| legs.contains(&leg)));
        if carried || self.of(user).next().is_none() { self.end(user) } else { None }
    }

    pub(crate) fn is_of(&self, LegId(id): LegId, user: UserId) -> bool {
        [&self.browsers, &self.expected].iter().any(|all| all.get(&id) == Some(&user))
    }

    /// The users with sound.
    pub(crate) fn reachable(&self) -> Vec<UserId> {
        let mut users: Vec<UserId> = self.browsers.values().copied().collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    pub(crate) fn stand(&self, user: UserId) -> Stand {
        let Some(call) = self.call_of(user) else { return Stand::Free };
        match (call.legs.is_some(), call.from == user) {
            (true, true) => Stand::Speaks(call.to),
            (true, false) => Stand::Speaks(call.from),
            (false, true) => Stand::Calls(call.to),
            (false, false) => Stand::Rings(call.from),
        }
    }

    pub(crate) fn call(&mut self, from: UserId, to: UserId) -> Result<CallNr, Refused> {
        if self.of(from).next().is_none() {
            return Err(Refused::Unconnected);
        }
        if self.call_of(from).is_some() {
            return Err(Refused::InCall);
        }
        if from == to || self.of(to).next().is_none() {
            return Err(Refused::NotThere);
        }
        if self.call_of(to).is_some() {
            return Err(Refused::Engaged);
        }
        self.made += 1;
        let nr = CallNr(self.made);
        self.calls.push(Call { nr, from, to, legs: None });
        Ok(nr)
    }

    /// She answers: whose sound is joined now. `None` where nothing rings.
    pub(crate) fn answer(&mut self, user: UserId) -> Option<((UserId, UserId), [LegId; 2])> {
        let at = self.calls.iter().position(|call| call.to == user && call.legs.is_none())?;
        let (from, to) = (self.calls[at].from, self.calls[at].to);
        let legs = [self.leg_of(from)?, self.leg_of(to)?];
        self.calls[at].legs = Some(legs);
        Some(((from, to), legs))
    }

    /// Either ends it: hangs up, does not answer, or takes it back.
    pub(crate) fn end(&mut self, user: UserId) -> Option<Over> {
        let at = self.calls.iter().position(|call| call.from == user || call.to == user)?;
        let Call { from, to, legs, .. } = self.calls.remove(at);
        Some(Over { between: (from, to), legs })
    }

    /// It rang long enough.
    pub(crate) fn unanswered(&mut self, nr: CallNr) -> Option<Over> {
        let call = self.calls.iter().find(|call| call.nr == nr && call.legs.is_none())?;
        self.end(call.from)
    }

    fn call_of(&self, user: UserId) -> Option<&Call> {
        self.calls.iter().find(|call| call.from == user || call.to == user)
    }

    fn of(&self, user: UserId) -> impl Iterator<Item = u64> {
        self.browsers.iter().filter(move |(_, owner)| **owner == user).map(|(id, _)| *id)
    }

    /// The browser that she opened last is the one that she hears.
    fn leg_of(&self, user: UserId) -> Option<LegId> {
        self.of(user).last().map(LegId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOOR: UserId = UserId(1);
    const BERND: UserId = UserId(2);
    const SEMI: UserId = UserId(3);

    fn three() -> Exchange {
        let mut exchange = Exchange::default();
        for (leg, user) in [(11, NOOR), (12, BERND), (13, SEMI)] {
            seat(&mut exchange, leg, user);
        }
        exchange
    }

    fn seat(exchange: &mut Exchange, leg: u64, user: UserId) {
        exchange.expect(LegId(leg), user);
        exchange.connected(LegId(leg));
    }

    #[test]
    fn a_call_rings_is_answered_and_ends() {
        let mut exchange = three();
        exchange.call(NOOR, BERND).unwrap();
        assert_eq!(exchange.stand(NOOR), Stand::Calls(BERND));
        assert_eq!(exchange.stand(BERND), Stand::Rings(NOOR));
        assert_eq!(exchange.answer(NOOR), None, "who calls does not answer");
        assert_eq!(exchange.answer(BERND), Some(((NOOR, BERND), [LegId(11), LegId(12)])));
        assert_eq!(exchange.answer(BERND), None, "once");
        assert_eq!(exchange.stand(BERND), Stand::Speaks(NOOR));
        let over = Over { between: (NOOR, BERND), legs: Some([LegId(11), LegId(12)]) };
        assert_eq!(exchange.end(BERND), Some(over));
        assert_eq!((exchange.stand(NOOR), exchange.stand(BERND)), (Stand::Free, Stand::Free));
        assert_eq!(exchange.end(BERND), None);
    }

    #[test]
    fn whoever_cannot_be_reached_is_not_called() {
        let mut exchange = three();
        assert_eq!(exchange.call(UserId(9), NOOR), Err(Refused::Unconnected));
        assert_eq!(exchange.call(NOOR, UserId(9)), Err(Refused::NotThere));
        assert_eq!(exchange.call(NOOR, NOOR), Err(Refused::NotThere));
        exchange.call(NOOR, BERND).unwrap();
        assert_eq!(exchange.call(SEMI, BERND), Err(Refused::Engaged));
        assert_eq!(exchange.call(SEMI, NOOR), Err(Refused::Engaged));
        assert_eq!(exchange.call(NOOR, SEMI), Err(Refused::InCall));
    }

    #[test]
    fn nobody_is_left_ringing() {
        let mut exchange = three();
        let first = exchange.call(NOOR, BERND).unwrap();
        assert!(exchange.unanswered(first).is_some());
        assert_eq!(exchange.stand(BERND), Stand::Free);
        let second = exchange.call(NOOR, BERND).unwrap();
        assert_eq!(exchange.unanswered(first), None, "of an earlier call");
        exchange.answer(BERND).unwrap();
        assert_eq!(exchange.unanswered(second), None, "she answered");
        // The tab that carries a call takes it along, also where another of hers is open.
        seat(&mut exchange, 22, BERND);
        let over = exchange.gone(LegId(12)).unwrap();
        assert_eq!(over.legs, Some([LegId(11), LegId(12)]), "those that were joined");
        assert_eq!(exchange.stand(NOOR), Stand::Free);
        // While it rings any tab of hers will do.
        seat(&mut exchange, 23, BERND);
        exchange.call(NOOR, BERND).unwrap();
        assert_eq!(exchange.gone(LegId(22)), None);
        assert_eq!(exchange.stand(BERND), Stand::Rings(NOOR));
        assert_eq!(exchange.gone(LegId(23)).map(|over| over.legs), Some(None));
        assert_eq!(exchange.reachable(), [NOOR, SEMI]);
    }

    #[test]
    fn a_new_tab_does_not_move_a_call() {
        let mut exchange = three();
        exchange.call(NOOR, BERND).unwrap();
        exchange.answer(BERND).unwrap();
        seat(&mut exchange, 21, NOOR);
        assert_eq!(exchange.end(NOOR).unwrap().legs, Some([LegId(11), LegId(12)]));
    }

    #[test]
    fn whoever_is_not_connected_yet_is_not_rung() {
        let mut exchange = three();
        exchange.expect(LegId(14), UserId(4));
        assert_eq!(exchange.call(NOOR, UserId(4)), Err(Refused::NotThere));
        assert!(exchange.is_of(LegId(14), UserId(4)));
        assert_eq!(exchange.gone(LegId(14)), None);
        exchange.connected(LegId(14));
        assert_eq!(exchange.reachable(), [NOOR, BERND, SEMI], "what is gone does not come back");
    }

    #[test]
    fn a_fifth_tab_closes_the_first() {
        let mut exchange = three();
        for leg in [21, 22, 23] {
            assert_eq!(exchange.expect(LegId(leg), NOOR), [], "connected or not");
        }
        assert_eq!(exchange.expect(LegId(24), NOOR), [LegId(11)]);
    }
}
