//! The loop around the rules: after every change, and when time alone changes something, it is asked anew who is offered to whom and
//! who cannot wait any longer.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use kernel::{Actor, QueueId, QueuedCallId, UserId, local};
use telephone_rules::agent::Agent;
use telephone_rules::arrival::{Because, End};
use telephone_rules::offer::{Offer, offers, rung_out, wakes_at};
use telephone_rules::settings::{Announcement, Settings};
use telephone_rules::waiting::{How, Step, Waiting as Waits, step};
use telephony_engine::{Command, Sound};
use web::App;

use super::arrival::{turns_away, words};
use super::{agents, ends_what_broke_off, kept, rings_no_more};
use crate::queue::{self, QueueRules, log};
use crate::telephone::Telephone;

/// While somebody waits the world is looked at this often at the latest: an agent's choice is told by nobody.
const LOOKS_EVERY: Duration = Duration::from_secs(1);

/// Runs as long as the program.
pub(crate) async fn go_round(app: App, telephone: Telephone) {
    loop {
        let wait = match one_round(&app, &telephone).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "who waits was not looked at");
                telephone.waiting().keeps_a_place();
                Some(LOOKS_EVERY)
            }
        };
        let changed = telephone.waiting().changed.notified();
        match wait {
            Some(wait) => drop(tokio::time::timeout(wait, changed).await),
            None => changed.await,
        }
    }
}

/// What the rules were asked about.
struct Seen {
    rules: QueueRules,
    settings: Settings,
    waiting: Vec<Waits>,
    agents: Vec<Agent>,
}

/// How long to wait until the next; none while nobody waits.
async fn one_round(app: &App, telephone: &Telephone) -> Result<Option<Duration>, db::Error> {
    let may_keep = telephone.waiting().may_keep();
    let ours = telephone.waiting().calls().clone();
    if ours.is_empty() && !may_keep {
        return Ok(None);
    }
    let now = app.db().clock().now();
    let Ok(rules) = queue::queue_rules(&app.rulebook(), local(now).date()) else {
        tracing::error!("calls wait and no rule says for whom");
        telephone.waiting().keeps_a_place();
        return Ok(Some(LOOKS_EVERY));
    };
    let seen = look(app, telephone, rules.clone(), now).await?;
    for (call, _) in rung_out(&seen.settings, &seen.waiting, now) {
        rings_no_more(app, telephone, call).await;
    }
    for (call, line) in &ours {
        if let Some(asked) = line.asked.filter(|asked| asked.until <= now) {
            turned_away(app, telephone, *call, asked.because, None).await?;
        }
    }
    let is_asked = |call: &Waits| ours.get(&call.call).is_some_and(|line| line.asked.is_some());
    let is_ours = |call: &&Waits| call.how == How::CallsBack || ours.contains_key(&call.call);
    for call in seen.waiting.iter().filter(is_ours).filter(|call| !is_asked(call)) {
        match step(&seen.settings, &seen.waiting, call, seen.rules.office, now) {
            Some(Step::Leaves(arrived)) => {
                let because =
                    arrived.passed.first().map_or(Because::Closed, |(_, because)| *because);
                leaves(app, telephone, call, arrived.end, because).await?;
            }
            Some(Step::Promised(promise)) => {
                let promised = app
                    .db()
                    .write(Actor::SYSTEM, async |tx| kept::becomes_promise(tx, call, promise).await)
                    .await;
                match promised {
                    // Another process was first.
                    Err(db::Error::Raced) => {}
                    promised => promised?,
                }
            }
            None => {}
        }
    }
    // What rang out, or left, is seen as it is now.
    let mut seen = look(app, telephone, rules, now).await?;
    // Whoever is asked something is not rung out of it.
    let asked = telephone.waiting().calls().clone();
    let is_asked = |call: &Waits| asked.get(&call.call).is_some_and(|line| line.asked.is_some());
    seen.waiting.retain(|call| !is_asked(call));
    for offer in offers(&seen.settings, &seen.waiting, &seen.agents, now) {
        let call = seen.waiting.iter().find(|call| call.call == offer.call);
        match call.filter(is_ours) {
            Some(call) if call.how == How::CallsBack => {
                kept::rings(app, telephone, call, offer).await?;
            }
            Some(_) => ring(app, telephone, offer).await?,
            None => {}
        }
    }
    let waiting = entertain(app, telephone).await?;
    // Another process may let somebody keep a place, and has no agent for it.
    if app.db().is_shared() || waiting.iter().any(|call| call.how == How::CallsBack) {
        telephone.waiting().keeps_a_place();
    }
    let next = wakes_at(&seen.settings, &waiting, &seen.agents, now);
    let until = next.and_then(|at| Duration::try_from(at.duration_since(now)).ok());
    Ok(Some(until.map_or(LOOKS_EVERY, |until| until.min(LOOKS_EVERY))))
}

async fn look(
    app: &App,
    telephone: &Telephone,
    rules: QueueRules,
    now: Timestamp,
) -> Result<Seen, db::Error> {
    let in_calls: BTreeMap<UserId, _> = telephone.look(|exchange| {
        let users = exchange.reachable().into_iter();
        users.map(|user| (user, agents::seen(exchange, user))).collect()
    });
    let seen = |user: UserId| in_calls.get(&user).copied().unwrap_or((None, None));
    let (settings, waiting, agents) = app
        .db()
        .read(Actor::SYSTEM, async |tx| {
            let settings = queue::settings(tx, &rules, now).await?;
            let waiting = log::waiting(tx).await?;
            let agents = agents::at_work(tx, seen).await?;
            Ok::<_, db::Error>((settings, waiting, agents))
        })
        .await?;
    Ok(Seen { rules, settings, waiting, agents })
}

/// It cannot stay in its queue.
async fn leaves(
    app: &App,
    telephone: &Telephone,
    call: &Waits,
    end: End,
    because: Because,
) -> Result<(), db::Error> {
    let (id, person) = (call.call, call.person);
    match end {
        End::Waits(queue) => {
            app.db().write(Actor::SYSTEM, async |tx| log::moved(tx, id, queue, because).await).await
        }
        End::AskedToBeCalledBack(queue) => {
            let question = app
                .db()
                .read(Actor::SYSTEM, async |tx| kept::question(tx, queue, person, because).await);
            match question.await? {
                Some(words) => {
                    kept::asks(telephone, id, because, words, app.db().clock().now());
                    Ok(())
                }
                None => turned_away(app, telephone, id, because, Some(queue)).await,
            }
        }
        End::HangsUp(queue) => turned_away(app, telephone, id, because, Some(queue)).await,
    }
}

/// It hears why, if somebody spoke that for this queue, and the line is closed.
async fn turned_away(
    app: &App,
    telephone: &Telephone,
    call: QueuedCallId,
    because: Because,
    queue: Option<QueueId>,
) -> Result<(), db::Error> {
    let spoken = app
        .db()
        .write(Actor::SYSTEM, async |tx| {
            log::turned_away(tx, call, because).await?;
            match queue {
                Some(queue) => words(tx, queue, because.into()).await,
                None => Ok::<_, db::Error>(None),
            }
        })
        .await?;
    let line = telephone.waiting().calls().remove(&call);
    if let Some(line) = line {
        turns_away(telephone, line.leg, line.is_answered, spoken);
        ends_what_broke_off(app, telephone, Some(line)).await;
    }
    Ok(())
}

/// It rings at somebody who has sound here and is free still.
pub(super) async fn ring(app: &App, telephone: &Telephone, offer: Offer) -> Result<(), db::Error> {
    let Some(leg) = telephone.waiting().calls().get(&offer.call).map(|line| line.leg) else {
        return Ok(());
    };
    if !telephone.look(|exchange| exchange.is_free(offer.agent)) {
        return Ok(());
    }
    let offered = app.db().write(Actor::SYSTEM, async |tx| log::offered(tx, &offer).await).await;
    match offered {
        // Another process was first, or the caller gave up.
        Err(db::Error::Duplicate | db::Error::Raced) => return Ok(()),
        offered => offered?,
    }
    let is_offered = telephone.change(app.hub(), |exchange| {
        let is_free = exchange.is_free(offer.agent) && exchange.on(leg).is_none();
        is_free.then(|| exchange.offer(offer.agent, leg)).is_some()
    });
    if is_offered {
        telephone.knows_why(leg, offer.why);
    } else {
        app.db().write(Actor::SYSTEM, async |tx| log::withdrawn(tx, offer.call).await).await?;
    }
    Ok(())
}

/// Whoever waits and rings nowhere hears the welcome, and music.
async fn entertain(app: &App, telephone: &Telephone) -> Result<Vec<Waits>, db::Error> {
    let waiting = app.db().read(Actor::SYSTEM, async |tx| log::waiting(tx).await).await?;
    for call in waiting.iter().filter(|call| call.ringing.is_none()) {
        let line = telephone.waiting().calls().get(&call.call).copied();
        let Some(line) = line.filter(|line| !line.is_answered) else { continue };
        let queue = call.queue;
        let welcome = app
            .db()
            .read(Actor::SYSTEM, async |tx| words(tx, queue, Announcement::Welcome).await)
            .await?;
        telephone.send(line.leg, Command::Answer(Sound::Music));
        if let Some(welcome) = welcome {
            telephone.send(line.leg, Command::Say(welcome));
        }
        if let Some(line) = telephone.waiting().calls().get_mut(&call.call) {
            line.is_answered = true;
        }
    }
    Ok(waiting)
}
