//! When a message is tried again. Pure.

use jiff::{SignedDuration, Timestamp};

/// Quickly at first, because somebody may be on the line and a greylist lets through after a few minutes; then rarely.
const WAITS_MINUTES: [i64; 7] = [1, 5, 15, 30, 60, 120, 240];

/// When the next try comes after `tries` that failed, or `None`: it was tried for `hours` since `since` and is given up.
pub(crate) fn next(tries: u32, since: Timestamp, now: Timestamp, hours: i64) -> Option<Timestamp> {
    let nr = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = WAITS_MINUTES.get(nr).or(WAITS_MINUTES.last()).copied().unwrap_or_default();
    let next = now + SignedDuration::from_mins(wait);
    (next.duration_since(since) <= SignedDuration::from_hours(hours)).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_ever_more_rarely_and_then_given_up() {
        let since: Timestamp = "2026-11-24T07:20:00Z".parse().unwrap();
        let (mut now, mut tries, mut minutes) = (since, 1, Vec::new());
        while let Some(at) = next(tries, since, now, 72) {
            minutes.push(at.duration_since(now).as_secs() / 60);
            (now, tries) = (at, tries + 1);
        }
        assert_eq!(minutes[..8], [1, 5, 15, 30, 60, 120, 240, 240]);
        let passed = now.duration_since(since);
        assert!(passed <= SignedDuration::from_hours(72), "{passed}");
        assert!(passed > SignedDuration::from_hours(67), "{passed}");
    }
}
