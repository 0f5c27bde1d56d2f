//! A callback as a form or a message says it.

use calls_rules::callback::{Owner, Warmth, When, Wish};
use calls_rules::choice::{Choice, Chosen, NoChoice, choose};
use calls_rules::outcome::{Code, Outcome};
use kernel::{Pii, Window};
use serde::Deserialize;

/// The fields of a promise, as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CallbackForm {
    /// `3` for three working days from now, `2026-11-30` for a day, `anders` for `date`.
    pub day: String,
    pub date: String,
    /// `ochtend`, `middag`, a window `9:30-10:00`, or empty.
    pub time: String,
    pub from: String,
    pub until: String,
    /// `ik`, `team`, or a user's id.
    pub owner: String,
    pub warmth: String,
    pub opening: Pii<String>,
    pub words: Pii<String>,
}

/// What makes no sense, under the field it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongForm {
    #[error("choose an outcome")]
    Outcome,
    #[error("no such reason under this outcome")]
    Reason,
    #[error("not a day")]
    Day,
    #[error("not a window")]
    Window,
    #[error("no such colleague")]
    Owner,
    #[error("too long")]
    WordsTooLong,
}

impl WrongForm {
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Outcome | Self::Reason => "outcome",
            Self::Day => "day",
            Self::Window => "time",
            Self::Owner => "owner",
            Self::WordsTooLong => "words",
        }
    }

    #[must_use]
    pub fn text_id(self) -> &'static str {
        match self {
            Self::Outcome => "calls-outcome-choose",
            Self::Reason => "calls-outcome-wrong-reason",
            Self::Day => "calls-callback-day-wrong",
            Self::Window => "calls-callback-window-wrong",
            Self::Owner => "calls-callback-owner-wrong",
            Self::WordsTooLong => "calls-callback-words-too-long",
        }
    }
}

/// As in the table.
const WORDS_MAX: usize = 500;
const OPENING_MAX: usize = 300;

impl CallbackForm {
    /// Turns text into meaning once, so that nothing further in has to doubt it again: what came of the call, and
    /// what was chosen from the tree to say so.
    pub fn outcome(
        &self,
        tree: &[Choice],
        outcome: &str,
        reason: &str,
    ) -> Result<(Outcome, Option<Chosen>), WrongForm> {
        let (code, chosen) =
            choose(tree, outcome, reason).map_err(|no_choice| match no_choice {
                NoChoice::Outcome => WrongForm::Outcome,
                NoChoice::Reason => WrongForm::Reason,
            })?;
        let outcome = match code {
            Code::Callback => Outcome::Callback(self.wish()?),
            code => Outcome::Plain(code),
        };
        Ok((outcome, chosen))
    }

    pub fn wish(&self) -> Result<Wish, WrongForm> {
        let day = if self.day.trim() == "anders" { self.date.trim() } else { self.day.trim() };
        let when = match day.parse::<u16>() {
            Ok(days) => When::InWorkingDays(days),
            Err(_) => When::On(kernel::parse_day(day).ok_or(WrongForm::Day)?),
        };
        let words = text(&self.words, WORDS_MAX)?;
        let opening = text(&self.opening, OPENING_MAX)?;
        let warmth = match self.warmth.trim() {
            "" => None,
            code => Some(code.parse::<Warmth>().map_err(|_| WrongForm::Outcome)?),
        };
        Ok(Wish { when, window: self.window()?, owner: self.owner()?, words, warmth, opening })
    }

    fn window(&self) -> Result<Option<Window>, WrongForm> {
        let between =
            |from: &str, until: &str| Window::parse(from, until).map(Some).ok_or(WrongForm::Window);
        match (self.from.trim(), self.until.trim()) {
            ("", "") => {}
            (from, until) => return between(from, until),
        }
        match self.time.trim() {
            "" | "dag" => Ok(None),
            "ochtend" => between("9:00", "12:00"),
            "middag" => between("13:00", "17:00"),
            text => {
                let (from, until) = text.split_once('-').ok_or(WrongForm::Window)?;
                between(from, until)
            }
        }
    }

    fn owner(&self) -> Result<Owner, WrongForm> {
        match self.owner.trim() {
            "" | "ik" | "me" => Ok(Owner::Me),
            "team" => Ok(Owner::Team),
            user => user.parse().map(Owner::Colleague).map_err(|_| WrongForm::Owner),
        }
    }
}

fn text(text: &Pii<String>, most: usize) -> Result<Option<Pii<String>>, WrongForm> {
    let text = text.reveal().trim();
    if text.chars().count() > most {
        return Err(WrongForm::WordsTooLong);
    }
    Ok((!text.is_empty()).then(|| Pii::new(text.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_understood_as_it_is_typed() {
        let form = CallbackForm {
            day: "3".into(),
            time: "ochtend".into(),
            owner: "ik".into(),
            warmth: "warm".into(),
            words: Pii::new(" belt u maar ".into()),
            ..CallbackForm::default()
        };
        let wish = form.wish().unwrap();
        assert_eq!(
            (wish.when, wish.owner, wish.warmth),
            (When::InWorkingDays(3), Owner::Me, Some(Warmth::Warm))
        );
        assert_eq!(wish.window, Window::parse("9:00", "12:00"));
        assert_eq!(wish.words.unwrap().reveal(), "belt u maar");

        let other =
            CallbackForm { day: "anders".into(), date: "30-11-2026".into(), ..form.clone() };
        assert_eq!(other.wish().unwrap().when, When::On("2026-11-30".parse().unwrap()));
        for (wrong, why) in [
            (CallbackForm { day: "gauw".into(), ..form.clone() }, WrongForm::Day),
            (CallbackForm { day: String::new(), ..form.clone() }, WrongForm::Day),
            (CallbackForm { time: "10:00-9:00".into(), ..form.clone() }, WrongForm::Window),
            (CallbackForm { owner: "Bernd".into(), ..form.clone() }, WrongForm::Owner),
            (CallbackForm { words: Pii::new("x".repeat(501)), ..form }, WrongForm::WordsTooLong),
        ] {
            assert_eq!(wrong.wish(), Err(why));
        }
    }
}
