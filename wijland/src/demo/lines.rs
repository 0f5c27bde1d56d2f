//! The line on which members call: one queue, open when the rule book says that the lines are.

use kernel::Actor;
use telephone::queue::{self, NewNumber, NewQueue, usual};

use super::seed::Seeding;
use crate::Failure;

/// What a softphone on this machine calls: `sip:ledenlijn@…`.
const SHORT: &str = "ledenlijn";

pub(super) async fn seed(seeding: &Seeding<'_>) -> Result<(), Failure> {
    let (db, staff) = (seeding.db, &seeding.staff);
    let book = db.read(Actor::SYSTEM, async |tx| rulebook::Rulebook::load(tx).await).await?;
    let lines = book
        .window("lines.hours", seeding.today)
        .map_err(|missing| Failure::told(missing.to_string()))?;
    let new = NewQueue { id: None, name: "Ledenlijn".into(), queue: usual(staff.team, lines) };
    db.write(Actor::user(staff.administrator), async |tx| {
        let queue = queue::keep(tx, new.clone()).await?;
        let number =
            NewNumber { dialled: SHORT.into(), queue, campaign: None, label: "Voor leden".into() };
        queue::keep_number(tx, &number).await
    })
    .await?;
    Ok(())
}
