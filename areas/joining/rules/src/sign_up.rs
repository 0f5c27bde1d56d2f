//! When somebody becomes a member, what has to be in writing for it, and until when it can be taken back.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use kernel::WorkCalendar;

kernel::codes! {
    /// By what way somebody signed up. Who called whom decides what has to be in writing.
    pub enum Method {
        PhoneOut = "phone_out",
        PhoneIn = "phone_in",
        Web = "web",
        Visit = "visit",
    }
}

kernel::codes! {
    /// By what a new member confirms.
    pub enum Way {
        Email = "email",
        Sms = "sms",
        /// Goes out by post and comes back signed.
        Letter = "letter",
        /// Signed on the spot.
        Paper = "paper",
    }
}

kernel::codes! {
    pub enum State {
        /// A member, who still has to confirm.
        Provisional = "provisional",
        Confirmed = "confirmed",
        Withdrawn = "withdrawn",
        Lapsed = "lapsed",
    }
}

impl State {
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Lapsed)
    }
}

/// What the association goes by, as it is valid on the day of the sign-up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rules {
    /// Taken as a contract with a consumer at a distance. No source decides whether it is one; if unsure, the strict way.
    pub is_distance_contract: bool,
    /// These have to be confirmed in writing. Source: BW 6:230v lid 6, for a call by us.
    pub written: Vec<Method>,
    /// Days in which it can be taken back without a reason, after the day on which it was agreed. Source: BW 6:230o.
    pub withdraw_days: i64,
    /// So many days after the sign-up it is asked again.
    pub remind_first_days: i64,
    /// So many days before it lapses it is asked once more.
    pub remind_last_days: i64,
    /// Days in which it can be confirmed, after the day of the sign-up.
    pub lapse_days: i64,
    /// Whole years.
    pub min_age: i16,
    /// Who is younger needs the written consent of a parent. Source: BW 1:234, AVG art. 8.
    pub parent_below: i16,
}

/// What has to be known of a sign-up before it can be one.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub method: Method,
    pub way: Way,
    pub born: Option<Date>,
    /// The name of a parent or guardian was given.
    pub has_parent: bool,
    /// What the law wants told before was told or shown.
    pub is_told: bool,
    /// Said yes to being collected from; true where nothing is collected.
    pub said_yes: bool,
}

/// Why somebody cannot sign up, or not so.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("the birth date is not known: it decides on the tariff and on a parent's consent")]
    NoBirthDate,
    #[error("members are at least {min} years old")]
    TooYoung { min: i16 },
    #[error("below {below} a parent or guardian has to agree: give the name")]
    NoParent { below: i16 },
    #[error("a parent agrees in writing: confirm by e-mail, by letter or on paper")]
    ParentInWriting,
    #[error("what the law wants told was not told")]
    NotTold,
    #[error("the new member did not say yes to the direct debit")]
    NoYes,
}

/// A sign-up as it begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Committed {
    pub state: State,
    pub needs_parent: bool,
    /// On this day it is asked for the first time; none if nothing is asked.
    pub remind_on: Option<Date>,
    /// The last day on which it can be confirmed.
    pub lapse_on: Option<Date>,
    /// The last day on which it can be taken back; later if it is confirmed later.
    pub withdraw_until: Option<Date>,
}

/// Somebody becomes a member on `today`.
///
/// # Errors
///
/// [`Refused`].
pub fn commit(
    wanted: &Wanted,
    today: Date,
    rules: &Rules,
    calendar: &WorkCalendar,
) -> Result<Committed, Refused> {
    let Wanted { method, way, born, has_parent, is_told, said_yes } = *wanted;
    let born = born.ok_or(Refused::NoBirthDate)?;
    if before_birthday(born, rules.min_age, today) {
        return Err(Refused::TooYoung { min: rules.min_age });
    }
    let needs_parent = before_birthday(born, rules.parent_below, today);
    if needs_parent && !has_parent {
        return Err(Refused::NoParent { below: rules.parent_below });
    }
    if needs_parent && way == Way::Sms {
        return Err(Refused::ParentInWriting);
    }
    if !is_told {
        return Err(Refused::NotTold);
    }
    if !said_yes {
        return Err(Refused::NoYes);
    }
    let is_asked = rules.is_distance_contract && rules.written.contains(&method) || needs_parent;
    let waits = is_asked && way != Way::Paper;
    let state = if waits { State::Provisional } else { State::Confirmed };
    let lapse_on = waits.then(|| plus(today, rules.lapse_days));
    let first = plus(today, rules.remind_first_days);
    Ok(Committed {
        state,
        needs_parent,
        remind_on: lapse_on.filter(|lapse_on| first <= *lapse_on).map(|_| first),
        lapse_on,
        withdraw_until: withdraw_until(today, rules, calendar),
    })
}

/// Whether somebody is younger than so many years on `day`: on the birthday itself no longer.
#[must_use]
pub fn before_birthday(born: Date, years: i16, day: Date) -> bool {
    let had = (day.month(), day.day()) >= (born.month(), born.day());
    day.year() - born.year() - i16::from(!had) < years
}

/// The last day on which what was agreed on `agreed_on` can be taken back; none where no period holds.
///
/// A period that would end on a Saturday, a Sunday or a public holiday runs on to the next day that is none.
/// Source: Algemene termijnenwet art. 1.
#[must_use]
pub fn withdraw_until(agreed_on: Date, rules: &Rules, calendar: &WorkCalendar) -> Option<Date> {
    if !rules.is_distance_contract {
        return None;
    }
    let mut day = plus(agreed_on, rules.withdraw_days);
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
        || calendar.day(day).is_some_and(|day| day.legal_term_holiday)
    {
        day = plus(day, 1);
    }
    Some(day)
}

fn plus(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(Date::MAX)
}

/// A sign-up as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Stands {
    pub state: State,
    pub needs_parent: bool,
    pub lapse_on: Option<Date>,
    pub withdraw_until: Option<Date>,
}

/// Why a sign-up stays as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Stays {
    #[error("it was confirmed before")]
    Confirmed,
    #[error("it is over: {0}")]
    Over(State),
    #[error("it could be confirmed until {0}")]
    Late(Date),
    #[error("a parent has to agree in writing")]
    NoParent,
    #[error("it could be taken back until {0}")]
    PeriodOver(Date),
    #[error("no period to take it back holds")]
    NoPeriod,
}

impl Stands {
    /// The new member confirms; `parent_agrees` in writing, where one has to.
    ///
    /// # Errors
    ///
    /// [`Stays`].
    pub fn confirm(self, today: Date, parent_agrees: bool) -> Result<State, Stays> {
        match (self.state, self.lapse_on) {
            (State::Confirmed, _) => Err(Stays::Confirmed),
            (State::Withdrawn | State::Lapsed, _) => Err(Stays::Over(self.state)),
            (State::Provisional, Some(until)) if until < today => Err(Stays::Late(until)),
            (State::Provisional, _) if self.needs_parent && !parent_agrees => Err(Stays::NoParent),
            (State::Provisional, _) => Ok(State::Confirmed),
        }
    }

    /// The new member takes it back; no reason is asked.
    ///
    /// # Errors
    ///
    /// [`Stays`].
    pub fn withdraw(self, today: Date) -> Result<State, Stays> {
        match (self.state, self.withdraw_until) {
            (State::Withdrawn | State::Lapsed, _) => Err(Stays::Over(self.state)),
            // What was never confirmed binds nobody.
            (State::Provisional, _) => Ok(State::Withdrawn),
            (State::Confirmed, None) => Err(Stays::NoPeriod),
            (State::Confirmed, Some(until)) if until < today => Err(Stays::PeriodOver(until)),
            (State::Confirmed, Some(_)) => Ok(State::Withdrawn),
        }
    }

    /// Whether its days are over without a word.
    #[must_use]
    pub fn lapses(self, today: Date) -> bool {
        self.state == State::Provisional && self.lapse_on.is_some_and(|until| until < today)
    }
}

/// The day of the next reminder after one that goes out on `today`; none after the last.
#[must_use]
pub fn next_reminder(today: Date, lapse_on: Date, rules: &Rules) -> Option<Date> {
    let last = lapse_on.checked_sub(rules.remind_last_days.days()).ok()?;
    (today < last).then_some(last)
}

kernel::codes! {
    /// When a membership begins that is agreed today.
    pub enum Starts {
        Today = "today",
        /// On the first of the next month, the day on which a month is paid.
        NextMonth = "next_month",
    }
}

impl Starts {
    #[must_use]
    pub fn on(self, today: Date) -> Date {
        match self {
            Self::Today => today,
            Self::NextMonth => today.last_of_month().tomorrow().unwrap_or(today),
        }
    }
}

#[cfg(test)]
mod tests;
