use askama::Template;
use jiff::civil::Date;
use service::Colleague;
use service::agreement::Agreement;
use service_rules::agreement::State as AgreementState;
use texts::Texts;
use web::Fields;

use super::store::{Decision, Series, Session};
use crate::target::{Read, Shown, shown};

/// `/bijeenkomsten`
#[derive(Template)]
#[template(path = "sessions.html")]
pub(super) struct SessionsPage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub series: Vec<Series>,
    pub sessions: Vec<Session>,
    pub may_plan: bool,
    pub typed: &'a Fields,
    pub wrong: Option<&'static str>,
}

impl SessionsPage<'_> {
    fn of(&self, series: &Series) -> Vec<&Session> {
        self.sessions.iter().filter(|session| session.series_id == series.id).collect()
    }

    fn kept(&self, series: &Series) -> Option<String> {
        (series.due > 0).then(|| kept(self.t, series.in_time, series.due))
    }

    fn day(&self, session: &Session) -> String {
        self.t.recent_day(session.held_on, self.today)
    }

    fn state(&self, session: &Session) -> (&'static str, String) {
        match session.ended_at {
            Some(_) => ("badge--good", self.t.get("steering-session-ended")),
            None if session.held_on <= self.today => {
                ("badge--next", self.t.get("steering-session-now"))
            }
            None => ("badge--line", self.t.get("steering-session-planned")),
        }
    }

    fn typed(&self, name: &str) -> &str {
        self.typed.text(name)
    }
}

/// `7 van 8 op tijd (88%)`
fn kept(t: &Texts, in_time: i64, due: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "few agreements")]
    let share = in_time as f64 / due.max(1) as f64;
    t.fill(
        "steering-kept-rate",
        [("kept", in_time.into()), ("due", due.into()), ("share", t.percent(share).into())],
    )
}

/// `/bijeenkomsten/{id}`
#[derive(Template)]
#[template(path = "session.html")]
pub(super) struct SessionPage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub session: Session,
    /// What lags first.
    pub agenda: Vec<Shown>,
    /// Agreements of the meetings before that are open.
    pub open: Vec<Agreement>,
    /// Made here.
    pub made: Vec<Agreement>,
    pub decisions: Vec<Decision>,
    pub in_time: i64,
    pub due: i64,
    pub colleagues: Vec<Colleague>,
    pub may_write: bool,
    pub may_lead: bool,
    pub names: bool,
    pub typed: &'a Fields,
    pub wrong: Option<&'static str>,
    pub notice: Option<String>,
}

impl SessionPage<'_> {
    fn title(&self) -> String {
        self.t.fill(
            "steering-session-title",
            [
                ("name", self.session.series.clone().into()),
                ("nr", self.session.nr.into()),
                ("of", self.session.meetings.into()),
            ],
        )
    }

    fn day(&self, day: &Date) -> String {
        self.t.recent_day(*day, self.today)
    }

    fn long_day(&self) -> String {
        self.t.long_day(self.session.held_on)
    }

    fn read(&self, target: &Shown) -> Read {
        shown(self.t, target, self.names, self.today)
    }

    fn kept(&self) -> Option<String> {
        (self.due > 0).then(|| kept(self.t, self.in_time, self.due))
    }

    fn is_open(&self) -> bool {
        self.session.ended_at.is_none()
    }

    fn owner(&self, agreement: &Agreement) -> String {
        agreement.owner.clone().filter(|_| self.names).unwrap_or_default()
    }

    fn is_done(&self, agreement: &Agreement) -> bool {
        agreement.state == AgreementState::Done
    }

    fn about(&self, decision: &Decision) -> Option<String> {
        let id = decision.target_id?;
        let target = self.agenda.iter().find(|shown| shown.target.id == id)?;
        Some(self.read(target).name)
    }

    fn is(&self, name: &str, value: impl std::fmt::Display) -> bool {
        self.typed.text(name) == value.to_string()
    }

    fn typed(&self, name: &str) -> &str {
        self.typed.text(name)
    }
}
