//! Whose it is: nothing lies without an owner (W1).

use kernel::{TeamId, UserId};

/// A colleague, or a team until somebody of it takes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    User(UserId),
    Team(TeamId),
}

impl Owner {
    /// From its two columns or fields, of which exactly one is filled.
    #[must_use]
    pub fn of(user: Option<UserId>, team: Option<TeamId>) -> Option<Self> {
        match (user, team) {
            (Some(user), None) => Some(Self::User(user)),
            (None, Some(team)) => Some(Self::Team(team)),
            _ => None,
        }
    }

    #[must_use]
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Team(_) => None,
        }
    }

    #[must_use]
    pub fn team(self) -> Option<TeamId> {
        match self {
            Self::Team(team) => Some(team),
            Self::User(_) => None,
        }
    }
}
