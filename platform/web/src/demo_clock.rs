//! The clock of the demo in the top bar: whoever looks around need not wait for nine o'clock.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use jiff::civil::{DateTime, Time};
use jiff::{Timestamp, ZonedDateTime};
use serde::Deserialize;
use texts::Texts;

use crate::{App, Form, User, WebError, back};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/demo/klok", post(go_on))
}

/// A moment to go on to, and what it is called.
pub(crate) struct Choice {
    pub at: Timestamp,
    pub label: String,
}

/// Ten minutes on, the moments at which something happens on the story's day, and tomorrow morning.
pub(crate) fn choices(t: &Texts, now: &ZonedDateTime) -> Vec<Choice> {
    let at = |local: DateTime| local.in_tz(kernel::AMSTERDAM).ok().map(|at| at.timestamp());
    let today = [(8, 30), (9, 0), (9, 15), (11, 30), (14, 0), (16, 0)]
        .into_iter()
        .map(|(hour, minute)| now.date().at(hour, minute, 0, 0))
        .filter(|moment| *moment > now.datetime())
        .take(3)
        .filter_map(|moment| {
            let label = t.with("web-demo-clock-to", "time", t.time(moment.time()));
            Some(Choice { at: at(moment)?, label })
        });
    let soon = now.timestamp() + jiff::SignedDuration::from_mins(10);
    let tomorrow = now.date().tomorrow().ok().and_then(|day| {
        let morning = day.to_datetime(Time::constant(8, 20, 0, 0));
        Some(Choice { at: at(morning)?, label: t.get("web-demo-clock-tomorrow") })
    });
    let soon = Choice { at: soon, label: t.get("web-demo-clock-soon") };
    std::iter::once(soon).chain(today).chain(tomorrow).collect()
}

#[derive(Deserialize)]
struct ClockForm {
    at: String,
}

/// Sets the clock forward; it never goes back, so that no claim lasts for ever.
async fn go_on(
    State(app): State<App>,
    _: User,
    headers: HeaderMap,
    Form(form): Form<ClockForm>,
) -> Result<Response, WebError> {
    if app.settings().demo.is_none() {
        return Err(WebError::NotFound);
    }
    let at: Timestamp = form.at.parse().map_err(|_| WebError::Unreadable)?;
    let clock = app.db().clock();
    if at > clock.now() {
        clock.set(at);
    }
    Ok(Redirect::to(&back(&headers)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_offers_what_lies_ahead() {
        let texts = texts::Catalogue::new(&[crate::TEXTS]);
        let t = texts.texts(texts::Language::Dutch);
        let now = "2026-11-24T08:20".parse::<DateTime>().unwrap().in_tz(kernel::AMSTERDAM).unwrap();
        let labels: Vec<String> = choices(&t, &now).into_iter().map(|one| one.label).collect();
        assert_eq!(
            labels,
            ["Tien minuten verder", "Naar 8:30", "Naar 9:00", "Naar 9:15", "Naar morgenochtend"]
        );
        let late = now.with().hour(17).build().unwrap();
        assert_eq!(choices(&t, &late).len(), 2);
    }
}
