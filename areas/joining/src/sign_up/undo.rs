//! A sign-up that is withdrawn or lapses: as if the membership had never begun (S3).

use db::{Tx, args};
use dues_rules::amount::Cancelled;
use joining_rules::sign_up::State;
use kernel::{EventKind, Fact, SignUpId, local};
use mail::link;
use people::{Sight, permission};
use referral_rules::earn::Why;
use web::App;

use super::message;
use super::store::{self, SignUp};
use crate::{Broken, Refused};

/// A new member thinks better of it; the receipt goes out in the same step.
///
/// # Errors
///
/// [`Refused::Stays`] says why not.
pub async fn withdraw(tx: &mut Tx, app: &App, id: SignUpId) -> Result<(), Refused> {
    super::number::hold(tx).await?;
    let sign_up = store::by_id(tx, id).await?.ok_or(Refused::NotFound)?;
    let to = sign_up.stands().withdraw(local(tx.now()).date())?;
    undo(tx, &sign_up, to).await?;
    let person = people::person::by_id(tx, sign_up.person_id, Sight::All).await?;
    message::withdrawn(tx, app, &sign_up, &person.ok_or(Refused::NotFound)?).await?;
    Ok(())
}

/// The days to confirm are over.
pub(crate) async fn lapse(tx: &mut Tx, sign_up: &SignUp) -> Result<(), Broken> {
    undo(tx, sign_up, State::Lapsed).await
}

/// Everything that the sign-up brought about is taken back; only that it was is kept.
async fn undo(tx: &mut Tx, sign_up: &SignUp, to: State) -> Result<(), Broken> {
    let now = tx.now();
    tx.change_one(
        "update sign_ups set state = $1, ended_at = $2, remind_on = null, version = version + 1
          where id = $3 and version = $4",
        args![to, now, sign_up.id, sign_up.version],
    )
    .await?;
    // Nothing that was to be collected is about a day before it began.
    let made_on = local(sign_up.made_at).date();
    let before = made_on.min(sign_up.starts_on);
    let before = before.yesterday().unwrap_or(before);
    dues::stop(tx, sign_up.membership_id, before, Cancelled::Withdrawn).await?;
    if let Some(mandate) = dues::mandate::open_of(tx, sign_up.membership_id).await? {
        dues::mandate::end(tx, mandate.id).await.map_err(over)?;
    }
    // Also one that was given on the own page meanwhile.
    for consent in permission::consents(tx, sign_up.person_id).await? {
        let is_of_member = consent.purpose == permission::Purpose::Newsletter
            && consent.given_at >= sign_up.made_at;
        if is_of_member && consent.withdrawn_at.is_none() {
            permission::withdraw_consent(tx, consent.id, sign_up.person_id).await?;
        }
    }
    let why = if to == State::Lapsed { Why::Lapsed } else { Why::Withdrawn };
    referral::taken_back(tx, sign_up.membership_id, why).await?;
    retention::case::void(tx, sign_up.membership_id, before).await?;
    membership::void(tx, sign_up.membership_id).await?;
    // Its other links go on to say what became of it.
    link::end(tx, link::Purpose::Member, sign_up.membership_id.0).await?;
    let mut event = sign_up
        .event(EventKind::SignUpEnded, tx)
        .with("ended", Fact::Code(to.code()))
        .with("signed_up_by", Fact::Number(sign_up.made_by.0));
    event.team = sign_up.team_id;
    activity::record(tx, event).await?;
    Ok(())
}

/// It was open a moment ago, in this step.
fn over(failed: dues::mandate::Failed) -> Broken {
    match failed {
        dues::mandate::Failed::Broken(error) => error.into(),
        dues::mandate::Failed::Refused(_) => db::Error::Raced.into(),
    }
}
