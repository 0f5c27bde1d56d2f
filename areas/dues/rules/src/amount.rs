//! One amount, to be collected or paid out (docs/states-membership.md §4).

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Cents;

kernel::codes! {
    /// Which way the money goes.
    pub enum Kind {
        /// From a member to us.
        Collection = "collection",
        /// From us to a member.
        PayOut = "pay_out",
    }
}

kernel::codes! {
    pub enum Purpose {
        Contribution = "contribution",
        /// The introductory amount of a new member.
        Introduction = "introduction",
        /// What was paid too little because we did not know something about the member.
        Settlement = "settlement",
        /// What was collected and goes back.
        Refund = "refund",
        ReferralBonus = "referral_bonus",
    }
}

kernel::codes! {
    pub enum State {
        Due = "due",
        InRun = "in_run",
        Sent = "sent",
        Paid = "paid",
        Returned = "returned",
        Settled = "settled",
        Cancelled = "cancelled",
        GivenBack = "given_back",
    }
}

kernel::codes! {
    /// Why an amount is no longer asked.
    pub enum Cancelled {
        /// The membership ends before it, or never began.
        MembershipEnds = "membership_ends",
        Withdrawn = "withdrawn",
        Died = "died",
        Forgiven = "forgiven",
        /// It should never have been there.
        Mistake = "mistake",
    }
}

/// What becomes of an amount when its membership stops.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stopped {
    /// Nothing: it is about days until then, or over.
    Stays,
    Cancel,
    /// It is in a run that was not released: it comes out of it.
    TakeOutAndCancel,
    /// It is at the bank or here already: it goes back.
    GiveBack,
}

/// Source: docs/states-membership.md §1, death and end; §2, withdraw: as if it had never begun.
#[must_use]
pub fn stop(state: State, for_day: Date, last_day: Date) -> Stopped {
    if for_day <= last_day {
        return Stopped::Stays;
    }
    match state {
        State::Due | State::Returned => Stopped::Cancel,
        State::InRun => Stopped::TakeOutAndCancel,
        State::Sent | State::Paid | State::Settled => Stopped::GiveBack,
        State::Cancelled | State::GivenBack => Stopped::Stays,
    }
}

/// Whether nobody can take it back without a reason any more: the day after the last on which a bank does so.
#[must_use]
pub fn is_settled(paid_on: Date, refund_days: i64, today: Date) -> bool {
    paid_on.checked_add(refund_days.days()).is_ok_and(|last| last < today)
}

/// What a member was told before: an amount, and the day from which it is collected.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub cents: Cents,
    pub from: Date,
    pub on: Date,
}

/// When this was told already: one notice is enough as long as amount and day of the month stay the same. Only of what comes
/// back every period.
///
/// Source: domain facts §6.1, `sdd.prenotification_days`.
#[must_use]
pub fn was_told(purpose: Purpose, before: Option<Told>, cents: Cents, from: Date) -> Option<Date> {
    before
        .filter(|told| purpose == Purpose::Contribution && told.cents == cents)
        .filter(|told| is_same_day(told.from, from))
        .map(|told| told.on)
}

/// The same day of another month; the 31st is the last of a month that is shorter.
fn is_same_day(one: Date, other: Date) -> bool {
    let day = one.day().max(other.day());
    day.min(one.days_in_month()) == one.day() && day.min(other.days_in_month()) == other.day()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_paid_is_settled_after_56_days() {
        let paid_on = "2026-10-01".parse().unwrap();
        for (today, settled) in [("2026-10-01", false), ("2026-11-26", false), ("2026-11-27", true)]
        {
            assert_eq!(is_settled(paid_on, 56, today.parse().unwrap()), settled, "{today}");
        }
    }

    #[test]
    fn one_notice_is_enough_as_long_as_amount_and_day_stay_the_same() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let told =
            |cents, from| Told { cents: Cents(cents), from: day(from), on: day("2026-10-01") };
        for (before, from, known) in [
            (told(1850, "2026-11-25"), "2026-12-25", true),
            (told(1851, "2026-11-25"), "2026-12-25", false),
            (told(1850, "2026-11-25"), "2026-12-24", false),
            (told(1850, "2027-01-31"), "2027-02-28", true),
            (told(1850, "2027-02-28"), "2027-03-31", true),
            (told(1850, "2027-01-31"), "2027-02-27", false),
        ] {
            let asked = |purpose| was_told(purpose, Some(before), Cents(1850), day(from));
            let on = known.then(|| day("2026-10-01"));
            assert_eq!(asked(Purpose::Contribution), on, "{before:?} {from}");
            assert_eq!(asked(Purpose::Settlement), None, "what comes once is always told");
        }
        assert_eq!(was_told(Purpose::Contribution, None, Cents(1850), day("2026-12-01")), None);
    }

    #[test]
    fn what_is_for_days_after_the_last_stops_in_every_state() {
        let last = "2026-12-31".parse().unwrap();
        for (state, after) in [
            (State::Due, Stopped::Cancel),
            (State::Returned, Stopped::Cancel),
            (State::InRun, Stopped::TakeOutAndCancel),
            (State::Sent, Stopped::GiveBack),
            (State::Paid, Stopped::GiveBack),
            (State::Settled, Stopped::GiveBack),
            (State::Cancelled, Stopped::Stays),
            (State::GivenBack, Stopped::Stays),
        ] {
            assert_eq!(stop(state, "2027-01-01".parse().unwrap(), last), after, "{state}");
            assert_eq!(stop(state, last, last), Stopped::Stays, "{state} on the last day");
        }
        assert_eq!(State::ALL.len(), 8, "a state that nobody stops");
    }
}
