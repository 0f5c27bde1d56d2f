//! A new member confirms: by the link, by a text message, or by what came back signed.

use db::{Tx, args};
use dues_rules::mandate::Method as Signed;
use jiff::civil::Date;
use joining_rules::sign_up::{Way, withdraw_until};
use kernel::{EventKind, Fact, SignUpId, local};
use people::Sight;
use web::App;

use super::message;
use super::store::{self, SignUp};
use crate::{Refused, settings};

/// By what it was confirmed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    Link,
    Sms,
    /// A letter or form that came in signed; an agent saw it.
    Letter {
        signed_on: Date,
    },
}

impl By {
    fn code(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Sms => "sms",
            Self::Letter { .. } => "letter",
        }
    }

    fn way(self) -> Way {
        match self {
            Self::Link => Way::Email,
            Self::Sms => Way::Sms,
            Self::Letter { .. } => Way::Letter,
        }
    }
}

/// Confirms a sign-up, and with it the mandate. The days to withdraw begin now.
///
/// # Errors
///
/// [`Refused::Stays`] says why not.
pub async fn confirm(
    tx: &mut Tx,
    app: &App,
    id: SignUpId,
    by: By,
    parent_agrees: bool,
) -> Result<SignUp, Refused> {
    super::number::hold(tx).await?;
    let sign_up = store::by_id(tx, id).await?.ok_or(Refused::NotFound)?;
    let (now, book) = (tx.now(), app.rulebook());
    let today = local(now).date();
    let to = sign_up.stands().confirm(today, parent_agrees)?;
    let rules = settings::rules(&book, today)?;
    let until = withdraw_until(today, &rules, &book.calendar);
    let parent_at = (sign_up.needs_parent && parent_agrees).then_some(now);
    tx.change_one(
        "update sign_ups set state = $1, confirmed_at = $2, confirmed_how = $3, withdraw_until = $4, parent_at = $5,
                remind_on = null, version = version + 1
          where id = $6 and version = $7",
        args![to, now, by.code(), until, parent_at, id, sign_up.version],
    )
    .await?;
    let signed_on = match by {
        By::Letter { signed_on } => signed_on,
        By::Link | By::Sms => today,
    };
    sign_mandate(tx, &sign_up, by.way(), signed_on).await?;
    let event = sign_up.event(EventKind::SignUpConfirmed, tx).with("how", Fact::Code(by.code()));
    activity::record(tx, event).await?;
    let sign_up = store::by_id(tx, id).await?.ok_or(Refused::NotFound)?;
    let person = people::person::by_id(tx, sign_up.person_id, Sight::All).await?;
    message::receipt(tx, app, &sign_up, &person.ok_or(Refused::NotFound)?).await?;
    Ok(sign_up)
}

/// The mandate is signed with the sign-up. A word by text message signs nothing: it stays as it was spoken.
pub(super) async fn sign_mandate(
    tx: &mut Tx,
    sign_up: &SignUp,
    way: Way,
    signed_on: Date,
) -> Result<(), Refused> {
    let method = match way {
        Way::Email => Signed::Web,
        Way::Letter | Way::Paper => Signed::Paper,
        Way::Sms => return Ok(()),
    };
    let Some(mandate) = sign_up.mandate_id else { return Ok(()) };
    match dues::mandate::sign(tx, mandate, method, signed_on).await {
        // Ended meanwhile, or replaced by one that is signed.
        Err(dues::mandate::Failed::Refused(dues::mandate::Refused::Over)) => Ok(()),
        signed => signed.map_err(Refused::from),
    }
}
