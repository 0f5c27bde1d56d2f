//! A conversation guide: steps that a call can walk through, forward only, with answers that are kept. Always a
//! guide, never a cage: any step can be opened at any time.
//!
//! Source: features of calling, F1 and F2.

use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Guide {
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Step {
    /// The same in every version, so that answers can be compared.
    pub nr: i64,
    /// A word or two, for the row of steps.
    pub title: String,
    /// A sentence to say; may name [`FIELDS`].
    pub say: String,
    pub hints: Vec<String>,
    pub question: Option<Question>,
    /// Walked through only after this answer to an earlier step.
    pub only_after: Option<Answered>,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Question {
    pub text: String,
    /// More than one answer can be given.
    pub several: bool,
    pub answers: Vec<Answer>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The same in every version.
    pub nr: i64,
    pub text: String,
}

/// An answer that was given to the question of a step.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Answered {
    pub step: i64,
    pub answer: i64,
}

impl Guide {
    /// The steps to walk through after these answers, and the answers that count: one to a step that is left out
    /// does not, nor does one that the step does not offer, nor a second one where one is asked for. One pass,
    /// from front to back.
    #[must_use]
    pub fn walk(&self, given: &BTreeSet<Answered>) -> (Vec<&Step>, BTreeSet<Answered>) {
        let (mut steps, mut counted) = (Vec::new(), BTreeSet::new());
        for step in &self.steps {
            if step.only_after.is_some_and(|after| !counted.contains(&after)) {
                continue;
            }
            steps.push(step);
            let Some(question) = &step.question else { continue };
            let most = if question.several { usize::MAX } else { 1 };
            let answers = question.answers.iter();
            let answered = answers.map(|answer| Answered { step: step.nr, answer: answer.nr });
            counted.extend(answered.filter(|answered| given.contains(answered)).take(most));
        }
        (steps, counted)
    }
}

/// What is wrong with a guide, and in which step: counted from zero, as the editor shows them.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Wrong {
    #[error("a guide has 1 to 12 steps")]
    Steps,
    #[error("a step needs a title of at most 24 characters")]
    Title { step: usize },
    #[error("a step needs something to say, at most 400 characters")]
    Say { step: usize },
    #[error("at most 4 hints of at most 200 characters")]
    Hints { step: usize },
    #[error("a question of at most 120 characters, with 2 to 9 different answers of at most 60")]
    Question { step: usize },
    #[error("a step comes after an answer to a step before it")]
    After { step: usize },
    #[error("there is no field {field}")]
    Field { step: usize, field: String },
}

const STEPS: std::ops::RangeInclusive<usize> = 1..=STEPS_MAX;
pub const STEPS_MAX: usize = 12;
const ANSWERS: std::ops::RangeInclusive<usize> = 2..=9;

fn is_line(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.trim().chars().count())
}

/// Whether a guide can be followed.
///
/// # Errors
///
/// The first thing that is [`Wrong`].
pub fn check(guide: &Guide) -> Result<(), Wrong> {
    if !STEPS.contains(&guide.steps.len()) {
        return Err(Wrong::Steps);
    }
    let mut before: BTreeSet<Answered> = BTreeSet::new();
    for (step, found) in guide.steps.iter().enumerate() {
        if !is_line(&found.title, 24) {
            return Err(Wrong::Title { step });
        }
        if !is_line(&found.say, 400) {
            return Err(Wrong::Say { step });
        }
        if found.hints.len() > 4 || !found.hints.iter().all(|hint| is_line(hint, 200)) {
            return Err(Wrong::Hints { step });
        }
        let texts = std::iter::once(&found.say).chain(&found.hints);
        let texts = texts.chain(found.question.iter().map(|question| &question.text));
        if let Some(field) = texts.into_iter().find_map(|text| unknown_field(text)) {
            return Err(Wrong::Field { step, field });
        }
        if found.only_after.is_some_and(|after| !before.contains(&after)) {
            return Err(Wrong::After { step });
        }
        if let Some(Question { text, answers, .. }) = &found.question {
            let texts: BTreeSet<&str> = answers.iter().map(|answer| answer.text.trim()).collect();
            let numbers: BTreeSet<i64> = answers.iter().map(|answer| answer.nr).collect();
            let is_whole = is_line(text, 120)
                && ANSWERS.contains(&answers.len())
                && texts.len() == answers.len()
                && numbers.len() == answers.len()
                && answers.iter().all(|answer| is_line(&answer.text, 60));
            if !is_whole {
                return Err(Wrong::Question { step });
            }
            before.extend(answers.iter().map(|a| Answered { step: found.nr, answer: a.nr }));
        }
    }
    Ok(())
}

/// Numbers for answers as they were typed: one that was there keeps its number. So does one whose words were put
/// right in the same place, if the question is still the `same_question`. A new one gets a number above `used`, the
/// highest that any version had.
#[must_use]
pub fn number_answers(
    before: &[Answer],
    typed: &[&str],
    same_question: bool,
    used: i64,
) -> Vec<Answer> {
    let same = |text: &str| before.iter().find(|answer| answer.text == text).map(|a| a.nr);
    let mut taken: BTreeSet<i64> = typed.iter().filter_map(|text| same(text)).collect();
    let mut next = used + 1;
    let by_place = same_question && before.len() == typed.len();
    typed
        .iter()
        .enumerate()
        .map(|(place, text)| {
            let corrected = before.get(place).filter(|_| by_place).map(|answer| answer.nr);
            let nr =
                same(text).or(corrected.filter(|nr| !taken.contains(nr))).unwrap_or_else(|| {
                    next += 1;
                    next - 1
                });
            taken.insert(nr);
            Answer { nr, text: (*text).to_owned() }
        })
        .collect()
}

/// What stands for something about this call: how the person is addressed, where the person works, the agent's
/// own name.
pub const FIELDS: [&str; 3] = ["aanhef", "werkgever", "ik"];

/// The words between brackets.
fn fields(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or(rest))
}

fn unknown_field(text: &str) -> Option<String> {
    fields(text).find(|field| !FIELDS.contains(field)).map(str::to_owned)
}

/// A sentence with its fields filled in, in the order of [`FIELDS`].
#[must_use]
pub fn fill(text: &str, values: &[String; FIELDS.len()]) -> String {
    let mut filled = text.to_owned();
    for (field, value) in FIELDS.iter().zip(values) {
        filled = filled.replace(&format!("{{{field}}}"), value);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(texts: &[&str]) -> Vec<Answer> {
        number_answers(&[], texts, true, 0)
    }

    fn step(nr: i64, only_after: Option<(i64, i64)>, texts: &[&str]) -> Step {
        let question = (!texts.is_empty()).then(|| Question {
            text: "Hoe is de werkdruk?".into(),
            several: nr == 3,
            answers: answers(texts),
        });
        Step {
            nr,
            title: format!("Stap {nr}"),
            say: "Dag {aanhef}, met {ik}.".into(),
            hints: vec!["Luister".into()],
            question,
            only_after: only_after.map(|(step, answer)| Answered { step, answer }),
        }
    }

    fn guide() -> Guide {
        Guide {
            steps: vec![
                step(1, None, &["hoog", "laag"]),
                step(2, Some((1, 1)), &["ja", "nee"]),
                step(3, Some((2, 1)), &["cao", "pensioen", "rooster"]),
                step(4, None, &[]),
            ],
        }
    }

    fn given(answers: &[(i64, i64)]) -> BTreeSet<Answered> {
        answers.iter().map(|(step, answer)| Answered { step: *step, answer: *answer }).collect()
    }

    #[test]
    fn answers_lead_forward_and_those_to_a_step_left_out_do_not_count() {
        let guide = guide();
        let walk = |answers: &[(i64, i64)]| {
            let (steps, counted) = guide.walk(&given(answers));
            (steps.iter().map(|step| step.nr).collect::<Vec<_>>(), counted)
        };
        assert_eq!(walk(&[]), (vec![1, 4], given(&[])));
        assert_eq!(walk(&[(1, 1)]), (vec![1, 2, 4], given(&[(1, 1)])));
        let all = [(1, 1), (2, 1), (3, 1), (3, 3)];
        assert_eq!(walk(&all), (vec![1, 2, 3, 4], given(&all)));
        // Changed at the front: what followed from it is gone.
        assert_eq!(walk(&[(1, 2), (2, 1), (3, 1)]), (vec![1, 4], given(&[(1, 2)])));
        // Two answers where one is asked for, and one that is not offered.
        assert_eq!(walk(&[(1, 1), (1, 2), (4, 1)]), (vec![1, 2, 4], given(&[(1, 1)])));
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        assert_eq!(check(&guide()), Ok(()));
        let with = |change: &dyn Fn(&mut Guide)| {
            let mut guide = guide();
            change(&mut guide);
            check(&guide).unwrap_err()
        };
        assert_eq!(check(&Guide::default()), Err(Wrong::Steps));
        assert_eq!(with(&|g| g.steps[1].title.clear()), Wrong::Title { step: 1 });
        assert_eq!(with(&|g| g.steps[0].say = "x".repeat(401)), Wrong::Say { step: 0 });
        assert_eq!(with(&|g| g.steps[0].hints = vec!["x".into(); 5]), Wrong::Hints { step: 0 });
        let field = Wrong::Field { step: 3, field: "naam".into() };
        assert_eq!(with(&|g| g.steps[3].say = "Dag {naam}".into()), field);
        let twice =
            |g: &mut Guide| g.steps[0].question.as_mut().unwrap().answers[1].text = "hoog".into();
        assert_eq!(with(&twice), Wrong::Question { step: 0 });
        let one = |g: &mut Guide| g.steps[0].question.as_mut().unwrap().answers.truncate(1);
        assert_eq!(with(&one), Wrong::Question { step: 0 });
        // Backwards, and after an answer that is not there.
        assert_eq!(with(&|g| g.steps.swap(0, 1)), Wrong::After { step: 0 });
        let gone = |g: &mut Guide| g.steps[1].only_after = Some(Answered { step: 1, answer: 9 });
        assert_eq!(with(&gone), Wrong::After { step: 1 });
    }

    #[test]
    fn an_answer_keeps_its_number_through_moves_and_corrections() {
        let numbers = |before: &[Answer], typed: &[&str]| {
            let used = i64::try_from(before.len()).unwrap();
            number_answers(before, typed, true, used)
                .iter()
                .map(|answer| answer.nr)
                .collect::<Vec<_>>()
        };
        let before = answers(&["ja", "nee", "weet niet"]);
        assert_eq!(numbers(&[], &["ja", "nee"]), [1, 2]);
        assert_eq!(numbers(&before, &["nee", "ja", "weet niet"]), [2, 1, 3]);
        assert_eq!(numbers(&before, &["ja", "neen", "weet niet"]), [1, 2, 3]);
        assert_eq!(numbers(&before, &["ja", "misschien", "nee", "weet niet"]), [1, 4, 2, 3]);
        assert_eq!(numbers(&before, &["ja", "weet niet"]), [1, 3]);
        // Another question: what was answered to the old one is not an answer to it.
        let other = number_answers(&before, &["ja", "morgen", "nooit"], false, 3);
        assert_eq!(other.iter().map(|answer| answer.nr).collect::<Vec<_>>(), [1, 4, 5]);
    }

    #[test]
    fn a_sentence_is_filled_in() {
        let values = ["mevrouw Arslan".to_owned(), "De Linde".to_owned(), "Marit".to_owned()];
        let filled = fill("Dag {aanhef}, met {ik}: hoe is het bij {werkgever}?", &values);
        assert_eq!(filled, "Dag mevrouw Arslan, met Marit: hoe is het bij De Linde?");
    }
}
