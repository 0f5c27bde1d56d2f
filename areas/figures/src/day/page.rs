use access::presence::intent_text;
use access_rules::presence::{Intent, Stretch};
use askama::Template;
use calls::callback::Callback;
use calls::desk::{bars, warmth_text};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ZonedDateTime};
use kernel::Window;
use texts::Texts;
use web::ui::{Html, warmth_bars};
use web::{App, PartFuture, User};

use super::store::{Call, Summary, summary};

#[derive(Template)]
#[template(path = "day_meter.html")]
struct Meter<'a> {
    t: &'a Texts,
    summary: Summary,
}

/// My own counts of today, in the top bar of every page.
pub(crate) fn part(app: App, user: User) -> PartFuture {
    Box::pin(async move {
        if !user.may(kernel::Action::WorkCalls) {
            return Ok(String::new());
        }
        let day = app.now().date();
        let Ok(lines) = app.rulebook().window("lines.hours", day) else { return Ok(String::new()) };
        let summary =
            app.db().read(user.actor(), async |tx| summary(tx, user.id, day, lines).await).await?;
        let t = app.texts(user.language);
        Ok(Meter { t: &t, summary }.render().unwrap_or_default())
    })
}

/// The picture of the day, in its own units.
const WIDTH: f64 = 1120.0;
const EDGE: f64 = 20.0;

#[derive(Template)]
#[template(path = "day.html")]
pub(super) struct DayPage<'a> {
    pub t: &'a Texts,
    pub now: &'a ZonedDateTime,
    pub day: Date,
    pub lines: Window,
    pub first_name: &'a str,
    pub summary: Summary,
    pub calls: Vec<Call>,
    pub stretches: Vec<Stretch>,
    pub promises: Vec<Callback>,
}

struct Bar {
    x: f64,
    width: f64,
    class: &'static str,
}

struct Mark {
    x: f64,
    class: &'static str,
    label: String,
}

struct Tick {
    x: f64,
    label: String,
}

impl DayPage<'_> {
    fn is_today(&self) -> bool {
        self.day == self.now.date()
    }

    fn span(&self) -> String {
        format!(
            "{}, {}",
            self.t.long_day(self.day),
            self.t.with2(
                "figures-lines",
                "from",
                self.t.time(self.lines.from),
                "until",
                self.t.time(self.lines.until)
            )
        )
    }

    /// Praise is specific or absent.
    fn sentence(&self) -> String {
        let Summary { callbacks_due, callbacks_kept, .. } = self.summary;
        match (callbacks_due, callbacks_due - callbacks_kept) {
            (0, _) => self.t.get("figures-nothing-promised"),
            (_, 0) => self.t.get("figures-all-kept"),
            (_, open) => self.t.with("figures-still-open", "n", open),
        }
    }

    fn hours(&self, seconds: &i64) -> String {
        self.t.hours(*seconds)
    }

    fn talking(&self) -> String {
        self.t.hours(self.summary.talking_seconds)
    }

    fn average(&self) -> Option<String> {
        let conversations = self.summary.conversations;
        (conversations > 0).then(|| {
            let minutes = self.summary.talking_seconds / conversations / 60;
            self.t.with("figures-average", "minutes", minutes)
        })
    }

    fn intents(&self) -> Vec<(String, String)> {
        self.summary
            .seconds_by_intent
            .iter()
            .map(|(intent, seconds)| (self.t.get(intent_text(*intent)), self.t.duration(*seconds)))
            .collect()
    }

    /// From a quarter before the lines open, or the first call, to their close or the last.
    fn range(&self) -> (Timestamp, Timestamp) {
        let at = |time: Time| {
            self.day
                .to_datetime(time)
                .in_tz(kernel::AMSTERDAM)
                .expect("the time zone is compiled in")
                .timestamp()
        };
        let first = self.calls.iter().map(|call| call.started_at).min();
        let last = self.calls.iter().filter_map(|call| call.ended_at).max();
        let from = first.map_or(at(self.lines.from), |first| first.min(at(self.lines.from)));
        let until = last.map_or(at(self.lines.until), |last| last.max(at(self.lines.until)));
        (from, until)
    }

    fn x(&self, at: Timestamp) -> f64 {
        let (from, until) = self.range();
        let seconds = |span: jiff::SignedDuration| span.as_secs_f64();
        let part = seconds(at.duration_since(from)) / seconds(until.duration_since(from)).max(1.0);
        EDGE + part.clamp(0.0, 1.0) * (WIDTH - 2.0 * EDGE)
    }

    fn bars(&self) -> Vec<Bar> {
        self.calls
            .iter()
            .map(|call| {
                let x = self.x(call.started_at);
                let end = self.x(call.ended_at.unwrap_or_else(|| self.now.timestamp()));
                let class = match call.outcome.as_deref() {
                    Some("joined" | "retained") => "in",
                    Some("no_answer" | "busy" | "voicemail" | "wrong_number") => "quiet",
                    _ => "in-soft",
                };
                Bar { x, width: (end - x).max(4.0), class }
            })
            .collect()
    }

    fn marks(&self) -> Vec<Mark> {
        self.calls
            .iter()
            .filter_map(|call| {
                let (class, text) = match call.outcome.as_deref()? {
                    "joined" => ("mark", "figures-mark-joined"),
                    "retained" => ("in", "figures-mark-retained"),
                    _ => return None,
                };
                let middle = self.x(call.started_at) + 10.0;
                Some(Mark { x: middle, class, label: self.t.get(text) })
            })
            .collect()
    }

    fn pauses(&self) -> Vec<(f64, String)> {
        self.stretches
            .iter()
            .filter(|stretch| {
                matches!(
                    stretch.intent,
                    Intent::Lunch | Intent::Break | Intent::Coaching | Intent::Meeting
                )
            })
            .filter(|stretch| stretch.until.duration_since(stretch.from).as_secs() >= 300)
            .map(|stretch| {
                let middle = f64::midpoint(self.x(stretch.from), self.x(stretch.until));
                (middle, self.t.get(intent_text(stretch.intent)).to_lowercase())
            })
            .collect()
    }

    fn ticks(&self) -> Vec<Tick> {
        let (from, until) = self.range();
        (0..24)
            .filter_map(|hour| {
                let time = Time::new(hour, 0, 0, 0).ok()?;
                let at = self.day.to_datetime(time).in_tz(kernel::AMSTERDAM).ok()?.timestamp();
                (from <= at && at <= until)
                    .then(|| Tick { x: self.x(at), label: self.t.time(time) })
            })
            .collect()
    }

    /// The picture in a sentence.
    fn described(&self) -> String {
        let Summary { attempts, conversations, new_members, retained_members, .. } = self.summary;
        self.t.fill(
            "figures-described",
            [
                ("attempts", attempts.into()),
                ("conversations", conversations.into()),
                ("new", new_members.into()),
                ("retained", retained_members.into()),
            ],
        )
    }

    fn promise_when(&self, callback: &Callback) -> String {
        format!("{}, {}", self.t.short_day(callback.due_on), self.t.time(callback.from_time))
    }

    fn promise_warmth(&self, callback: &Callback) -> Option<(Html, String)> {
        callback.warmth.map(|warmth| (warmth_bars(bars(warmth)), self.t.get(warmth_text(warmth))))
    }
}
