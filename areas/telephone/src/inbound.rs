//! Somebody rings: who it may be, at whom it rings, and what becomes of it.

use calls::attempt::EndedAs;
use jiff::Timestamp;
use kernel::{Actor, PersonId, PhoneNumber, UserId};
use people::Sight;
use telephony_engine::{Command, Incoming, LegId};
use web::App;

use crate::settings;
use crate::telephone::{Known, Telephone};

/// Somebody who waits.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub leg: LegId,
    /// At whom it rang in vain.
    pub tried: Vec<UserId>,
}

/// So long it rings at one agent's. Source: telephony.md §4.4.
const OFFER: std::time::Duration = std::time::Duration::from_secs(15);
/// Source: RFC 3261 §21.4.5.
const NO_SUCH_NUMBER: u16 = 404;

pub(crate) async fn arrives(app: &App, telephone: &Telephone, call: Incoming) {
    if !settings::is_ours(app, &call.to).await {
        return telephone.send(call.leg, Command::Reject(NO_SUCH_NUMBER));
    }
    let number: Option<PhoneNumber> = call.from.parse().ok();
    let today = app.now().date();
    let persons: Vec<PersonId> = match &number {
        Some(number) => {
            let found = app.db().read(Actor::SYSTEM, async |tx| {
                people::search::by_phone(tx, number, Sight::All, today).await
            });
            match found.await {
                Ok(found) => found.into_iter().map(|person| person.id).collect(),
                Err(error) => {
                    tracing::error!(%error, "who rings was not looked up");
                    Vec::new()
                }
            }
        }
        None => Vec::new(),
    };
    let since = app.db().clock().now();
    telephone.knows(call.leg, Known { number, persons, since, answered: None });
    telephone.send(call.leg, Command::Ring);
    telephone.waiting().push(Waiting { leg: call.leg, tried: Vec::new() });
    offer(app, telephone);
}

/// Rings at whoever is free.
pub(crate) fn offer(app: &App, telephone: &Telephone) {
    let waiting: Vec<Waiting> = telephone.waiting().clone();
    for call in waiting {
        let nr = telephone.change(app.hub(), |exchange| {
            let is_offered = exchange.on(call.leg).is_some();
            let free = exchange.reachable().into_iter().filter(|user| exchange.is_free(*user));
            let next = free.filter(|user| !call.tried.contains(user)).min();
            next.filter(|_| !is_offered).map(|user| exchange.offer(user, call.leg))
        });
        if let Some(nr) = nr {
            telephone.rings_for(app, nr, OFFER);
        }
    }
}

/// Nobody answered there; the caller still waits.
pub(crate) fn missed(app: &App, telephone: &Telephone, leg: LegId, user: UserId) {
    for call in telephone.waiting().iter_mut().filter(|call| call.leg == leg) {
        call.tried.push(user);
    }
    offer(app, telephone);
}

/// The caller gave up, or the call is over.
pub(crate) fn left(telephone: &Telephone, leg: LegId) {
    telephone.waiting().retain(|call| call.leg != leg);
}

/// She answers whoever rings at hers; `false` where nobody does.
pub(crate) async fn answer(app: &App, telephone: &Telephone, actor: Actor) -> bool {
    let user = actor.user;
    let Some(call) = telephone.look(|exchange| exchange.ringing(user).copied()) else {
        return false;
    };
    let Some(leg) = call.outside() else {
        let done = telephone.change(app.hub(), |exchange| exchange.answer_colleague(user));
        telephone.perform(app, done.unwrap_or_default(), EndedAs::CancelledByAgent).await;
        return true;
    };
    telephone.waiting().retain(|call| call.leg != leg);
    telephone.send(leg, Command::Answer(telephony_engine::Sound::Silence));
    telephone.change(app.hub(), |exchange| exchange.answer_outside(call.nr, None));
    let now: Timestamp = app.db().clock().now();
    telephone.is_answered(leg, now);
    // One person has this number: that is who it is, until somebody says otherwise.
    let known = telephone.known(leg).map(|known| known.persons).unwrap_or_default();
    if let [person] = known[..] {
        crate::phone::is(app, telephone, actor, person).await;
    }
    true
}
