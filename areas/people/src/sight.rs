use db::Query;
use kernel::{Action, Scope, UserId};
use web::{User, WebError};

/// Whose files a user may see at all: a condition in the query, not an `if` after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sight {
    All,
    /// The postcodes of this user's region.
    Region(UserId),
    Nobody,
}

impl Sight {
    #[must_use]
    pub fn of(scope: Scope, user: UserId) -> Self {
        match scope {
            Scope::All => Self::All,
            Scope::Region => Self::Region(user),
            Scope::Aggregates | Scope::Own | Scope::Team => Self::Nobody,
        }
    }

    /// Adds the condition to a query in which `people` is called `p`.
    pub fn push(self, query: &mut Query) {
        match self {
            Self::All => {}
            Self::Region(user) => {
                query
                    .push(
                        " and exists (select 1 from user_regions r where p.postcode >= r.postcode_from
                              and substr(p.postcode, 1, 4) <= r.postcode_until and r.user_id = ",
                    )
                    .bind(user)
                    .push(")");
            }
            Self::Nobody => {
                query.push(" and 1 = 0");
            }
        }
    }
}

/// Who may write in a file: those who work with it.
pub(crate) fn may_write(user: &User) -> bool {
    user.may(Action::WorkCalls) || user.may(Action::GuardPrivacy)
}

/// As [`may_write`], for a route.
pub(crate) fn may_change(user: &User) -> Result<(), WebError> {
    if may_write(user) { Ok(()) } else { Err(WebError::Forbidden) }
}
