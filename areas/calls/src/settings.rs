//! The rule data of the desk, as valid on one day.

use calls_rules::budget::Budget;
use calls_rules::gate::{Accepted, Matrix};
use calls_rules::hours::{DAYS, Hours};
use calls_rules::outcome::{Retry, Settings};
use calls_rules::score::{Reason, Weights};
use jiff::SignedDuration;
use jiff::civil::Date;
use rulebook::{Missing, Rulebook};

use crate::desk::DeskRules;

/// What an outcome depends on.
pub fn outcome_settings(book: &Rulebook, day: Date) -> Result<Settings, Missing> {
    let retry = |key| {
        Ok(Retry {
            minutes: book.part(key, "minutes", day)?,
            tries_max: book.part(key, "tries_max", day)?,
            rule: book.on(key, day)?.version(),
        })
    };
    Ok(Settings {
        no_answer: retry("retry.no_answer")?,
        busy: retry("retry.busy")?,
        voicemail: retry("retry.voicemail")?,
        other_language: retry("retry.other_language")?,
        callback_tries_max: book.number("callback.tries_max", day)?,
        callback_retry_minutes: book.number("callback.retry_minutes", day)?,
        offer_objection_on: book
            .words("objection.offer_on", day)?
            .iter()
            .filter_map(|word| word.parse().ok())
            .collect(),
        office_hours: book.window("callback.office_hours", day)?,
        calendar: book.calendar.clone(),
    })
}

/// What decides whether somebody may be called, as valid on one day.
#[derive(Clone, Debug)]
pub struct GateRules {
    pub matrix: Matrix,
    /// Codes of legal forms towards which no ground is needed.
    pub forms_without_ground: Vec<String>,
    /// What stands as source of somebody whom a member named; folded.
    pub referral_sources: Vec<String>,
    /// A consent that was never called on is worth nothing after so many months.
    pub first_call_months: i64,
    pub budget: Budget,
    pub hours: Hours,
    /// So long before its time a promise comes to its owner, and may be kept.
    pub promise_early: SignedDuration,
    /// So long before an own promise nobody comes from a list.
    pub promise_guard: SignedDuration,
    pub weights: Weights,
}

const ROWS: [&str; 8] = [
    "permission.p1",
    "permission.p2",
    "permission.p3",
    "permission.p4",
    "permission.p5",
    "permission.p6",
    "permission.p7",
    "permission.p8",
];

pub fn gate_rules(book: &Rulebook, day: Date) -> Result<GateRules, Missing> {
    // A word that means nothing opens nothing.
    let known = |words: Vec<String>| words.iter().filter_map(|word| word.parse().ok()).collect();
    let accepted = |key| {
        let (evidence, rule) = (known(book.words(key, day)?), book.on(key, day)?.version());
        Ok(Accepted { evidence, rule })
    };
    let mut rows = Vec::with_capacity(ROWS.len());
    for key in ROWS {
        rows.push(accepted(key)?);
    }
    let rows = rows.try_into().map_err(|_| Missing { key: ROWS[0] })?;
    let outside = book.words("call.budget_outside", day)?;
    let matrix = Matrix {
        rows,
        despite_objection: accepted("permission.p9")?,
        min_age: book.number("permission.min_age", day)?,
        outside_budget: outside.iter().filter_map(|word| word.parse().ok()).collect(),
    };
    let part = |key, part| {
        let number = book.part(key, part, day)?;
        u16::try_from(number).map_err(|_| Missing { key })
    };
    let sources = book.words("permission.referral_sources", day)?;
    let days = book.words("call.days", day)?;
    let is_open = |code: &str| days.iter().any(|day| day == code);
    Ok(GateRules {
        matrix,
        forms_without_ground: book.words("permission.forms_without_ground", day)?,
        referral_sources: sources.iter().map(|source| source.to_lowercase()).collect(),
        first_call_months: book.number("consent.first_call_months", day)?,
        budget: Budget {
            attempts: part("call.budget_attempts", "tries_max")?,
            attempt_days: part("call.budget_attempts", "days")?,
            conversations: part("call.budget_conversations", "tries_max")?,
            conversation_days: part("call.budget_conversations", "days")?,
        },
        promise_early: SignedDuration::from_mins(book.number("callback.notice_minutes", day)?),
        weights: weights(book, day)?,
        promise_guard: SignedDuration::from_mins(book.number("callback.guard_minutes", day)?),
        hours: Hours {
            weekday: book.window("call.hours", day)?,
            weekend: book.window("call.hours_weekend", day)?,
            service: book.window("call.hours_service", day)?,
            days: DAYS.iter().filter(|(code, _)| is_open(code)).map(|(_, day)| *day).collect(),
            calendar: book.calendar.clone(),
            rule: book.on("call.hours", day)?.version(),
        },
    })
}

/// What a look at the desk depends on.
pub(crate) fn desk_rules(book: &Rulebook, day: Date) -> Result<DeskRules, Missing> {
    Ok(DeskRules {
        weights: weights(book, day)?,
        touched_days: book.number("call.touched_days", day)?,
    })
}

/// What makes somebody worth calling before others.
pub(crate) fn weights(book: &Rulebook, day: Date) -> Result<Weights, Missing> {
    let weight = |reason: Reason| book.part("call.score", reason.code(), day);
    Ok(Weights {
        recent_request: weight(Reason::RecentRequest)?,
        request: weight(Reason::Request)?,
        meeting: weight(Reason::Meeting)?,
        fresh_consent: weight(Reason::FreshConsent)?,
    })
}

/// So long a skipped person rests before the list offers this person again.
pub(crate) fn skip_rests(book: &Rulebook, day: Date) -> Result<SignedDuration, Missing> {
    Ok(SignedDuration::from_mins(book.number("call.skip_rest_minutes", day)?))
}

/// So long somebody stays on a desk whose page is not heard of.
pub fn lease(book: &Rulebook, day: Date) -> Result<SignedDuration, Missing> {
    Ok(SignedDuration::from_mins(book.number("call.lease_minutes", day)?))
}
