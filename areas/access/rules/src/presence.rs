//! Intent: what a person chose. Source: state machines §4.4.

use jiff::Timestamp;
use kernel::Window;

kernel::codes! {
    pub enum Intent {
        SignedOut = "signed_out",
        Available = "available",
        OutboundOnly = "outbound_only",
        Lunch = "lunch",
        Break = "break",
        Coaching = "coaching",
        Meeting = "meeting",
        Admin = "admin",
    }
}

kernel::codes! {
    /// Whether the pages of somebody at work are heard of.
    pub enum Connection {
        Ok = "ok",
        Lost = "lost",
    }
}

kernel::codes! {
    pub enum Place {
        Office = "office",
        Home = "home",
    }
}

impl Intent {
    /// Whether the next record may come.
    #[must_use]
    pub fn takes_records(self) -> bool {
        matches!(self, Self::Available | Self::OutboundOnly)
    }
}

/// What becomes of a choice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// It is so already; an earlier pending choice is taken back.
    Same,
    Now,
    /// After what is on the desk is finished; the last choice wins.
    Afterwards,
}

/// Chooses `wish` while doing `current`; `busy` is a call, or one that waits for its outcome.
///
/// A choice never ends a call and never closes a contact before it has its outcome.
#[must_use]
pub fn choose(current: Intent, wish: Intent, busy: bool) -> Choice {
    if wish == current {
        Choice::Same
    } else if busy {
        Choice::Afterwards
    } else {
        Choice::Now
    }
}

/// A stretch of one intent, `until` exclusive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stretch {
    pub intent: Intent,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Paid seconds of a day: from the first sign-in to the last sign-out, as far as the lines are open,
/// minus lunch. Source: product description, 16:00 of the union's day.
///
/// `open` is the window in which the lines are open, as instants of that day.
#[must_use]
pub fn paid_seconds(stretches: &[Stretch], open: (Timestamp, Timestamp)) -> i64 {
    stretches
        .iter()
        .filter(|stretch| !matches!(stretch.intent, Intent::SignedOut | Intent::Lunch))
        .map(|stretch| overlap((stretch.from, stretch.until), open))
        .sum()
}

fn overlap(a: (Timestamp, Timestamp), b: (Timestamp, Timestamp)) -> i64 {
    a.1.min(b.1).duration_since(a.0.max(b.0)).as_secs().max(0)
}

/// The window of a day in instants, in Amsterdam.
#[must_use]
pub fn open_between(day: jiff::civil::Date, window: Window) -> (Timestamp, Timestamp) {
    let at = |time: jiff::civil::Time| {
        let zoned = day.to_datetime(time).in_tz(kernel::AMSTERDAM);
        zoned.expect("the time zone is compiled in").timestamp()
    };
    (at(window.from), at(window.until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-24T{time}:00+01:00").parse().unwrap()
    }

    fn stretch(intent: Intent, from: &str, until: &str) -> Stretch {
        Stretch { intent, from: at(from), until: at(until) }
    }

    #[test]
    fn a_choice_waits_for_the_call_and_the_last_one_wins() {
        assert_eq!(choose(Intent::Available, Intent::Lunch, true), Choice::Afterwards);
        assert_eq!(choose(Intent::Available, Intent::Lunch, false), Choice::Now);
        // Changed my mind during the call.
        assert_eq!(choose(Intent::Available, Intent::Available, true), Choice::Same);
    }

    #[test]
    fn the_day_of_the_story_is_seven_paid_hours() {
        let open =
            open_between("2026-11-24".parse().unwrap(), Window::parse("8:30", "16:00").unwrap());
        let day = [
            stretch(Intent::Available, "08:20", "12:00"),
            stretch(Intent::Lunch, "12:00", "12:30"),
            stretch(Intent::Coaching, "12:30", "13:10"),
            stretch(Intent::Available, "13:10", "16:00"),
        ];
        assert_eq!(paid_seconds(&day, open), 7 * 3600);
        // Who stays longer is not paid for it, and who comes late is not paid before.
        assert_eq!(paid_seconds(&[stretch(Intent::Admin, "15:00", "18:00")], open), 3600);
        assert_eq!(paid_seconds(&[stretch(Intent::Available, "07:00", "08:00")], open), 0);
    }

    #[test]
    fn only_the_available_get_the_next_record() {
        let taking: Vec<_> = Intent::ALL.iter().filter(|intent| intent.takes_records()).collect();
        assert_eq!(taking, [&Intent::Available, &Intent::OutboundOnly]);
    }
}
