//! The desk's calls over the browser of whoever has her telephone on.

use calls::attempt::{Dialled, EndedAs, Over};
use calls::line::{Begun, InCall};
use kernel::{PersonId, UserId};
use web::App;

use crate::exchange::{Call, Refused, Stage};
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
                return self.0.change(app.hub(), |exchange| {
                    exchange.logged(call.nr, dialled.attempt);
                });
            }
            let number = dialled.number.as_ref();
            let begun = number.and_then(|number| {
                self.0.dial(app, user, number, vec![person], Some(dialled.attempt))
            });
            match begun {
                Some(done) => self.0.perform(app, done, EndedAs::CancelledByAgent).await,
                None => {
                    let ended = Said::Ended(EndedAs::Network);
                    self.0.log(app, dialled.attempt, ended).await;
                }
            }
        })
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
