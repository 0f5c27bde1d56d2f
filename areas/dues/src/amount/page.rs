use askama::Template;
use dues_rules::amount::State;
use dues_rules::returned::Action;
use jiff::civil::Date;
use texts::Texts;

use super::store::Due;
use crate::words::{file, money, what};

pub(super) fn action_text(action: Action) -> &'static str {
    match action {
        Action::Again => "dues-action-again",
        Action::AskAccount => "dues-action-ask-account",
        Action::Contact => "dues-action-contact",
        Action::Pause => "dues-action-pause",
        Action::EndMandate => "dues-action-end-mandate",
        Action::Deceased => "dues-action-deceased",
        Action::OtherWay => "dues-action-other-way",
        Action::Technical => "dues-action-technical",
    }
}

/// An amount with whose it is.
pub(super) struct Line {
    pub due: Due,
    pub name: String,
}

#[derive(Template)]
#[template(path = "came_back.html")]
pub(super) struct BackPage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub waiting: Vec<Line>,
    pub goes_back: Vec<Line>,
    pub wrong: Option<String>,
}

impl BackPage<'_> {
    fn href(&self, line: &Line) -> String {
        file(line.due.person_id, line.due.organisation_id)
    }

    fn money(&self, line: &Line) -> String {
        money(self.t, line.due.cents)
    }

    fn what(&self, line: &Line) -> String {
        what(self.t, line.due.purpose, &line.due.period)
    }

    fn action(&self, line: &Line) -> String {
        line.due.waits_as.map(|action| self.t.get(action_text(action))).unwrap_or_default()
    }

    /// `AM04, 24 november`
    fn came(&self, line: &Line) -> String {
        let code = line.due.returned_code.clone().unwrap_or_default();
        let day = line.due.returned_on.map(|day| self.t.recent_day(day, self.today));
        [code, day.unwrap_or_default()].join(", ")
    }

    fn can_be_asked(&self, line: &Line) -> bool {
        line.due.state == State::Returned
    }

    /// It is still at the bank: it goes back once it came in.
    fn came_in(&self, line: &Line) -> bool {
        matches!(line.due.state, State::Paid | State::Settled)
    }

    fn why_back(&self, line: &Line) -> String {
        let why = line.due.goes_back_why.map(|why| why.code().replace('_', "-"));
        why.map(|why| self.t.get(&format!("dues-cancelled-{why}"))).unwrap_or_default()
    }
}
