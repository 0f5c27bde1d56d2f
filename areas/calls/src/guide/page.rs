use std::collections::BTreeMap;

use askama::Template;
use calls_rules::guide::{Answered, FIELDS, Wrong};
use jiff::Timestamp;
use kernel::GuideId;
use texts::Texts;
use web::ui::Html;

use super::edit::{Typed, TypedStep, numbered};
use super::store::Listed;

/// Why a guide was not kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Refused {
    Name,
    Theme,
    /// Another guide has it.
    ThemeTaken,
    /// A colleague kept a version since this one was opened.
    Overtaken,
    Guide(Wrong),
}

impl Refused {
    /// The step that it is about.
    fn step(&self) -> Option<usize> {
        match self {
            Self::Guide(
                Wrong::Title { step }
                | Wrong::Say { step }
                | Wrong::Hints { step }
                | Wrong::Question { step }
                | Wrong::After { step }
                | Wrong::Field { step, .. },
            ) => Some(*step),
            Self::Guide(Wrong::Steps)
            | Self::Name
            | Self::Theme
            | Self::ThemeTaken
            | Self::Overtaken => None,
        }
    }

    pub(super) fn text(&self, t: &Texts) -> String {
        match self {
            Self::Name => t.get("calls-guides-wrong-name"),
            Self::Theme => t.get("calls-guides-wrong-theme"),
            Self::ThemeTaken => t.get("calls-guides-wrong-theme-taken"),
            Self::Overtaken => t.get("calls-guides-wrong-overtaken"),
            Self::Guide(wrong) => match wrong {
                Wrong::Steps => t.get("calls-guides-wrong-steps"),
                Wrong::Title { .. } => t.get("calls-guides-wrong-title"),
                Wrong::Say { .. } => t.get("calls-guides-wrong-say"),
                Wrong::Hints { .. } => t.get("calls-guides-wrong-hints"),
                Wrong::Question { .. } => t.get("calls-guides-wrong-question"),
                Wrong::After { .. } => t.get("calls-guides-wrong-after"),
                Wrong::Field { field, .. } => {
                    t.with("calls-guides-wrong-field", "field", format!("{{{field}}}"))
                }
            },
        }
    }
}

#[derive(Template)]
#[template(path = "guides.html")]
pub(super) struct GuidesPage<'a> {
    pub t: &'a Texts,
    pub guides: Vec<Listed>,
    pub name: &'a str,
    pub theme: &'a str,
    pub wrong: Option<Refused>,
    pub notice: Option<String>,
    /// A guide that was ended a moment ago, to put back.
    pub ended: Option<GuideId>,
    pub now: Timestamp,
}

impl GuidesPage<'_> {
    fn when(&self, guide: &Listed) -> String {
        self.t.moment(guide.at, self.now)
    }

    fn wrong_text(&self) -> Option<String> {
        self.wrong.as_ref().map(|wrong| wrong.text(self.t))
    }
}

#[derive(Template)]
#[template(path = "guide_edit.html")]
pub(super) struct GuidePage<'a> {
    pub t: &'a Texts,
    pub id: GuideId,
    pub version: i64,
    pub typed: &'a Typed,
    pub wrong: Option<Refused>,
    pub notice: Option<String>,
    /// How often each answer was given in the last thirty days.
    pub counts: BTreeMap<Answered, i64>,
    /// The step that came a moment ago: one goes on there.
    pub added: bool,
}

impl GuidePage<'_> {
    /// What is wrong, and in which step.
    fn wrong_text(&self) -> Option<String> {
        let wrong = self.wrong.as_ref()?;
        let text = wrong.text(self.t);
        Some(match wrong.step() {
            Some(step) => {
                format!("{}: {text}", self.t.with("calls-guides-step", "n", number(step + 1)))
            }
            None => text,
        })
    }

    fn is_added(&self, is_last: &bool) -> bool {
        self.added && *is_last
    }

    fn is_draft(&self) -> bool {
        self.version == 1
    }

    fn is_wrong_in(&self, place: &usize) -> bool {
        self.wrong.as_ref().and_then(Refused::step) == Some(*place)
    }

    fn was(&self, step: &TypedStep) -> String {
        numbered(&step.was)
    }

    fn earlier(&self, place: &usize) -> Vec<(String, String)> {
        self.typed.earlier(*place)
    }

    fn fields(&self) -> String {
        FIELDS.map(|field| format!("{{{field}}}")).join(", ")
    }

    /// What people answered: question, and how often each answer.
    fn answered(&self) -> Vec<(&str, Vec<(&str, i64)>)> {
        let times = |step: &TypedStep, answer: i64| {
            self.counts.get(&Answered { step: step.nr, answer }).copied().unwrap_or(0)
        };
        self.typed
            .steps
            .iter()
            .filter(|step| !step.question.trim().is_empty())
            .map(|step| {
                let answers = step.was.iter();
                let answers = answers.map(|a| (a.text.as_str(), times(step, a.nr))).collect();
                (step.question.as_str(), answers)
            })
            .collect()
    }
}

fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

#[derive(Template)]
#[template(path = "guide_try.html")]
pub(super) struct TryPage<'a> {
    pub t: &'a Texts,
    pub id: GuideId,
    pub name: &'a str,
    pub part: Html,
    /// What the editor held, if it was not kept yet.
    pub typed: Option<Vec<(&'a str, &'a str)>>,
}
