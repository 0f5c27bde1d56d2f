//! What happens by itself: what was broken off goes on, what members told is settled, what was paid long enough ago stands,
//! mandates that nobody used expire.

use std::time::Duration;

use db::{Error, Tx, args};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Actor, Event, EventKind, Fact, local};
use web::{App, Broken};

use crate::{amount, mandate, period, run};

/// Nothing here is a matter of minutes: days are counted.
const LOOKS_EVERY: Duration = Duration::from_mins(10);

/// Runs as long as the program.
pub async fn watch(app: App) {
    web::watch(app, LOOKS_EVERY, "what is settled and what expires waits a while", look).await;
}

/// Looks once.
pub async fn look(app: &App) -> Result<(), Broken> {
    run::fill_unfinished(app).await.map_err(Broken::new)?;
    period::fill_unfinished(app).await.map_err(Broken::new)?;
    amount::follow_situations(app).await.map_err(Broken::new)?;
    let (book, today) = (app.rulebook(), app.now().date());
    let refund_days = book.number("sdd.refund_days", today).map_err(Broken::new)?;
    let expiry = book.number("sdd.mandate_expiry_months", today).map_err(Broken::new)?;
    let settled = async |tx: &mut Tx| settle(tx, refund_days, today).await;
    app.db().write(Actor::SYSTEM, settled).await.map_err(Broken::new)?;
    loop {
        let expired = async |tx: &mut Tx| mandate::expire(tx, expiry, today).await;
        if app.db().write(Actor::SYSTEM, expired).await.map_err(Broken::new)? == 0 {
            return Ok(());
        }
    }
}

/// See [`dues_rules::amount::is_settled`], of everything at once.
async fn settle(tx: &mut Tx, refund_days: i64, today: Date) -> Result<(), Error> {
    let before = today.checked_sub(refund_days.days()).unwrap_or(Date::MIN);
    let settled = tx
        .execute(
            "update dues set state = 'settled' where state = 'paid' and paid_on < $1",
            args![before],
        )
        .await?;
    if settled > 0 {
        let event = Event::new(EventKind::DueChanged, local(tx.now()).date())
            .with("change", Fact::Code("settled"))
            .with("rows", Fact::Number(i64::try_from(settled).unwrap_or(i64::MAX)));
        activity::record(tx, event).await?;
    }
    Ok(())
}
