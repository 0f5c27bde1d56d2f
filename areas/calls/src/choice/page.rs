use std::collections::BTreeMap;

use askama::Template;
use calls_rules::choice::{About, Choice, Then, Wanted, Wrong, follows, may_differ};
use calls_rules::outcome::{Code, OwnRetries, Settings};
use jiff::Timestamp;
use serde::Deserialize;
use texts::Texts;

use super::store::Version;
use super::words::{Unit, after, follows_in_words, in_units, label};
use crate::desk::code_text;

/// The form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChoiceForm {
    /// Of a reason, the result that it stands under.
    pub parent: String,
    pub code: String,
    pub label_nl: String,
    pub label_en: String,
    pub key: String,
    pub place: String,
    pub folded: String,
    /// `usual`, `again` or `done`.
    pub then: String,
    pub after: String,
    pub unit: String,
    pub tries_max: String,
    pub offered: String,
}

fn tick(is_so: bool) -> String {
    if is_so { "ja".into() } else { String::new() }
}

impl ChoiceForm {
    /// What the form of a new choice begins with.
    pub(super) fn fresh(parent: Option<&Choice>, place: i64) -> Self {
        Self {
            parent: parent.map(|parent| parent.nr.to_string()).unwrap_or_default(),
            code: parent.map_or(Code::NotInterested, |parent| parent.code).code().into(),
            place: place.to_string(),
            then: "usual".into(),
            unit: Unit::Days.code().into(),
            offered: "ja".into(),
            ..Self::default()
        }
    }

    pub(super) fn of(choice: &Choice) -> Self {
        let mut form = Self {
            parent: choice.parent.map(|parent| parent.to_string()).unwrap_or_default(),
            code: choice.code.code().into(),
            label_nl: choice.label_nl.clone(),
            label_en: choice.label_en.clone(),
            key: choice.key.clone(),
            place: choice.place.to_string(),
            folded: tick(choice.is_folded),
            then: "usual".into(),
            unit: Unit::Days.code().into(),
            offered: tick(choice.is_offered),
            ..Self::default()
        };
        match choice.then {
            Then::AsUsual => {}
            Then::Done => form.then = "done".into(),
            Then::Again { minutes, tries_max } => {
                let (n, unit) = in_units(minutes);
                form.then = "again".into();
                form.after = n.to_string();
                form.unit = unit.code().into();
                form.tries_max = tries_max.to_string();
            }
        }
        form
    }

    /// What is wanted. `before`: the choice as it stands; its place in the tree and what it counts as stay.
    pub(super) fn read(&self, before: Option<&Choice>) -> Result<Wanted, Wrong> {
        let (parent, code) = match before {
            Some(before) => (before.parent, before.code),
            None => {
                let parent = match self.parent.trim() {
                    "" => None,
                    nr => Some(nr.parse().map_err(|_| Wrong::Parent)?),
                };
                (parent, self.code.parse().map_err(|_| Wrong::Code)?)
            }
        };
        let then = match self.then.as_str() {
            "again" => {
                let unit = Unit::ALL.into_iter().find(|unit| unit.code() == self.unit);
                let n: Option<i64> = self.after.trim().parse().ok();
                let minutes = unit.zip(n).and_then(|(unit, n)| n.checked_mul(unit.minutes()));
                Then::Again {
                    minutes: minutes.ok_or(Wrong::Minutes)?,
                    tries_max: self.tries_max.trim().parse().map_err(|_| Wrong::Tries)?,
                }
            }
            "done" => Then::Done,
            _ => Then::AsUsual,
        };
        let english = if self.label_en.trim().is_empty() { &self.label_nl } else { &self.label_en };
        Ok(Wanted {
            nr: before.map(|before| before.nr),
            parent,
            code,
            label_nl: self.label_nl.trim().to_owned(),
            label_en: english.trim().to_owned(),
            key: self.key.trim().to_lowercase(),
            place: self.place.trim().parse().unwrap_or(99_i64).clamp(0, 999),
            is_folded: !self.folded.is_empty(),
            then,
            is_offered: !self.offered.is_empty(),
        })
    }
}

/// Why a choice was not kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refused {
    Wrong(Wrong),
    /// Somebody changed the tree at the same moment.
    Overtaken,
}

/// The `name` of the input that is wrong, and the text that says why.
fn about(refused: Refused) -> (&'static str, &'static str) {
    let Refused::Wrong(wrong) = refused else { return ("parent", "calls-choice-overtaken") };
    match wrong {
        Wrong::Label => ("label_nl", "calls-choice-wrong-label"),
        Wrong::Key => ("key", "calls-choice-wrong-key"),
        Wrong::Parent => ("parent", "calls-choice-wrong-parent"),
        Wrong::Code => ("code", "calls-choice-wrong-code"),
        Wrong::Then => ("then", "calls-choice-wrong-then"),
        Wrong::Minutes => ("after", "calls-choice-wrong-minutes"),
        Wrong::Tries => ("tries_max", "calls-choice-wrong-tries"),
        Wrong::Indispensable => ("offered", "calls-choice-wrong-needed"),
    }
}

/// What follows from a choice wherever the campaign says nothing else.
fn follows_from(t: &Texts, choice: &Choice, settings: &Settings) -> String {
    let about = About { own: Some(OwnRetries::default()), ..About::default() };
    follows_in_words(t, &follows(choice.code, choice.then, about, settings))
}

#[derive(Template)]
#[template(path = "outcomes.html")]
pub(super) struct OutcomesPage<'a> {
    pub t: &'a Texts,
    pub tree: &'a [Choice],
    pub settings: &'a Settings,
    /// How often each was chosen in the last thirty days.
    pub chosen: BTreeMap<i64, i64>,
    pub may_change: bool,
    pub notice: Option<String>,
}

impl OutcomesPage<'_> {
    fn groups(&self) -> [(&'static str, &'static str, Vec<&Choice>); 2] {
        let results = |reached: bool| {
            let is_one =
                |choice: &&Choice| choice.parent.is_none() && choice.code.is_reached() == reached;
            self.tree.iter().filter(is_one).collect()
        };
        [
            ("bereikt", "calls-choices-reached", results(true)),
            ("niet-bereikt", "calls-choices-not-reached", results(false)),
        ]
    }

    fn reasons(&self, result: &Choice) -> Vec<&Choice> {
        self.tree.iter().filter(|choice| choice.parent == Some(result.nr)).collect()
    }

    fn label<'b>(&self, choice: &'b Choice) -> &'b str {
        label(self.t, choice)
    }

    fn follows(&self, choice: &Choice) -> String {
        follows_from(self.t, choice, self.settings)
    }

    /// Of a reason only what it changes.
    fn own_follows(&self, reason: &Choice) -> Option<String> {
        (reason.then != Then::AsUsual).then(|| self.follows(reason))
    }

    /// What it counts as, if its name does not say so.
    fn counts_as(&self, choice: &Choice) -> Option<String> {
        let counts = self.t.get(code_text(choice.code));
        (counts != label(self.t, choice)).then_some(counts)
    }

    fn times(&self, choice: &Choice) -> i64 {
        self.chosen.get(&choice.nr).copied().unwrap_or(0)
    }

    fn may_have_reasons(&self, choice: &Choice) -> bool {
        choice.code != Code::Callback && choice.is_offered
    }
}

#[derive(Template)]
#[template(path = "outcome_choice.html")]
pub(super) struct ChoicePage<'a> {
    pub t: &'a Texts,
    pub choice: Option<&'a Choice>,
    /// The result that this is a reason for.
    pub parent: Option<&'a Choice>,
    pub form: &'a ChoiceForm,
    pub wrong: Option<Refused>,
    pub settings: &'a Settings,
    pub versions: Vec<Version>,
    pub may_change: bool,
    pub now: Timestamp,
}

impl ChoicePage<'_> {
    fn title(&self) -> String {
        match (self.choice, self.parent) {
            (Some(choice), _) => label(self.t, choice).to_owned(),
            (None, Some(parent)) => {
                self.t.with("calls-choice-new-reason", "result", label(self.t, parent))
            }
            (None, None) => self.t.get("calls-choice-new"),
        }
    }

    fn address(&self) -> String {
        self.choice.map_or_else(
            || "/beheer/uitkomsten".to_owned(),
            |choice| format!("/beheer/uitkomsten/{}", choice.nr),
        )
    }

    /// What a new result can count as.
    fn codes(&self) -> Vec<(Code, String, bool)> {
        let free = Code::ALL.iter().filter(|code| may_differ(**code));
        free.map(|code| (*code, self.t.get(code_text(*code)), self.form.code == code.code()))
            .collect()
    }

    fn may_differ(&self) -> bool {
        self.choice.or(self.parent).is_none_or(|choice| may_differ(choice.code))
    }

    /// What follows if nothing else is chosen: of a reason, what its result says.
    fn usual(&self) -> String {
        match (self.parent, self.choice) {
            (Some(parent), _) => follows_from(self.t, parent, self.settings),
            (None, Some(choice)) => {
                let usual = Choice { then: Then::AsUsual, ..choice.clone() };
                follows_from(self.t, &usual, self.settings)
            }
            (None, None) => self.t.get("calls-choice-usual-new"),
        }
    }

    fn units(&self) -> [(&'static str, &'static str, bool); 3] {
        let text = |unit| match unit {
            Unit::Minutes => "calls-unit-minutes",
            Unit::Hours => "calls-unit-hours",
            Unit::Days => "calls-unit-days",
        };
        Unit::ALL.map(|unit| (unit.code(), text(unit), self.form.unit == unit.code()))
    }

    fn why(&self, field: &str) -> Option<String> {
        let (of, text) = about(self.wrong?);
        (of == field).then(|| self.t.get(text))
    }

    fn when(&self, version: &Version) -> String {
        if version.by.is_some() { self.t.moment(version.at, self.now) } else { String::new() }
    }

    fn says(&self, version: &Version) -> String {
        let choice = &version.choice;
        let then = match choice.then {
            Then::AsUsual if choice.parent.is_some() => self.t.get("calls-choice-as-result"),
            Then::AsUsual => self.t.get("calls-choice-as-usual"),
            Then::Done => self.t.get("calls-follow-done"),
            Then::Again { minutes, tries_max } => self.t.fill(
                "calls-follow-again",
                [("after", after(self.t, minutes).into()), ("n", tries_max.into())],
            ),
        };
        let gone = (!choice.is_offered).then(|| self.t.get("calls-choice-not-offered"));
        std::iter::once(then).chain(gone).collect::<Vec<_>>().join(" ")
    }
}
