use activity::Line;
use askama::Template;
use calls_rules::gate::Blocked;
use jiff::Timestamp;
use kernel::{AttemptId, PersonId};
use texts::{Language, Texts};
use web::{App, Panel, PanelFuture, Side, User};

use super::store::{Call, Record, calls, records};
use crate::desk::{blocked_text, code_text};
use crate::outcome::EXCHANGED;

/// The last calls, and a way to all of it, on a person's page.
#[derive(Template)]
#[template(path = "calls_panel.html")]
struct CallsPanel<'a> {
    t: &'a Texts,
    person: PersonId,
    calls: Vec<Call>,
    now: Timestamp,
}

impl CallsPanel<'_> {
    fn call(&self, call: &Call) -> String {
        in_one_line(self.t, call, self.now)
    }
}

pub(crate) fn panel(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        if !user.may(kernel::Action::WorkCalls) && !user.may(kernel::Action::GuardPrivacy) {
            return Ok(None);
        }
        let (calls, records) = app
            .db()
            .read(user.actor(), async |tx| {
                Ok::<_, db::Error>((calls(tx, person, 3).await?, records(tx, person).await?))
            })
            .await?;
        if calls.is_empty() && records.is_empty() {
            return Ok(None);
        }
        let t = app.texts(user.language);
        let panel = CallsPanel { t: &t, person, calls, now: app.db().clock().now() };
        Ok(Some(Panel { side: Side::Beside, rank: 30, html: panel.render().unwrap_or_default() }))
    })
}

/// `di 24 nov 9:03, Noor Bakker: geen interesse`
fn in_one_line(t: &Texts, call: &Call, now: Timestamp) -> String {
    let when = t.moment(call.started_at, now);
    let (result, reason) = match t.language() {
        Language::Dutch => (&call.result_nl, &call.reason_nl),
        Language::English => (&call.result_en, &call.reason_en),
    };
    let outcome = match (call.outcome, result, reason) {
        (_, Some(result), Some(reason)) => format!("{result}: {reason}"),
        (_, Some(result), None) => result.clone(),
        (Some(code), None, _) => t.get(code_text(code)),
        (None, None, _) => t.get("calls-explain-no-outcome"),
    };
    format!("{when}, {}: {outcome}", call.agent)
}

#[derive(Template)]
#[template(path = "explain.html")]
pub(super) struct ExplainPage<'a> {
    pub t: &'a Texts,
    pub person: PersonId,
    pub name: String,
    pub records: Vec<Record>,
    pub calls: Vec<Call>,
    pub decisions: Vec<Line>,
    /// What was asked in each call, and answered.
    pub answers: Vec<(AttemptId, String, String)>,
    pub now: Timestamp,
    pub user: &'a User,
    pub leads: bool,
    pub notice: Option<String>,
    pub wrong: Option<String>,
}

impl ExplainPage<'_> {
    fn stands(&self, record: &Record) -> String {
        let t = self.t;
        let until = record.rest_until_at.map(|at| t.moment(at, self.now));
        match (record.state.as_str(), record.blocked_why.as_deref()) {
            ("blocked", Some(why)) => {
                let why = why.parse::<Blocked>().map(|why| t.get(blocked_text(why)));
                let why = why.unwrap_or_default();
                match until {
                    Some(until) => {
                        format!("{why} {}", t.with("calls-explain-until", "when", until))
                    }
                    None => why,
                }
            }
            ("waiting", _) => t.get("calls-explain-waiting"),
            ("resting", _) => t.with("calls-explain-resting", "when", until.unwrap_or_default()),
            ("promised", _) => t.get("calls-explain-promised"),
            ("done", _) => t.get("calls-explain-done"),
            ("exhausted", _) => t.get("calls-explain-exhausted"),
            ("withdrawn", _) => t.get("calls-explain-withdrawn"),
            _ => t.get("calls-explain-on-desk"),
        }
    }

    fn call(&self, call: &Call) -> String {
        in_one_line(self.t, call, self.now)
    }

    fn answers(&self, call: &Call) -> Vec<(&str, &str)> {
        let of_call = self.answers.iter().filter(|(attempt, _, _)| *attempt == call.id);
        of_call.map(|(_, question, answer)| (question.as_str(), answer.as_str())).collect()
    }

    /// Why the call could be made: row of the matrix and rule, and what was known.
    fn why(&self, call: &Call) -> String {
        let t = self.t;
        if call.direction == "in" {
            return t.get("calls-explain-inbound");
        }
        let ground = t.get(match call.ground.as_deref() {
            Some("consent") => "calls-ground-consent",
            Some("requested_call") => "calls-ground-requested-call",
            Some("legal_person") => "calls-ground-legal-person",
            Some("exception") => "calls-ground-exception",
            _ => "calls-ground-service",
        });
        let inputs: serde_json::Value = call
            .inputs
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let proof = inputs["proof"].as_str();
        let proof = proof.map(|nr| format!(" {}", t.with("calls-explain-proof", "nr", nr)));
        let rule = call.rule.as_deref().unwrap_or_default();
        format!("{ground} ({rule}).{}", proof.unwrap_or_default())
    }

    fn offered(&self, call: &Call) -> Option<String> {
        let offered = call.objection_offered?;
        let text = if offered { "calls-explain-offered" } else { "calls-explain-not-offered" };
        Some(self.t.get(text))
    }

    /// Whether this colleague may correct the outcome, and it is one that can be.
    fn may_correct(&self, call: &Call) -> bool {
        let is_own = call.agent_id == self.user.id;
        let is_teams = self.leads && self.user.team.is_some() && call.team_id == self.user.team;
        (is_own || is_teams) && call.outcome.is_some_and(|code| EXCHANGED.contains(&code))
    }

    fn others(&self, call: &Call) -> Vec<(&'static str, String)> {
        let other = EXCHANGED.iter().filter(|code| Some(**code) != call.outcome);
        other.map(|code| (code.code(), self.t.get(code_text(*code)))).collect()
    }

    fn when(&self, line: &Line) -> String {
        self.t.moment(line.at, self.now)
    }

    fn what(&self, line: &Line) -> String {
        let t = self.t;
        let who = line.actor_name.clone().unwrap_or_else(|| t.get("calls-told-program"));
        let outcome = |name: &str| {
            let code = line.code(name).and_then(|code| code.parse().ok());
            code.map(|code| t.get(code_text(code))).unwrap_or_default()
        };
        match line.kind.as_str() {
            "record_claimed" => t.with("calls-explain-claimed", "who", who),
            "record_skipped" => t.with("calls-explain-skipped", "who", who),
            "record_reopened" => t.with("calls-explain-reopened", "who", who),
            "record_assigned" => t.with("calls-explain-assigned", "who", who),
            "lease_ended" => t.get("calls-explain-lease-ended"),
            "attempt_made" if line.code("direction").as_deref() == Some("in") => {
                t.with("calls-explain-rang", "who", who)
            }
            "attempt_made" => t.with("calls-explain-called", "who", who),
            "outcome_corrected" => t.fill(
                "calls-explain-corrected",
                [
                    ("who", who.into()),
                    ("from", outcome("from").into()),
                    ("to", outcome("outcome").into()),
                ],
            ),
            "objection_made" => t.get("calls-explain-objected"),
            "consent_withdrawn" => t.get("calls-explain-withdrew"),
            _ => t.with2("calls-explain-outcome", "who", who, "outcome", outcome("outcome")),
        }
    }
}
