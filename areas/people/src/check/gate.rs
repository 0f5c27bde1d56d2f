//! Who asks first whether the voice on the line was checked.

use db::{Error, Tx, args};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{PersonId, RepresentativeId, local};
use people_rules::check::NotChecked;
use people_rules::representative::{Scope, holds_on};
use web::{ApiError, App, User, WebError};

use super::store::call;

/// A check that holds now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Passed {
    pub at: Timestamp,
    /// The first moment after.
    pub until: Timestamp,
    /// Who was on the line; `None` is the member.
    pub representative: Option<RepresentativeId>,
    scopes: Vec<Scope>,
}

impl Passed {
    /// Whether whoever was on the line speaks about this.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

db::row! {
    struct Row {
        checked_at: Timestamp,
        valid_until_at: Timestamp,
        representative_id: Option<RepresentativeId>,
        may_know: Option<bool>,
        may_change: Option<bool>,
        may_cancel: Option<bool>,
        from_on: Option<Date>,
        until_on: Option<Date>,
        ended_at: Option<Timestamp>,
    }
}

/// The latest check of this person that the acting user made and that still holds: of the member, or of a representative who
/// speaks for the member today.
pub async fn passed(tx: &mut Tx, person: PersonId) -> Result<Option<Passed>, Error> {
    let (user, now) = (tx.actor().user, tx.now());
    let row: Option<Row> = tx
        .one(
            "select c.checked_at, c.valid_until_at, c.representative_id, r.may_know, r.may_change, r.may_cancel,
                    r.from_on, r.until_on, r.ended_at
               from caller_checks c left join representatives r on r.id = c.representative_id
              where c.person_id = $1 and c.user_id = $2 and c.valid_until_at > $3
              order by c.id desc limit 1",
            args![person, user, now],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let scopes = match (row.representative_id, row.from_on) {
        (None, _) => Scope::ALL.to_vec(),
        (Some(_), Some(from))
            if holds_on(local(now).date(), from, row.until_on, row.ended_at.is_some()) =>
        {
            let may = [
                (row.may_know, Scope::Information),
                (row.may_change, Scope::Changes),
                (row.may_cancel, Scope::Cancellation),
            ];
            may.into_iter().filter(|(may, _)| *may == Some(true)).map(|(_, scope)| scope).collect()
        }
        (Some(_), _) => return Ok(None),
    };
    let Row { checked_at, valid_until_at, representative_id, .. } = row;
    Ok(Some(Passed {
        at: checked_at,
        until: valid_until_at,
        representative: representative_id,
        scopes,
    }))
}

/// Whether the acting user may show or change this of a person. Outside a call that came in, always; in one, only after a check
/// of somebody who speaks about it.
pub async fn require(
    tx: &mut Tx,
    person: PersonId,
    scope: Scope,
) -> Result<Result<(), NotChecked>, Error> {
    if call(tx, person).await?.is_none_or(|call| call.direction != "in") {
        return Ok(Ok(()));
    }
    Ok(match passed(tx, person).await? {
        None => Err(NotChecked::NotYet),
        Some(passed) if passed.may(scope) => Ok(()),
        Some(_) => Err(NotChecked::OutOfScope(scope)),
    })
}

/// Leads a page about a person to the check first, where that is needed.
pub async fn before_reading(app: &App, user: &User, person: PersonId) -> Result<(), WebError> {
    let checked =
        app.db().read(user.actor(), async |tx| require(tx, person, Scope::Information).await);
    checked.await?.map_err(|_| WebError::First(format!("/leden/{person}/controle")))
}

/// For a page that has no place to say it itself.
#[must_use]
pub fn refuse(no: NotChecked) -> WebError {
    WebError::Refused(no.text_id())
}

#[must_use]
pub fn refuse_api(no: NotChecked) -> ApiError {
    ApiError::refused("caller-not-checked", no.to_string())
}
