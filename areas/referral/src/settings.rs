//! What the rulebook says about members who recruit members.

use jiff::civil::Date;
use kernel::Cents;
use referral_rules::earn::{Rules, Trigger};
use rulebook::{Missing, Rulebook};

/// What is promised to who recruits somebody today.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    pub cents: Cents,
    /// The version of the rule with the amount.
    pub rule: String,
    pub clawback_days: i64,
}

pub(crate) fn promise(book: &Rulebook, day: Date) -> Result<Promise, Missing> {
    Ok(Promise {
        cents: Cents(book.number("referral.amount_cents", day)?),
        rule: book.on("referral.amount_cents", day)?.version(),
        clawback_days: book.number("referral.clawback_days", day)?,
    })
}

/// What earns a premium for somebody who joined on `day`.
pub(crate) fn rules(book: &Rulebook, day: Date) -> Result<Rules, Missing> {
    const TRIGGER: &str = "referral.payout_trigger";
    let chosen = book.words(TRIGGER, day)?.into_iter().next();
    let trigger: Option<Trigger> = chosen.and_then(|word| word.parse().ok());
    let says_yes = |key| Ok(book.words(key, day)?.first().is_some_and(|word| word == "yes"));
    Ok(Rules {
        trigger: trigger.ok_or(Missing { key: TRIGGER })?,
        months_paid: book.number("referral.months_paid", day)?,
        stands_weeks: book.number("referral.stands_weeks", day)?,
        year_max: book.number("referral.max_per_year", day)?,
        referrer_must_be_member: says_yes("referral.referrer_must_be_active")?,
        no_arrears: says_yes("referral.no_arrears")?,
    })
}

/// Who takes no part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Excludes {
    pub staff: bool,
    pub board: bool,
}

pub(crate) fn excludes(book: &Rulebook, day: Date) -> Result<Excludes, Missing> {
    let words = book.words("referral.exclude_roles", day)?;
    let has = |word: &str| words.iter().any(|found| found == word);
    Ok(Excludes { staff: has("staff"), board: has("board") })
}
