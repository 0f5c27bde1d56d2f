//! A guide as it is typed: fields become steps, and back.

use std::collections::HashMap;

use calls_rules::guide::{
    Answer, Answered, Guide, Question, STEPS_MAX, Step, Wrong, check, number_answers,
};

use super::store::Used;

/// A step as its fields hold it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct TypedStep {
    pub nr: i64,
    pub title: String,
    pub say: String,
    /// One on each line.
    pub hints: String,
    pub question: String,
    pub several: bool,
    /// One on each line.
    pub answers: String,
    /// The answers, each with its number.
    pub was: Vec<Answer>,
    /// `2-1`: only after answer 1 to step 2.
    pub after: String,
}

/// A guide as its form holds it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Typed {
    pub name: String,
    pub theme: String,
    pub steps: Vec<TypedStep>,
}

/// What the pressed button asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Press {
    Keep,
    /// Walks through it as it stands, without keeping it.
    Try,
    /// Back from that.
    Back,
    /// Another step at the end.
    Add,
    Remove(usize),
    /// One place to the front.
    Up(usize),
}

impl Press {
    pub(super) fn read(word: &str) -> Self {
        let place = |prefix: &str| word.strip_prefix(prefix)?.parse().ok();
        if word == "proef" {
            Self::Try
        } else if word == "terug" {
            Self::Back
        } else if word == "erbij" {
            Self::Add
        } else if let Some(step) = place("weg-") {
            Self::Remove(step)
        } else if let Some(step) = place("op-") {
            Self::Up(step)
        } else {
            Self::Keep
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// `1 ja`, one on each line: what `was` looks like in the form.
pub(super) fn numbered(answers: &[Answer]) -> String {
    let line = |answer: &Answer| format!("{} {}", answer.nr, answer.text);
    answers.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn read_numbered(text: &str) -> Vec<Answer> {
    let read = |line: &str| {
        let (nr, text) = line.split_once(' ')?;
        Some(Answer { nr: nr.parse().ok()?, text: text.to_owned() })
    };
    text.lines().filter_map(read).collect()
}

impl Typed {
    pub(super) fn of(name: &str, theme: &str, guide: &Guide) -> Self {
        let step = |step: &Step| {
            let question = step.question.as_ref();
            let answers = question.map(|question| question.answers.clone()).unwrap_or_default();
            let texts = answers.iter().map(|answer| answer.text.as_str());
            TypedStep {
                nr: step.nr,
                title: step.title.clone(),
                say: step.say.clone(),
                hints: step.hints.join("\n"),
                question: question.map(|question| question.text.clone()).unwrap_or_default(),
                several: question.is_some_and(|question| question.several),
                answers: texts.collect::<Vec<_>>().join("\n"),
                was: answers,
                after: step
                    .only_after
                    .map(|after| format!("{}-{}", after.step, after.answer))
                    .unwrap_or_default(),
            }
        };
        Self {
            name: name.to_owned(),
            theme: theme.to_owned(),
            steps: guide.steps.iter().map(step).collect(),
        }
    }

    /// What the form holds. New steps and answers get numbers above those that were ever used.
    pub(super) fn read(form: &HashMap<String, String>, used: Used) -> Self {
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        let count = field("stappen").parse().unwrap_or(0).min(STEPS_MAX);
        let mut last = used.step;
        let steps = (0..count).map(|place| {
            let of = |name: &str| field(&format!("{name}-{place}"));
            let nr = of("nr").parse().unwrap_or_else(|_| {
                last += 1;
                last
            });
            last = last.max(nr);
            let (was, answers) = (read_numbered(&of("was")), of("antwoorden"));
            let same_question = of("vraag").trim() == of("was-vraag").trim();
            let highest = was.iter().map(|answer| answer.nr).max().unwrap_or(0).max(used.answer);
            TypedStep {
                nr,
                title: of("titel"),
                say: of("zeg"),
                hints: of("tips"),
                question: of("vraag"),
                several: !of("meer").is_empty(),
                was: number_answers(&was, &lines(&answers), same_question, highest),
                answers,
                after: of("na"),
            }
        });
        Self { name: field("naam"), theme: field("thema"), steps: steps.collect() }
    }

    /// Does what a button of the form asks; `false` if it is to be kept instead.
    pub(super) fn press(&mut self, press: Press, used: Used) -> bool {
        match press {
            Press::Keep | Press::Try => return false,
            Press::Back => {}
            Press::Add if self.steps.len() < STEPS_MAX => {
                let last = self.steps.iter().map(|step| step.nr).max().unwrap_or(0);
                let nr = last.max(used.step) + 1;
                self.steps.push(TypedStep { nr, ..TypedStep::default() });
            }
            Press::Add => {}
            Press::Remove(step) => {
                if step < self.steps.len() && self.steps.len() > 1 {
                    self.steps.remove(step);
                }
            }
            Press::Up(step) => {
                if (1..self.steps.len()).contains(&step) {
                    self.steps.swap(step, step - 1);
                }
            }
        }
        true
    }

    /// The guide that is meant.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and in which step.
    pub(super) fn guide(&self) -> Result<Guide, Wrong> {
        let step = |step: &TypedStep| {
            let question = step.question.trim();
            let only_after = match step.after.split_once('-') {
                Some((step, answer)) => step
                    .parse()
                    .ok()
                    .zip(answer.parse().ok())
                    .map(|(step, answer)| Answered { step, answer }),
                None => None,
            };
            Step {
                nr: step.nr,
                title: step.title.trim().to_owned(),
                say: step.say.trim().to_owned(),
                hints: lines(&step.hints).into_iter().map(str::to_owned).collect(),
                // Answers without a question are a question that was forgotten.
                question: (!question.is_empty() || !step.was.is_empty()).then(|| Question {
                    text: question.to_owned(),
                    several: step.several,
                    answers: step.was.clone(),
                }),
                only_after,
            }
        };
        let guide = Guide { steps: self.steps.iter().map(step).collect() };
        check(&guide)?;
        Ok(guide)
    }

    /// The answers after which a step can come: those to the questions before it. One that the step names and that is
    /// not among them any more stays chosen, without words, so that it is refused and not forgotten.
    pub(super) fn earlier(&self, place: usize) -> Vec<(String, String)> {
        let mut choices = self.answers_before(place);
        let after = self.steps.get(place).map_or("", |step| step.after.as_str());
        if !after.is_empty() && !choices.iter().any(|(value, _)| value == after) {
            choices.insert(0, (after.to_owned(), String::new()));
        }
        choices
    }

    fn answers_before(&self, place: usize) -> Vec<(String, String)> {
        let answers = |step: &TypedStep| {
            let (nr, title) = (step.nr, step.title.clone());
            let choice = move |answer: &Answer| {
                (format!("{nr}-{}", answer.nr), format!("{title}: {}", answer.text))
            };
            step.was.iter().map(choice).collect::<Vec<_>>()
        };
        self.steps.iter().take(place).flat_map(answers).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> HashMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const USED: Used = Used { step: 4, answer: 7 };

    #[test]
    fn what_is_typed_becomes_a_guide_and_comes_back_the_same() {
        let form = form(&[
            ("naam", "Werkdruk"),
            ("stappen", "2"),
            ("nr-0", "2"),
            ("titel-0", "Vraag"),
            ("zeg-0", "Hoe is het, {aanhef}?"),
            ("tips-0", "Luister\n\n  Vat samen "),
            ("vraag-0", "Hoe hoog is de werkdruk?"),
            ("antwoorden-0", "hoog\nlaag\nwisselt"),
            ("was-0", "1 hoog\n2 laag"),
            ("was-vraag-0", "Hoe hoog is de werkdruk?"),
            ("titel-1", "Zorg"),
            ("zeg-1", "Dat is niet niks."),
            ("na-1", "2-1"),
        ]);
        let typed = Typed::read(&form, USED);
        let guide = typed.guide().unwrap();
        assert_eq!(guide.steps[1].nr, 5, "above those that were ever used");
        assert_eq!(guide.steps[0].hints, ["Luister", "Vat samen"]);
        let numbers: Vec<i64> =
            guide.steps[0].question.as_ref().unwrap().answers.iter().map(|a| a.nr).collect();
        assert_eq!(numbers, [1, 2, 8]);
        assert_eq!(typed.earlier(1)[2], ("2-8".into(), "Vraag: wisselt".into()));
        let again = Typed::of("Werkdruk", "", &guide);
        assert_eq!(again.guide(), Ok(guide));
        assert_eq!(read_numbered(&numbered(&again.steps[0].was)), again.steps[0].was);
    }

    #[test]
    fn steps_come_and_go_before_anything_is_kept() {
        let mut typed = Typed::read(&form(&[("stappen", "2"), ("nr-0", "1"), ("nr-1", "3")]), USED);
        assert!(typed.press(Press::read("erbij"), USED));
        assert!(typed.press(Press::read("op-2"), USED));
        let order = |typed: &Typed| typed.steps.iter().map(|step| step.nr).collect::<Vec<_>>();
        assert_eq!(order(&typed), [1, 5, 3]);
        assert!(typed.press(Press::read("weg-0"), USED));
        assert_eq!(order(&typed), [5, 3]);
        assert!(!typed.press(Press::read("bewaar"), USED));
        // A step that came after an answer behind which it no longer stands says so, and is refused when kept.
        typed.steps[0].after = "1-1".into();
        assert_eq!(typed.earlier(0), [("1-1".to_owned(), String::new())]);
        // Nothing that cannot be.
        typed.press(Press::read("op-0"), USED);
        typed.press(Press::read("weg-9"), USED);
        assert_eq!(order(&typed), [5, 3]);
    }

    #[test]
    fn answers_without_a_question_are_a_question_that_was_forgotten() {
        let fields =
            [("stappen", "1"), ("titel-0", "x"), ("zeg-0", "x"), ("antwoorden-0", "ja\nnee")];
        let typed = Typed::read(&form(&fields), USED);
        assert_eq!(typed.guide(), Err(Wrong::Question { step: 0 }));
    }
}
