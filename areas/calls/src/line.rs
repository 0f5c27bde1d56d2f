//! A telephone of ours, where the program has one: for whoever has it on, the desk's calls go over it.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use kernel::{PersonId, UserId};
use web::App;

use crate::attempt::{Dialled, Over};

pub type Begun<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// She has a call already: this one cannot begin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InCall;

/// What the desk asks of a telephone.
pub trait Telephone: Send + Sync {
    /// Over which telephone this user calls now.
    fn dials_over(&self, app: &App, user: UserId) -> Result<Over, InCall>;

    /// Over which telephone whoever is on the line came, of whom this user says now who it is.
    fn answered_over(&self, user: UserId) -> Over;

    /// What began over it is logged: it is to be dialled, or is who the one on the line is.
    fn begun<'a>(
        &'a self,
        app: &'a App,
        user: UserId,
        person: PersonId,
        dialled: &'a Dialled,
    ) -> Begun<'a>;
}

/// The telephone of this process; without one everybody calls with an own telephone.
#[derive(Clone, Default)]
pub struct Lines(Arc<OnceLock<Box<dyn Telephone>>>);

impl Lines {
    /// Said once, by whoever has the telephone.
    pub fn set(&self, telephone: impl Telephone + 'static) {
        // A program that is started again within a test keeps the first, which is the same.
        let _ = self.0.set(Box::new(telephone));
    }

    pub(crate) fn dials_over(&self, app: &App, user: UserId) -> Result<Over, InCall> {
        self.0.get().map_or(Ok(Over::OwnPhone), |telephone| telephone.dials_over(app, user))
    }

    pub(crate) fn answered_over(&self, user: UserId) -> Over {
        self.0.get().map_or(Over::OwnPhone, |telephone| telephone.answered_over(user))
    }

    pub(crate) async fn begun(&self, app: &App, user: UserId, person: PersonId, dialled: &Dialled) {
        if let Some(telephone) = self.0.get().filter(|_| !dialled.is_again) {
            telephone.begun(app, user, person, dialled).await;
        }
    }
}
