use std::collections::HashMap;

use admin_rules::value::{Part, Wrong as WrongPart, lowest};
use askama::Template;
use jiff::civil::Date;
use rulebook::Rule;
use serde::Deserialize;
use texts::Texts;

use super::parts::{self, Parts};

/// `call.lease_minutes` is called by the text `admin-rule-call-lease-minutes`.
#[must_use]
pub fn title_text(key: &str) -> String {
    format!("admin-rule-{}", key.replace(['.', '_'], "-"))
}

/// A rule with what is valid today, and what follows.
pub(super) struct Shown<'a> {
    pub key: &'a str,
    pub now: Option<&'a Rule>,
    pub later: Option<&'a Rule>,
}

pub(super) struct Group<'a> {
    pub code: &'a str,
    pub rules: Vec<Shown<'a>>,
}

/// The rules by subject, in the order of their keys.
pub(super) fn groups(rules: &[Rule], today: Date) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for versions in rules.chunk_by(|one, next| one.key == next.key) {
        let Some(first) = versions.first() else { continue };
        let code = first.key.split('.').next().unwrap_or_default();
        if groups.last().is_none_or(|group| group.code != code) {
            groups.push(Group { code, rules: vec![] });
        }
        let newest = |wanted: &dyn Fn(&Rule) -> bool| {
            versions
                .iter()
                .filter(|rule| wanted(rule))
                .max_by_key(|rule| (rule.valid_from, rule.changed_at))
        };
        let shown = Shown {
            key: &first.key,
            now: newest(&|rule| rule.valid_from <= today),
            later: versions.iter().find(|rule| rule.valid_from > today),
        };
        if let Some(group) = groups.last_mut() {
            group.rules.push(shown);
        }
    }
    groups
}

/// A value in words: `240 minuten, hooguit 4 keer`.
pub(super) fn in_words(t: &Texts, rule: &Rule) -> String {
    let Some(parts) = parts::of(&rule.json()) else { return rule.value.clone() };
    let has_choices = !rulebook::choices(&rule.key).is_empty();
    let words = |(name, part): &(String, Part)| {
        if let (Part::Words(chosen), true) = (part, has_choices) {
            chosen.iter().map(|word| t.get(&choice_text(word))).collect::<Vec<_>>().join(", ")
        } else if name.is_empty() {
            part.typed()
        } else {
            t.with(&format!("{}-words", part_text(name)), "value", part.typed())
        }
    };
    parts.iter().map(words).collect::<Vec<_>>().join(", ")
}

fn choice_text(word: &str) -> String {
    format!("admin-choice-{}", word.replace('_', "-"))
}

fn part_text(name: &str) -> String {
    format!("admin-part-{}", name.replace('_', "-"))
}

#[derive(Template)]
#[template(path = "rules.html")]
pub(super) struct RulesPage<'a> {
    pub t: &'a Texts,
    pub groups: Vec<Group<'a>>,
}

impl RulesPage<'_> {
    fn title(&self, key: &str) -> String {
        self.t.get(&title_text(key))
    }

    fn group(&self, group: &Group<'_>) -> String {
        self.t.get(&format!("admin-group-{}", group.code))
    }

    fn value(&self, rule: &Rule) -> String {
        in_words(self.t, rule)
    }
}

/// The form as the browser sends it; each part of the value is a field of its own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleForm {
    pub valid_from: String,
    pub source: String,
    pub grade: String,
    pub note: String,
    #[serde(flatten)]
    pub rest: HashMap<String, String>,
}

const PART: &str = "deel_";
const CHOICE: &str = "keuze_";

/// A part as the fields that hold it: typed, and ticked where its words are chosen.
fn fields(name: &str, part: &Part) -> Vec<(String, String)> {
    let mut fields = vec![(format!("{PART}{name}"), part.typed())];
    if let Part::Words(words) = part {
        fields.extend(words.iter().map(|word| (format!("{CHOICE}{word}"), "ja".to_owned())));
    }
    fields
}
const TEXT_MAX: usize = 300;

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Part(String, WrongPart),
    /// A part of the day that ends before it begins.
    Backwards,
    /// No day, or one that has been: what was decided by it cannot change afterwards.
    Day,
    Source,
    Grade,
}

/// What the form says, understood.
pub(super) struct Read {
    pub parts: Parts,
    pub valid_from: Date,
    pub source: String,
    pub grade: &'static str,
    pub note: String,
}

/// What a value may rest on once somebody answers for it.
const GRADES: [(&str, &str); 3] =
    [("A", "admin-grade-a"), ("B", "admin-grade-b"), ("D", "admin-grade-d")];

impl RuleForm {
    pub(super) fn of(parts: &Parts, today: Date) -> Self {
        Self {
            valid_from: today.to_string(),
            rest: parts.iter().flat_map(|(name, part)| fields(name, part)).collect(),
            ..Self::default()
        }
    }

    fn part(&self, name: &str) -> &str {
        self.rest.get(&format!("{PART}{name}")).map_or("", String::as_str)
    }

    /// The choices that were ticked, in the order in which they are offered.
    fn chosen<'a>(&self, choices: &'a [String]) -> Vec<&'a str> {
        let is_ticked = |word: &&str| self.rest.contains_key(&format!("{CHOICE}{word}"));
        choices.iter().map(String::as_str).filter(is_ticked).collect()
    }

    pub(super) fn read(&self, key: &str, like: &Parts, today: Date) -> Result<Read, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut parts = Vec::new();
        for (name, part) in like {
            let typed = match rulebook::choices(key) {
                [] => self.part(name).to_owned(),
                choices => self.chosen(choices).join(","),
            };
            match part.follow(&typed, lowest(key, name)) {
                Ok(part) => parts.push((name.clone(), part)),
                Err(why) => wrong.push(Wrong::Part(name.clone(), why)),
            }
        }
        if is_backwards(&parts) {
            wrong.push(Wrong::Backwards);
        }
        let valid_from = kernel::parse_day(&self.valid_from).filter(|day| *day >= today);
        if valid_from.is_none() {
            wrong.push(Wrong::Day);
        }
        let source = self.source.trim().to_owned();
        if !(1..=TEXT_MAX).contains(&source.chars().count()) {
            wrong.push(Wrong::Source);
        }
        let grade = GRADES.iter().find(|(code, _)| *code == self.grade).map(|(code, _)| *code);
        if grade.is_none() {
            wrong.push(Wrong::Grade);
        }
        let note = self.note.trim().chars().take(TEXT_MAX).collect();
        match (valid_from, grade) {
            (Some(valid_from), Some(grade)) if wrong.is_empty() => {
                Ok(Read { parts, valid_from, source, grade, note })
            }
            _ => Err(wrong),
        }
    }
}

fn is_backwards(parts: &Parts) -> bool {
    let time = |wanted: &str| {
        parts.iter().find_map(|(name, part)| match part {
            Part::Time(time) if name == wanted => Some(*time),
            _ => None,
        })
    };
    matches!((time("from"), time("until")), (Some(from), Some(until)) if until <= from)
}

#[derive(Template)]
#[template(path = "rule.html")]
pub(super) struct RulePage<'a> {
    pub t: &'a Texts,
    pub key: &'a str,
    /// All versions, newest first.
    pub versions: Vec<(&'a Rule, Option<&'a str>)>,
    pub now: Option<&'a Rule>,
    pub like: &'a Parts,
    pub form: &'a RuleForm,
    pub wrong: &'a [Wrong],
    pub may_change: bool,
    pub done: bool,
}

impl RulePage<'_> {
    fn title(&self) -> String {
        self.t.get(&title_text(self.key))
    }

    fn value(&self, rule: &Rule) -> String {
        in_words(self.t, rule)
    }

    fn grade(&self, rule: &Rule) -> String {
        self.t.get(&format!("admin-grade-{}", rule.grade.to_lowercase()))
    }

    /// Field, label, what stands in it, what is wrong with it.
    fn parts(&self) -> Vec<(String, String, &str, Option<String>)> {
        let field = |(name, part): &(String, Part)| {
            let label =
                if name.is_empty() { "admin-part-value".to_owned() } else { part_text(name) };
            let why = self.wrong.iter().find_map(|wrong| match wrong {
                Wrong::Part(of, why) if of == name => Some(match why {
                    WrongPart::Number => {
                        self.t.with("admin-wrong-number", "lowest", lowest(self.key, name))
                    }
                    WrongPart::Time => self.t.get("admin-wrong-time"),
                    WrongPart::Words => self.t.get("admin-wrong-words"),
                }),
                Wrong::Backwards if name == "until" => Some(self.t.get("admin-wrong-backwards")),
                _ => None,
            });
            let hint = matches!(part, Part::Words(_)).then(|| self.t.get("admin-part-words-hint"));
            let label = hint.map_or_else(
                || self.t.get(&label),
                |hint| format!("{} ({hint})", self.t.get(&label)),
            );
            (format!("{PART}{name}"), label, self.form.part(name), why)
        };
        self.like.iter().map(field).collect()
    }

    /// Field, label, whether it is ticked; empty where the value is typed.
    fn choices(&self) -> Vec<(String, String, bool)> {
        let choices = rulebook::choices(self.key);
        let chosen = self.form.chosen(choices);
        choices
            .iter()
            .map(|word| {
                let is_chosen = chosen.contains(&word.as_str());
                (format!("{CHOICE}{word}"), self.t.get(&choice_text(word)), is_chosen)
            })
            .collect()
    }

    fn no_choice(&self) -> Option<String> {
        let is_missing = self.wrong.iter().any(|wrong| matches!(wrong, Wrong::Part(..)));
        is_missing.then(|| self.t.get("admin-wrong-choice"))
    }

    fn why(&self, field: &str) -> Option<String> {
        self.wrong.iter().find_map(|wrong| {
            let (of, text) = match wrong {
                Wrong::Part(..) | Wrong::Backwards => return None,
                Wrong::Day => ("valid_from", "admin-wrong-day"),
                Wrong::Source => ("source", "admin-wrong-source"),
                Wrong::Grade => ("grade", "admin-wrong-grade"),
            };
            (of == field).then(|| self.t.get(text))
        })
    }

    fn grades(&self) -> [(&'static str, &'static str); 3] {
        GRADES
    }

    fn is_grade(&self, code: &str) -> bool {
        self.form.grade == code
    }
}
