//! A promise that nobody keeps climbs: owner, stand-in, team, team lead. It never ends by the clock (INV11).
//!
//! Source: state machines §4.3, escalate 1 to 3.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use kernel::local;

kernel::codes! {
    /// How far a promise has climbed.
    pub enum Level {
        Owner = "owner",
        StandIn = "stand_in",
        Team = "team",
        Lead = "lead",
    }
}

impl Level {
    /// As stored.
    #[must_use]
    pub fn number(self) -> i64 {
        self as i64
    }

    #[must_use]
    pub fn read(number: i64) -> Self {
        match number {
            i64::MIN..=0 => Self::Owner,
            1 => Self::StandIn,
            2 => Self::Team,
            _ => Self::Lead,
        }
    }
}

/// How long each step waits, as valid today.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ladder {
    /// After the end of the window, or after the moment of another try.
    pub stand_in_after: SignedDuration,
    /// After it came to the stand-in.
    pub team_after: SignedDuration,
    /// When the day ends: what is overdue then waits for the team lead.
    pub day_ends: Time,
    /// Which rule this is, with its version.
    pub rule: String,
}

/// Whose promise it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whose {
    /// Of an agent who is at work.
    There,
    /// Of an agent who is not.
    Away,
    /// Of nobody in particular.
    Team,
}

/// An open promise, as the ladder sees it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Open {
    pub level: Level,
    /// Since when it stands there; `None` at the owner.
    pub level_at: Option<Timestamp>,
    pub from: Timestamp,
    pub until: Timestamp,
    /// When it is brought to somebody: the begin of the window, or of another try.
    pub check_at: Timestamp,
    pub whose: Whose,
    /// Whether a stand-in was named who is there.
    pub has_stand_in: bool,
    /// On somebody's desk now: nothing climbs away from under a call.
    pub on_desk: bool,
}

/// The level to which a promise climbs now; `None`: it stays.
#[must_use]
pub fn climb(open: &Open, now: Timestamp, ladder: &Ladder) -> Option<Level> {
    if open.on_desk || now < open.from {
        return None;
    }
    let late_at = open.until.max(open.check_at);
    let is_taken_over = open.has_stand_in && open.whose != Whose::Team;
    let next_after_owner = if is_taken_over { Level::StandIn } else { Level::Team };
    let to = match open.level {
        // Nobody waits for somebody who is not there.
        Level::Owner if open.whose == Whose::Away && now >= open.check_at => next_after_owner,
        Level::Owner if now >= late_at + ladder.stand_in_after => next_after_owner,
        // Counted again from another try of hers.
        Level::StandIn if now >= open.level_at?.max(open.check_at) + ladder.team_after => {
            Level::Team
        }
        Level::Team if now >= late_at && is_past_the_day(open.level_at?, now, ladder) => {
            Level::Lead
        }
        _ => return None,
    };
    Some(to)
}

/// Whether the day on which it came to the team is over.
fn is_past_the_day(since: Timestamp, now: Timestamp, ladder: &Ladder) -> bool {
    let (since, now) = (local(since), local(now));
    since.date() < now.date() || now.time() >= ladder.day_ends
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-24T{time}:00+01:00").parse().unwrap()
    }

    fn ladder() -> Ladder {
        Ladder {
            stand_in_after: SignedDuration::from_mins(15),
            team_after: SignedDuration::from_mins(30),
            day_ends: "16:00".parse().unwrap(),
            rule: "callback.ladder@2026-01-01".into(),
        }
    }

    /// Promised between nine and ten, by somebody who is there and named a stand-in.
    fn open() -> Open {
        Open {
            level: Level::Owner,
            level_at: None,
            from: at("09:00"),
            until: at("10:00"),
            check_at: at("09:00"),
            whose: Whose::There,
            has_stand_in: true,
            on_desk: false,
        }
    }

    #[test]
    fn each_step_waits_its_time() {
        let at_stand_in = Open { level: Level::StandIn, level_at: Some(at("10:15")), ..open() };
        let at_team = Open { level: Level::Team, level_at: Some(at("10:45")), ..open() };
        let tried = Open { check_at: at("12:00"), ..open() };
        for (what, open, now, expected) in [
            ("before its time", open(), "08:30", None),
            ("in its window", open(), "09:30", None),
            ("a little late", open(), "10:14", None),
            ("late", open(), "10:15", Some(Level::StandIn)),
            (
                "late, and nobody named",
                Open { has_stand_in: false, ..open() },
                "10:15",
                Some(Level::Team),
            ),
            (
                "the owner is ill",
                Open { whose: Whose::Away, ..open() },
                "09:00",
                Some(Level::StandIn),
            ),
            ("ill, not yet due", Open { whose: Whose::Away, ..open() }, "08:59", None),
            ("of the team", Open { whose: Whose::Team, ..open() }, "10:15", Some(Level::Team)),
            ("in a call", Open { on_desk: true, ..open() }, "11:00", None),
            ("tried, again at noon", tried, "12:10", None),
            ("tried, noon has passed", tried, "12:15", Some(Level::StandIn)),
            ("the stand-in has time", at_stand_in, "10:44", None),
            ("and lets it lie", at_stand_in, "10:45", Some(Level::Team)),
            ("the stand-in tried", Open { check_at: at("13:00"), ..at_stand_in }, "13:29", None),
            ("the team has the day", at_team, "15:59", None),
            ("the day ends", at_team, "16:00", Some(Level::Lead)),
            ("with the team lead", Open { level: Level::Lead, ..at_team }, "17:00", None),
        ] {
            assert_eq!(climb(&open, at(now), &ladder()), expected, "{what}");
        }
    }

    proptest! {
        /// Whatever happens, a promise that nobody touches comes to the team lead, one step after the other.
        #[test]
        fn an_untouched_promise_always_reaches_the_team_lead(
            whose in 0_usize..3, has_stand_in in any::<bool>(), step in 1_i64..90,
        ) {
            let whose = [Whose::There, Whose::Away, Whose::Team][whose];
            let mut open = Open { whose, has_stand_in, ..open() };
            let mut now = at("08:00");
            let mut levels = vec![open.level];
            for _ in 0..1_500 {
                now += SignedDuration::from_mins(step);
                if let Some(level) = climb(&open, now, &ladder()) {
                    prop_assert!(level > open.level);
                    prop_assert!(whose == Whose::Away || now >= open.until, "nobody is passed over before the window ends");
                    open.level = level;
                    open.level_at = Some(now);
                    levels.push(level);
                }
            }
            prop_assert_eq!(open.level, Level::Lead);
            prop_assert!(levels.contains(&Level::Team));
        }
    }
}
