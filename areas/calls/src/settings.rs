//! The rule data of the desk, as valid on one day.

use calls_rules::outcome::{Retry, Settings};
use jiff::SignedDuration;
use jiff::civil::Date;
use kernel::WorkCalendar;
use rulebook::{Missing, Rulebook};

/// What an outcome depends on.
pub(crate) fn outcome_settings(book: &Rulebook, day: Date) -> Result<Settings, Missing> {
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
        office_hours: book.window("callback.office_hours", day)?,
        calendar: book.calendar.clone(),
    })
}

/// What the gate depends on, and under which version it decides.
#[derive(Clone, Debug)]
pub struct GateRules {
    pub min_age: i64,
    /// Codes of legal forms towards which no ground is needed.
    pub forms_without_ground: Vec<String>,
    pub version: String,
    pub calendar: WorkCalendar,
}

pub fn gate_rules(book: &Rulebook, day: Date) -> Result<GateRules, Missing> {
    Ok(GateRules {
        min_age: book.number("permission.min_age", day)?,
        forms_without_ground: book.words("permission.forms_without_ground", day)?,
        version: book.on("permission.forms_without_ground", day)?.version(),
        calendar: book.calendar.clone(),
    })
}

/// So long a skipped person rests before the list offers this person again.
pub(crate) fn skip_rests(book: &Rulebook, day: Date) -> Result<SignedDuration, Missing> {
    Ok(SignedDuration::from_mins(book.number("call.skip_rest_minutes", day)?))
}

pub(crate) fn lease(book: &Rulebook, day: Date) -> Result<SignedDuration, Missing> {
    Ok(SignedDuration::from_mins(book.number("call.lease_minutes", day)?))
}
