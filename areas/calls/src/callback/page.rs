use askama::Template;
use jiff::Timestamp;
use kernel::UserId;
use texts::Texts;
use web::ui::{Html, warmth_bars};

use super::store::{Callback, Show};
use crate::desk::{bars, warmth_text};

#[derive(Template)]
#[template(path = "callbacks.html")]
pub(super) struct CallbacksPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub user: UserId,
    pub show: Show,
    pub callbacks: Vec<Callback>,
    pub wrong: Option<String>,
    pub notice: Option<String>,
}

impl CallbacksPage<'_> {
    fn is_team(&self) -> bool {
        self.show == Show::Team
    }

    fn day(&self, callback: &Callback) -> String {
        self.t.short_day(callback.due_on)
    }

    fn window(&self, callback: &Callback) -> String {
        format!("{}–{}", self.t.time(callback.from_time), self.t.time(callback.until_time))
    }

    fn owner(&self, callback: &Callback) -> String {
        match (&callback.owner_name, callback.owner_id) {
            (_, Some(id)) if id == self.user => self.t.get("calls-callback-me"),
            (Some(name), _) => name.clone(),
            (None, _) => self.t.get("calls-callback-team"),
        }
    }

    fn state(&self, callback: &Callback) -> String {
        self.t.get(match callback.state(self.now).as_str() {
            "due" => "calls-state-due",
            "retrying" => "calls-state-retrying",
            "overdue" => "calls-state-overdue",
            _ => "calls-state-scheduled",
        })
    }

    fn tone(&self, callback: &Callback) -> &'static str {
        match callback.state(self.now).as_str() {
            "overdue" => "badge--bad",
            "due" => "badge--next",
            "retrying" => "badge--warn",
            _ => "badge--line",
        }
    }

    fn warmth(&self, callback: &Callback) -> Option<(Html, String)> {
        callback.warmth.map(|warmth| (warmth_bars(bars(warmth)), self.t.get(warmth_text(warmth))))
    }
}
