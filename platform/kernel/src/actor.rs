use crate::{TeamId, UserId};

/// Who does something. Belongs to a transaction, so that no row is written by nobody.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Actor {
    pub kind: ActorKind,
    /// `UserId(0)` for the system itself.
    pub user: UserId,
    /// The team in which the user works, for which what is done counts.
    pub team: Option<TeamId>,
    /// Given with a command that may be sent twice; the second time nothing is written.
    pub command: Option<CommandKey>,
}

crate::codes! {
    pub enum ActorKind {
        User = "user",
        Token = "token",
        System = "system",
    }
}

/// A caller's own name for one command (`Idempotency-Key`), good for a day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommandKey {
    pub key: String,
    /// Tells this try from an earlier one with the same key.
    pub request: i64,
}

impl Actor {
    pub const SYSTEM: Self =
        Self { kind: ActorKind::System, user: UserId(0), team: None, command: None };

    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self { kind: ActorKind::User, user, team: None, command: None }
    }
}
