//! `/beheer/post`: what waits, what did not get there, and why. Says nothing of who or what.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State as FromApp};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use kernel::MailId;
use serde::Deserialize;
use texts::Texts;
use web::{Administrator, App, Page, WebError};

use super::words;
use crate::outbox::{self, Message, State};
use crate::send::Channel;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/post", get(show))
        .route("/beheer/post/opnieuw", post(all_again))
        .route("/beheer/post/{id}/opnieuw", post(again))
}

/// More than this nobody reads; the counts are of all.
const ON_A_PAGE: i64 = 50;
/// So many go again at one press.
const AGAIN_AT_ONCE: i64 = 500;
const COUNTED: SignedDuration = SignedDuration::from_hours(24 * 7);

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview<'a> {
    t: &'a Texts,
    now: Timestamp,
    is_demo: bool,
    mail_leaves: bool,
    sms_leaves: bool,
    counts: Vec<(Channel, State, i64)>,
    failed: Vec<Message>,
    kept: Vec<Message>,
    waiting: Vec<Message>,
    done: Option<String>,
}

impl Overview<'_> {
    /// Messages of any channel in this state.
    fn count(&self, wanted: &str) -> i64 {
        let is_wanted = |(channel, state, _): &&(Channel, State, i64)| match wanted {
            "letters" => (*channel, *state) == (Channel::Letter, State::Waiting),
            "waiting" => *channel != Channel::Letter && *state == State::Waiting,
            code => state.code() == code,
        };
        self.counts.iter().filter(is_wanted).map(|(_, _, messages)| messages).sum()
    }

    fn number(&self, wanted: &str) -> String {
        self.t.number(self.count(wanted))
    }

    fn about(&self, message: &Message) -> String {
        words::about(self.t, &message.key)
    }

    fn channel(&self, message: &Message) -> String {
        words::channel(self.t, message.channel)
    }

    fn state(&self, message: &Message) -> String {
        words::state(self.t, message, self.now)
    }

    fn why(&self, message: &Message) -> String {
        let why = message.reason.map_or_else(String::new, |reason| words::reason(self.t, reason));
        if message.status.is_empty() { why } else { format!("{why} ({})", message.status) }
    }

    fn moment(&self, at: &Timestamp) -> String {
        self.t.moment(*at, self.now)
    }
}

#[derive(Deserialize)]
struct Asked {
    opnieuw: Option<i64>,
}

async fn show(
    FromApp(app): FromApp<App>,
    administrator: Administrator,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let now = app.db().clock().now();
    let (counts, failed, kept, waiting) = app
        .db()
        .read(administrator.actor(), async |tx| {
            Ok::<_, db::Error>((
                outbox::counts(tx, now - COUNTED).await?,
                outbox::in_state(tx, State::Failed, ON_A_PAGE).await?,
                outbox::in_state(tx, State::Kept, ON_A_PAGE).await?,
                outbox::in_state(tx, State::Waiting, ON_A_PAGE).await?,
            ))
        })
        .await?;
    let t = app.texts(administrator.language);
    let settings = app.settings();
    let body = Overview {
        t: &t,
        now,
        is_demo: settings.demo.is_some(),
        mail_leaves: settings.mail.smtp.is_some(),
        sms_leaves: settings.sms.url.is_some(),
        counts,
        failed,
        kept,
        waiting,
        done: asked.opnieuw.map(|messages| t.with("mail-again-done", "messages", messages)),
    };
    web::show(&app, &administrator, Page::new(t.get("mail-overview"), "/beheer"), &body).await
}

async fn again(
    FromApp(app): FromApp<App>,
    administrator: Administrator,
    Path(id): Path<MailId>,
) -> Result<Response, WebError> {
    let gone =
        app.db().write(administrator.actor(), async |tx| outbox::again(tx, id).await).await?;
    if !gone {
        return Err(WebError::Raced);
    }
    Ok(Redirect::to("/beheer/post?opnieuw=1").into_response())
}

async fn all_again(
    FromApp(app): FromApp<App>,
    administrator: Administrator,
) -> Result<Redirect, WebError> {
    let messages = app
        .db()
        .write(administrator.actor(), async |tx| {
            let mut gone = 0;
            for state in [State::Failed, State::Kept] {
                for message in outbox::in_state(tx, state, AGAIN_AT_ONCE).await? {
                    gone += u32::from(outbox::again(tx, message.id).await?);
                }
            }
            Ok::<_, db::Error>(gone)
        })
        .await?;
    Ok(Redirect::to(&format!("/beheer/post?opnieuw={messages}")))
}
