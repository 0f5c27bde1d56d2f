//! Session timers (RFC 4028): a call whose other side vanished is noticed, and a PBX that demands them is served.
//!
//! What is agreed and when it is due is decided in `telephony_proto`; here are the headers, and the clock.

use std::time::Duration;

use rsipstack::sip::{Header, Headers};
use telephony_proto::session_timer::{Asked, Due, Reply, Timer, Wish, reply};
use tokio::time::Instant;

use super::headers;
use crate::settings::Settings;

pub(super) struct Session {
    timer: Timer,
    /// The last refresh that was answered.
    since: Instant,
    is_refreshing: bool,
}

pub(super) fn wish(settings: &Settings) -> Wish {
    Wish { interval: settings.session_interval, min: settings.session_interval_min }
}

/// Whether a request asks for an interval that we refuse, with the least that we take.
pub(super) fn too_short(request: &Headers, settings: &Settings) -> Option<Header> {
    match replied(request, settings) {
        Reply::TooShort { min_se } => Some(headers::min_se_of(min_se)),
        Reply::Timer { .. } | Reply::None => None,
    }
}

fn replied(request: &Headers, settings: &Settings) -> Reply {
    reply(
        headers::session_expires(request),
        headers::min_se(request),
        headers::supports(request, "timer"),
        wish(settings),
    )
}

impl Session {
    fn new(timer: Timer) -> Self {
        Self { timer, since: Instant::now(), is_refreshing: false }
    }

    /// What we answer to a request that begins or refreshes a session; adds it to the headers of our 200.
    pub(super) fn answered(
        request: &Headers,
        settings: &Settings,
        response: &mut Vec<Header>,
    ) -> Option<Self> {
        match replied(request, settings) {
            Reply::Timer { header, requires_timer, timer } => {
                response.push(Header::SessionExpires(header.to_string().into()));
                if requires_timer {
                    response.push(Header::Require("timer".into()));
                }
                Some(Self::new(timer))
            }
            // Whoever comes here was not refused before, so it is the other.
            Reply::TooShort { .. } | Reply::None => None,
        }
    }

    /// What the answer to our INVITE means; nothing if the other side knows no timer.
    pub(super) fn granted(asked: Asked, response: &Headers) -> Option<Self> {
        asked.granted(headers::session_expires(response)).map(Self::new)
    }

    /// What the answer to our re-INVITE means.
    pub(super) fn renewed(&self, response: &Headers) -> Option<Self> {
        self.timer.granted(headers::session_expires(response)).map(Self::new)
    }

    /// The header of a re-INVITE of ours: it leaves the roles as they are.
    pub(super) fn asked(&self) -> Header {
        Header::SessionExpires(self.timer.header().to_string().into())
    }

    /// Our refresh was refused. With 422 it is sent again, longer; otherwise the session runs out.
    pub(super) fn refused(&mut self, least: Option<Duration>) {
        if let Some(least) = least.filter(|least| *least > self.timer.interval) {
            self.timer.interval = least;
            self.is_refreshing = false;
        }
    }

    pub(super) fn due_at(&self) -> Instant {
        match self.timer.due(self.since.elapsed(), self.is_refreshing) {
            Due::In(wait) => Instant::now() + wait,
            Due::Refresh | Due::Dead => Instant::now(),
        }
    }

    /// What is to be done now. A refresh is asked for once.
    pub(super) fn due(&mut self) -> Due {
        let due = self.timer.due(self.since.elapsed(), self.is_refreshing);
        self.is_refreshing |= due == Due::Refresh;
        due
    }
}
