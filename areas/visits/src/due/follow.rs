//! Follows the log: what a lower area changed (a membership, a branch, a region) reaches who is due.

use activity::{Followed, Line};
use jiff::civil::Date;
use kernel::{Actor, EventKind, OrganisationId};
use web::{App, Broken};

use super::{refresh, refresh_from, rules};

/// How far the log is followed. One that just began counts everything again, because nobody knows what changed while
/// nobody followed.
#[derive(Debug, Default)]
pub struct Follower {
    followed: Option<(Followed, Date)>,
}

impl Follower {
    /// Brings up to date whoever the log is about since the last time.
    pub async fn catch_up(&mut self, app: &App) -> Result<(), Broken> {
        let today = app.now().date();
        let starter_months =
            app.rulebook().number("visits.starter_months", today).map_err(Broken::new)?;
        // With the day change starters, memberships and norms.
        let Some((followed, _)) = self.followed.as_mut().filter(|(_, day)| *day == today) else {
            return self.begin(app, starter_months, today).await;
        };
        let news = app.db().read(Actor::SYSTEM, async |tx| followed.news(tx).await);
        let lines = news.await.map_err(Broken::new)?;
        if lines.iter().any(is_about_all) {
            return self.begin(app, starter_months, today).await;
        }
        let mut changed: Vec<OrganisationId> = lines.iter().flat_map(is_about).collect();
        changed.sort_unstable();
        changed.dedup();
        if !changed.is_empty() {
            let write = app.db().write(Actor::SYSTEM, async |tx| {
                let rules = rules(tx, starter_months, today).await?;
                refresh(tx, &changed, &rules).await
            });
            write.await.map_err(Broken::new)?;
        }
        Ok(())
    }

    /// Counts everything again, in steps; what changes meanwhile is followed afterwards.
    async fn begin(&mut self, app: &App, starter_months: i64, today: Date) -> Result<(), Broken> {
        let end = app.db().read(Actor::SYSTEM, async |tx| Followed::at_the_end(tx).await);
        let followed = end.await.map_err(Broken::new)?;
        let mut after = Some(OrganisationId(0));
        while let Some(from) = after {
            let step = app.db().write(Actor::SYSTEM, async |tx| {
                let rules = rules(tx, starter_months, today).await?;
                refresh_from(tx, from, &rules).await
            });
            after = step.await.map_err(Broken::new)?;
        }
        self.followed = Some((followed, today));
        Ok(())
    }
}

/// So much changed that all of it is counted again.
fn is_about_all(line: &Line) -> bool {
    match line.kind.parse() {
        Ok(EventKind::ImportDone | EventKind::ImportUndone | EventKind::NormChanged) => true,
        Ok(EventKind::RuleChanged) => {
            line.rule.as_deref().is_some_and(|rule| rule.starts_with("visits."))
        }
        // Roles and regions; a password or a team's name is nothing to this.
        Ok(EventKind::UserChanged) => {
            line.code("what").is_some_and(|what| what.starts_with("account"))
        }
        _ => false,
    }
}

/// The organisation, and the one that it stood under before.
fn is_about(line: &Line) -> impl Iterator<Item = OrganisationId> {
    let matters = matches!(
        line.kind.parse(),
        Ok(EventKind::OrganisationAdded
            | EventKind::OrganisationChanged
            | EventKind::MembershipChanged
            | EventKind::VisitReported)
    );
    let from = line.number("from").filter(|from| *from != 0).map(OrganisationId);
    line.organisation_id.into_iter().chain(from).filter(move |_| matters)
}
