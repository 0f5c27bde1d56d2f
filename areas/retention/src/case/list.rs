//! `/behoud`: what waits for somebody, what was decided, and how many stayed.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use db::Error;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Action, CancellationId, PersonName, UserId};
use membership::Holder;
use membership::tariff::HolderKind;
use retention_rules::advice::{Says, Tally};
use retention_rules::case::{Channel, State as Stand};
use serde::Deserialize;
use texts::Texts;
use web::{App, Caller, Fields, Page, WebError};

use super::page::state_text;
use super::store::{self, Listed, Show};
use crate::advice::{Saved, saved};
use crate::reason::{self, Reason};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/behoud", get(show))
}

pub(super) fn channel_text(channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => "retention-channel-phone",
        Channel::Mail => "retention-channel-mail",
        Channel::Web => "retention-channel-web",
        Channel::Letter => "retention-channel-letter",
        Channel::Visit => "retention-channel-visit",
        Channel::Employer => "retention-channel-employer",
        Channel::Heir => "retention-channel-heir",
    }
}

const ON_A_PAGE: i64 = 50;
/// So far back the rates look: a year of cases whose year is over, and a little.
const MONTHS: i64 = 24;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// `besloten` for what was decided.
    toon: String,
    na: String,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let show = if asked.toon == "besloten" { Show::Decided } else { Show::Open };
    let after = CancellationId(asked.na.parse().unwrap_or(0));
    let rules = super::route::rules(&app)?;
    // A team lead sees the team's rates, an agent the own ones.
    let leads = caller.may(Action::ManageCampaigns);
    let by = (!leads).then_some(caller.id);
    let from = today.checked_sub(MONTHS.months()).unwrap_or(Date::MIN);
    let (mut found, saved, reasons) = app
        .db()
        .read(caller.actor(), async |tx| {
            let who = (caller.id, caller.team);
            let found = store::list(tx, show, who, after, ON_A_PAGE + 1).await?;
            let saved = saved(tx, (from, today), by, today).await?;
            let mut reasons = reason::all(tx, HolderKind::Person).await?;
            reasons.extend(reason::all(tx, HolderKind::Organisation).await?);
            Ok::<_, Error>((found, saved, reasons))
        })
        .await?;
    let next = i64::try_from(found.len()).is_ok_and(|found| found > ON_A_PAGE).then(|| {
        found.pop();
        found.last().map(|last| last.id)
    });
    let t = app.texts(caller.language);
    let body = ListPage {
        t: &t,
        show,
        found,
        next: next.flatten(),
        saved,
        cases_min: rules.cases_min,
        stays_days: rules.stays_days,
        reasons,
        me: caller.id,
        leads,
    };
    web::show(&app, &caller, Page::new(t.get("retention-nav"), "/behoud"), &body).await
}

#[derive(Template)]
#[template(path = "cases.html")]
struct ListPage<'a> {
    t: &'a Texts,
    show: Show,
    found: Vec<Listed>,
    next: Option<CancellationId>,
    saved: Saved,
    cases_min: i64,
    stays_days: i64,
    reasons: Vec<Reason>,
    me: UserId,
    leads: bool,
}

impl ListPage<'_> {
    fn is_open(&self) -> bool {
        self.show == Show::Open
    }

    fn name(&self, case: &Listed) -> String {
        if let Some(organisation) = &case.organisation {
            return organisation.clone();
        }
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        PersonName {
            initials: text(&case.initials),
            first_name: text(&case.first_name),
            call_name: text(&case.call_name),
            prefix: text(&case.prefix),
            surname: text(&case.surname),
        }
        .short()
    }

    fn reason(&self, case: &Listed) -> String {
        let nr = case.reason_nr;
        let found = self.reasons.iter().find(|reason| Some(reason.nr) == nr);
        found.map_or_else(|| self.t.get("retention-no-reason"), |reason| reason.name(self.t))
    }

    fn channel(&self, case: &Listed) -> String {
        self.t.get(channel_text(case.channel))
    }

    fn received(&self, case: &Listed) -> String {
        self.t.date(case.received_on)
    }

    fn stand(&self, case: &Listed) -> String {
        match (case.state, case.ends_on) {
            (Stand::Ended, Some(day)) => {
                self.t.with("retention-state-ended-on", "day", self.t.date(day))
            }
            (state, _) => self.t.get(state_text(state)),
        }
    }

    fn owner(&self, case: &Listed) -> String {
        if case.owner_id == Some(self.me) {
            return self.t.get("retention-owner-me");
        }
        case.owner.clone().unwrap_or_else(|| self.t.get("retention-owner-nobody"))
    }

    /// What waits longest is the next step of the page.
    fn first(&self) -> Option<&Listed> {
        self.found.first().filter(|_| self.is_open())
    }

    fn rates(&self) -> [(String, String, String); 3] {
        let says = |tally: Tally| match tally.says(self.cases_min) {
            Says::TooFew { cases } => {
                ("–".to_owned(), self.t.with("retention-too-few", "n", cases))
            }
            Says::Share { cases, share, low, high } => (
                self.t.percent(share),
                self.t.fill(
                    "retention-basis-all",
                    [
                        ("low", self.t.percent(low).into()),
                        ("high", self.t.percent(high).into()),
                        ("n", self.t.number(cases).into()),
                    ],
                ),
            ),
        };
        let line = |label: String, tally| {
            let (rate, basis) = says(tally);
            (label, rate, basis)
        };
        [
            line(self.t.get("retention-rate-call"), self.saved.at_decision),
            line(self.t.with("retention-rate-days", "n", self.stays_days), self.saved.after_days),
            line(self.t.get("retention-rate-year"), self.saved.after_year),
        ]
    }
}

/// A notice that came in otherwise than in the call on the desk.
#[derive(Template)]
#[template(path = "case_new.html")]
pub(super) struct NewPage<'a> {
    pub t: &'a Texts,
    pub holder: Holder,
    pub name: String,
    pub is_member: bool,
    pub typed: &'a Fields,
    pub wrong: Option<(&'static str, &'static str)>,
}

impl NewPage<'_> {
    fn back(&self) -> String {
        match self.holder {
            Holder::Person(id) => format!("/leden/{id}"),
            Holder::Organisation(id) => format!("/organisaties/{id}"),
        }
    }

    /// The hidden field that says who.
    fn whose(&self) -> (&'static str, String) {
        match self.holder {
            Holder::Person(id) => ("lid", id.to_string()),
            Holder::Organisation(id) => ("organisatie", id.to_string()),
        }
    }

    fn channels(&self) -> Vec<(&'static str, String, bool)> {
        Channel::ALL
            .iter()
            .map(|channel| {
                let text = self.t.get(channel_text(*channel));
                (channel.code(), text, self.typed.text("kanaal") == channel.code())
            })
            .collect()
    }

    fn why(&self, field: &str) -> Option<String> {
        self.wrong.filter(|(found, _)| *found == field).map(|(_, text)| self.t.get(text))
    }
}
