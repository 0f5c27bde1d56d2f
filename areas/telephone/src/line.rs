//! The desk's calls over the browser of whoever has her telephone on.

use calls::attempt::{self, Dialled, EndedAs, Inbound, Over};
use calls::line::{Begun, InCall};
use kernel::{Actor, PersonId, PhoneNumber, UserId};
use telephony_proto::number::Number;
use web::App;

use crate::dialling::may_dial;
use crate::exchange::{Call, Refused, Stage};
use crate::queue;
use crate::recording;
use crate::settings;
use crate::telephone::{Said, Telephone};

pub(crate) struct Desk(pub Telephone);

impl calls::line::Telephone for Desk {
    fn dials_over(&self, app: &App, user: UserId) -> Result<Over, InCall> {
        match self.0.look(|exchange| exchange.may_dial(user)) {
            // A call of the desk is not one to think along: whoever is spoken to is not put on hold for it.
            Ok(()) if self.0.look(|exchange| exchange.of(user).next().is_some()) => Err(InCall),
            Ok(()) if settings::way(app).is_some() => {
                Ok(Over::Line { line: self.0.line(), caller: None })
            }
            Ok(()) | Err(Refused::Unconnected) => Ok(Over::OwnPhone),
            Err(_) => Err(InCall),
        }
    }

    fn answered_over(&self, user: UserId) -> Over {
        let unnamed = unnamed(&self.0, user).and_then(|call| self.0.known(call.outside()?));
        match unnamed {
            Some(known) => Over::Line { line: self.0.line(), caller: known.number },
            None => Over::OwnPhone,
        }
    }

    fn begun<'a>(
        &'a self,
        app: &'a App,
        user: UserId,
        person: PersonId,
        dialled: &'a Dialled,
    ) -> Begun<'a> {
        Box::pin(async move {
            if let Some(call) = unnamed(&self.0, user) {
                self.0.change(app.hub(), |exchange| exchange.logged(call.nr, dialled.attempt));
                if let Some(leg) = call.outside() {
                    recording::speaks(app, &self.0, leg).await;
                }
                return;
            }
            let begun = to_dial(app, user, dialled).await.and_then(|to| {
                let dial = self.0.dial(app, user, &to, vec![person], Some(dialled.attempt));
                dial.ok_or(EndedAs::Network)
            });
            match begun {
                Ok(done) => self.0.perform(app, done, EndedAs::CancelledByAgent).await,
                Err(how) => self.0.log(app, dialled.attempt, Said::Ended(how)).await,
            }
        })
    }
}

/// The one of this call is on the desk of the actor, and is logged. Whoever was only looked at goes back to the list.
pub(crate) async fn on_desk(
    tx: &mut db::Tx,
    call: Inbound,
) -> Result<Result<Dialled, calls::attempt::Refused>, db::Error> {
    let agent = tx.actor().user;
    let on_desk = calls::claim::of_agent(tx, agent).await?;
    if on_desk.is_some_and(|claim| claim.person_id != call.person) {
        calls::claim::put_back(tx).await?;
    }
    Ok(attempt::ring_in(tx, call).await?.map(|(_, dialled)| dialled))
}

/// Whom to dial.
pub(crate) struct ToDial {
    pub number: Number,
    /// What whoever is called sees; none: what the line shows.
    pub shows: Option<PhoneNumber>,
}

impl From<Number> for ToDial {
    fn from(number: Number) -> Self {
        Self { number, shows: None }
    }
}

/// The number, if it may be dialled; else how the call ended before it began.
pub(crate) async fn to_dial(app: &App, user: UserId, dialled: &Dialled) -> Result<ToDial, EndedAs> {
    let number = dialled.number.as_ref().ok_or(EndedAs::Network)?;
    let number = Number::typed(number.e164()).map_err(|_| EndedAs::InvalidNumber)?;
    let ours = settings::outward(app).map(|outward| outward.number);
    let may = app
        .db()
        .write(Actor::user(user), async |tx| {
            if let Err(why) = may_dial(app, tx, user, &number, Some(dialled.attempt)).await? {
                return Ok::<_, db::Error>(Err(why));
            }
            Ok(Ok(match ours.clone() {
                Some(ours) => Some(queue::show(tx, dialled.campaign, ours).await?),
                None => None,
            }))
        })
        .await;
    match may {
        Ok(Ok(shows)) => Ok(ToDial { number, shows }),
        Ok(Err(why)) => {
            tracing::info!(%why, "a call was not dialled");
            Err(EndedAs::Refused)
        }
        Err(error) => {
            tracing::error!(%error, "whether a number may be dialled was not looked up");
            Err(EndedAs::Network)
        }
    }
}

/// The call of a user with somebody who rang us, of whom it is not said yet who it is.
pub(crate) fn unnamed(telephone: &Telephone, user: UserId) -> Option<Call> {
    telephone.look(|exchange| {
        let is_it = |call: &&Call| {
            call.of == user && call.stage == Stage::Speaks && call.attempt.is_none() && call.rang_us
        };
        exchange.of(user).find(is_it).copied()
    })
}
