use askama::Template;
use jiff::Timestamp;
use kernel::UserId;
use texts::Texts;
use web::ui::{Html, warmth_bars};

use super::store::{Callback, Show};
use super::told::Step;
use crate::desk::{bars, warmth_text};

/// The states that a list can be narrowed to, with their words.
pub(super) const STATES: [(&str, &str); 6] = [
    ("scheduled", "calls-state-scheduled"),
    ("due", "calls-state-due"),
    ("retrying", "calls-state-retrying"),
    ("overdue", "calls-state-overdue"),
    ("escalated", "calls-state-escalated"),
    ("in_attempt", "calls-state-in-attempt"),
];

#[derive(Template)]
#[template(path = "callbacks.html")]
pub(super) struct CallbacksPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub user: UserId,
    pub show: Show,
    pub callbacks: Vec<Callback>,
    pub unreached: Vec<Callback>,
    pub colleagues: Vec<(UserId, String)>,
    /// What the list is narrowed to.
    pub owner: Option<UserId>,
    pub state: String,
    pub until: String,
    pub notice: Option<String>,
}

impl CallbacksPage<'_> {
    fn is_team(&self) -> bool {
        self.show == Show::Team
    }

    fn is_narrowed(&self) -> bool {
        self.owner.is_some() || !self.state.is_empty() || !self.until.is_empty()
    }

    fn states(&self) -> [(&'static str, &'static str); 6] {
        STATES
    }

    fn is_owner(&self, id: &UserId) -> bool {
        self.owner == Some(*id)
    }

    fn day(&self, callback: &Callback) -> String {
        self.t.short_day(callback.due_on)
    }

    fn window(&self, callback: &Callback) -> String {
        window(self.t, callback)
    }

    fn owner_of(&self, callback: &Callback) -> String {
        owner(self.t, callback, self.user)
    }

    fn climbed(&self, callback: &Callback) -> Option<String> {
        climbed(self.t, callback)
    }

    fn state_of(&self, callback: &Callback) -> String {
        self.t.get(state_text(&callback.state(self.now)))
    }

    fn tone(&self, callback: &Callback) -> &'static str {
        tone(&callback.state(self.now))
    }

    fn warmth(&self, callback: &Callback) -> Option<(Html, String)> {
        callback.warmth.map(|warmth| (warmth_bars(bars(warmth)), self.t.get(warmth_text(warmth))))
    }
}

/// One promise: what was agreed, what became of it, and what can be done.
#[derive(Template)]
#[template(path = "callback.html")]
pub(super) struct CallbackPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub user: UserId,
    pub callback: Callback,
    pub steps: Vec<Step>,
    pub colleagues: Vec<(UserId, String)>,
    /// Whether this colleague may move, give away or end it.
    pub may_change: bool,
    pub wrong: Option<String>,
    pub notice: Option<String>,
    pub warnings: Vec<String>,
}

impl CallbackPage<'_> {
    fn when(&self) -> String {
        format!("{}, {}", self.t.day(self.callback.due_on), window(self.t, &self.callback))
    }

    fn owner(&self) -> String {
        owner(self.t, &self.callback, self.user)
    }

    fn climbed(&self) -> Option<String> {
        climbed(self.t, &self.callback)
    }

    fn state(&self) -> String {
        self.t.get(state_text(&self.callback.state(self.now)))
    }

    fn tone(&self) -> &'static str {
        tone(&self.callback.state(self.now))
    }

    fn made(&self) -> String {
        let by = self.callback.made_by.as_deref().unwrap_or_default();
        format!("{}, {by}", self.t.moment(self.callback.made_at, self.now))
    }

    fn is_open(&self) -> bool {
        self.callback.ended_at.is_none()
    }

    fn is_owner(&self, id: &UserId) -> bool {
        self.callback.owner_id == Some(*id)
    }
}

fn window(t: &Texts, callback: &Callback) -> String {
    format!("{}–{}", t.time(callback.from_time), t.time(callback.until_time))
}

fn owner(t: &Texts, callback: &Callback, user: UserId) -> String {
    match (&callback.owner_name, callback.owner_id) {
        (_, Some(id)) if id == user => t.get("calls-callback-me"),
        (Some(name), _) => name.clone(),
        (None, _) => t.get("calls-callback-team"),
    }
}

/// Where it climbed to, if it did.
fn climbed(t: &Texts, callback: &Callback) -> Option<String> {
    use calls_rules::ladder::Level;
    match callback.level() {
        Level::Owner => None,
        Level::StandIn => {
            let who = callback.stand_in_name.as_deref().unwrap_or_default();
            Some(t.with("calls-climbed-stand-in", "who", who))
        }
        Level::Team => Some(t.get("calls-climbed-team")),
        Level::Lead => Some(t.get("calls-climbed-lead")),
    }
}

fn state_text(state: &str) -> &'static str {
    match state {
        "due" => "calls-state-due",
        "offered" => "calls-state-offered",
        "in_attempt" => "calls-state-in-attempt",
        "retrying" => "calls-state-retrying",
        "overdue" => "calls-state-overdue",
        "escalated" => "calls-state-escalated",
        "kept" => "calls-state-kept",
        "closed_unreached" => "calls-state-unreached",
        "cancelled" => "calls-state-cancelled",
        "replaced" => "calls-state-replaced",
        _ => "calls-state-scheduled",
    }
}

fn tone(state: &str) -> &'static str {
    match state {
        "overdue" | "escalated" => "badge--bad",
        "due" | "offered" | "in_attempt" => "badge--next",
        "retrying" | "closed_unreached" => "badge--warn",
        "kept" => "badge--good",
        _ => "badge--line",
    }
}
