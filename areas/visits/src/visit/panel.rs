use askama::Template;
use jiff::civil::Date;
use kernel::{Action, OrganisationId, VisitId};
use texts::Texts;
use visits_rules::norm::{Status, status};
use visits_rules::report::State;
use web::{App, Panel, PanelFuture, Side, User};

use super::page::status_text;
use super::store::{self, Visit};
use crate::{due, norm};

#[derive(Template)]
#[template(path = "visits_panel.html")]
struct VisitsPanel<'a> {
    t: &'a Texts,
    today: Date,
    organisation: OrganisationId,
    due: Option<due::Due>,
    class: Option<String>,
    until: Date,
    visits: Vec<Visit>,
    may_visit: bool,
}

impl VisitsPanel<'_> {
    fn next(&self) -> Option<&Visit> {
        self.visits
            .iter()
            .filter(|visit| visit.state == State::Planned)
            .min_by_key(|visit| visit.planned_on)
    }

    fn status(&self) -> Option<(&'static str, String)> {
        let due_on = self.due.as_ref()?.due_on?;
        let planned = self.next().and_then(|visit| visit.planned_on);
        let status = status(due_on, planned, jiff_days(self.today, self.until), self.today);
        let tone = match status {
            Status::Overdue => "badge--bad",
            Status::Due => "badge--warn",
            Status::Planned => "badge--next",
            Status::Covered => "badge--good",
        };
        Some((tone, self.t.get(status_text(status))))
    }

    fn due_on(&self) -> Option<String> {
        Some(self.t.recent_day(self.due.as_ref()?.due_on?, self.today))
    }

    fn when(&self, visit: &Visit) -> String {
        visit
            .visited_on
            .or(visit.planned_on)
            .map(|day| self.t.recent_day(day, self.today))
            .unwrap_or_default()
    }

    fn is_planned(&self, visit: &Visit) -> bool {
        visit.state == State::Planned
    }

    fn next_id(&self) -> Option<VisitId> {
        self.next().map(|visit| visit.id)
    }
}

fn jiff_days(from: Date, until: Date) -> i64 {
    i64::from((until - from).get_days())
}

/// When somebody was there, and when somebody comes.
pub(crate) fn panel(app: App, user: User, organisation: OrganisationId) -> PanelFuture {
    Box::pin(async move {
        let today = app.now().date();
        let until = due::until(&app.rulebook(), today).unwrap_or(today);
        let (due, norms, visits) = app
            .db()
            .read(user.actor(), async |tx| {
                Ok::<_, db::Error>((
                    due::of(tx, organisation).await?,
                    norm::valid_on(tx, today).await?,
                    store::of_member(tx, organisation, 6).await?,
                ))
            })
            .await?;
        let t = app.texts(user.language);
        let class = due.as_ref().and_then(|due| {
            let norm = norms.iter().find(|norm| Some(norm.nr) == due.norm_nr)?;
            Some(norm::name(&t, norm))
        });
        let body = VisitsPanel {
            t: &t,
            today,
            organisation,
            due,
            class,
            until,
            visits,
            may_visit: user.may(Action::VisitMembers),
        };
        let html = body.render().unwrap_or_default();
        Ok(Some(Panel { side: Side::Beside, rank: 10, html }))
    })
}
