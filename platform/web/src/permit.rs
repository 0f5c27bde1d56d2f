//! What a handler asks for in its arguments: a user who may do this. Refused before it begins.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kernel::{Action, Scope};

use crate::session::NoUser;
use crate::{App, User, WebError};

/// A user together with the right that was asked for. Only made by asking.
pub trait Permit: Send + Sync + Sized {
    const ACTION: Action;

    #[doc(hidden)]
    fn of(user: User, scope: Scope) -> Self;

    fn user(&self) -> &User;
}

macro_rules! permits {
    ($($(#[$meta:meta])* $name:ident: $action:ident;)+) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name {
            user: User,
            /// How far the right reaches.
            pub scope: Scope,
        }

        impl Deref for $name {
            type Target = User;

            fn deref(&self) -> &User {
                &self.user
            }
        }

        impl Permit for $name {
            const ACTION: Action = Action::$action;

            fn of(user: User, scope: Scope) -> Self {
                Self { user, scope }
            }

            fn user(&self) -> &User {
                &self.user
            }
        }

        impl FromRequestParts<App> for $name {
            type Rejection = NoUser;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, NoUser> {
                permitted(parts, app).await
            }
        }
    )+ };
}

async fn permitted<P: Permit>(parts: &mut Parts, app: &App) -> Result<P, NoUser> {
    let user = <User as FromRequestParts<App>>::from_request_parts(parts, app).await?;
    match user.scope(P::ACTION) {
        Some(scope) => Ok(P::of(user, scope)),
        None => Err(NoUser::Web(WebError::Forbidden)),
    }
}

permits! {
    /// May find people and open their files.
    FileReader: OpenFiles;
    /// Works call records and callbacks.
    Caller: WorkCalls;
    /// Makes and pauses campaigns.
    CampaignManager: ManageCampaigns;
    /// Keeps agreements.
    AgreementKeeper: KeepAgreements;
    /// Plans and reports visits.
    Visitor: VisitMembers;
    /// Mandates, collections and pay-outs.
    Treasurer: ManageDues;
    /// Lets a run that a colleague made go to the bank.
    Releaser: ReleaseRuns;
    /// Sees a whole account number; each time is logged.
    Unmasker: Unmask;
    /// Sees figures.
    FigureReader: SeeFigures;
    /// Says what members pay.
    TariffSetter: SetTariffs;
    /// Users, roles, rules and imports.
    Administrator: Administer;
    /// Listens to recorded calls; each time is logged.
    Replayer: ReplayRecordings;
    /// Looks at rules.
    RuleReader: ReadRules;
    /// Rights requests and who read what.
    PrivacyOfficer: GuardPrivacy;
}
