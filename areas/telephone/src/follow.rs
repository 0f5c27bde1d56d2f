//! What the engine tells, in its order: who speaks with whom changes with it, and calls are logged as the line says.

use std::time::Duration;

use calls::attempt::{self, EndedAs};
use kernel::{Actor, AttemptId};
use telephony_engine::{Event, Events, LegId, Why};
use web::App;

use crate::exchange::Stage;
use crate::inbound;
use crate::queue::log;
use crate::recording;
use crate::setup;
use crate::telephone::{Said, Telephone};

pub(crate) async fn follow(app: App, telephone: Telephone, mut events: Events) {
    while let Some(event) = events.recv().await {
        one(&app, &telephone, event).await;
    }
    tracing::error!("the telephone has stopped; it is started again");
    inbound::all_left(&app, &telephone).await;
    telephone.stopped(app.hub());
    let line = telephone.line();
    let left = app.db().read(Actor::SYSTEM, async |tx| attempt::on_line(tx, line).await).await;
    match left {
        Ok(calls) => {
            for call in calls {
                telephone.log(&app, call.id, Said::Ended(EndedAs::System)).await;
            }
        }
        Err(error) => tracing::error!(%error, "the calls of a telephone that stopped go on"),
    }
}

async fn one(app: &App, telephone: &Telephone, event: Event) {
    let hub = app.hub();
    setup::hears(app, &event);
    match event {
        Event::Connected(leg) => {
            telephone.change(hub, |exchange| exchange.connected(leg));
        }
        Event::Incoming(call) => inbound::arrives(app, telephone, call).await,
        Event::Ringing(leg) => {
            if let Some(attempt) = moves(app, telephone, leg, Stage::RingsThere) {
                telephone.log(app, attempt, Said::Rang).await;
            }
        }
        Event::EarlyMedia(leg) => {
            if let Some(attempt) = moves(app, telephone, leg, Stage::Early) {
                telephone.log(app, attempt, Said::Rang).await;
            }
        }
        Event::Answered(leg) => {
            telephone.is_answered(leg, app.db().clock().now());
            if let Some(attempt) = moves(app, telephone, leg, Stage::Speaks) {
                telephone.log(app, attempt, Said::Answered).await;
                recording::speaks(app, telephone, leg).await;
            }
            let done = telephone.change(hub, |exchange| exchange.passed_on(leg));
            telephone.perform(app, done, EndedAs::Spoken).await;
        }
        Event::Failed { leg, code, reason } => {
            tracing::info!(%leg, code, reason, "a call was not answered");
            ended(app, telephone, leg, failed(code)).await;
        }
        Event::Ended { leg, why } => {
            let done = telephone.change(hub, |exchange| exchange.gone(leg));
            telephone.perform(app, done, EndedAs::Network).await;
            let how = match why {
                Why::Lost | Why::NothingInCommon | Why::Silent => EndedAs::Network,
                Why::HungUpByUs => EndedAs::CancelledByAgent,
                Why::HungUpByPeer | Why::Cancelled | Why::Rejected(_) | Why::NotAcknowledged => {
                    EndedAs::Rejected
                }
            };
            ended(app, telephone, leg, how).await;
        }
        Event::Registered { reachable, .. } => {
            tracing::info!(reachable, "a softphone came or went");
        }
        Event::Key { leg, key } => inbound::presses(app, telephone, leg, key).await,
        Event::Trunk { host, state } => telephone.trunk_is(hub, &host, state),
        Event::HeldByPeer(leg) => holds_us(app, telephone, leg, true),
        Event::Resumed(leg) => holds_us(app, telephone, leg, false),
        Event::Said(leg) => recording::said(app, telephone, leg).await,
        Event::Taped { tape, what } => recording::handed_on(app, telephone, tape, what),
        Event::Held { .. } | Event::Heard(_) | Event::Stopped => {}
    }
}

fn holds_us(app: &App, telephone: &Telephone, leg: LegId, is_held: bool) {
    telephone.change(app.hub(), |exchange| exchange.held_by_them(leg, is_held));
}

fn moves(app: &App, telephone: &Telephone, leg: LegId, to: Stage) -> Option<AttemptId> {
    telephone.change(app.hub(), |exchange| exchange.moves(leg, to))
}

async fn ended(app: &App, telephone: &Telephone, leg: LegId, how: EndedAs) {
    inbound::left(app, telephone, leg).await;
    let done = telephone.change(app.hub(), |exchange| exchange.ended(leg));
    telephone.perform(app, done, how).await;
    telephone.forget(leg);
}

/// What the answer of the trunk means for the call. Source: RFC 3261 §21; the causes of state machines §4.2.
fn failed(code: u16) -> EndedAs {
    match code {
        408 | 480 | 487 => EndedAs::NoAnswer,
        486 | 600 => EndedAs::Busy,
        403 | 603 | 607 | 608 => EndedAs::Rejected,
        404 | 410 | 484 | 604 => EndedAs::InvalidNumber,
        _ => EndedAs::Network,
    }
}

/// A process that lives says so this often.
const SAYS_SO_EVERY: Duration = Duration::from_secs(10);
/// A line of which nothing was heard for so long is down.
const DOWN_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);

/// Says that this line lives, and ends the calls of those that do not: nobody stays in a call that a process took with it.
/// Runs as long as the program.
pub(crate) async fn watch(app: App, telephone: Telephone) {
    // One process has an SQLite file: every other line is one of before.
    let mut since = if app.db().is_shared() { DOWN_AFTER } else { jiff::SignedDuration::ZERO };
    let mut is_first = true;
    loop {
        let line = telephone.line();
        let ended = app
            .db()
            .write(Actor::SYSTEM, async |tx| {
                // In this order: a clock that was set forward ends no call of our own.
                let now = tx.now();
                attempt::seen(tx, line).await?;
                let left = attempt::gone(tx, now - since).await?;
                recording::left(tx).await?;
                // Whoever was on the line of a process that is gone is on no line any more.
                if is_first && attempt::is_alone(tx, line).await? {
                    log::lost_lines(tx).await?;
                }
                Ok::<_, db::Error>(left)
            })
            .await;
        match ended {
            Ok(ended) if ended.is_empty() => {}
            Ok(ended) => {
                tracing::warn!(calls = ended.len(), "calls that a process left behind were ended");
            }
            Err(error) => tracing::warn!(%error, "the line could not be said to live"),
        }
        (since, is_first) = (DOWN_AFTER, false);
        tokio::time::sleep(SAYS_SO_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_trunk_answers_is_told_in_our_words() {
        for (code, how) in [
            (486, EndedAs::Busy),
            (408, EndedAs::NoAnswer),
            (404, EndedAs::InvalidNumber),
            (603, EndedAs::Rejected),
            (503, EndedAs::Network),
        ] {
            assert_eq!(failed(code), how, "{code}");
        }
    }
}
