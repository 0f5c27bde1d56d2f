//! Whose call it is: the agent whom a caller would ask for. Source: features §A7, §A10, §A11.

use jiff::Timestamp;
use kernel::UserId;

use crate::settings::Thresholds;

/// The agent whom a call comes to first, if that agent is at work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Prefers {
    pub agent: UserId,
    pub because: Preference,
}

kernel::codes! {
    pub enum Preference {
        /// Their conversation broke off a moment ago.
        Dropped = "dropped",
        /// Promised to call this person.
        Promise = "promise",
        /// Tried to call this person, who now calls back.
        Tried = "tried",
        /// Spoke with this person last.
        LastAgent = "last_agent",
    }
}

/// What is known of a caller's earlier contacts: who, and when.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Earlier {
    /// Who has the open promise, whenever it falls.
    pub promise: Option<UserId>,
    /// The last conversation that broke off.
    pub dropped: Option<(UserId, Timestamp)>,
    /// The last try that did not reach this person.
    pub tried: Option<(UserId, Timestamp)>,
    /// The last conversation.
    pub spoke: Option<(UserId, Timestamp)>,
}

#[must_use]
pub fn prefers(earlier: &Earlier, thresholds: &Thresholds, now: Timestamp) -> Option<Prefers> {
    let Earlier { promise, dropped, tried, spoke } = *earlier;
    let recent = |found: Option<(UserId, Timestamp)>, within| {
        let (agent, at) = found?;
        (now.duration_since(at) <= within).then_some(agent)
    };
    // Whoever was spoken with after the try is not calling back because of it.
    let tried = tried.filter(|(_, at)| spoke.is_none_or(|(_, spoke_at)| spoke_at < *at));
    [
        (Preference::Dropped, recent(dropped, thresholds.dropped)),
        (Preference::Promise, promise),
        (Preference::Tried, recent(tried, thresholds.tried)),
        (Preference::LastAgent, recent(spoke, thresholds.last)),
    ]
    .into_iter()
    .find_map(|(because, agent)| Some(Prefers { agent: agent?, because }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{check, thresholds};

    #[test]
    fn a_caller_comes_to_whom_the_caller_would_ask_for() {
        check(
            "
            # minutes ago: dropped  tried   spoke   promise
            -                       -       -       -       -> -
            9                       60      600     ja      -> 1 dropped
            11                      60      600     ja      -> 4 promise
            11                      60      600     -       -> 2 tried
            -                       60      50      -       -> 3 last_agent   # spoken with since
            -                       20161   -       -       -> -              # more than fourteen days
            -                       -       43200   -       -> 3 last_agent
            -                       -       43201   -       -> -              # more than thirty days
            ",
            |[dropped, tried, spoke, promise]| {
                let now: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
                let ago = |user, minutes: &str| {
                    let minutes = minutes.parse().ok()?;
                    Some((UserId(user), now - jiff::SignedDuration::from_mins(minutes)))
                };
                let earlier = Earlier {
                    dropped: ago(1, dropped),
                    tried: ago(2, tried),
                    spoke: ago(3, spoke),
                    promise: (promise == "ja").then_some(UserId(4)),
                };
                prefers(&earlier, &thresholds(), now).map_or("-".into(), |prefers| {
                    format!("{} {}", prefers.agent, prefers.because)
                })
            },
        );
    }
}
