//! When a premium is earned, and when it is taken back (docs/states-membership.md §5).

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

kernel::codes! {
    pub enum State {
        Joined = "joined",
        Earned = "earned",
        /// Handed over to a pay-out.
        Paid = "paid",
        NotEarned = "not_earned",
        TakenBack = "taken_back",
    }
}

kernel::codes! {
    /// Why there is no premium, or not any more.
    pub enum Why {
        /// The new member withdrew within the period to do so.
        Withdrawn = "withdrawn",
        /// The new member did not confirm the sign-up.
        Lapsed = "lapsed",
        /// The new member left too soon.
        Left = "left",
        /// What the new member paid went back.
        MoneyBack = "money_back",
        /// The referrer had as many premiums as one may have in a year.
        OverLimit = "over_limit",
        /// The referrer is no member any more.
        ReferrerGone = "referrer_gone",
    }
}

kernel::codes! {
    /// What earns the premium. Source: domain facts §2.2.
    pub enum Trigger {
        /// The first amount that was collected came in and stands.
        FirstCollection = "first_collection_ok",
        /// The first amount after the introduction did: the pattern of 2007.
        RegularTariff = "regular_tariff_start",
        /// So many months are paid.
        MonthsPaid = "months_paid",
    }
}

/// The rules that held when the new member joined: what was promised then is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rules {
    pub trigger: Trigger,
    /// Only for [`Trigger::MonthsPaid`].
    pub months_paid: i64,
    /// So long a bank may take an amount back without a reason.
    pub stands_weeks: i64,
    /// Premiums that one member earns in a calendar year; 0 for no limit.
    pub year_max: i64,
    pub referrer_must_be_member: bool,
    pub no_arrears: bool,
}

/// An amount that the new member paid and that did not go back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Collection {
    /// The first day that it pays for.
    pub for_day: Date,
    pub months: i64,
    pub paid_on: Date,
}

/// A new member who was recruited, and the referrer, as the rule looks at them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Recruited {
    /// The last day of the membership, if it has one.
    pub leaves_on: Option<Date>,
    /// Leaving until this day costs the premium.
    pub claw_until: Date,
    /// The first day of the ordinary tariff.
    pub regular_from: Date,
    /// In the order of the days that they pay for.
    pub collections: Vec<Collection>,
    pub referrer_is_member: bool,
    pub referrer_in_arrears: bool,
    /// How many premiums the referrer earned in this calendar year.
    pub earned_this_year: i64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// Nothing is decided by waiting: arrears can be paid, a notice can be taken back.
    Waits,
    Earned,
    NotEarned(Why),
}

/// What becomes of somebody who joined, on `today`.
#[must_use]
pub fn decide(recruited: &Recruited, rules: &Rules, today: Date) -> Decision {
    let has_left = recruited.leaves_on.is_some_and(|last| last < today);
    if recruited.leaves_on.is_some_and(|last| last <= recruited.claw_until) {
        return if has_left { Decision::NotEarned(Why::Left) } else { Decision::Waits };
    }
    let Some(paid_on) = paid_on(recruited, rules) else {
        return if has_left { Decision::NotEarned(Why::Left) } else { Decision::Waits };
    };
    if today <= after(paid_on, rules.stands_weeks.weeks()) {
        return Decision::Waits;
    }
    if rules.referrer_must_be_member && !recruited.referrer_is_member {
        return Decision::NotEarned(Why::ReferrerGone);
    }
    if rules.no_arrears && recruited.referrer_in_arrears {
        return Decision::Waits;
    }
    if rules.year_max > 0 && recruited.earned_this_year >= rules.year_max {
        return Decision::NotEarned(Why::OverLimit);
    }
    Decision::Earned
}

/// Why a premium that was earned is taken back on `today`, if it is.
#[must_use]
pub fn take_back(recruited: &Recruited, rules: &Rules, today: Date) -> Option<Why> {
    let left = |last: Date| last < today && last <= recruited.claw_until;
    if recruited.leaves_on.is_some_and(left) {
        return Some(Why::Left);
    }
    let went_back = today <= recruited.claw_until && paid_on(recruited, rules).is_none();
    went_back.then_some(Why::MoneyBack)
}

/// The last day on which leaving costs the premium.
#[must_use]
pub fn claw_until(joined_on: Date, clawback_days: i64) -> Date {
    after(joined_on, clawback_days.days())
}

/// The day on which what the rule asks for came in.
fn paid_on(recruited: &Recruited, rules: &Rules) -> Option<Date> {
    let mut paid = recruited.collections.iter();
    match rules.trigger {
        Trigger::FirstCollection => paid.next().map(|first| first.paid_on),
        Trigger::RegularTariff => {
            paid.find(|paid| paid.for_day >= recruited.regular_from).map(|first| first.paid_on)
        }
        Trigger::MonthsPaid => {
            let (mut months, mut latest) = (0, None);
            for collection in paid {
                months += collection.months;
                latest = latest.max(Some(collection.paid_on));
                if months >= rules.months_paid {
                    return latest;
                }
            }
            None
        }
    }
}

/// A rule that reaches beyond the calendar reaches its end.
fn after(day: Date, span: Span) -> Date {
    day.checked_add(span).unwrap_or(Date::MAX)
}

/// For how many months an amount pays that is for this period: `2027-01`, `2027-q1`, `2027-h1` or `2027`.
#[must_use]
pub fn months_of(period: &str) -> i64 {
    match period.split_once('-') {
        None => 12,
        Some((_, part)) if part.starts_with('q') => 3,
        Some((_, part)) if part.starts_with('h') => 6,
        Some(_) => 1,
    }
}

#[cfg(test)]
mod tests;
