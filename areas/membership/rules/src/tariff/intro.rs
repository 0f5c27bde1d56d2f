use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Cents;

use super::Per;
use crate::Began;

/// An introductory offer of a tariff: so many months for one amount, and for whom it is not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Intro {
    pub months: i64,
    /// For all of those months, collected with the first.
    pub cents: Cents,
    /// Who would be in one of these classes pays less without it.
    pub not_classes: Vec<String>,
    pub not_transfer: bool,
    /// Not for who left less than so many months ago.
    pub not_within_months: Option<i64>,
}

/// Why somebody does not get the introductory offer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotIntro {
    Transfer,
    /// Was a member until then.
    Returned(Date),
    Class,
}

impl Intro {
    /// The phase for who begins on `begins`, would be in `class`, and was a member until `left`, if ever.
    ///
    /// # Errors
    ///
    /// [`NotIntro`], for the agent to say.
    pub fn phase(
        &self,
        begins: Date,
        class: &str,
        began: Began,
        left: Option<Date>,
    ) -> Result<Phase, NotIntro> {
        if self.not_transfer && began == Began::Transfer {
            return Err(NotIntro::Transfer);
        }
        if let Some((left, months)) = left.zip(self.not_within_months)
            && left.checked_add(months.months()).is_ok_and(|until| begins <= until)
        {
            return Err(NotIntro::Returned(left));
        }
        if self.not_classes.iter().any(|not| not == class) {
            return Err(NotIntro::Class);
        }
        let until =
            begins.checked_add(self.months.months()).and_then(Date::yesterday).unwrap_or(begins);
        Ok(Phase { from: begins, until, cents: self.cents })
    }
}

/// A member's introductory months, both days included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Phase {
    pub from: Date,
    pub until: Date,
    pub cents: Cents,
}

impl Phase {
    /// What is to be paid for the period that begins on `on`: all of it with the first one, nothing with the others; `None`
    /// outside of the phase.
    pub(super) fn cents_on(&self, on: Date, per: Per) -> Option<Cents> {
        let starts = per.first_day(self.from);
        if on < starts || self.until < on {
            return None;
        }
        let is_first = per.first_day(on) == starts;
        Some(if is_first { self.cents } else { Cents(0) })
    }
}
