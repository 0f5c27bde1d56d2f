//! What follows when the bank gives an amount back.

use jiff::civil::Date;
use kernel::WorkCalendar;

use crate::target;

kernel::codes! {
    /// What a reason of the bank asks of us; which it is stands in the rules `sdd.rcode`.
    pub enum Action {
        /// Try once more later; a friendly call when that helped as often as the rule allows.
        Again = "again",
        /// The account is wrong or closed: ask for another, do not try again.
        AskAccount = "ask_account",
        /// Ask what happened.
        Contact = "contact",
        /// The member took it back: nothing more is collected until somebody spoke with her.
        Pause = "pause",
        /// There is no mandate: it ends, and a new one is needed.
        EndMandate = "end_mandate",
        /// The bank says that the member died: stop, and somebody looks. Never an ending by itself.
        Deceased = "deceased",
        /// Pay in another way, or have the bank let us through.
        OtherWay = "other_way",
        /// Our file or our settings are wrong.
        Technical = "technical",
    }
}

impl Action {
    /// Whether somebody is to speak with the member. Relatives get no friendly call about arrears, and what we have to mend
    /// ourselves is no matter of the member's.
    #[must_use]
    pub fn is_talk(self) -> bool {
        !matches!(self, Self::Deceased | Self::Technical)
    }
}

/// How often and when an amount is tried again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Retry {
    /// Tries in all, the first included.
    pub tries_max: i64,
    /// The day of the month on which most have their salary.
    pub salary_day: i8,
}

/// What becomes of the amount, and of the mandate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Follows {
    /// It is due again from this day.
    DueAgain(Date),
    /// It lies with us until somebody does something: with whom we speak, or what we mend.
    Waits { arrears: bool, pause: bool, end_mandate: bool },
}

/// What follows from a return that was try number `tries`.
#[must_use]
pub fn follow(
    action: Action,
    tries: i64,
    returned_on: Date,
    retry: Retry,
    calendar: &WorkCalendar,
) -> Follows {
    let waits =
        |pause, end_mandate| Follows::Waits { arrears: action.is_talk(), pause, end_mandate };
    match action {
        Action::Again if tries < retry.tries_max => {
            Follows::DueAgain(after_salary(returned_on, retry.salary_day, calendar))
        }
        Action::Pause | Action::Deceased => waits(true, false),
        Action::EndMandate => waits(false, true),
        Action::Again
        | Action::AskAccount
        | Action::Contact
        | Action::OtherWay
        | Action::Technical => waits(false, false),
    }
}

/// The first TARGET day on or after the next salary day behind `day`.
fn after_salary(day: Date, salary_day: i8, calendar: &WorkCalendar) -> Date {
    let in_month = |day: Date| {
        let last = day.days_in_month();
        day.with().day(salary_day.clamp(1, last)).build().expect("a day that the month has")
    };
    let this = in_month(day);
    let salary = if this > day {
        this
    } else {
        let next = day.last_of_month().tomorrow().expect("a calendar does not reach the year 9999");
        in_month(next)
    };
    target::on_or_after(calendar, salary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::tests::calendar;

    const RETRY: Retry = Retry { tries_max: 2, salary_day: 25 };

    #[test]
    fn a_second_try_waits_for_the_salary() {
        for (returned, again) in [
            ("2026-11-24", "2026-11-25"),
            ("2026-11-25", "2026-12-28"), // Christmas and a weekend
            ("2027-02-26", "2027-03-25"),
        ] {
            let follows = follow(Action::Again, 1, returned.parse().unwrap(), RETRY, &calendar());
            assert_eq!(follows, Follows::DueAgain(again.parse().unwrap()), "{returned}");
        }
        let last = Retry { salary_day: 31, ..RETRY };
        let follows = follow(Action::Again, 1, "2027-02-03".parse().unwrap(), last, &calendar());
        assert_eq!(
            follows,
            Follows::DueAgain("2027-03-01".parse().unwrap()),
            "28 February is a Sunday"
        );
    }

    #[test]
    fn every_action_leads_somewhere() {
        for (action, tries, arrears, pause, end_mandate) in [
            (Action::Again, 2, true, false, false),
            (Action::AskAccount, 1, true, false, false),
            (Action::Contact, 1, true, false, false),
            (Action::Pause, 1, true, true, false),
            (Action::EndMandate, 1, true, false, true),
            (Action::Deceased, 1, false, true, false),
            (Action::OtherWay, 1, true, false, false),
            (Action::Technical, 1, false, false, false),
        ] {
            assert_eq!(
                follow(action, tries, "2026-11-24".parse().unwrap(), RETRY, &calendar()),
                Follows::Waits { arrears, pause, end_mandate },
                "{action}"
            );
        }
    }
}
