//! What a membership is asked for one period.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Cents;
use membership_rules::tariff::{INTRO, NoTariff, Priced};

use crate::amount::Purpose;

kernel::codes! {
    /// Why a membership is not asked anything for a period.
    pub enum NotAsked {
        /// It was before.
        Already = "already",
        /// Its class of the tariff costs nothing.
        Exempt = "exempt",
        /// The introductory months were paid with the first.
        Introduction = "introduction",
        /// No tariff says what it costs: somebody has to look.
        NoTariff = "no_tariff",
        Died = "died",
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asked {
    pub purpose: Purpose,
    pub cents: Cents,
}

/// What is asked for a period that costs so much. Who gave no mandate pays the surcharge of the tariff, but not on nothing.
///
/// # Errors
///
/// [`NotAsked`], to be counted.
pub fn ask(
    priced: &Result<Priced, NoTariff>,
    has_mandate: bool,
    died: bool,
) -> Result<Asked, NotAsked> {
    if died {
        return Err(NotAsked::Died);
    }
    let priced = priced.as_ref().map_err(|_| NotAsked::NoTariff)?;
    let is_intro = priced.class == INTRO;
    match (priced.cents, is_intro) {
        (Cents(..=0), true) => Err(NotAsked::Introduction),
        (Cents(..=0), false) => Err(NotAsked::Exempt),
        (cents, true) => Ok(Asked { purpose: Purpose::Introduction, cents }),
        (cents, false) => {
            let surcharge = if has_mandate { Cents(0) } else { priced.surcharge };
            Ok(Asked { purpose: Purpose::Contribution, cents: cents + surcharge })
        }
    }
}

/// From which day on it is collected: the day of everybody, but never before the membership began.
#[must_use]
pub fn collect_from(due_on: Date, from: Date) -> Date {
    due_on.max(from)
}

/// Why the contribution of a month cannot be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("periods begin on the first of a month")]
    NotTheFirst,
    #[error(
        "the contribution is made two months ahead at most; the last that is possible is {last}"
    )]
    TooFarAhead { last: Date },
    #[error("it is collected in the month or after it, not before")]
    CollectedBefore,
}

/// How many months ahead amounts are written down: what is decided later about tariffs would not be in them.
const AHEAD_MONTHS: i64 = 2;

/// Whether the contribution of the periods that begin on `day` can be made today, to be collected from `due_on`.
///
/// # Errors
///
/// [`Refused`].
pub fn may_make(day: Date, due_on: Date, today: Date) -> Result<(), Refused> {
    let last = today.first_of_month().saturating_add(AHEAD_MONTHS.months());
    if day.day() != 1 {
        Err(Refused::NotTheFirst)
    } else if day > last {
        Err(Refused::TooFarAhead { last })
    } else if due_on < day {
        Err(Refused::CollectedBefore)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use membership_rules::tariff::Per;

    use super::*;

    fn priced(class: &str, cents: i64) -> Priced {
        Priced {
            table: 4,
            row: None,
            class: class.to_owned(),
            cents: Cents(cents),
            per: Per::Month,
            surcharge: Cents(if class == INTRO { 0 } else { 100 }),
            with_proof: None,
        }
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_asked_or_says_why_not() {
        let asked = |purpose, cents| Ok(Asked { purpose, cents: Cents(cents) });
        let unknown = Err(NoTariff { on: day("2026-12-01") });
        for (what, priced, has_mandate, died, expected) in [
            ("full", Ok(priced("full", 1922)), true, false, asked(Purpose::Contribution, 1922)),
            (
                "no mandate",
                Ok(priced("full", 1922)),
                false,
                false,
                asked(Purpose::Contribution, 2022),
            ),
            ("exempt", Ok(priced("exempt", 0)), false, false, Err(NotAsked::Exempt)),
            (
                "introduction",
                Ok(priced(INTRO, 2500)),
                false,
                false,
                asked(Purpose::Introduction, 2500),
            ),
            ("its second month", Ok(priced(INTRO, 0)), true, false, Err(NotAsked::Introduction)),
            ("no tariff", unknown, true, false, Err(NotAsked::NoTariff)),
            ("died", Ok(priced("full", 1922)), true, true, Err(NotAsked::Died)),
        ] {
            assert_eq!(ask(&priced, has_mandate, died), expected, "{what}");
        }
    }

    #[test]
    fn a_month_is_made_two_months_ahead_at_most() {
        let today = day("2026-11-24");
        for (first, due_on, refused) in [
            ("2026-12-01", "2026-12-25", None),
            ("2026-10-01", "2026-10-01", None),
            ("2027-01-01", "2027-01-01", None),
            ("2027-02-01", "2027-02-01", Some(Refused::TooFarAhead { last: day("2027-01-01") })),
            ("2026-12-02", "2026-12-02", Some(Refused::NotTheFirst)),
            ("2026-12-01", "2026-11-30", Some(Refused::CollectedBefore)),
        ] {
            assert_eq!(may_make(day(first), day(due_on), today).err(), refused, "{first}");
        }
    }

    #[test]
    fn nobody_is_collected_from_before_the_membership_began() {
        assert_eq!(collect_from(day("2026-12-01"), day("2026-12-15")), day("2026-12-15"));
        assert_eq!(collect_from(day("2026-12-25"), day("2026-12-15")), day("2026-12-25"));
    }
}
