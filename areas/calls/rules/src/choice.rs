//! The tree from which an agent chooses at the end of a call: reached or not, a result, a reason under it. An
//! association names them and says when somebody is called again; what a result counts as, and what the law
//! makes of it, is its [`Code`].
//!
//! Source: features of calling, G1.

use kernel::OutcomeChoiceId;

use crate::outcome::{Again, Code, OwnRetries, Settings, again, is_last_try};

/// What follows for the list, where that is not what usually follows.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Then {
    #[default]
    AsUsual,
    /// Offered again after so many minutes, so often at most.
    Again { minutes: i64, tries_max: i64 },
    /// Not offered again by this campaign.
    Done,
}

/// One choice as it stands: a result, or a reason under one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// Of this version: what was chosen keeps the words that the agent saw.
    pub id: OutcomeChoiceId,
    /// The same in every version.
    pub nr: i64,
    pub version: i64,
    /// The `nr` of the result that this is a reason for.
    pub parent: Option<i64>,
    pub code: Code,
    pub label_nl: String,
    pub label_en: String,
    /// A letter, or empty.
    pub key: String,
    pub place: i64,
    /// Under "more".
    pub is_folded: bool,
    pub then: Then,
    pub is_offered: bool,
}

/// A choice that was made: its version, and its number in every version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Made {
    pub id: OutcomeChoiceId,
    pub nr: i64,
}

/// What an agent chose from the tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chosen {
    pub result: Made,
    pub reason: Option<Made>,
    pub then: Then,
    /// Which choice says when somebody is called again, with its version.
    pub rule: String,
}

/// Why a choice means nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoChoice {
    #[error("no such outcome")]
    Outcome,
    #[error("no such reason under this outcome")]
    Reason,
}

/// The result that stands for a code: the one that the program came with.
#[must_use]
pub fn standard(tree: &[Choice], code: Code) -> Option<&Choice> {
    let of_code = |choice: &&Choice| choice.parent.is_none() && choice.code == code;
    tree.iter().filter(of_code).min_by_key(|choice| choice.nr)
}

/// How a form and a message name a result: by its code if it is the standard one, else by its number.
#[must_use]
pub fn name(tree: &[Choice], result: &Choice) -> String {
    if standard(tree, result.code).is_some_and(|standard| standard.nr == result.nr) {
        result.code.code().to_owned()
    } else {
        result.nr.to_string()
    }
}

/// What was chosen, by the name of the result and the number of a reason, which may be empty. A code is
/// understood whether or not the desk offers it: others rely on it.
///
/// # Errors
///
/// [`NoChoice`], also for a choice that is not offered any more.
pub fn choose(
    tree: &[Choice],
    outcome: &str,
    reason: &str,
) -> Result<(Code, Option<Chosen>), NoChoice> {
    let (code, result) = match outcome.parse::<Code>() {
        Ok(code) => (code, standard(tree, code)),
        Err(_) => {
            let nr: i64 = outcome.parse().map_err(|_| NoChoice::Outcome)?;
            let is_meant =
                |choice: &&Choice| choice.nr == nr && choice.parent.is_none() && choice.is_offered;
            let result = tree.iter().find(is_meant).ok_or(NoChoice::Outcome)?;
            (result.code, Some(result))
        }
    };
    let reason = match reason.trim() {
        "" => None,
        nr => {
            let nr: i64 = nr.parse().map_err(|_| NoChoice::Reason)?;
            let is_meant = |choice: &&Choice| {
                choice.nr == nr
                    && choice.is_offered
                    && choice.parent.is_some()
                    && choice.parent == result.map(|result| result.nr)
            };
            Some(tree.iter().find(is_meant).ok_or(NoChoice::Reason)?)
        }
    };
    let Some(result) = result else { return Ok((code, None)) };
    let made = |choice: &Choice| Made { id: choice.id, nr: choice.nr };
    let says = reason.filter(|reason| reason.then != Then::AsUsual).unwrap_or(result);
    let chosen = Chosen {
        result: made(result),
        reason: reason.map(made),
        then: says.then,
        rule: format!("outcome.choice.{}@{}", says.nr, says.version),
    };
    Ok((code, Some(chosen)))
}

/// Whether an association may say itself when somebody is called again. After an objection, a death, a wrong
/// number or a promise there is nothing to choose.
#[must_use]
pub fn may_differ(code: Code) -> bool {
    !matches!(code, Code::Objection | Code::Deceased | Code::WrongNumber | Code::Callback)
}

/// What follows from an outcome, to be said before it is saved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Follow {
    CountsAsNew,
    CountsAsRetained,
    CountsAsCancelled,
    Promise,
    PromiseKept,
    /// The promise that this call would keep is tried again.
    PromiseAgain,
    /// It was tried often enough.
    PromiseClosed,
    Objection,
    NumberGone,
    Death,
    Again {
        minutes: i64,
        tries_max: i64,
        in_another_part: bool,
    },
    /// It would be offered again, but was tried often enough.
    LastTry,
    Done,
}

/// The call that an outcome is about, as far as that says what follows.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// What the campaign says instead of the rules; `None` where no campaign gave the call.
    pub own: Option<OwnRetries>,
    /// Tries of the campaign before this one.
    pub tries: u16,
    /// It keeps a promise, which was tried so often before.
    pub promise_tries: Option<u16>,
}

/// What follows from this outcome: by the same rule that stores it.
#[must_use]
pub fn follows(code: Code, then: Then, about: About, settings: &Settings) -> Vec<Follow> {
    if let Some(tries) = about.promise_tries
        && matches!(code, Code::NoAnswer | Code::Busy | Code::Voicemail)
    {
        let is_last = is_last_try(tries, settings.callback_tries_max);
        return vec![if is_last { Follow::PromiseClosed } else { Follow::PromiseAgain }];
    }
    let is_kept = about.promise_tries.is_some() && code.is_reached();
    let kept = is_kept.then_some(Follow::PromiseKept);
    let first = match code {
        Code::Joined => Some(Follow::CountsAsNew),
        Code::Retained => Some(Follow::CountsAsRetained),
        Code::Cancelled => Some(Follow::CountsAsCancelled),
        Code::Callback => Some(Follow::Promise),
        Code::Objection => Some(Follow::Objection),
        Code::WrongNumber => Some(Follow::NumberGone),
        Code::Deceased => Some(Follow::Death),
        Code::NotInterested
        | Code::NoAnswer
        | Code::Busy
        | Code::Voicemail
        | Code::OtherLanguage => None,
    };
    let list =
        about.own.filter(|_| may_differ(code)).map(|own| match again(code, then, own, settings) {
            Some(Again { tries_max, .. }) if is_last_try(about.tries, tries_max) => Follow::LastTry,
            Some(Again { minutes, tries_max, in_another_part, rule: _ }) => {
                Follow::Again { minutes, tries_max, in_another_part }
            }
            None => Follow::Done,
        });
    kept.into_iter().chain(first).chain(list).collect()
}

/// A choice as an administrator wants it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// `None`: a new one.
    pub nr: Option<i64>,
    pub parent: Option<i64>,
    pub code: Code,
    pub label_nl: String,
    pub label_en: String,
    pub key: String,
    pub place: i64,
    pub is_folded: bool,
    pub then: Then,
    pub is_offered: bool,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Wrong {
    #[error("a label has 1 to 40 characters")]
    Label,
    #[error("a key is one letter that nothing else on the desk has")]
    Key,
    #[error("no such result to give a reason for")]
    Parent,
    #[error("of this outcome there is one")]
    Code,
    #[error("what follows from this outcome is not to be chosen")]
    Then,
    #[error("between a quarter of an hour and a year")]
    Minutes,
    #[error("between 1 and 20 times")]
    Tries,
    #[error("the desk cannot do without this one")]
    Indispensable,
}

/// Letters that mean something else on the desk, now or in the keyboard map: telephone, note, skip, list, status.
const LETTERS_TAKEN: &str = "dhjklmnoprswxy";
const LABEL_MAX: usize = 40;
/// A quarter of an hour to a year.
const MINUTES: std::ops::RangeInclusive<i64> = 15..=525_600;
const TRIES: std::ops::RangeInclusive<i64> = 1..=20;

/// Whether the tree can have this choice.
///
/// # Errors
///
/// The first thing that is [`Wrong`] with it.
pub fn check(wanted: &Wanted, tree: &[Choice]) -> Result<(), Wrong> {
    let Wanted { nr, parent, code, label_nl, label_en, key, then, is_offered, .. } = wanted;
    let is_label = |label: &str| (1..=LABEL_MAX).contains(&label.trim().chars().count());
    if !is_label(label_nl) || !is_label(label_en) {
        return Err(Wrong::Label);
    }
    match parent {
        Some(parent) => {
            let is_result = |choice: &&Choice| choice.nr == *parent && choice.parent.is_none();
            let result = tree.iter().find(is_result).ok_or(Wrong::Parent)?;
            if result.code != *code || *code == Code::Callback {
                return Err(Wrong::Parent);
            }
        }
        // Of what the law or a promise depends on there is one, and it keeps its meaning.
        None if nr.is_none() && !may_differ(*code) => return Err(Wrong::Code),
        None => {}
    }
    if !key.is_empty() {
        let is_letter = key.len() == 1 && key.bytes().all(|byte| byte.is_ascii_lowercase());
        let has_it = |other: &Choice| {
            other.key == *key && other.is_offered && Some(other.nr) != *nr && other.parent.is_none()
        };
        let is_taken = LETTERS_TAKEN.contains(key.as_str()) || tree.iter().any(has_it);
        if !is_letter || is_taken || parent.is_some() {
            return Err(Wrong::Key);
        }
    }
    if *then != Then::AsUsual && !may_differ(*code) {
        return Err(Wrong::Then);
    }
    if let Then::Again { minutes, tries_max } = then {
        if !MINUTES.contains(minutes) {
            return Err(Wrong::Minutes);
        }
        if !TRIES.contains(tries_max) {
            return Err(Wrong::Tries);
        }
    }
    let is_needed = !may_differ(*code) || *code == Code::NoAnswer;
    let is_standard = standard(tree, *code).is_some_and(|standard| Some(standard.nr) == *nr);
    if !is_offered && is_needed && is_standard {
        return Err(Wrong::Indispensable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(nr: i64, parent: Option<i64>, code: Code, key: &str, then: Then) -> Choice {
        Choice {
            id: OutcomeChoiceId(nr * 100),
            nr,
            version: 1,
            parent,
            code,
            label_nl: format!("Keuze {nr}"),
            label_en: format!("Choice {nr}"),
            key: key.into(),
            place: nr,
            is_folded: false,
            then,
            is_offered: true,
        }
    }

    const HALF_A_YEAR: Then = Then::Again { minutes: 262_800, tries_max: 3 };

    fn tree() -> Vec<Choice> {
        vec![
            choice(1, None, Code::NotInterested, "i", Then::AsUsual),
            choice(2, None, Code::Objection, "", Then::AsUsual),
            choice(3, Some(1), Code::NotInterested, "", Then::AsUsual),
            choice(4, Some(1), Code::NotInterested, "", HALF_A_YEAR),
            choice(5, None, Code::NotInterested, "e", HALF_A_YEAR),
        ]
    }

    #[test]
    fn what_is_chosen_is_found_by_code_or_number_and_the_reason_says_most() {
        let tree = tree();
        let chosen = |outcome: &str, reason: &str| {
            let (code, chosen) = choose(&tree, outcome, reason)?;
            let chosen = chosen.map(|chosen| {
                let reason = chosen.reason.map(|reason| reason.id.0);
                (chosen.result.id.0, reason, chosen.then, chosen.rule)
            });
            Ok::<_, NoChoice>((code, chosen))
        };
        let usual = Then::AsUsual;
        let refused = |outcome, reason| chosen(outcome, reason).unwrap_err();
        assert_eq!(
            chosen("not_interested", ""),
            Ok((Code::NotInterested, Some((100, None, usual, "outcome.choice.1@1".into()))))
        );
        assert_eq!(
            chosen("not_interested", "4"),
            Ok((
                Code::NotInterested,
                Some((100, Some(400), HALF_A_YEAR, "outcome.choice.4@1".into()))
            ))
        );
        assert_eq!(
            chosen("5", ""),
            Ok((Code::NotInterested, Some((500, None, HALF_A_YEAR, "outcome.choice.5@1".into()))))
        );
        // A code of which the tree knows nothing still is an outcome.
        assert_eq!(chosen("busy", ""), Ok((Code::Busy, None)));
        assert_eq!(refused("5", "4"), NoChoice::Reason);
        assert_eq!(refused("busy", "4"), NoChoice::Reason);
        assert_eq!(refused("3", ""), NoChoice::Outcome);
        assert_eq!(refused("99", ""), NoChoice::Outcome);
        assert_eq!(name(&tree, &tree[0]), "not_interested");
        assert_eq!(name(&tree, &tree[4]), "5");
    }

    #[test]
    fn what_follows_is_what_the_rule_will_do() {
        let settings = crate::outcome::tests::settings();
        let listed = About { own: Some(OwnRetries::default()), ..About::default() };
        let follow = |code, then, about| follows(code, then, about, &settings);
        let usual = Then::AsUsual;
        let again = |minutes, tries_max, in_another_part| Follow::Again {
            minutes,
            tries_max,
            in_another_part,
        };
        assert_eq!(follow(Code::Joined, usual, listed), [Follow::CountsAsNew, Follow::Done]);
        assert_eq!(follow(Code::NoAnswer, usual, listed), [again(240, 4, true)]);
        assert_eq!(follow(Code::NotInterested, HALF_A_YEAR, listed), [again(262_800, 3, false)]);
        assert_eq!(follow(Code::Objection, HALF_A_YEAR, listed), [Follow::Objection]);
        let own = About {
            own: Some(OwnRetries { tries_max: Some(3), rest_minutes: Some(60) }),
            tries: 1,
            promise_tries: None,
        };
        assert_eq!(follow(Code::NoAnswer, usual, own), [again(60, 3, true)]);
        assert_eq!(follow(Code::NoAnswer, usual, About { tries: 2, ..own }), [Follow::LastTry]);
        // A call that no campaign gave has no list to come back on.
        assert_eq!(follow(Code::NoAnswer, usual, About::default()), []);
        let promise = About { promise_tries: Some(1), ..listed };
        assert_eq!(follow(Code::Busy, usual, promise), [Follow::PromiseAgain]);
        let last = About { promise_tries: Some(2), ..listed };
        assert_eq!(follow(Code::Busy, usual, last), [Follow::PromiseClosed]);
        let kept = [Follow::PromiseKept, Follow::CountsAsNew, Follow::Done];
        assert_eq!(follow(Code::Joined, usual, promise), kept);
    }

    #[test]
    fn a_choice_that_is_not_offered_any_more_cannot_be_chosen_but_its_code_can() {
        let mut tree = tree();
        for choice in &mut tree {
            choice.is_offered = false;
        }
        assert!(choose(&tree, "not_interested", "").is_ok());
        assert_eq!(choose(&tree, "5", ""), Err(NoChoice::Outcome));
        assert_eq!(choose(&tree, "not_interested", "3"), Err(NoChoice::Reason));
    }

    fn wanted() -> Wanted {
        Wanted {
            nr: None,
            parent: None,
            code: Code::NotInterested,
            label_nl: "Nu niet".into(),
            label_en: "Not now".into(),
            key: String::new(),
            place: 9,
            is_folded: false,
            then: HALF_A_YEAR,
            is_offered: true,
        }
    }

    #[test]
    fn a_tree_keeps_its_sense() {
        let tree = tree();
        assert_eq!(check(&wanted(), &tree), Ok(()));
        let again = |minutes, tries_max| Then::Again { minutes, tries_max };
        for (wrong, why) in [
            (Wanted { label_nl: " ".into(), ..wanted() }, Wrong::Label),
            (Wanted { label_en: "x".repeat(41), ..wanted() }, Wrong::Label),
            (Wanted { key: "i".into(), ..wanted() }, Wrong::Key),
            (Wanted { key: "x".into(), ..wanted() }, Wrong::Key),
            (Wanted { key: "7".into(), ..wanted() }, Wrong::Key),
            (Wanted { key: "u".into(), parent: Some(1), ..wanted() }, Wrong::Key),
            (Wanted { parent: Some(3), ..wanted() }, Wrong::Parent),
            (Wanted { parent: Some(2), ..wanted() }, Wrong::Parent),
            (Wanted { code: Code::Objection, then: Then::AsUsual, ..wanted() }, Wrong::Code),
            (Wanted { nr: Some(2), code: Code::Objection, ..wanted() }, Wrong::Then),
            (Wanted { then: again(14, 3), ..wanted() }, Wrong::Minutes),
            (Wanted { then: again(60, 0), ..wanted() }, Wrong::Tries),
            (
                Wanted {
                    nr: Some(2),
                    code: Code::Objection,
                    then: Then::AsUsual,
                    is_offered: false,
                    ..wanted()
                },
                Wrong::Indispensable,
            ),
        ] {
            assert_eq!(check(&wrong, &tree), Err(why), "{wrong:?}");
        }
        // Its own key is no obstacle, and what nobody needs can go.
        let kept = Wanted { nr: Some(1), key: "i".into(), is_offered: false, ..wanted() };
        assert_eq!(check(&kept, &tree), Ok(()));
    }
}
