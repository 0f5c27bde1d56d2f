//! The telephone in the shell. Without sound yet: it shows the number, a link that an own phone can
//! take over, how long the call lasts, and the button that ends it.

use askama::Template;
use jiff::Timestamp;
use kernel::{Fence, PersonId, PhoneNumber};
use people::person::Found;
use texts::Texts;
use web::{App, PartFuture, User};

use crate::attempt::{self, Attempt};
use crate::claim::{self, Claim};

#[derive(Template)]
#[template(path = "phone.html")]
struct Phone<'a> {
    t: &'a Texts,
    call: Option<Call>,
    now: Timestamp,
}

struct Call {
    claim: Claim,
    person: Found,
    number: Option<PhoneNumber>,
    attempt: Option<Attempt>,
}

impl Phone<'_> {
    fn title(&self, call: &Call) -> String {
        people::person::formal(self.t, &call.person)
    }

    fn short(&self, call: &Call) -> String {
        crate::desk::page::short_formal(self.t, &call.person)
    }

    fn seconds(&self, attempt: &Attempt) -> i64 {
        let until = attempt.ended_at.unwrap_or(self.now);
        until.duration_since(attempt.started_at).as_secs().max(0)
    }

    fn lasted(&self, attempt: &Attempt) -> String {
        self.t.duration(self.seconds(attempt))
    }
}

pub(crate) fn part(app: App, user: User) -> PartFuture {
    Box::pin(async move {
        if !user.may(kernel::Action::WorkCalls) {
            return Ok(String::new());
        }
        let today = app.now().date();
        let call = app
            .db()
            .read(user.actor(), async |tx| {
                let Some(claim) = claim::of_agent(tx, user.id).await? else {
                    return Ok::<_, db::Error>(None);
                };
                let Some(person) = people::person::find(tx, claim.person_id, today).await? else {
                    return Ok(None);
                };
                let number = attempt::usable_number(tx, claim.person_id).await?;
                let attempt = attempt::of_claim(tx, claim.id).await?;
                Ok(Some(Call { claim, person, number, attempt }))
            })
            .await?;
        let t = app.texts(user.language);
        let phone = Phone { t: &t, call, now: app.db().clock().now() };
        Ok(phone.render().unwrap_or_default())
    })
}

/// What a form on the telephone sends along: which person, under which fence.
#[derive(Clone, Debug, serde::Deserialize)]
pub(crate) struct OnLine {
    pub person: PersonId,
    pub fence: Fence,
}
