//! Lets climb what nobody did in time.

use std::time::Duration;

use kernel::Actor;
use web::{App, Broken};

use crate::owned::{climb, ladder};

/// Nothing here is a matter of seconds: days are counted.
const LOOKS_EVERY: Duration = Duration::from_mins(1);

/// Runs as long as the program.
pub async fn watch(app: App) {
    web::watch(app, LOOKS_EVERY, "what is overdue climbs a minute later", look).await;
}

/// Looks once.
pub async fn look(app: &App) -> Result<(), Broken> {
    let book = app.rulebook();
    let ladder = ladder(&book, app.now().date()).map_err(Broken::new)?;
    loop {
        let climbed = app
            .db()
            .write(Actor::SYSTEM, async |tx| climb(tx, ladder, &book.calendar).await)
            .await
            .map_err(Broken::new)?;
        if climbed == 0 {
            return Ok(());
        }
    }
}
