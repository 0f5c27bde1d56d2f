//! What an administrator sets of a queue, and what can be wrong with it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use kernel::{QueueId, SkillId, TeamId, WorkCalendar};

use crate::hours::Hours;

/// Everything that is set, as valid at one moment.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub queues: BTreeMap<QueueId, Queue>,
    pub calendar: WorkCalendar,
    pub thresholds: Thresholds,
}

/// What holds for every queue, from the rule book.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Thresholds {
    /// So many missed offers in a row, and nothing rings any more until the agent comes back (state machines §4.4).
    pub missed_max: u16,
    /// So long the same call does not ring at the same agent again if another is free (features §A8).
    pub again_after: SignedDuration,
    /// So long somebody waits for the agent who is preferred and at work, but in a call (features §A7).
    pub prefer_for: SignedDuration,
    /// So long a conversation that broke off goes back to its agent (features §A10).
    pub dropped: SignedDuration,
    /// So long whoever we tried to call comes to the agent who tried (features §A11).
    pub tried: SignedDuration,
    /// So long the last agent is remembered.
    pub last: SignedDuration,
}

impl Default for Thresholds {
    /// Nothing is preferred and one missed offer is enough: what holds while no rule is read.
    fn default() -> Self {
        Self {
            missed_max: 1,
            again_after: SignedDuration::ZERO,
            prefer_for: SignedDuration::ZERO,
            dropped: SignedDuration::ZERO,
            tried: SignedDuration::ZERO,
            last: SignedDuration::ZERO,
        }
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Queue {
    pub hours: Hours,
    /// 1 goes first, over all queues.
    pub priority: u8,
    /// Who is responsible when a call of this queue becomes a promise without an agent (INV9).
    pub team: TeamId,
    /// Who answers, and from when; each adds to those before.
    pub circles: Vec<Circle>,
    /// So long an offer rings.
    pub rings: SignedDuration,
    /// After so long also agents who look at a record that they have not called yet; `None`: never
    /// (features §B12).
    pub previewing_after: Option<SignedDuration>,
    /// Calls on the line at the same time; those who wait to be called back are not on it.
    pub waiting_max: u16,
    pub wait_max: SignedDuration,
    /// After so long the caller hears that we can call back; `None`: that is not offered.
    pub call_me_back_after: Option<SignedDuration>,
    pub closed: Then,
    pub full: Then,
    pub too_long: Then,
    /// For those who wait when it closes; `None`: they are answered still.
    pub closing: Option<Then>,
    /// Answered within so long counts as in time (features §J1).
    pub answer_within: SignedDuration,
    /// Whoever hangs up sooner is not counted as abandoned.
    pub abandoned_after: SignedDuration,
}

/// Who answers from a moment on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Circle {
    pub after: SignedDuration,
    pub who: Who,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Who {
    Team(TeamId),
    Skilled(SkillId),
    Everybody,
}

/// What a call does that cannot wait here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Then {
    /// Hears why, and the line is closed.
    HangUp,
    Queue(QueueId),
    /// Is asked whether we may call back.
    CallMeBack,
}

kernel::codes! {
    /// What a caller hears.
    pub enum Announcement {
        Welcome = "welcome",
        Waiting = "waiting",
        Closed = "closed",
        Full = "full",
        TooLong = "too_long",
        Closing = "closing",
        OfferCallMeBack = "offer_call_me_back",
        CallMeBackTaken = "call_me_back_taken",
    }
}

/// What is wrong with a queue.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Wrong {
    #[error("the periods of a day lie over each other")]
    Hours,
    #[error("the priority is 1 to 9")]
    Priority,
    #[error("somebody answers at once")]
    NobodyAtOnce,
    #[error("each circle comes later than the one before and adds somebody")]
    Circles,
    #[error("an offer rings between 5 seconds and a minute")]
    Rings,
    #[error("between 1 and 200 calls wait")]
    WaitingMax,
    #[error("the longest wait is between half a minute and two hours")]
    WaitMax,
    #[error("what happens while waiting happens before the longest wait")]
    AfterTheWait,
    #[error("a call goes to another queue that there is, not to the same")]
    OtherQueue,
    #[error("the service level is counted between 5 seconds and ten minutes")]
    Level,
}

const PRIORITY: std::ops::RangeInclusive<u8> = 1..=9;
/// Shorter, nobody gets to the key; longer, the caller hangs up.
const RINGS: std::ops::RangeInclusive<i64> = 5..=60;
const WAITING: std::ops::RangeInclusive<u16> = 1..=200;
const WAIT: std::ops::RangeInclusive<i64> = 30..=7_200;
const LEVEL: std::ops::RangeInclusive<i64> = 5..=600;

/// Whether this can be the queue `own` among `others`; `None`: a new one.
///
/// # Errors
///
/// The first thing that is [`Wrong`] with it.
pub fn check(queue: &Queue, own: Option<QueueId>, others: &[QueueId]) -> Result<(), Wrong> {
    queue.hours.check().map_err(|_| Wrong::Hours)?;
    if !PRIORITY.contains(&queue.priority) {
        return Err(Wrong::Priority);
    }
    if queue.circles.first().is_none_or(|circle| !circle.after.is_zero()) {
        return Err(Wrong::NobodyAtOnce);
    }
    let is_in_order = queue.circles.windows(2).all(|pair| pair[0].after < pair[1].after);
    let adds = |nr: usize| {
        let before = &queue.circles[..nr];
        let who = queue.circles[nr].who;
        before.iter().all(|circle| circle.who != who && circle.who != Who::Everybody)
    };
    if !is_in_order || !(0..queue.circles.len()).all(adds) {
        return Err(Wrong::Circles);
    }
    if !RINGS.contains(&queue.rings.as_secs()) {
        return Err(Wrong::Rings);
    }
    if !WAITING.contains(&queue.waiting_max) {
        return Err(Wrong::WaitingMax);
    }
    if !WAIT.contains(&queue.wait_max.as_secs()) {
        return Err(Wrong::WaitMax);
    }
    let last_circle = queue.circles.last().map(|circle| circle.after);
    let while_waiting = [queue.previewing_after, queue.call_me_back_after, last_circle];
    let is_later = |after: &SignedDuration| *after >= queue.wait_max || after.is_negative();
    if while_waiting.iter().flatten().any(is_later) {
        return Err(Wrong::AfterTheWait);
    }
    let thens = [Some(queue.closed), Some(queue.full), Some(queue.too_long), queue.closing];
    let is_there = |to: QueueId| Some(to) != own && others.contains(&to);
    if thens.into_iter().flatten().any(|then| matches!(then, Then::Queue(to) if !is_there(to))) {
        return Err(Wrong::OtherQueue);
    }
    let short = queue.abandoned_after.as_secs();
    if !LEVEL.contains(&queue.answer_within.as_secs()) || !(0..=60).contains(&short) {
        return Err(Wrong::Level);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{LINE, queue, seconds};

    #[test]
    fn a_queue_says_what_is_wrong_with_it() {
        let other = QueueId(2);
        let circle = |after: i64, who| Circle { after: seconds(after), who };
        let team = Who::Team(TeamId(1));
        for (what, queue, expected) in [
            ("as shipped", queue(), Ok(())),
            ("priority", Queue { priority: 0, ..queue() }, Err(Wrong::Priority)),
            ("nobody", Queue { circles: vec![], ..queue() }, Err(Wrong::NobodyAtOnce)),
            (
                "nobody at once",
                Queue { circles: vec![circle(5, team)], ..queue() },
                Err(Wrong::NobodyAtOnce),
            ),
            (
                "twice the same",
                Queue { circles: vec![circle(0, team), circle(5, team)], ..queue() },
                Err(Wrong::Circles),
            ),
            (
                "after everybody",
                Queue { circles: vec![circle(0, Who::Everybody), circle(5, team)], ..queue() },
                Err(Wrong::Circles),
            ),
            (
                "earlier than the one before",
                Queue {
                    circles: vec![
                        circle(0, team),
                        circle(20, Who::Skilled(SkillId(1))),
                        circle(10, Who::Everybody),
                    ],
                    ..queue()
                },
                Err(Wrong::Circles),
            ),
            ("too short a ring", Queue { rings: seconds(4), ..queue() }, Err(Wrong::Rings)),
            ("nobody may wait", Queue { waiting_max: 0, ..queue() }, Err(Wrong::WaitingMax)),
            ("three hours", Queue { wait_max: seconds(10_800), ..queue() }, Err(Wrong::WaitMax)),
            (
                "offered too late",
                Queue { call_me_back_after: Some(seconds(600)), ..queue() },
                Err(Wrong::AfterTheWait),
            ),
            ("to itself", Queue { full: Then::Queue(LINE), ..queue() }, Err(Wrong::OtherQueue)),
            (
                "to nowhere",
                Queue { closing: Some(Then::Queue(QueueId(9))), ..queue() },
                Err(Wrong::OtherQueue),
            ),
            ("to another", Queue { full: Then::Queue(other), ..queue() }, Ok(())),
            ("level", Queue { answer_within: seconds(0), ..queue() }, Err(Wrong::Level)),
        ] {
            assert_eq!(check(&queue, Some(LINE), &[LINE, other]), expected, "{what}");
        }
    }
}
