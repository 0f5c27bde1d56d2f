//! What the tests of this crate share: a line with lunch, and how a table of cases is read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};
use kernel::{CalendarDay, QueueId, QueuedCallId, TeamId, UserId, Window, WorkCalendar};

use crate::agent::{Agent, Reach};
use crate::hours::{Hours, Period, WEEK};
use crate::settings::{Circle, Queue, Settings, Then, Thresholds, Who};
use crate::waiting::{How, Waiting};

pub(crate) const LINE: QueueId = QueueId(1);
pub(crate) const OTHER: QueueId = QueueId(2);
pub(crate) const TEAM: TeamId = TeamId(1);
pub(crate) const MARIT: UserId = UserId(7);
pub(crate) const SEMI: UserId = UserId(8);

pub(crate) fn window(from: &str, until: &str) -> Window {
    Window::parse(from, until).unwrap()
}

pub(crate) fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

/// A moment of the story's Tuesday.
pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}+01:00").parse().unwrap()
}

pub(crate) fn calendar() -> WorkCalendar {
    let holiday =
        || CalendarDay { phone_lines_closed: true, office_closed: true, ..CalendarDay::default() };
    WorkCalendar::new([("2026-12-25".parse().unwrap(), holiday())])
}

/// Weekdays with lunch; Christmas Eve is short.
pub(crate) fn hours() -> Hours {
    let week = WEEK.into_iter().filter(|day| *day != Weekday::Saturday && *day != Weekday::Sunday);
    Hours {
        week: week
            .flat_map(|day| {
                [window("8:30", "12:00"), window("12:30", "17:00")]
                    .map(|window| Period { day, window })
            })
            .collect(),
        keeps_holidays: true,
        days: BTreeMap::from([("2026-12-24".parse().unwrap(), vec![window("8:30", "15:00")])]),
    }
}

/// The team answers, after twenty seconds everybody; the place is kept from three minutes on.
pub(crate) fn queue() -> Queue {
    Queue {
        hours: hours(),
        priority: 5,
        team: TEAM,
        circles: vec![
            Circle { after: seconds(0), who: Who::Team(TEAM) },
            Circle { after: seconds(20), who: Who::Everybody },
        ],
        rings: seconds(15),
        previewing_after: Some(seconds(60)),
        waiting_max: 20,
        wait_max: seconds(600),
        call_me_back_after: Some(seconds(180)),
        closed: Then::HangUp,
        full: Then::CallMeBack,
        too_long: Then::CallMeBack,
        closing: None,
        answer_within: seconds(30),
        abandoned_after: seconds(5),
    }
}

pub(crate) fn thresholds() -> Thresholds {
    Thresholds {
        missed_max: 2,
        again_after: seconds(60),
        prefer_for: seconds(45),
        dropped: SignedDuration::from_mins(10),
        tried: SignedDuration::from_hours(14 * 24),
        last: SignedDuration::from_hours(30 * 24),
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        queues: BTreeMap::from([(LINE, queue()), (OTHER, Queue { priority: 3, ..queue() })]),
        calendar: calendar(),
        thresholds: thresholds(),
    }
}

/// A call on the line since that moment.
pub(crate) fn waiting(call: i64, since: &str) -> Waiting {
    Waiting {
        call: QueuedCallId(call),
        queue: LINE,
        person: None,
        prefers: None,
        since: at(since),
        entered: at(since),
        how: How::OnTheLine,
        is_resumed: false,
        ringing: None,
        missed: vec![],
    }
}

/// Somebody of the team who has been free since eight.
pub(crate) fn agent(user: UserId) -> Agent {
    Agent {
        user,
        team: Some(TEAM),
        skills: BTreeSet::new(),
        reach: Reach::Free,
        idle_since: at("08:00:00"),
        wraps_up_until: None,
        missed: 0,
    }
}

/// One line per case, readable by a team lead: the words before `->` go to `answer`, those after it are compared
/// word by word.
#[track_caller]
pub(crate) fn check<const N: usize>(table: &str, answer: impl Fn([&str; N]) -> String) {
    for line in table.lines() {
        let case = line.split('#').next().unwrap_or_default();
        let Some((given, expected)) = case.split_once("->") else {
            assert!(case.trim().is_empty(), "not a case: {line}");
            continue;
        };
        let given: Vec<&str> = given.split_whitespace().collect();
        let given = given.try_into().unwrap_or_else(|_| panic!("not {N} words: {line}"));
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&answer(given)), words(expected), "{line}");
    }
}
