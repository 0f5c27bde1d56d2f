//! How often may be dialled: a stolen session must not become a telephone bill.

use std::collections::VecDeque;
use std::time::Duration;

/// At most so many calls in any stretch of this length.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limit {
    pub calls: u32,
    pub within: Duration,
}

/// What is left of the limits of one agent, or of the whole association: keep one for each.
///
/// The stretch slides: nothing begins anew at midnight. Time is since a moment that the caller chose once.
#[derive(Clone, Debug)]
pub struct Allowance {
    limits: Vec<Limit>,
    /// Never more than the largest limit, and none older than the longest stretch.
    dialled: VecDeque<Duration>,
}

/// A limit is used up.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{} calls within {:?}; the next in {again_in:?}", limit.calls, limit.within)]
pub struct Spent {
    pub limit: Limit,
    /// Until the next call may be made; as good as for ever where none may.
    pub again_in: Duration,
}

impl Allowance {
    /// All limits hold at once: so many in a minute, and so many in a day. Without any, nothing is limited.
    pub fn new(limits: Vec<Limit>) -> Self {
        Self { limits, dialled: VecDeque::new() }
    }

    /// Whether a call may be made at this moment. Asks only; see [`Self::dialled`].
    pub fn may_dial(&self, at: Duration) -> Result<(), Spent> {
        let spent = self.limits.iter().filter_map(|limit| {
            // The call that has to leave the stretch before another fits in.
            let calls = usize::try_from(limit.calls).unwrap_or(usize::MAX);
            let again_at = match self.dialled.len().checked_sub(calls) {
                None => return None,
                Some(_) if calls == 0 => Duration::MAX,
                Some(place) => self.dialled[place].saturating_add(limit.within),
            };
            let again_in = again_at.saturating_sub(at);
            (!again_in.is_zero()).then_some(Spent { limit: *limit, again_in })
        });
        spent.max_by_key(|spent| spent.again_in).map_or(Ok(()), Err)
    }

    /// A call was made; one that was never answered, too. Also for calls of before a restart, the oldest first.
    pub fn dialled(&mut self, at: Duration) {
        let most = self.limits.iter().map(|limit| limit.calls).max().unwrap_or(0);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let longest = self.limits.iter().map(|limit| limit.within).max().unwrap_or_default();
        // A clock that was set back does not make calls disappear.
        let at = self.dialled.back().map_or(at, |last| at.max(*last));
        self.dialled.push_back(at);
        while self.dialled.len() > most
            || self.dialled.front().is_some_and(|first| first.saturating_add(longest) <= at)
        {
            self.dialled.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Limit = Limit { calls: 3, within: Duration::from_mins(1) };
    const DAY: Limit = Limit { calls: 5, within: Duration::from_hours(24) };

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn dial(allowance: &mut Allowance, at: u64) -> Result<(), Spent> {
        allowance.may_dial(secs(at)).map(|()| allowance.dialled(secs(at)))
    }

    #[test]
    fn the_stretch_slides_and_all_limits_hold() {
        let mut allowance = Allowance::new(vec![MINUTE, DAY]);
        for at in [0, 10, 20] {
            assert_eq!(dial(&mut allowance, at), Ok(()));
        }
        assert_eq!(dial(&mut allowance, 30), Err(Spent { limit: MINUTE, again_in: secs(30) }));
        assert_eq!(dial(&mut allowance, 59), Err(Spent { limit: MINUTE, again_in: secs(1) }));
        assert_eq!(dial(&mut allowance, 60), Ok(()));
        assert_eq!(dial(&mut allowance, 70), Ok(()));
        let day = Spent { limit: DAY, again_in: secs(86_400 - 100) };
        assert_eq!(dial(&mut allowance, 100), Err(day));
        assert_eq!(dial(&mut allowance, 86_400), Ok(()));
        assert_eq!(dial(&mut allowance, 86_409), Err(Spent { limit: DAY, again_in: secs(1) }));
    }

    #[test]
    fn no_stretch_ever_holds_more_and_the_memory_is_bounded() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut allowance = Allowance::new(vec![MINUTE, DAY]);
        let mut made: Vec<u64> = Vec::new();
        let mut at = 0;
        for _ in 0..20_000 {
            at += random.u64(0..600);
            if dial(&mut allowance, at).is_ok() {
                made.push(at);
            }
            assert!(allowance.dialled.len() <= 5);
        }
        for limit in [MINUTE, DAY] {
            let calls = usize::try_from(limit.calls).unwrap();
            assert!(made.windows(calls + 1).all(|w| w[calls] - w[0] >= limit.within.as_secs()));
        }
        assert!(made.len() > 100);
    }

    #[test]
    fn none_means_none_and_no_limit_means_all() {
        let never = Limit { calls: 0, ..DAY };
        let spent = Allowance::new(vec![never]).may_dial(secs(9)).unwrap_err();
        assert_eq!(spent, Spent { limit: never, again_in: Duration::MAX.saturating_sub(secs(9)) });
        let mut free = Allowance::new(Vec::new());
        assert!((0..100).all(|at| dial(&mut free, at).is_ok()));
    }
}
