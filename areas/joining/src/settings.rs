//! What the rulebook says about signing up.

use jiff::civil::Date;
use joining_rules::sign_up::{Rules, Starts};
use rulebook::Rulebook;

use crate::Broken;

const DISTANCE_CONTRACT: &str = "treat_as_distance_contract";

/// What a sign-up on `day` goes by.
pub(crate) fn rules(book: &Rulebook, day: Date) -> Result<Rules, Broken> {
    let years = |key| {
        let years = book.number(key, day)?;
        i16::try_from(years).map_err(|_| Broken::Unreadable(key))
    };
    let written = book.words("signup.written_form", day)?;
    Ok(Rules {
        is_distance_contract: book
            .words("signup.consumer_regime", day)?
            .iter()
            .any(|word| word == DISTANCE_CONTRACT),
        written: written.iter().filter_map(|word| word.parse().ok()).collect(),
        withdraw_days: book.number("withdraw.days", day)?,
        remind_first_days: book.part("signup.remind_days", "first_days", day)?,
        remind_last_days: book.part("signup.remind_days", "last_days", day)?,
        lapse_days: book.number("signup.lapse_days", day)?,
        min_age: years("signup.min_age")?,
        parent_below: years("signup.parent_consent_below")?,
    })
}

/// Which version of the rule decided whether it has to be in writing, for the event.
pub(crate) fn version(book: &Rulebook, day: Date) -> Result<String, Broken> {
    Ok(book.on("signup.written_form", day)?.version())
}

/// The first day of a membership that is agreed on `day`.
pub(crate) fn starts_on(book: &Rulebook, day: Date) -> Result<Date, Broken> {
    let words = book.words("signup.starts", day)?;
    let starts: Option<Starts> = words.first().and_then(|word| word.parse().ok());
    Ok(starts.ok_or(Broken::Unreadable("signup.starts"))?.on(day))
}
