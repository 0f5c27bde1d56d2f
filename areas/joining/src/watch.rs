//! What happens to a sign-up by itself: it is asked for again, and it lapses.

use std::time::Duration;

use joining_rules::sign_up::next_reminder;
use kernel::{Actor, EventKind};
use people::Sight;
use web::{App, Broken as WebBroken};

use crate::sign_up::{self, lapse, lapsed, remind, to_remind};
use crate::{Broken, settings};

/// Nothing here is a matter of minutes: days are counted.
const LOOKS_EVERY: Duration = Duration::from_mins(1);
const AT_ONCE: i64 = 50;

/// Runs as long as the program.
pub async fn watch(app: App) {
    web::watch(app, LOOKS_EVERY, "sign-ups are looked after a minute later", tick).await;
}

/// Looks once.
pub async fn tick(app: &App) -> Result<(), WebBroken> {
    while lapse_some(app).await.map_err(WebBroken::new)? > 0 {}
    while remind_some(app).await.map_err(WebBroken::new)? > 0 {}
    Ok(())
}

async fn lapse_some(app: &App) -> Result<usize, Broken> {
    let today = app.now().date();
    app.db()
        .write(Actor::SYSTEM, async |tx| {
            let over = lapsed(tx, today, AT_ONCE).await?;
            for sign_up in &over {
                lapse(tx, sign_up).await?;
            }
            Ok(over.len())
        })
        .await
}

async fn remind_some(app: &App) -> Result<usize, Broken> {
    let today = app.now().date();
    let rules = settings::rules(&app.rulebook(), today)?;
    app.db()
        .write(Actor::SYSTEM, async |tx| {
            let due = to_remind(tx, today, AT_ONCE).await?;
            for sign_up in &due {
                let next = sign_up.lapse_on.and_then(|on| next_reminder(today, on, &rules));
                sign_up::reminded(tx, sign_up, next).await?;
                let person = people::person::by_id(tx, sign_up.person_id, Sight::All).await?;
                let Some(person) = person.filter(|found| found.death_reported_at.is_none()) else {
                    continue;
                };
                remind(tx, app, sign_up, &person).await?;
                activity::record(tx, sign_up.event(EventKind::SignUpReminded, tx)).await?;
            }
            Ok(due.len())
        })
        .await
}
