//! Who of a list comes first, and why, in reasons that can be read out. Features B10.

use jiff::{SignedDuration, Timestamp};

kernel::codes! {
    /// Why somebody is worth calling before others.
    pub enum Reason {
        /// Asked for a brochure, asked a question or filled in a form, not long ago.
        RecentRequest = "recent_request",
        /// The same, some months ago.
        Request = "request",
        /// Came to a meeting.
        Meeting = "meeting",
        /// Said yes to being called, not long ago.
        FreshConsent = "fresh_consent",
    }
}

/// What each reason weighs. Rule data.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Weights {
    pub recent_request: i64,
    pub request: i64,
    pub meeting: i64,
    pub fresh_consent: i64,
}

/// The latest of each kind, if there was one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Moments {
    pub request: Option<Timestamp>,
    pub meeting: Option<Timestamp>,
    pub consent: Option<Timestamp>,
}

/// What is recent, in days.
const RECENT: i64 = 30;
const SOME_MONTHS: i64 = 180;
const MEETING: i64 = 60;

/// The reasons that hold, the one that weighs most first.
#[must_use]
pub fn reasons(moments: Moments, now: Timestamp, weights: Weights) -> Vec<(Reason, i64)> {
    let within = |at: Option<Timestamp>, days: i64| {
        at.is_some_and(|at| now.duration_since(at) <= SignedDuration::from_hours(24 * days))
    };
    let request = if within(moments.request, RECENT) {
        Some((Reason::RecentRequest, weights.recent_request))
    } else if within(moments.request, SOME_MONTHS) {
        Some((Reason::Request, weights.request))
    } else {
        None
    };
    let meeting = within(moments.meeting, MEETING).then_some((Reason::Meeting, weights.meeting));
    let consent =
        within(moments.consent, RECENT).then_some((Reason::FreshConsent, weights.fresh_consent));
    let mut found: Vec<(Reason, i64)> = [request, meeting, consent].into_iter().flatten().collect();
    found.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    found
}

/// The number by which a list is ordered.
#[must_use]
pub fn score(moments: Moments, now: Timestamp, weights: Weights) -> i64 {
    reasons(moments, now, weights).into_iter().map(|(_, weight)| weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: Weights =
        Weights { recent_request: 40, request: 20, meeting: 15, fresh_consent: 10 };

    #[test]
    fn a_recent_request_comes_before_an_old_one_and_reasons_add_up() {
        let now: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        let ago = |days: i64| Some(now - SignedDuration::from_hours(24 * days));
        let none = Moments::default();
        for (moments, expected, score_of) in [
            (none, &[][..], 0),
            (Moments { request: ago(14), ..none }, &[Reason::RecentRequest], 40),
            (Moments { request: ago(31), ..none }, &[Reason::Request], 20),
            (Moments { request: ago(181), ..none }, &[], 0),
            (
                Moments { request: ago(31), meeting: ago(60), consent: ago(2) },
                &[Reason::Request, Reason::Meeting, Reason::FreshConsent],
                45,
            ),
            (Moments { meeting: ago(61), consent: ago(31), ..none }, &[], 0),
        ] {
            let found: Vec<Reason> =
                reasons(moments, now, WEIGHTS).into_iter().map(|(reason, _)| reason).collect();
            assert_eq!(found, expected, "{moments:?}");
            assert_eq!(score(moments, now, WEIGHTS), score_of);
        }
    }
}
