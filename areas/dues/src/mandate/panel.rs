//! How a member pays, on the page of the member.

use askama::Template;
use dues_rules::amount::State as AmountState;
use dues_rules::mandate::{Method, State};
use jiff::civil::Date;
use kernel::{Action, MembershipId, OrganisationId, PersonId};
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use super::store::{Mandate, held_by};
use crate::Broken;
use crate::account::{self, Holder};
use crate::amount::{self, Due};
use crate::words::{money, state_text, what};

/// So many amounts are shown.
const SHOWN: i64 = 6;

#[derive(Template)]
#[template(path = "dues_panel.html")]
struct DuesPanel<'a> {
    t: &'a Texts,
    today: Date,
    mandate: Option<Shown>,
    /// The membership for which another can be given.
    membership: Option<MembershipId>,
    amounts: Vec<Due>,
    may_unmask: bool,
}

struct Shown {
    mandate: Mandate,
    masked: String,
    waits: bool,
}

impl DuesPanel<'_> {
    fn tone(&self, mandate: &Mandate) -> &'static str {
        match mandate.state {
            State::Provisional => "badge--warn",
            State::Signed => "badge--good",
            State::Ended => "badge--line",
        }
    }

    fn state(&self, mandate: &Mandate) -> String {
        self.t.get(mandate_state_text(mandate.state))
    }

    fn method(&self, mandate: &Mandate) -> String {
        let day = mandate.signed_on.unwrap_or(mandate.given_on);
        let method = self.t.get(method_text(mandate.method));
        self.t.with2("dues-given-how", "how", method, "day", self.t.recent_day(day, self.today))
    }

    fn what(&self, due: &Due) -> String {
        what(self.t, due.purpose, &due.period)
    }

    fn money(&self, due: &Due) -> String {
        money(self.t, due.cents)
    }

    fn amount_state(&self, due: &Due) -> String {
        self.t.get(state_text(due.state))
    }

    fn amount_tone(&self, due: &Due) -> &'static str {
        match due.state {
            AmountState::Returned => "badge--bad",
            AmountState::Paid | AmountState::Settled => "badge--good",
            _ => "badge--line",
        }
    }
}

pub(super) fn mandate_state_text(state: State) -> &'static str {
    match state {
        State::Provisional => "dues-mandate-provisional",
        State::Signed => "dues-mandate-signed",
        State::Ended => "dues-mandate-ended",
    }
}

pub(super) fn method_text(method: Method) -> &'static str {
    match method {
        Method::Voice => "dues-method-voice",
        Method::Web => "dues-method-web",
        Method::Paper => "dues-method-paper",
        Method::Emandate => "dues-method-emandate",
    }
}

pub(crate) fn of_person(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move { panel(&app, &user, Holder::Person(person)).await })
}

pub(crate) fn of_organisation(app: App, user: User, organisation: OrganisationId) -> PanelFuture {
    Box::pin(async move { panel(&app, &user, Holder::Organisation(organisation)).await })
}

/// May see how somebody pays: whoever works with members or with money.
pub(super) fn may_change(user: &User) -> bool {
    user.may(Action::WorkCalls) || user.may(Action::ManageDues)
}

async fn panel(app: &App, user: &User, whose: Holder) -> Result<Option<Panel>, db::Error> {
    if !may_change(user) {
        return Ok(None);
    }
    let today = app.now().date();
    let read = app
        .db()
        .read(user.actor(), async |tx| {
            let membership = current_membership(tx, whose, today).await?;
            let mandate = held_by(tx, whose).await?.into_iter().next();
            let mandate = match mandate {
                Some(mandate) => {
                    let masked = account::masked(tx, app.keys(), mandate.account_id).await?;
                    let waits = super::amend::asked(tx, mandate.id).await?.is_some();
                    Some(Shown { mandate, masked, waits })
                }
                None => None,
            };
            let amounts = match membership {
                Some(membership) => amount::of_membership(tx, membership, SHOWN).await?,
                None => vec![],
            };
            Ok::<_, Broken>((membership, mandate, amounts))
        })
        .await;
    let (membership, mandate, amounts) = match read {
        Ok(read) => read,
        Err(Broken::Db(error)) => return Err(error),
        // A key that is not there must not take the whole page along; `wijland doctor` names it.
        Err(error) => {
            tracing::error!(%error, "an account number cannot be opened");
            return Ok(None);
        }
    };
    if membership.is_none() && mandate.is_none() {
        return Ok(None);
    }
    let t = app.texts(user.language);
    let body = DuesPanel {
        t: &t,
        today,
        mandate,
        membership,
        amounts,
        may_unmask: user.may(Action::Unmask),
    };
    let html = body.render().unwrap_or_default();
    Ok(Some(Panel { side: Side::Beside, rank: 6, html }))
}

/// The membership that covers today, or the next one.
async fn current_membership(
    tx: &mut db::Tx,
    whose: Holder,
    today: Date,
) -> Result<Option<MembershipId>, db::Error> {
    tx.value(
        "select max(id) as value from memberships
          where (person_id = $1 or organisation_id = $2) and (ends_on is null or ends_on >= $3)",
        db::args![whose.person(), whose.organisation(), today],
    )
    .await
}
