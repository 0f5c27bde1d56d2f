//! One amount, to be collected or paid out (docs/states-membership.md §4).

use jiff::ToSpan as _;
use jiff::civil::Date;

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
