//! Passing a call on to a colleague: the person goes to her desk with it.

use calls::attempt;
use kernel::{Actor, AttemptId, UserId};
use web::App;

pub(crate) async fn hand_over(app: &App, attempt: AttemptId, to: UserId) {
    let today = app.now().date();
    let lease = match calls::lease(&app.rulebook(), today) {
        Ok(lease) => lease,
        Err(error) => return tracing::error!(%error, "a call was passed on without its person"),
    };
    let handed = app
        .db()
        .write(Actor::SYSTEM, async |tx| attempt::hand_over(tx, attempt, to, lease).await)
        .await;
    match handed {
        Ok(Ok(())) => {}
        // The call goes on; who logged it, or has the person on the desk, keeps that.
        Ok(Err(why)) => tracing::info!(?why, "a call was passed on without its person"),
        Err(error) => tracing::error!(%error, "a call was passed on without its person"),
    }
}
