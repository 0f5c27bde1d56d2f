//! Is this the member? Two facts that we know, said by whoever is on the line, before anything is shown or changed.
//!
//! The program compares; it never shows the right answer, so that nobody can be talked into reading it out. The citizen
//! service number is no such fact (UAVG art. 46). Source: product description, "Who may do what", row 1.

mod compare;

use std::collections::BTreeSet;

use jiff::civil::Date;
use kernel::{Email, PhoneNumber, Pii};

use crate::representative::Scope;

kernel::codes! {
    /// A fact by which somebody shows who is on the line.
    pub enum FactCode {
        BirthDate = "birth_date",
        /// With the house number: `7201AB 5`.
        Postcode = "postcode",
        MemberNumber = "member_number",
        Email = "email",
        /// A number of this person other than the one of this call.
        Phone = "phone",
        /// Nothing that is said: we began this call, to a number of this person.
        Called = "called",
    }
}

/// What we know of the member. Not printable: it holds what the caller has to say.
pub struct Known {
    pub birth_date: Option<Date>,
    pub postcode: String,
    pub house_number: Option<u32>,
    /// Letter and addition of the house number; empty if there is none.
    pub addition: String,
    pub member_number: Option<String>,
    pub email: Option<Email>,
    /// Numbers that are not known to be wrong.
    pub phones: Vec<PhoneNumber>,
    /// The number of this call, where we know it: whoever holds that telephone knows it too.
    pub on_line: Option<PhoneNumber>,
    /// We began this call, to one of these numbers.
    pub called: bool,
}

/// One answer, as it was typed.
pub struct Said {
    pub fact: FactCode,
    pub words: Pii<String>,
}

/// How many facts it takes, and which. Rule data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rules {
    /// So many different facts are enough.
    pub facts: usize,
    /// After so many wrong ones about a person on one day nobody is asked any more that day.
    pub wrong_max: usize,
    pub which: Vec<FactCode>,
}

/// Who is on the line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line {
    Member,
    /// Somebody who speaks for the member, today or no longer.
    Representative {
        holds: bool,
    },
    SomebodyElse,
}

/// What was said about this person earlier.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Before {
    /// By the same voice, in this call.
    pub right: BTreeSet<FactCode>,
    /// Today, whoever asked.
    pub wrong_today: usize,
}

#[must_use]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judged {
    /// Right in this try, without those of earlier ones.
    pub right: BTreeSet<FactCode>,
    pub wrong: BTreeSet<FactCode>,
    /// We do not know these of this person, or the rule does not ask them: neither right nor wrong.
    pub not_compared: BTreeSet<FactCode>,
    /// How many facts are still missing; none if it is enough.
    pub missing: usize,
}

impl Judged {
    #[must_use]
    pub fn passed(&self) -> bool {
        self.missing == 0
    }
}

/// What was typed cannot be compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Wrong {
    #[error(
        "{0} holds a number that may be a citizen service number (BSN); we may not ask or keep it"
    )]
    Bsn(FactCode),
    #[error("no fact was given")]
    Nothing,
}

/// Why nothing is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    #[error("only the member, or somebody who was named as representative, can be checked")]
    SomebodyElse,
    #[error("this representative does not speak for the member any more, or not yet")]
    RepresentativeOver,
    #[error(
        "we know {known} of the {needed} facts that it takes; send what was asked to the address we know, or ring back on a number we know"
    )]
    TooFewKnown { known: usize, needed: usize },
    #[error("{wrong} facts were wrong today; ring back on a number that we know")]
    TooManyWrong { wrong: usize },
}

/// Why somebody's file stays closed to what was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotChecked {
    #[error(
        "whoever is on the line was not checked; ask facts that we know first (POST /people/{{id}}/checks)"
    )]
    NotYet,
    #[error(
        "this representative does not speak for the member about {0}; ask the member, or somebody who does"
    )]
    OutOfScope(Scope),
}

impl NotChecked {
    /// The text that says what to do.
    #[must_use]
    pub fn text_id(self) -> &'static str {
        match self {
            Self::NotYet => "people-check-not-yet",
            Self::OutOfScope(Scope::Information) => "people-check-scope-information",
            Self::OutOfScope(Scope::Changes) => "people-check-scope-changes",
            Self::OutOfScope(Scope::Cancellation) => "people-check-scope-cancellation",
        }
    }
}

/// The answers that were given, without the fields left empty.
pub fn read(said: impl IntoIterator<Item = Said>) -> Result<Vec<Said>, Wrong> {
    let said: Vec<Said> =
        said.into_iter().filter(|said| !said.words.reveal().trim().is_empty()).collect();
    if let Some(bsn) = said.iter().find(|said| kernel::holds_bsn(said.words.reveal())) {
        return Err(Wrong::Bsn(bsn.fact));
    }
    if said.is_empty() { Err(Wrong::Nothing) } else { Ok(said) }
}

/// Which facts can be asked of this person, in the order of the rule.
#[must_use]
pub fn offered(known: &Known, rules: &Rules) -> Vec<FactCode> {
    let asked = rules.which.iter().filter(|fact| **fact != FactCode::Called);
    asked.copied().filter(|fact| known.has(*fact)).collect()
}

/// Whether anything can be compared with who is on the line now.
pub fn may_ask(known: &Known, before: &Before, line: Line, rules: &Rules) -> Result<(), Refused> {
    match line {
        Line::SomebodyElse => return Err(Refused::SomebodyElse),
        Line::Representative { holds: false } => return Err(Refused::RepresentativeOver),
        Line::Member | Line::Representative { holds: true } => {}
    }
    let possible = offered(known, rules).len() + usize::from(given(known, rules).is_some());
    if possible < rules.facts {
        return Err(Refused::TooFewKnown { known: possible, needed: rules.facts });
    }
    if before.wrong_today >= rules.wrong_max {
        return Err(Refused::TooManyWrong { wrong: before.wrong_today });
    }
    Ok(())
}

/// Compares what was said with what we know: forgiving in how it is written, strict in what it says.
///
/// # Errors
///
/// [`Refused`] if nobody can be checked now; nothing was compared then.
pub fn judge(
    known: &Known,
    before: &Before,
    line: Line,
    said: &[Said],
    rules: &Rules,
) -> Result<Judged, Refused> {
    may_ask(known, before, line, rules)?;
    let offered = offered(known, rules);
    let (mut right, mut wrong, mut not_compared) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for Said { fact, words } in said {
        let side = match offered.contains(fact) {
            false => &mut not_compared,
            true if known.is(*fact, words.reveal()) => &mut right,
            true => &mut wrong,
        };
        side.insert(*fact);
    }
    let missing = missing(known, before, &right, rules);
    Ok(Judged { right, wrong, not_compared, missing })
}

/// How many facts are still missing after `right` and what was said before.
#[must_use]
pub fn missing(known: &Known, before: &Before, right: &BTreeSet<FactCode>, rules: &Rules) -> usize {
    let all: BTreeSet<FactCode> =
        before.right.union(right).copied().chain(given(known, rules)).collect();
    rules.facts.saturating_sub(all.len())
}

/// What nobody has to say.
fn given(known: &Known, rules: &Rules) -> Option<FactCode> {
    let counts = known.called && rules.which.contains(&FactCode::Called);
    counts.then_some(FactCode::Called)
}

#[cfg(test)]
mod tests;
