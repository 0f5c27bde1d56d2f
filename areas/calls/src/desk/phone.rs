//! The telephone in the shell. Without sound yet: it shows the number, a link that an own phone can
//! take over, how long the call lasts, and the button that ends it.

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use kernel::{Fence, PersonId, PhoneNumber};
use people::check::require;
use people::person::Found;
use people::representative::Scope;
use texts::Texts;
use web::{App, PartFuture, User};

use super::person::conceal;
use crate::attempt::{self, Attempt};
use crate::callback;
use crate::claim::{self, Claim};
use crate::settings::gate_rules;

#[derive(Template)]
#[template(path = "phone.html")]
struct Phone<'a> {
    t: &'a Texts,
    call: Option<Call>,
    now: Timestamp,
    /// The next own promise, if it is near.
    soon: Option<String>,
}

struct Call {
    claim: Claim,
    person: Found,
    number: Option<PhoneNumber>,
    attempt: Option<Attempt>,
    /// Why this person is not called at this hour, if so.
    not_now: Option<String>,
}

impl Phone<'_> {
    fn title(&self, call: &Call) -> String {
        people::person::formal(self.t, &call.person)
    }

    fn short(&self, call: &Call) -> String {
        super::list::short_formal(self.t, &call.person)
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
        let now = app.now();
        let t = app.texts(user.language);
        let rules = gate_rules(&app.rulebook(), now.date()).ok();
        let early = rules.as_ref().map_or(SignedDuration::ZERO, |rules| rules.promise_early);
        let (call, soon) = app
            .db()
            .read(user.actor(), async |tx| {
                let Some(claim) = claim::of_agent(tx, user.id).await? else {
                    let near = callback::near(tx, user.id, early).await?;
                    return Ok::<_, db::Error>((None, near));
                };
                let Some(mut person) =
                    people::person::find(tx, claim.person_id, now.date()).await?
                else {
                    return Ok((None, None));
                };
                if require(tx, claim.person_id, Scope::Information).await?.is_err() {
                    conceal(&mut person);
                }
                let number = attempt::usable_number(tx, claim.person_id).await?;
                let attempt = attempt::of_claim(tx, claim.id).await?;
                let ground = attempt::campaign_ground(tx, &claim).await?;
                let not_now = rules.as_ref().zip(ground).and_then(|(rules, ground)| {
                    let again = rules.hours.closed(ground, now.datetime()).err()?;
                    Some(super::form::not_now(&t, again))
                });
                Ok((Some(Call { claim, person, number, attempt, not_now }), None))
            })
            .await?;
        let soon = soon.map(|near| {
            let who = super::list::listed(&t, &near.name(), near.sex);
            t.with2("calls-phone-soon", "time", t.time(near.from_time), "who", who)
        });
        let phone = Phone { t: &t, call, now: now.timestamp(), soon };
        Ok(phone.render().unwrap_or_default())
    })
}

/// What a form on the telephone sends along: which person, under which fence.
#[derive(Clone, Debug, serde::Deserialize)]
pub(crate) struct OnLine {
    pub person: PersonId,
    pub fence: Fence,
}
