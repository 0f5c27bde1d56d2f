//! Follows the log: what a lower area changed (a membership, a branch, a region) reaches who is due.

use std::time::Duration;

use db::{Error, Tx, args};
use jiff::civil::Date;
use kernel::{Actor, EventId, EventKind, OrganisationId};
use web::{App, Broken};

use super::{refresh, refresh_from, rules};

/// If nothing is heard of commits, as when another program wrote.
const LOOKS_EVERY: Duration = Duration::from_secs(5);

/// Runs as long as the program. Several programs may follow at once: each stretch is taken by the first.
pub async fn follow(app: App) {
    let mut commits = app.db().commits();
    loop {
        if let Err(error) = follow_once(&app).await {
            tracing::warn!(%error, "who is due is brought up to date in a moment");
        }
        let changed = tokio::time::timeout(LOOKS_EVERY, commits.changed()).await;
        if matches!(changed, Ok(Err(_))) {
            return;
        }
    }
}

/// So many lines of the log in one step.
const AT_ONCE: i64 = 500;

/// Follows until there is nothing left to follow.
pub async fn follow_once(app: &App) -> Result<(), Broken> {
    let today = app.now().date();
    let starter_months =
        app.rulebook().number("visits.starter_months", today).map_err(Broken::new)?;
    loop {
        let step = app
            .db()
            .write(Actor::SYSTEM, async |tx| some(tx, starter_months, today).await)
            .await
            .map_err(Broken::new)?;
        match step {
            Step::Nothing => return Ok(()),
            Step::Some => {}
            Step::Everything { until } => everything(app, starter_months, today, until).await?,
        }
    }
}

enum Step {
    Nothing,
    /// A stretch of the log was followed.
    Some,
    /// So much changed that all of it is counted again; the log is followed from `until` on.
    Everything {
        until: EventId,
    },
}

db::row! {
    struct Followed { event_id: EventId, day: Date }
}

async fn some(tx: &mut Tx, starter_months: i64, today: Date) -> Result<Step, Error> {
    let followed: Followed = tx
        .one("select event_id, day from visit_follow where id = 1", args![])
        .await?
        .ok_or(Error::Raced)?;
    let lines = activity::after(tx, followed.event_id, AT_ONCE).await?;
    // With the day change starters, memberships and norms.
    if followed.day != today {
        return Ok(Step::Everything { until: activity::latest(tx).await? });
    }
    let Some(last) = lines.last().map(|line| line.id) else { return Ok(Step::Nothing) };
    let mut changed: Vec<OrganisationId> = Vec::new();
    for line in &lines {
        match line.kind.parse() {
            Ok(
                EventKind::ImportDone
                | EventKind::ImportUndone
                | EventKind::UserChanged
                | EventKind::NormChanged
                | EventKind::RuleChanged,
            ) => return Ok(Step::Everything { until: activity::latest(tx).await? }),
            Ok(
                EventKind::OrganisationAdded
                | EventKind::OrganisationChanged
                | EventKind::MembershipChanged
                | EventKind::VisitReported,
            ) => changed.extend(line.organisation_id),
            _ => {}
        }
    }
    changed.sort_unstable();
    changed.dedup();
    if !changed.is_empty() {
        let rules = rules(tx, starter_months, today).await?;
        refresh(tx, &changed, &rules).await?;
    }
    reached(tx, followed.event_id, last, today).await?;
    Ok(Step::Some)
}

/// Counts everything again, in steps. What changes meanwhile lies behind `until` and is followed afterwards.
async fn everything(
    app: &App,
    starter_months: i64,
    today: Date,
    until: EventId,
) -> Result<(), Broken> {
    let mut after = Some(OrganisationId(0));
    while let Some(from) = after {
        after = app
            .db()
            .write(Actor::SYSTEM, async |tx| {
                let rules = rules(tx, starter_months, today).await?;
                refresh_from(tx, from, &rules).await
            })
            .await
            .map_err(Broken::new)?;
    }
    app.db()
        .write(Actor::SYSTEM, async |tx| {
            let sql = "update visit_follow set event_id = $1, day = $2 where id = 1";
            tx.execute(sql, args![until, today]).await
        })
        .await
        .map_err(Broken::new)?;
    Ok(())
}

/// # Errors
///
/// [`Error::Raced`] if another program followed this stretch; then all of the step goes back.
async fn reached(tx: &mut Tx, from: EventId, to: EventId, day: Date) -> Result<(), Error> {
    tx.change_one(
        "update visit_follow set event_id = $1, day = $2 where id = 1 and event_id = $3",
        args![to, day, from],
    )
    .await
}
