//! Which calls are recorded, what for, and how long that is kept. Off unless an administrator switched the purpose on and said which
//! calls; what is stricter holds.
//!
//! Source: domain facts §3.5 (`rec.inform`, `rec.retention_days`), features §K8.

use jiff::{SignedDuration, Timestamp};

kernel::codes! {
    /// What a recording is for; nothing else may be done with it.
    pub enum Purpose {
        /// Learning from calls.
        Training = "training",
        /// What was agreed, when somebody doubts it later.
        Dispute = "dispute",
        /// That somebody became a member by telephone.
        SignUp = "sign_up",
    }
}

/// What the rules say of a purpose on one day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Allowed {
    pub is_on: bool,
    /// Longer is not kept, whoever set what.
    pub days_max: u16,
    /// Whoever is on the line may always say no to this.
    pub may_refuse: bool,
}

/// What an administrator set for the calls of one queue, or for those that we make.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Policy {
    pub purpose: Purpose,
    pub keep_days: u16,
    pub may_refuse: bool,
}

/// Why this cannot be set.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("the rules do not allow recording for this purpose")]
    PurposeOff,
    #[error("a recording is kept for a day at least and {max} at most")]
    Days { max: u16 },
    #[error("whoever is on the line may say no to this")]
    MayRefuse,
    /// Nobody is recorded without being told what for.
    #[error("what is said before recording is missing")]
    NoWords,
}

/// Whether this can be set; `has_words`: what is said before recording is there in both languages.
///
/// # Errors
///
/// The first thing that is in the way.
pub fn check(policy: Policy, allowed: Allowed, has_words: bool) -> Result<(), Refused> {
    if !allowed.is_on {
        return Err(Refused::PurposeOff);
    }
    if !has_words {
        return Err(Refused::NoWords);
    }
    if policy.keep_days == 0 || policy.keep_days > allowed.days_max {
        return Err(Refused::Days { max: allowed.days_max });
    }
    if allowed.may_refuse && !policy.may_refuse {
        return Err(Refused::MayRefuse);
    }
    Ok(())
}

/// How a call is recorded that begins now; `None`: it is not. A rule that became stricter since the policy was set holds at once.
#[must_use]
pub fn recorded(policy: Policy, allowed: Allowed) -> Option<Policy> {
    let keep_days = policy.keep_days.min(allowed.days_max);
    let may_refuse = policy.may_refuse || allowed.may_refuse;
    (allowed.is_on && keep_days > 0).then_some(Policy { keep_days, may_refuse, ..policy })
}

/// The first moment at which a recording that began then is not kept any more.
#[must_use]
pub fn keep_until(began: Timestamp, keep_days: u16) -> Timestamp {
    began + SignedDuration::from_hours(24 * i64::from(keep_days))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: Allowed = Allowed { is_on: true, days_max: 30, may_refuse: true };
    const POLICY: Policy = Policy { purpose: Purpose::Training, keep_days: 30, may_refuse: true };

    #[test]
    fn what_is_off_is_not_recorded_and_cannot_be_set() {
        let off = Allowed { is_on: false, ..ALLOWED };
        assert_eq!(check(POLICY, off, true), Err(Refused::PurposeOff));
        assert_eq!(recorded(POLICY, off), None);
        assert_eq!(check(POLICY, ALLOWED, true), Ok(()));
        assert_eq!(recorded(POLICY, ALLOWED), Some(POLICY));
    }

    #[test]
    fn nobody_is_recorded_without_words_or_beyond_the_bound() {
        assert_eq!(check(POLICY, ALLOWED, false), Err(Refused::NoWords));
        for (keep_days, is_right) in [(0, false), (1, true), (30, true), (31, false)] {
            let set = check(Policy { keep_days, ..POLICY }, ALLOWED, true);
            assert_eq!(set.is_ok(), is_right, "{keep_days}: {set:?}");
        }
        let must = Policy { may_refuse: false, ..POLICY };
        assert_eq!(check(must, ALLOWED, true), Err(Refused::MayRefuse));
        assert_eq!(check(must, Allowed { may_refuse: false, ..ALLOWED }, true), Ok(()));
    }

    /// Every combination: what holds is never laxer than the rule or the policy.
    #[test]
    fn the_stricter_of_both_holds() {
        for is_on in [true, false] {
            for days_max in [0, 10, 30, 90] {
                for keep_days in [0, 10, 30, 90] {
                    for (rule, set) in [(true, true), (true, false), (false, true), (false, false)]
                    {
                        let allowed = Allowed { is_on, days_max, may_refuse: rule };
                        let policy = Policy { keep_days, may_refuse: set, ..POLICY };
                        let Some(holds) = recorded(policy, allowed) else {
                            assert!(!is_on || days_max == 0 || keep_days == 0);
                            continue;
                        };
                        assert!(is_on && holds.keep_days <= days_max.min(keep_days));
                        assert_eq!(holds.may_refuse, rule || set);
                    }
                }
            }
        }
    }

    #[test]
    fn it_is_kept_for_whole_days_from_its_beginning() {
        let began: Timestamp = "2026-11-24T08:30:00Z".parse().unwrap();
        assert_eq!(keep_until(began, 30).to_string(), "2026-12-24T08:30:00Z");
    }
}
