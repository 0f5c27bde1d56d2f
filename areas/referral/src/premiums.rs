//! `/werving/premies`: what referrers have to come, and the step to the pay-outs.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::Tx;
use kernel::{Cents, PersonId};
use people::Sight;
use serde::Deserialize;
use texts::Texts;
use web::{App, Page, Treasurer, WebError};

use crate::Broken;
use crate::named::{Named, named};
use crate::pay::{Handed, Owed, owed, pay};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/werving/premies", get(show))
        .route("/werving/premies/uitbetalen", post(hand_over))
}

const ON_A_PAGE: i64 = 100;
/// So many are looked up at once while everything is handed over.
const AT_ONCE: i64 = 200;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    na: String,
    gedaan: Option<i64>,
    centen: i64,
}

#[derive(Template)]
#[template(path = "referral_premiums.html")]
struct PremiumsPage<'a> {
    t: &'a Texts,
    lines: Vec<(Owed, Named)>,
    next: Option<PersonId>,
    done: Option<String>,
    /// Whether the pay-outs are the next step.
    handed: bool,
}

impl PremiumsPage<'_> {
    fn money(&self, cents: &Cents) -> String {
        self.t.money(*cents)
    }

    fn can_pay(&self) -> bool {
        self.lines.iter().any(|(owed, _)| owed.cents > Cents(0))
    }

    fn waits(&self, owed: &Owed) -> bool {
        owed.cents < Cents(0)
    }
}

async fn show(
    State(app): State<App>,
    user: Treasurer,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let after = PersonId(asked.na.parse().unwrap_or(0));
    let (lines, next) = app
        .db()
        .write(user.actor(), async |tx| {
            let mut found = owed(tx, after, ON_A_PAGE + 1).await?;
            let more = i64::try_from(found.len()).is_ok_and(|found| found > ON_A_PAGE);
            if more {
                found.pop();
            }
            let next = found.last().filter(|_| more).map(|last| last.referrer_id);
            let mut lines = Vec::with_capacity(found.len());
            for owed in found {
                let who = named(tx, owed.referrer_id, Sight::All).await?;
                lines.push((owed, who));
            }
            Ok::<_, db::Error>((lines, next))
        })
        .await?;
    let t = app.texts(user.language);
    let done = asked.gedaan.map(|members| match members {
        0 => t.get("referral-handed-none"),
        n => t.with2("referral-handed", "n", n, "amount", t.money(Cents(asked.centen))),
    });
    let handed = asked.gedaan.is_some_and(|members| members > 0);
    let body = PremiumsPage { t: &t, lines, next, done, handed };
    web::show(&app, &user, Page::new(t.get("referral-premiums"), "/werving/premies"), &body).await
}

/// Hands over all that is owed, each member in a step of its own. Pressed twice, the second finds nothing.
async fn hand_over(State(app): State<App>, user: Treasurer) -> Result<Response, WebError> {
    let (mut handed, mut after) = (Handed::default(), PersonId(0));
    loop {
        let page = app.db().read(user.actor(), async |tx| owed(tx, after, AT_ONCE).await).await?;
        let Some(last) = page.last() else { break };
        after = last.referrer_id;
        for Owed { referrer_id, .. } in page {
            let step = async |tx: &mut Tx| Ok::<_, Broken>(pay(tx, referrer_id).await?);
            if let Some(cents) = app.db().write(user.actor(), step).await? {
                handed.members += 1;
                handed.cents = handed.cents + cents;
            }
        }
    }
    let Handed { members, cents } = handed;
    let to = format!("/werving/premies?gedaan={members}&centen={}", cents.0);
    Ok(Redirect::to(&to).into_response())
}
