use calls::outcome::NoCall;
use joining_rules::sign_up::{self, Stays};
use people::check::NotChecked;

/// What nobody at the screen can help.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Rule(#[from] rulebook::Missing),
    #[error(transparent)]
    Dues(#[from] dues::Broken),
    #[error(transparent)]
    Referral(referral::Broken),
    #[error(transparent)]
    Mail(#[from] mail::Failed),
    #[error(transparent)]
    Lost(#[from] wording::Lost),
    #[error(transparent)]
    Unfilled(#[from] wording::Unfilled),
    /// What stands in a rule or was kept is none of the words that it can be.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("no such sign-up")]
    NotFound,
    #[error(transparent)]
    Rule(#[from] sign_up::Refused),
    #[error(transparent)]
    Stays(#[from] Stays),
    #[error("this person is a member already, or will be")]
    AlreadyMember,
    #[error("somebody who looks the same is a member already: say that it is somebody else")]
    LooksKnown,
    #[error("no tariff says what this costs")]
    NoTariff,
    #[error("another e-mail address or number is needed to confirm by")]
    Unreachable,
    #[error(transparent)]
    NotChecked(NotChecked),
    #[error(transparent)]
    Mandate(dues::mandate::Refused),
    /// The code of whoever recruited cannot count.
    #[error(transparent)]
    Referral(referral::NotJoined),
    /// The call in which it is done cannot have this outcome.
    #[error(transparent)]
    Call(NoCall),
    #[error(transparent)]
    Broken(Broken),
}

macro_rules! breaks {
    ($($error:ty),+) => { $(
        impl From<$error> for Refused {
            fn from(error: $error) -> Self {
                Self::Broken(error.into())
            }
        }
    )+ };
}

breaks!(
    Broken,
    db::Error,
    rulebook::Missing,
    dues::Broken,
    mail::Failed,
    wording::Lost,
    wording::Unfilled
);

impl From<referral::NotJoined> for Refused {
    fn from(error: referral::NotJoined) -> Self {
        match error {
            referral::NotJoined::Broken(error) => Self::Broken(Broken::Referral(error)),
            error => Self::Referral(error),
        }
    }
}

impl From<NoCall> for Refused {
    fn from(error: NoCall) -> Self {
        match error {
            NoCall::Broken(error) => error.into(),
            error => Self::Call(error),
        }
    }
}

impl From<membership::Refused> for Refused {
    fn from(error: membership::Refused) -> Self {
        match error {
            membership::Refused::Broken(error) => error.into(),
            membership::Refused::NoHolder => Self::NotFound,
            membership::Refused::Already | membership::Refused::Over => Self::AlreadyMember,
        }
    }
}

impl From<dues::mandate::Failed> for Refused {
    fn from(error: dues::mandate::Failed) -> Self {
        match error {
            dues::mandate::Failed::Refused(refused) => Self::Mandate(refused),
            dues::mandate::Failed::Broken(error) => error.into(),
        }
    }
}

impl From<Broken> for web::WebError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Db(error) => error.into(),
            Broken::Dues(error) => error.into(),
            other => Self::Broken(web::Broken::new(other)),
        }
    }
}

impl From<Broken> for web::ApiError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Db(error) => error.into(),
            Broken::Dues(error) => error.into(),
            other => Self::Broken(web::Broken::new(other)),
        }
    }
}
