//! How often somebody may guess. Pure.
//!
//! Failures count per browser that is known, or else per address and name together. A stranger who
//! guesses at Noor's password fills a bucket of the stranger's own: Noor, on her own browser or from
//! elsewhere, is never kept out by it.

use jiff::{SignedDuration, Timestamp};

/// So many mistakes are free; people mistype.
const FREE: u32 = 5;
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// After this long without a mistake all is forgotten.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(1);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Bucket {
    pub failures: u32,
    pub last_at: Timestamp,
    pub closed_until: Timestamp,
}

/// How long it still takes before another try, or `None`: go ahead.
pub(crate) fn wait(bucket: Option<Bucket>, now: Timestamp) -> Option<SignedDuration> {
    let left = bucket?.closed_until.duration_since(now);
    left.is_positive().then_some(left)
}

/// The bucket after one more failure.
pub(crate) fn failed(bucket: Option<Bucket>, now: Timestamp) -> Bucket {
    let before = bucket
        .filter(|bucket| now.duration_since(bucket.last_at) < FORGOTTEN_AFTER)
        .map_or(0, |bucket| bucket.failures);
    let failures = before.saturating_add(1);
    let wait = match failures.checked_sub(FREE) {
        None | Some(0) => SignedDuration::ZERO,
        Some(over) => (FIRST_WAIT * 2_i32.pow((over - 1).min(10))).min(LONGEST_WAIT),
    };
    Bucket { failures, last_at: now, closed_until: now + wait }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_ends() {
        let now: Timestamp = "2026-11-24T07:20:00Z".parse().unwrap();
        let mut bucket = None;
        let mut waits = vec![];
        for _ in 0..12 {
            let after = failed(bucket, now);
            waits.push(wait(Some(after), now).map_or(0, |wait| wait.as_secs()));
            bucket = Some(after);
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(wait(bucket, now + LONGEST_WAIT), None);
        assert_eq!(failed(bucket, now + FORGOTTEN_AFTER).failures, 1);
    }
}
