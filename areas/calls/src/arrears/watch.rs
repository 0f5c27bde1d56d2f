use std::time::Duration;

use db::{Error, Tx, args};
use dues_rules::returned::Action;
use kernel::{Actor, DueId, PersonId};
use web::{App, Broken};

use super::store::{Rules, end_settled, make, team};
use crate::settings::{gate_rules, outcome_settings};

/// A friendly call is planned for hours, not for seconds.
const LOOKS_EVERY: Duration = Duration::from_mins(1);

const AT_ONCE: i64 = 200;

/// Runs as long as the program.
pub async fn watch(app: App) {
    web::watch(app, LOOKS_EVERY, "calls about arrears are made a little later", look).await;
}

/// Looks once at all amounts that wait and have no call. What is kept says what was done, so nothing is missed that happened
/// while no program ran.
pub async fn look(app: &App) -> Result<(), Broken> {
    let (book, now) = (app.rulebook(), app.now());
    let rules = Rules {
        gate: gate_rules(&book, now.date()).map_err(Broken::new)?,
        outcome: outcome_settings(&book, now.date()).map_err(Broken::new)?,
        now,
    };
    app.db().write(Actor::SYSTEM, end_settled).await.map_err(Broken::new)?;
    let mut after = DueId(0);
    loop {
        let step = async |tx: &mut Tx| some(tx, after, &rules).await;
        match app.db().write(Actor::SYSTEM, step).await.map_err(Broken::new)? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

db::row! {
    struct Waiting { id: DueId, person_id: PersonId, waits_as: Action }
}

/// The next that wait behind `after`; `None` when there are no more.
async fn some(tx: &mut Tx, after: DueId, rules: &Rules) -> Result<Option<DueId>, Error> {
    let waiting: Vec<Waiting> = tx
        .all(
            "select d.id, d.person_id, d.waits_as from dues d
              where d.waits_as is not null and d.kind = 'collection' and d.person_id is not null and d.id > $1
                and not exists (select 1 from arrears_calls a where a.due_id = d.id)
              order by d.id limit $2",
            args![after, AT_ONCE],
        )
        .await?;
    let last = waiting.last().map(|waiting| waiting.id);
    let Some(team) = team(tx).await? else { return Ok(None) };
    for Waiting { id, person_id, .. } in waiting.iter().filter(|one| one.waits_as.is_talk()) {
        make(tx, (*id, *person_id), team, rules).await?;
    }
    Ok(last)
}
