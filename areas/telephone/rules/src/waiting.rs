//! A call that waits: its place in the one order, and what becomes of it when nobody answers.
//!
//! Source: features §A1, §A3 to §A5; state machines §4.2 (inbound).

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, QueueId, QueuedCallId, TeamId, UserId, Window, local};

use crate::arrival::{Arrived, Because, leave};
use crate::prefer::Prefers;
use crate::settings::Settings;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    pub call: QueuedCallId,
    pub queue: QueueId,
    /// `None`: nobody we know, or several who share the number.
    pub person: Option<PersonId>,
    pub prefers: Option<Prefers>,
    /// Since when in line: what the order goes by. It stays when the call moves, is missed, or waits to be called back.
    pub since: Timestamp,
    /// Since when in this queue: what its times go by.
    pub entered: Timestamp,
    pub how: How,
    /// It was answered, and the agent's side broke off: it goes before everything.
    pub is_resumed: bool,
    pub ringing: Option<Ringing>,
    pub missed: Vec<Missed>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum How {
    OnTheLine,
    /// Hung up and kept the place: when it is due, we call.
    CallsBack,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ringing {
    pub agent: UserId,
    pub since: Timestamp,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Missed {
    pub agent: UserId,
    pub at: Timestamp,
}

/// What stands first in the one order over all queues: what broke off, then priority, then waiting time. The id decides
/// between two that came in the same millisecond.
#[must_use]
pub fn order(settings: &Settings, call: &Waiting) -> (bool, u8, Timestamp, QueuedCallId) {
    let priority = settings.queues.get(&call.queue).map_or(u8::MAX, |queue| queue.priority);
    (!call.is_resumed, priority, call.since, call.call)
}

/// The place of a call in its queue, from 1: what the caller hears. Those who are called back count too.
#[must_use]
pub fn position(settings: &Settings, waiting: &[Waiting], call: &Waiting) -> usize {
    let own = order(settings, call);
    let is_before = |other: &&Waiting| other.queue == call.queue && order(settings, other) < own;
    1 + waiting.iter().filter(is_before).count()
}

/// About how long it takes until this place is answered, in whole minutes, rounded up; `None` when nobody is at work
/// or nothing is known of how long calls take: then nothing is said.
#[must_use]
pub fn expected_minutes(
    position: usize,
    agents_at_work: usize,
    handling: Option<SignedDuration>,
) -> Option<i64> {
    let handling = handling.filter(SignedDuration::is_positive)?;
    let agents = i64::try_from(agents_at_work).ok().filter(|agents| *agents > 0)?;
    let position = i64::try_from(position).ok()?;
    let seconds = handling.as_secs().checked_mul(position)?.div_euclid(agents);
    Some((seconds + 59).div_euclid(60).max(1))
}

/// Whether the caller may choose now to be called back.
#[must_use]
pub fn may_be_called_back(settings: &Settings, call: &Waiting, now: Timestamp) -> bool {
    let after = settings.queues.get(&call.queue).and_then(|queue| queue.call_me_back_after);
    let has_waited = |after| now.duration_since(call.entered) >= after;
    call.how == How::OnTheLine && after.is_some_and(has_waited)
}

/// What becomes of a call by the time alone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// It cannot stay in its queue: where it goes instead.
    Leaves(Arrived),
    /// It waited to be called back, and the queue closed: it becomes a promise. It never just ends.
    Promised(Promise),
}

/// A dated callback with somebody who is responsible (INV9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Promise {
    pub day: Date,
    pub window: Window,
    pub responsible: Responsible,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Responsible {
    Agent(UserId),
    Team(TeamId),
}

/// The step that is due now; a call that rings is left to ring.
///
/// `office` is when somebody is called back whose queue never opens again.
#[must_use]
pub fn step(
    settings: &Settings,
    waiting: &[Waiting],
    call: &Waiting,
    office: Window,
    now: Timestamp,
) -> Option<Step> {
    if call.ringing.is_some() {
        return None;
    }
    let wall = local(now).datetime();
    let gone = |because| Step::Leaves(leave(settings, call.queue, because, waiting, wall));
    let Some(queue) = settings.queues.get(&call.queue) else {
        return Some(gone(Because::Closed));
    };
    let is_open = queue.hours.is_open(wall, &settings.calendar);
    match call.how {
        How::CallsBack if !is_open => promise(settings, call, office, wall).map(Step::Promised),
        How::CallsBack => None,
        How::OnTheLine if !is_open && queue.closing.is_some() => Some(gone(Because::Closing)),
        How::OnTheLine if now.duration_since(call.entered) >= queue.wait_max => {
            Some(gone(Because::TooLong))
        }
        How::OnTheLine => None,
    }
}

/// When and by whom somebody is called back who asked for it: in the next period of the queue, by the agent whose
/// call it is, else by the team of the queue. `None` only for a queue that is not there.
#[must_use]
pub fn promise(
    settings: &Settings,
    call: &Waiting,
    office: Window,
    now: DateTime,
) -> Option<Promise> {
    let queue = settings.queues.get(&call.queue)?;
    let (day, window) = queue
        .hours
        .next_period(now, &settings.calendar)
        .unwrap_or_else(|| (settings.calendar.working_days_after(now.date(), 1), office));
    // Nobody is promised a time that has passed.
    let from = if day == now.date() { window.from.max(now.time()) } else { window.from };
    let responsible = match call.prefers {
        Some(prefers) => Responsible::Agent(prefers.agent),
        None => Responsible::Team(queue.team),
    };
    Some(Promise { day, window: Window { from, until: window.until }, responsible })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{LINE, MARIT, OTHER, TEAM, at, check, seconds, settings, waiting, window};
    use crate::prefer::Preference;
    use crate::settings::Then;

    fn said(step: Option<Step>) -> String {
        match step {
            None => "-".into(),
            Some(Step::Leaves(Arrived { passed, end })) => {
                let end = format!("{end:?}").replace("QueueId(", "").replace("))", ")");
                format!("{} {end}", passed[0].1)
            }
            Some(Step::Promised(promise)) => {
                let who = match promise.responsible {
                    Responsible::Agent(user) => format!("agent:{user}"),
                    Responsible::Team(team) => format!("team:{team}"),
                };
                let Window { from, until } = promise.window;
                let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
                format!("{} {}-{} {who}", promise.day, time(from), time(until))
            }
        }
    }

    #[test]
    fn nobody_waits_for_ever_and_whoever_is_to_be_called_back_is() {
        check(
            "
            # how   since     now       closing
            line    09:00:00  09:09:59  -       -> -
            line    09:00:00  09:10:00  -       -> too_long AskedToBeCalledBack(1)
            line    11:55:00  12:00:00  -       -> -                               # answered still
            line    11:55:00  12:00:00  hangup  -> closing HangsUp(1)
            line    11:55:00  12:00:00  back    -> closing AskedToBeCalledBack(1)
            line    11:55:00  12:00:00  other   -> closing HangsUp(2)              # which is closed too
            back    09:00:00  11:59:59  -       -> -                               # no longest wait: it costs nothing
            back    09:00:00  12:00:00  -       -> 2026-11-24 12:30-17:00 team:1
            back    16:00:00  17:00:00  -       -> 2026-11-25 08:30-12:00 team:1
            marits  16:00:00  17:00:00  -       -> 2026-11-25 08:30-12:00 agent:7
            rings   09:00:00  09:30:00  -       -> -
            ",
            |[how, since, now, closing]| {
                let mut settings = settings();
                settings.queues.get_mut(&LINE).unwrap().closing = match closing {
                    "hangup" => Some(Then::HangUp),
                    "back" => Some(Then::CallMeBack),
                    "other" => Some(Then::Queue(OTHER)),
                    _ => None,
                };
                let mut call = waiting(1, since);
                if matches!(how, "back" | "marits") {
                    call.how = How::CallsBack;
                }
                if how == "marits" {
                    call.prefers = Some(Prefers { agent: MARIT, because: Preference::Promise });
                }
                if how == "rings" {
                    call.ringing = Some(Ringing { agent: MARIT, since: at("09:29:55") });
                }
                let office = window("9", "17");
                said(step(&settings, &[call.clone()], &call, office, at(now)))
            },
        );
    }

    #[test]
    fn a_promise_within_an_open_period_begins_now_and_without_any_period_on_the_next_working_day() {
        let mut settings = settings();
        let now: DateTime = "2026-11-24T10:20".parse().unwrap();
        let call = waiting(1, "10:15:00");
        let office = window("9", "17");
        let today = promise(&settings, &call, office, now).unwrap();
        assert_eq!((today.day, today.window), (now.date(), window("10:20", "12:00")));
        settings.queues.get_mut(&LINE).unwrap().hours.week.clear();
        settings.queues.get_mut(&LINE).unwrap().hours.days.clear();
        let never = promise(&settings, &call, office, now).unwrap();
        assert_eq!(never.day.to_string(), "2026-11-25");
        assert_eq!((never.window, never.responsible), (office, Responsible::Team(TEAM)));
    }

    #[test]
    fn a_place_goes_by_what_broke_off_priority_and_waiting_time_and_is_kept() {
        let first = Waiting { how: How::CallsBack, ..waiting(1, "09:00:00") };
        let second = waiting(2, "09:01:00");
        let moved = Waiting { queue: OTHER, entered: at("09:04:00"), ..waiting(3, "09:02:00") };
        let resumed = Waiting { is_resumed: true, ..waiting(4, "09:03:00") };
        let all = [second.clone(), first.clone(), moved.clone(), resumed.clone()];
        let mut ordered = all.to_vec();
        ordered.sort_by_key(|call| order(&settings(), call));
        let calls: Vec<i64> = ordered.iter().map(|call| call.call.0).collect();
        assert_eq!(calls, [4, 3, 1, 2], "the other queue has a better priority");
        let places =
            [&resumed, &first, &second, &moved].map(|call| position(&settings(), &all, call));
        assert_eq!(places, [1, 2, 3, 1]);
    }

    #[test]
    fn an_expected_wait_is_said_in_whole_minutes_or_not_at_all() {
        let five_minutes = Some(seconds(300));
        for (place, agents, handling, expected) in [
            (1, 1, five_minutes, Some(5)),
            (3, 2, five_minutes, Some(8)),
            (1, 20, five_minutes, Some(1)),
            (1, 0, five_minutes, None),
            (1, 1, None, None),
        ] {
            assert_eq!(expected_minutes(place, agents, handling), expected);
        }
    }

    #[test]
    fn a_caller_may_ask_to_be_called_back_after_some_time_and_once() {
        let call = waiting(1, "09:00:00");
        assert!(!may_be_called_back(&settings(), &call, at("09:02:59")));
        assert!(may_be_called_back(&settings(), &call, at("09:03:00")));
        let kept = Waiting { how: How::CallsBack, ..call };
        assert!(!may_be_called_back(&settings(), &kept, at("09:03:00")));
    }
}
