//! What was compared so far, with what the story says.

use serde_json::Value;
use texts::Texts;

use super::client::Answer;
use crate::commands::say;

/// What was compared so far.
pub struct Told {
    pub(super) t: Texts,
    pub compared: u32,
    pub differences: u32,
}

impl Told {
    pub(super) fn scene(&self, time: &str, text: &str) {
        say(format!("\n{time}  {}", self.t.get(text)));
    }

    /// One piece of evidence: what it is, what was found, and what the story says.
    pub(super) fn check(&mut self, text: &str, found: &str, expected: &str) {
        self.compare(&self.t.get(text), found, expected);
    }

    pub(super) fn compare(&mut self, what: &str, found: &str, expected: &str) {
        self.compared += 1;
        if found == expected {
            say(format!("       {what}: {found}"));
        } else {
            self.differences += 1;
            let differs = self.t.with("story-differs", "expected", expected);
            say(format!("    !! {what}: {found} ({differs})"));
        }
    }

    pub(super) fn verdict(&self) -> String {
        let verdict = self.t.with2(
            "story-verdict",
            "compared",
            self.compared,
            "differences",
            self.differences,
        );
        format!("\n{verdict}")
    }
}

/// Tells only of what went wrong: that a step worked is no evidence worth a line.
pub(super) fn expect(told: &mut Told, answer: &Answer, status: u16) {
    told.compared += 1;
    if answer.status != status {
        told.differences += 1;
        say(format!("    !! {} {}", answer.status, answer.text));
    }
}

pub(super) fn field(body: &Value, name: &str) -> String {
    match &body[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
