//! Whether a waiting call may ring at an agent: a pure function of what was chosen, what the calls do and how the
//! connection is. Source: state machines §4.4, features §A2, §A8, §D1.

use std::collections::BTreeSet;

use access_rules::presence::{Connection, Intent};
use jiff::Timestamp;
use kernel::{SkillId, TeamId, UserId};

use crate::settings::{Thresholds, Who};

/// Somebody who may take calls.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agent {
    pub user: UserId,
    pub team: Option<TeamId>,
    pub skills: BTreeSet<SkillId>,
    pub reach: Reach,
    /// Since when without a call: whoever has been free longest is next.
    pub idle_since: Timestamp,
    /// Nothing rings before this moment, of whatever queue.
    pub wraps_up_until: Option<Timestamp>,
    /// Missed offers in a row, since the last answer or return.
    pub missed: u16,
}

kernel::codes! {
    /// What the calls of an agent show; the server derives it.
    pub enum Engagement {
        Idle = "idle",
        Offered = "offered",
        Previewing = "previewing",
        Dialling = "dialling",
        RingingOut = "ringing_out",
        Talking = "talking",
        Holding = "holding",
        Consulting = "consulting",
        WrapUp = "wrap_up",
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    Free,
    /// Looks at a record that was not called yet.
    Previewing,
    /// Takes calls, and is in one or writes it up.
    Engaged,
    /// Takes no calls, or cannot be heard.
    Away,
}

/// How an agent can be reached by a call that comes in. `connection` is `None` for who works without a page:
/// nothing can ring there.
#[must_use]
pub fn reach(
    intent: Intent,
    pending: Option<Intent>,
    engagement: Engagement,
    connection: Option<Connection>,
) -> Reach {
    // Whoever has lunch after this call is not waited for.
    if intent != Intent::Available || pending.is_some() || connection != Some(Connection::Ok) {
        return Reach::Away;
    }
    match engagement {
        Engagement::Idle => Reach::Free,
        Engagement::Previewing => Reach::Previewing,
        Engagement::Offered
        | Engagement::Dialling
        | Engagement::RingingOut
        | Engagement::Talking
        | Engagement::Holding
        | Engagement::Consulting
        | Engagement::WrapUp => Reach::Engaged,
    }
}

kernel::codes! {
    /// Why an offer was not taken.
    pub enum MissedBecause {
        NoReaction = "no_reaction",
        NoDevice = "no_device",
        NoMicrophone = "no_microphone",
        ConnectionLost = "connection_lost",
    }
}

impl Agent {
    /// Missed so often that nothing rings until the agent comes back. Not a break: nobody chose one.
    #[must_use]
    pub fn is_suspended(&self, thresholds: &Thresholds) -> bool {
        self.missed >= thresholds.missed_max
    }

    #[must_use]
    pub fn is_wrapping_up(&self, now: Timestamp) -> bool {
        self.wraps_up_until.is_some_and(|until| now < until)
    }

    pub(crate) fn is_one_of(&self, who: Who) -> bool {
        match who {
            Who::Team(team) => self.team == Some(team),
            Who::Skilled(skill) => self.skills.contains(&skill),
            Who::Everybody => true,
        }
    }

    /// At work, though perhaps in a call: worth waiting for.
    pub(crate) fn is_reachable(&self, thresholds: &Thresholds) -> bool {
        self.reach != Reach::Away && !self.is_suspended(thresholds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{MARIT, agent, at, thresholds};

    #[test]
    fn only_who_is_available_idle_heard_and_not_leaving_is_free() {
        let connections = [None, Some(Connection::Ok), Some(Connection::Lost)];
        for &intent in Intent::ALL {
            for pending in [None, Some(Intent::Lunch)] {
                for &engagement in Engagement::ALL {
                    for connection in connections {
                        let found = reach(intent, pending, engagement, connection);
                        let takes_calls = (intent, pending, connection)
                            == (Intent::Available, None, Some(Connection::Ok));
                        let expected = match engagement {
                            _ if !takes_calls => Reach::Away,
                            Engagement::Idle => Reach::Free,
                            Engagement::Previewing => Reach::Previewing,
                            _ => Reach::Engaged,
                        };
                        assert_eq!(found, expected, "{intent} {engagement} {connection:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn two_missed_offers_in_a_row_suspend_and_writing_up_ends_by_itself() {
        let missed = |missed| Agent { missed, ..agent(MARIT) }.is_suspended(&thresholds());
        assert_eq!([0, 1, 2, 3].map(missed), [false, false, true, true]);
        let wraps_up = Agent { wraps_up_until: Some(at("09:00:30")), ..agent(MARIT) };
        assert!(wraps_up.is_wrapping_up(at("09:00:29")));
        assert!(!wraps_up.is_wrapping_up(at("09:00:30")));
    }
}
