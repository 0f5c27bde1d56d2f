use askama::Template;
use kernel::{Action, OrganisationId, PersonId};
use membership::Holder;
use retention_rules::case::State;
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use super::page::state_text;
use super::store::{Stored, of_holder};

/// Who wanted to leave, and the way to write down that somebody does now.
#[derive(Template)]
#[template(path = "case_panel.html")]
struct CasesPanel<'a> {
    t: &'a Texts,
    cases: Vec<Stored>,
    new: Option<String>,
}

impl CasesPanel<'_> {
    fn says(&self, case: &Stored) -> String {
        match (case.state, case.ends_on) {
            (State::Ended, Some(day)) => {
                self.t.with("retention-state-ended-on", "day", self.t.date(day))
            }
            (state, _) => self.t.get(state_text(state)),
        }
    }

    fn when(&self, case: &Stored) -> String {
        self.t.date(case.received_on)
    }
}

pub(crate) fn member_panel(app: App, user: User, person: PersonId) -> PanelFuture {
    panel(app, user, Holder::Person(person))
}

pub(crate) fn organisation_panel(app: App, user: User, id: OrganisationId) -> PanelFuture {
    panel(app, user, Holder::Organisation(id))
}

fn panel(app: App, user: User, holder: Holder) -> PanelFuture {
    Box::pin(async move {
        let today = app.now().date();
        let (cases, member) = app
            .db()
            .read(user.actor(), async |tx| {
                let cases = of_holder(tx, holder).await?;
                Ok::<_, db::Error>((cases, membership::current(tx, holder, today).await?))
            })
            .await?;
        let is_open = cases.iter().any(|case| case.state.is_open());
        let may_open = user.may(Action::WorkCalls) && member.is_some() && !is_open;
        if cases.is_empty() && !may_open {
            return Ok(None);
        }
        let t = app.texts(user.language);
        let new = may_open.then(|| match holder {
            Holder::Person(id) => format!("/behoud/nieuw?lid={id}"),
            Holder::Organisation(id) => format!("/behoud/nieuw?organisatie={id}"),
        });
        let panel = CasesPanel { t: &t, cases, new };
        let html = panel.render().unwrap_or_default();
        Ok(Some(Panel { side: Side::Beside, rank: 12, html }))
    })
}
