//! Where a call comes to stand when it comes in, or when it cannot stay where it was. Every queue on the way is asked,
//! also the second and the third (features §A5: elsewhere it is asked once, before the first).

use jiff::civil::DateTime;
use kernel::QueueId;

use crate::settings::{Announcement, Settings, Then};
use crate::waiting::{How, Waiting};

kernel::codes! {
    /// Why a call could not stay in a queue.
    pub enum Because {
        Closed = "closed",
        Full = "full",
        TooLong = "too_long",
        Closing = "closing",
    }
}

impl From<Because> for Announcement {
    fn from(because: Because) -> Self {
        match because {
            Because::Closed => Self::Closed,
            Because::Full => Self::Full,
            Because::TooLong => Self::TooLong,
            Because::Closing => Self::Closing,
        }
    }
}

/// Where a call comes to stand, and why not elsewhere.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Arrived {
    /// The queues that could not have it, in order.
    pub passed: Vec<(QueueId, Because)>,
    pub end: End,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    Waits(QueueId),
    /// Hears why, in the words of this queue, and the line is closed.
    HangsUp(QueueId),
    /// Hears why, in the words of this queue, and is asked whether we may call back.
    AskedToBeCalledBack(QueueId),
}

/// A call for `queue` comes in. A queue that is not there any more ends the call.
#[must_use]
pub fn arrive(settings: &Settings, queue: QueueId, waiting: &[Waiting], now: DateTime) -> Arrived {
    find_place(settings, queue, waiting, now, vec![])
}

/// A call that waits in `queue` cannot stay there.
#[must_use]
pub(crate) fn leave(
    settings: &Settings,
    queue: QueueId,
    because: Because,
    waiting: &[Waiting],
    now: DateTime,
) -> Arrived {
    let passed = vec![(queue, because)];
    match then(settings, queue, because) {
        Then::Queue(next) => find_place(settings, next, waiting, now, passed),
        then => Arrived { passed, end: ends(then, queue) },
    }
}

fn find_place(
    settings: &Settings,
    first: QueueId,
    waiting: &[Waiting],
    now: DateTime,
    mut passed: Vec<(QueueId, Because)>,
) -> Arrived {
    let mut id = first;
    loop {
        let has_been_asked = passed.iter().any(|(asked, _)| *asked == id);
        let Some(queue) = settings.queues.get(&id).filter(|_| !has_been_asked) else {
            // Round in a circle, or to a queue that is gone: the last one that was asked says so.
            let last = passed.last().map_or(id, |(last, _)| *last);
            return Arrived { passed, end: End::HangsUp(last) };
        };
        let because = if !queue.hours.is_open(now, &settings.calendar) {
            Because::Closed
        } else if on_the_line(waiting, id) >= usize::from(queue.waiting_max) {
            Because::Full
        } else {
            return Arrived { passed, end: End::Waits(id) };
        };
        passed.push((id, because));
        match then(settings, id, because) {
            Then::Queue(next) => id = next,
            then => return Arrived { passed, end: ends(then, id) },
        }
    }
}

/// Those who wait to be called back take no line.
fn on_the_line(waiting: &[Waiting], queue: QueueId) -> usize {
    let is_one = |call: &&Waiting| call.queue == queue && call.how == How::OnTheLine;
    waiting.iter().filter(is_one).count()
}

fn then(settings: &Settings, queue: QueueId, because: Because) -> Then {
    let Some(queue) = settings.queues.get(&queue) else { return Then::HangUp };
    match because {
        Because::Closed => queue.closed,
        Because::Full => queue.full,
        Because::TooLong => queue.too_long,
        Because::Closing => queue.closing.unwrap_or(queue.closed),
    }
}

fn ends(then: Then, queue: QueueId) -> End {
    match then {
        Then::HangUp => End::HangsUp(queue),
        Then::CallMeBack => End::AskedToBeCalledBack(queue),
        Then::Queue(next) => End::Waits(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{LINE, OTHER, check, settings, waiting};
    use crate::settings::Queue;

    #[test]
    fn a_call_is_put_where_there_is_room_and_hears_why_not() {
        check(
            "
            # when               line  other  -> where, after what
            2026-11-24T10:00     0     0      -> Waits(1)
            2026-11-24T10:00     20    0      -> Waits(2) 1:full
            2026-11-24T10:00     20    20     -> HangsUp(2) 1:full 2:full    # the other sends it back: once is enough
            2026-11-24T12:10     0     0      -> HangsUp(1) 1:closed
            ",
            |[now, line, other]| {
                let mut settings = settings();
                settings.queues.get_mut(&LINE).unwrap().full = Then::Queue(OTHER);
                settings.queues.get_mut(&OTHER).unwrap().full = Then::Queue(LINE);
                let of = |queue, n: &str| {
                    let n: i64 = n.parse().unwrap();
                    (0..n).map(move |nr| Waiting { queue, ..waiting(nr, "09:00:00") })
                };
                let calls: Vec<_> = of(LINE, line).chain(of(OTHER, other)).collect();
                said(&arrive(&settings, LINE, &calls, now.parse().unwrap()))
            },
        );
    }

    fn said(arrived: &Arrived) -> String {
        let passed = arrived.passed.iter().map(|(queue, because)| format!(" {queue}:{because}"));
        let end = format!("{:?}", arrived.end).replace("QueueId(", "").replace("))", ")");
        end + &passed.collect::<String>()
    }

    #[test]
    fn whoever_waits_to_be_called_back_takes_no_line() {
        let mut settings = settings();
        settings.queues.insert(LINE, Queue { waiting_max: 1, ..settings.queues[&LINE].clone() });
        let now = "2026-11-24T10:00".parse().unwrap();
        let kept = Waiting { how: How::CallsBack, ..waiting(1, "09:00:00") };
        assert_eq!(arrive(&settings, LINE, std::slice::from_ref(&kept), now).end, End::Waits(LINE));
        let on_line = waiting(2, "09:00:00");
        let full = arrive(&settings, LINE, &[kept, on_line], now);
        assert_eq!(full.end, End::AskedToBeCalledBack(LINE));
        assert_eq!(full.passed, [(LINE, Because::Full)]);
    }

    #[test]
    fn a_queue_that_is_gone_ends_the_call() {
        let now = "2026-11-24T10:00".parse().unwrap();
        let gone = arrive(&settings(), QueueId(9), &[], now);
        assert_eq!(gone, Arrived { passed: vec![], end: End::HangsUp(QueueId(9)) });
    }
}
