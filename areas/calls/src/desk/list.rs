//! The list beside the person.

use askama::Template;
use jiff::ZonedDateTime;
use kernel::{PersonName, Sex};
use people::person::Found;
use texts::Texts;
use web::ui::{Html, warmth_bars};

use crate::callback::Callback;

/// A campaign with how many people it can still offer: a number, no names.
pub(super) struct CampaignLine {
    pub name: String,
    pub eligible: i64,
}

/// The list beside the person; alone, it is what live updates ask for.
#[derive(Template)]
#[template(path = "desk_list.html")]
pub(super) struct WorkList<'a> {
    pub t: &'a Texts,
    pub now: &'a ZonedDateTime,
    pub current: Option<(String, String)>,
    pub in_call: bool,
    pub current_callback: Option<kernel::CallbackId>,
    pub callbacks: Vec<Callback>,
    pub campaigns: Vec<CampaignLine>,
    pub done: i64,
}

impl WorkList<'_> {
    fn to_go(&self) -> i64 {
        let promises = i64::try_from(self.promises().count()).unwrap_or(0);
        promises + self.campaigns.iter().map(|campaign| campaign.eligible).sum::<i64>()
    }

    /// Without the one that is on the desk.
    fn promises(&self) -> impl Iterator<Item = &Callback> {
        self.callbacks.iter().filter(|callback| Some(callback.id) != self.current_callback)
    }

    fn is_late(&self, callback: &Callback) -> bool {
        matches!(callback.state(self.now.timestamp()).as_str(), "overdue" | "escalated")
    }

    pub(super) fn when(&self, callback: &Callback) -> String {
        if self.is_late(callback) {
            self.t.get("calls-list-late")
        } else if callback.tries > 0 {
            self.t.clock(callback.check_at)
        } else {
            self.t.time(callback.from_time)
        }
    }

    pub(super) fn who(&self, callback: &Callback) -> String {
        listed(self.t, &callback.name(), callback.sex)
    }

    fn about(&self, callback: &Callback) -> String {
        match (callback.tries, &callback.opening) {
            (0, Some(opening)) => opening.clone(),
            // Nobody promised it; what it is about is for whoever has it on the desk.
            (0, None) if callback.made_by.is_none() => self.t.get("calls-ground-service"),
            (0, None) => {
                self.t.with("calls-list-promised", "day", self.t.short_day(callback.due_on))
            }
            (tries, _) => self.t.with("calls-list-try", "n", i64::from(tries) + 1),
        }
    }

    fn warmth(&self, callback: &Callback) -> Option<(Html, String)> {
        callback.warmth.map(|warmth| (warmth_bars(bars(warmth)), self.t.get(warmth_text(warmth))))
    }
}

/// Three bars for warm, one for cool.
#[must_use]
pub fn bars(warmth: calls_rules::callback::Warmth) -> u8 {
    use calls_rules::callback::Warmth as W;
    match warmth {
        W::Warm => 3,
        W::Lukewarm => 2,
        W::Cool => 1,
    }
}

#[must_use]
pub fn warmth_text(warmth: calls_rules::callback::Warmth) -> &'static str {
    use calls_rules::callback::Warmth as W;
    match warmth {
        W::Warm => "calls-warmth-warm",
        W::Lukewarm => "calls-warmth-lukewarm",
        W::Cool => "calls-warmth-cool",
    }
}

/// `Mevr. Arslan`, in a list.
pub fn listed(t: &Texts, name: &PersonName, sex: Option<Sex>) -> String {
    match sex {
        Some(Sex::Female) => t.with("calls-short-f", "name", name.after_title()),
        Some(Sex::Male) => t.with("calls-short-m", "name", name.after_title()),
        _ => name.spoken(),
    }
}

/// `mevrouw Arslan`, inside a sentence.
pub fn short_formal(t: &Texts, person: &Found) -> String {
    let name = person.name().after_title();
    match person.sex {
        Some(Sex::Female) => t.with("calls-formal-f", "name", name),
        Some(Sex::Male) => t.with("calls-formal-m", "name", name),
        _ => person.name().spoken(),
    }
}
