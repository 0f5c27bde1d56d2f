//! How often one person is called without having asked for it, over all numbers and campaigns (INV6).

use jiff::{SignedDuration, Timestamp};

/// The contact budget of one person, as valid today.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Budget {
    /// So many tries in so many days.
    pub attempts: u16,
    pub attempt_days: u16,
    /// So many talks in so many days, whoever called.
    pub conversations: u16,
    pub conversation_days: u16,
}

impl Budget {
    /// Tries and talks before this moment do not count any more.
    #[must_use]
    pub fn attempts_since(&self, now: Timestamp) -> Timestamp {
        now - days(self.attempt_days)
    }

    #[must_use]
    pub fn conversations_since(&self, now: Timestamp) -> Timestamp {
        now - days(self.conversation_days)
    }

    /// Until when this person is left alone; `None` if there is budget left.
    ///
    /// `attempt` is the `attempts`th latest try, counted back from now, if there were so many in the period;
    /// `conversation` the same of talks.
    #[must_use]
    pub fn used_until(
        &self,
        attempt: Option<Timestamp>,
        conversation: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let tried = attempt.map(|at| at + days(self.attempt_days));
        let talked = conversation.map(|at| at + days(self.conversation_days));
        tried.max(talked)
    }
}

fn days(count: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn budget() -> Budget {
        Budget { attempts: 3, attempt_days: 14, conversations: 1, conversation_days: 30 }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_oldest_try_that_counts_says_when_there_is_room_again() {
        let (try_3, talk) = (at("2026-11-20T10:00:00Z"), at("2026-11-24T10:00:00Z"));
        for (attempt, conversation, until) in [
            (None, None, None),
            (Some(try_3), None, Some("2026-12-04T10:00:00Z")),
            (None, Some(talk), Some("2026-12-24T10:00:00Z")),
            (Some(try_3), Some(talk), Some("2026-12-24T10:00:00Z")),
        ] {
            assert_eq!(budget().used_until(attempt, conversation), until.map(at));
        }
    }

    proptest! {
        /// Somebody wants to call all the time; whoever asks the budget each time never calls too often.
        #[test]
        fn no_period_holds_more_tries_than_the_budget(
            attempts in 1_u16..5, attempt_days in 1_u16..20, wishes in prop::collection::vec(1_i64..200, 1..80),
        ) {
            let budget = Budget { attempts, attempt_days, ..budget() };
            let mut now = at("2026-11-24T10:00:00Z");
            let mut made: Vec<Timestamp> = Vec::new();
            for hours in wishes {
                now += SignedDuration::from_hours(hours);
                let counted = made.iter().rev().filter(|at| **at > budget.attempts_since(now));
                let nth = counted.copied().nth(usize::from(attempts) - 1);
                if budget.used_until(nth, None).is_none() {
                    made.push(now);
                }
            }
            for window in made.windows(usize::from(attempts) + 1) {
                let apart = window.last().unwrap().duration_since(window[0]);
                prop_assert!(apart >= days(attempt_days), "{window:?}");
            }
        }
    }
}
