//! What may be done with a cancellation: one kind of case for phone, mail, web form, letter, employer and heir.
//! The states are those of `docs/states-membership.md` §1.

use jiff::civil::Date;

kernel::codes! {
    /// How a notice came in.
    pub enum Channel {
        Phone = "phone",
        Mail = "mail",
        Web = "web",
        Letter = "letter",
        Visit = "visit",
        /// The employer told it.
        Employer = "employer",
        /// Somebody told that the member died.
        Heir = "heir",
    }
}

kernel::codes! {
    pub enum State {
        Open = "open",
        /// Something was offered.
        Offered = "offered",
        Kept = "kept",
        Ended = "ended",
        /// The member took the notice back before the last day.
        TakenBack = "taken_back",
    }
}

impl State {
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Offered)
    }
}

kernel::codes! {
    /// Why a membership ends by this case.
    pub enum EndedAs {
        Cancelled = "cancelled",
        Deceased = "deceased",
        /// To another union or association.
        Transfer = "transfer",
    }
}

/// A case as the rule looks at it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Case {
    pub state: State,
    /// The last day that was decided.
    pub ends_on: Option<Date>,
    /// The member said no to offers.
    pub no_offers: bool,
    /// How many offers were made.
    pub offers: i64,
}

/// Something that an agent can offer, as far as the rule looks at it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Offer {
    /// Costs the association something: an argument is no offer.
    pub is_offer: bool,
    /// The role that may offer it is the agent's, or a higher one.
    pub is_within_authority: bool,
    /// The member can have it.
    pub is_eligible: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("it was decided already")]
    Decided,
    #[error("nothing was decided yet")]
    Open,
    #[error("the member wants no offers, and one was made")]
    NoMoreOffers,
    #[error("only a colleague with another role may offer this")]
    Authority,
    #[error("this member cannot have it")]
    NotEligible,
    #[error("the membership ended on {0}")]
    Over(Date),
}

impl Case {
    fn open(&self) -> Result<(), Refused> {
        if self.state.is_open() { Ok(()) } else { Err(Refused::Decided) }
    }

    /// Writing down a reason, or that no offers are wanted.
    ///
    /// # Errors
    ///
    /// [`Refused::Decided`]. Never because something is missing: nothing is a condition for a notice (C3).
    pub fn note(&self) -> Result<(), Refused> {
        self.open()
    }

    /// Bringing something forward. Not more than one offer against the member's wish (C4).
    ///
    /// # Errors
    ///
    /// [`Refused`].
    pub fn bring(&self, offer: Offer) -> Result<State, Refused> {
        self.open()?;
        if !offer.is_offer {
            return Ok(self.state);
        }
        if self.no_offers && self.offers > 0 {
            return Err(Refused::NoMoreOffers);
        }
        if !offer.is_within_authority {
            return Err(Refused::Authority);
        }
        if !offer.is_eligible {
            return Err(Refused::NotEligible);
        }
        Ok(State::Offered)
    }

    /// # Errors
    ///
    /// [`Refused::Decided`].
    pub fn keep(&self) -> Result<State, Refused> {
        self.open().map(|()| State::Kept)
    }

    /// Ends it; also without a reason, an offer or a form (C3).
    ///
    /// # Errors
    ///
    /// [`Refused::Decided`].
    pub fn end(&self) -> Result<State, Refused> {
        self.open().map(|()| State::Ended)
    }

    /// Takes a notice back: the membership goes on as it was.
    ///
    /// # Errors
    ///
    /// [`Refused::Over`] after the last day; [`Refused::Open`] if nothing was decided.
    pub fn take_back(&self, today: Date) -> Result<State, Refused> {
        match (self.state, self.ends_on) {
            (State::Ended, Some(ends_on)) if today <= ends_on => Ok(State::TakenBack),
            (State::Ended, Some(ends_on)) => Err(Refused::Over(ends_on)),
            (State::Open | State::Offered, _) => Err(Refused::Open),
            _ => Err(Refused::Decided),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: Offer = Offer { is_offer: true, is_within_authority: true, is_eligible: true };

    fn case(state: State) -> Case {
        Case { state, ends_on: None, no_offers: false, offers: 0 }
    }

    #[test]
    fn every_step_begins_in_the_states_that_are_written_down() {
        let today = "2026-11-24".parse().unwrap();
        let mut table = String::new();
        for state in State::ALL {
            let case = Case { ends_on: Some(today), ..case(*state) };
            let says = |done: Result<State, Refused>| {
                done.map_or_else(|refused| format!("{refused:?}"), |state| state.code().into())
            };
            table += &format!(
                "{state}: bring {}, keep {}, end {}, take back {}\n",
                says(case.bring(OFFER)),
                says(case.keep()),
                says(case.end()),
                says(case.take_back(today)),
            );
        }
        assert_eq!(
            table,
            "\
open: bring offered, keep kept, end ended, take back Open
offered: bring offered, keep kept, end ended, take back Open
kept: bring Decided, keep Decided, end Decided, take back Decided
ended: bring Decided, keep Decided, end Decided, take back taken_back
taken_back: bring Decided, keep Decided, end Decided, take back Decided
"
        );
    }

    #[test]
    fn a_notice_is_taken_back_until_its_last_day() {
        let last = "2026-12-31".parse().unwrap();
        let ended = Case { ends_on: Some(last), ..case(State::Ended) };
        assert_eq!(ended.take_back(last), Ok(State::TakenBack));
        assert_eq!(ended.take_back(last.tomorrow().unwrap()), Err(Refused::Over(last)));
    }

    #[test]
    fn not_more_than_one_offer_against_the_members_wish() {
        let wanted = Case { offers: 3, ..case(State::Offered) };
        assert_eq!(wanted.bring(OFFER), Ok(State::Offered));
        let against = |offers| Case { no_offers: true, offers, ..case(State::Open) };
        assert_eq!(against(0).bring(OFFER), Ok(State::Offered));
        assert_eq!(against(1).bring(OFFER), Err(Refused::NoMoreOffers));
        // What the association does may always be said.
        let argument = Offer { is_offer: false, ..OFFER };
        assert_eq!(against(1).bring(argument), Ok(State::Open));
    }

    #[test]
    fn an_offer_is_within_authority_and_for_who_can_have_it() {
        let lead = Offer { is_within_authority: false, ..OFFER };
        assert_eq!(case(State::Open).bring(lead), Err(Refused::Authority));
        let not_for = Offer { is_eligible: false, ..OFFER };
        assert_eq!(case(State::Open).bring(not_for), Err(Refused::NotEligible));
    }
}
