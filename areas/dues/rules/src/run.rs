//! Which amounts go into a run, and when a run may go to the bank.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{UserId, WorkCalendar};

use crate::amount::Kind;
use crate::mandate::{self, State as MandateState};
use crate::target;

/// What is valid on the day of the run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rules {
    /// Days between the notice of amount and day and the day itself.
    pub notice_days: i64,
    pub expiry_months: i64,
    /// A spoken mandate that was not signed may be used.
    pub provisional: bool,
    /// The first collection of a mandate says that it is.
    pub first: bool,
    /// TARGET days between handing in and the day.
    pub submit_days: i64,
}

/// One amount, as far as a run asks.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    pub kind: Kind,
    /// The first day on which it may be collected or paid.
    pub due_on: Date,
    pub announced_on: Option<Date>,
    pub mandate: Option<Mandate>,
    /// There is an account that the schemes reach.
    pub account: Account,
    /// Outside the European Economic Area a bank wants to know where the holder lives.
    pub has_address: bool,
    pub died: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Account {
    None,
    /// Within the European Economic Area.
    Inside,
    Outside,
}

#[derive(Clone, Copy, Debug)]
pub struct Mandate {
    pub state: MandateState,
    /// The last collection, or the day on which it was given.
    pub last_used_on: Date,
    pub was_used: bool,
    /// Its account changed since, and the bank was not told.
    pub is_amended: bool,
    /// The member took money back; nothing is collected until somebody spoke with her.
    pub is_blocked: bool,
}

kernel::codes! {
    pub enum Sequence {
        First = "FRST",
        Recurring = "RCUR",
    }
}

/// An amount goes in, so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Taken {
    pub sequence: Sequence,
    /// The file tells the bank that the account is another one.
    pub amended: bool,
}

kernel::codes! {
    /// Why an amount stays out of a run.
    pub enum LeftOut {
        NoMandate = "no_mandate",
        NotSigned = "not_signed",
        Expired = "expired",
        Blocked = "blocked",
        NotAnnounced = "not_announced",
        NoticeTooShort = "notice_too_short",
        NoAccount = "no_account",
        NoAddress = "no_address",
        Died = "died",
        NotYet = "not_yet",
    }
}

/// Whether an amount may be collected or paid out on `day`. The reason is the first that somebody can do something
/// about.
pub fn decide(candidate: &Candidate, day: Date, rules: &Rules) -> Result<Taken, LeftOut> {
    let Candidate { kind, due_on, announced_on, mandate, account, has_address, died } = *candidate;
    if due_on > day {
        return Err(LeftOut::NotYet);
    }
    let taken = match kind {
        Kind::PayOut => Taken { sequence: Sequence::Recurring, amended: false },
        Kind::Collection if died => return Err(LeftOut::Died),
        Kind::Collection => {
            let mandate = mandate.ok_or(LeftOut::NoMandate)?;
            let taken = by_mandate(&mandate, day, rules)?;
            let announced_on = announced_on.ok_or(LeftOut::NotAnnounced)?;
            if announced_on.checked_add(rules.notice_days.days()).map_or(true, |first| first > day)
            {
                return Err(LeftOut::NoticeTooShort);
            }
            taken
        }
    };
    match account {
        Account::None => Err(LeftOut::NoAccount),
        Account::Outside if !has_address => Err(LeftOut::NoAddress),
        Account::Inside | Account::Outside => Ok(taken),
    }
}

fn by_mandate(mandate: &Mandate, day: Date, rules: &Rules) -> Result<Taken, LeftOut> {
    match mandate.state {
        MandateState::Ended => return Err(LeftOut::NoMandate),
        MandateState::Provisional if !rules.provisional => return Err(LeftOut::NotSigned),
        MandateState::Provisional | MandateState::Signed => {}
    }
    if mandate.is_blocked {
        return Err(LeftOut::Blocked);
    }
    if day > mandate::usable_until(mandate.last_used_on, rules.expiry_months) {
        return Err(LeftOut::Expired);
    }
    let first = rules.first && !mandate.was_used;
    let sequence = if first { Sequence::First } else { Sequence::Recurring };
    Ok(Taken { sequence, amended: mandate.is_amended })
}

/// The first day that a run handed in on `today` can have.
#[must_use]
pub fn first_day(today: Date, rules: &Rules, calendar: &WorkCalendar) -> Date {
    target::days_after(calendar, today, rules.submit_days)
}

/// Why no run is made for a day, or none is released.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("banks do not settle on that day; the next on which they do is {next}")]
    BankClosed { next: Date },
    #[error("the bank needs the file earlier; the first day that is possible is {first}")]
    TooSoon { first: Date },
    #[error("nothing goes into a run on that day")]
    Empty,
    #[error("whoever made a run does not release it; a colleague does")]
    OwnRun,
    #[error("a colleague released this run already; nothing goes out twice")]
    AlreadyReleased,
    #[error("this run was withdrawn")]
    Withdrawn,
    #[error("this run is still being filled")]
    NotFilled,
    #[error("the file counts {file} rows and the run {run}; nothing was released")]
    Differs { file: i64, run: i64 },
}

/// Whether a run can be for `day`.
pub fn plan(day: Date, today: Date, rules: &Rules, calendar: &WorkCalendar) -> Result<(), Refused> {
    let first = first_day(today, rules, calendar);
    if day < first {
        Err(Refused::TooSoon { first })
    } else if !target::is_open(calendar, day) {
        Err(Refused::BankClosed { next: target::on_or_after(calendar, day) })
    } else {
        Ok(())
    }
}

kernel::codes! {
    pub enum State {
        /// Rows are put in, some thousand at a time.
        Filling = "filling",
        Made = "made",
        Released = "released",
        Withdrawn = "withdrawn",
    }
}

/// A run that somebody wants to release.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    pub state: State,
    pub made_by: UserId,
    pub day: Date,
}

/// Four eyes, once, in time (P3).
pub fn release(
    run: Open,
    by: UserId,
    today: Date,
    rules: &Rules,
    calendar: &WorkCalendar,
) -> Result<(), Refused> {
    match run.state {
        State::Filling => return Err(Refused::NotFilled),
        State::Released => return Err(Refused::AlreadyReleased),
        State::Withdrawn => return Err(Refused::Withdrawn),
        State::Made => {}
    }
    if run.made_by == by {
        return Err(Refused::OwnRun);
    }
    plan(run.day, today, rules, calendar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::tests::calendar;

    const RULES: Rules = Rules {
        notice_days: 14,
        expiry_months: 36,
        provisional: false,
        first: false,
        submit_days: 1,
    };

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn signed() -> Mandate {
        Mandate {
            state: MandateState::Signed,
            last_used_on: day("2026-10-28"),
            was_used: true,
            is_amended: false,
            is_blocked: false,
        }
    }

    fn candidate() -> Candidate {
        Candidate {
            kind: Kind::Collection,
            due_on: day("2026-12-01"),
            announced_on: Some(day("2026-11-01")),
            mandate: Some(signed()),
            account: Account::Inside,
            has_address: false,
            died: false,
        }
    }

    #[test]
    fn an_amount_goes_in_or_says_why_not() {
        let with = |mandate: Mandate| Candidate { mandate: Some(mandate), ..candidate() };
        let on = day("2026-12-01");
        for (what, candidate, why) in [
            ("as it should be", candidate(), None),
            (
                "a day too early",
                Candidate { due_on: day("2026-12-02"), ..candidate() },
                Some(LeftOut::NotYet),
            ),
            (
                "without a mandate",
                Candidate { mandate: None, ..candidate() },
                Some(LeftOut::NoMandate),
            ),
            (
                "ended",
                with(Mandate { state: MandateState::Ended, ..signed() }),
                Some(LeftOut::NoMandate),
            ),
            (
                "spoken",
                with(Mandate { state: MandateState::Provisional, ..signed() }),
                Some(LeftOut::NotSigned),
            ),
            ("taken back", with(Mandate { is_blocked: true, ..signed() }), Some(LeftOut::Blocked)),
            (
                "36 months to the day",
                with(Mandate { last_used_on: day("2023-12-01"), ..signed() }),
                None,
            ),
            (
                "a day more",
                with(Mandate { last_used_on: day("2023-11-30"), ..signed() }),
                Some(LeftOut::Expired),
            ),
            (
                "not announced",
                Candidate { announced_on: None, ..candidate() },
                Some(LeftOut::NotAnnounced),
            ),
            (
                "14 days before",
                Candidate { announced_on: Some(day("2026-11-17")), ..candidate() },
                None,
            ),
            (
                "13 days before",
                Candidate { announced_on: Some(day("2026-11-18")), ..candidate() },
                Some(LeftOut::NoticeTooShort),
            ),
            (
                "no account",
                Candidate { account: Account::None, ..candidate() },
                Some(LeftOut::NoAccount),
            ),
            (
                "Swiss, no address",
                Candidate { account: Account::Outside, ..candidate() },
                Some(LeftOut::NoAddress),
            ),
            (
                "Swiss",
                Candidate { account: Account::Outside, has_address: true, ..candidate() },
                None,
            ),
            ("died", Candidate { died: true, ..candidate() }, Some(LeftOut::Died)),
            (
                "a pay-out needs no mandate",
                Candidate { kind: Kind::PayOut, mandate: None, announced_on: None, ..candidate() },
                None,
            ),
            ("heirs are paid", Candidate { kind: Kind::PayOut, died: true, ..candidate() }, None),
        ] {
            assert_eq!(decide(&candidate, on, &RULES).err(), why, "{what}");
        }
    }

    #[test]
    fn a_spoken_mandate_is_used_only_where_the_rule_says_so() {
        let spoken = Mandate { state: MandateState::Provisional, ..signed() };
        let allowed = Rules { provisional: true, ..RULES };
        let with = Candidate { mandate: Some(spoken), ..candidate() };
        assert!(decide(&with, day("2026-12-01"), &allowed).is_ok());
        let unannounced = Candidate { announced_on: None, ..with };
        assert_eq!(decide(&unannounced, day("2026-12-01"), &allowed), Err(LeftOut::NotAnnounced));
    }

    #[test]
    fn the_first_collection_says_so_by_setting_and_an_amendment_travels_along() {
        let sequence = |was_used, first| {
            let mandate = Mandate { was_used, is_amended: true, ..signed() };
            let with = Candidate { mandate: Some(mandate), ..candidate() };
            let taken = decide(&with, day("2026-12-01"), &Rules { first, ..RULES }).unwrap();
            assert!(taken.amended);
            taken.sequence.code()
        };
        assert_eq!(
            [sequence(false, true), sequence(true, true), sequence(false, false)],
            ["FRST", "RCUR", "RCUR"]
        );
    }

    #[test]
    fn a_run_has_a_bank_s_day_at_least_one_ahead() {
        for (today, on, refused) in [
            ("2026-11-24", "2026-11-24", Some(Refused::TooSoon { first: day("2026-11-25") })),
            ("2026-11-24", "2026-11-25", None),
            ("2026-11-24", "2026-11-28", Some(Refused::BankClosed { next: day("2026-11-30") })),
            ("2026-12-24", "2026-12-28", None),
            ("2026-12-24", "2026-12-25", Some(Refused::TooSoon { first: day("2026-12-28") })),
            ("2027-03-25", "2027-03-30", None),
            ("2027-04-26", "2027-04-27", None),
        ] {
            assert_eq!(
                plan(day(on), day(today), &RULES, &calendar()).err(),
                refused,
                "{today} for {on}"
            );
        }
    }

    #[test]
    fn a_run_is_released_once_by_another_and_in_time() {
        let (petra, hanneke) = (UserId(1), UserId(2));
        let open = Open { state: State::Made, made_by: petra, day: day("2026-11-30") };
        let go = |run, by, today| release(run, by, day(today), &RULES, &calendar());
        assert_eq!(go(open, hanneke, "2026-11-27"), Ok(()));
        assert_eq!(go(open, petra, "2026-11-27"), Err(Refused::OwnRun));
        assert_eq!(
            go(open, hanneke, "2026-11-30"),
            Err(Refused::TooSoon { first: day("2026-12-01") })
        );
        for (state, refused) in [
            (State::Filling, Refused::NotFilled),
            (State::Released, Refused::AlreadyReleased),
            (State::Withdrawn, Refused::Withdrawn),
        ] {
            assert_eq!(go(Open { state, ..open }, hanneke, "2026-11-27"), Err(refused));
        }
    }
}
