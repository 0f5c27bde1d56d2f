//! A guide as an agent walks through it, at the desk and when a team lead tries it.

use std::collections::BTreeSet;

use askama::Template;
use calls_rules::guide::{Answer, Answered, FIELDS, Guide, Question, Step, fill};
use kernel::{Fence, GuideId, GuideVersionId, PersonId};
use texts::Texts;

use super::answers::field;

/// Where answers are saved.
pub(crate) struct Saves {
    pub person: PersonId,
    pub fence: Fence,
    pub version: GuideVersionId,
}

/// A way out of the last step: it arms an outcome.
pub(crate) struct Closing {
    pub outcome: &'static str,
    pub icon: &'static str,
    pub label: String,
    /// The letter of that outcome.
    pub key: String,
    /// The first thing to try.
    pub is_next: bool,
}

#[derive(Template)]
#[template(path = "guide.html")]
pub(crate) struct GuidePart<'a> {
    pub t: &'a Texts,
    pub guide: &'a Guide,
    pub given: &'a BTreeSet<Answered>,
    /// Said instead of the first sentence of the guide.
    pub opening: Option<String>,
    pub fields: [String; FIELDS.len()],
    /// `None`: nothing is saved, because nobody is called or the guide asks nothing.
    pub saves: Option<Saves>,
    /// Whose desk it is about, to choose another guide for.
    pub on_line: Option<(PersonId, Fence)>,
    pub in_call: bool,
    pub closing: Vec<Closing>,
    /// The guide's own name; `None` for the one that the program comes with.
    pub name: Option<&'a str>,
    pub others: Vec<(GuideId, String)>,
}

/// A step with its place in the row, counted from one.
struct Placed<'a> {
    n: usize,
    step: &'a Step,
    is_left_out: bool,
    /// Where the next button goes.
    next: Option<(usize, &'a str)>,
}

impl GuidePart<'_> {
    fn steps(&self) -> Vec<Placed<'_>> {
        let (walked, _) = self.guide.walk(self.given);
        let is_walked = |step: &Step| walked.iter().any(|other| other.nr == step.nr);
        let all = &self.guide.steps;
        all.iter()
            .enumerate()
            .map(|(place, step)| {
                let next = all.iter().enumerate().skip(place + 1).find(|(_, next)| is_walked(next));
                Placed {
                    n: place + 1,
                    step,
                    is_left_out: !is_walked(step),
                    next: next.map(|(place, next)| (place + 1, next.title.as_str())),
                }
            })
            .collect()
    }

    fn branches(&self) -> bool {
        self.guide.steps.iter().any(|step| step.only_after.is_some())
    }

    fn after(&self, step: &Step) -> String {
        step.only_after.map_or_else(String::new, |after| format!("{}-{}", after.step, after.answer))
    }

    fn say(&self, placed: &Placed<'_>) -> String {
        match &self.opening {
            Some(opening) if placed.n == 1 => opening.clone(),
            _ => self.filled(&placed.step.say),
        }
    }

    fn filled(&self, text: &str) -> String {
        fill(text, &self.fields)
    }

    fn field(&self, step: &Step, question: &Question, answer: &Answer) -> String {
        field(step.nr, question.several.then_some(answer.nr))
    }

    fn is_given(&self, step: &Step, answer: &Answer) -> bool {
        self.given.contains(&Answered { step: step.nr, answer: answer.nr })
    }

    /// Where the next button points; at its own step while there is no next one.
    fn next_n(&self, placed: &Placed<'_>) -> usize {
        placed.next.map_or(placed.n, |(n, _)| n)
    }
}
