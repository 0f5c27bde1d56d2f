//! Takes what is due out of the house.

use std::time::Duration;

use jiff::SignedDuration;
use kernel::Actor;
use texts::Language;
use web::{App, Broken};
use wording::Filled;

use crate::link;
use crate::outbox::{self, Claimed};
use crate::outside::Outside;
use crate::send::{Channel, Failed};

/// What one look brought about.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Done {
    /// Messages that have an end now, good or bad.
    pub ended: u32,
    /// Messages that wait for another try.
    pub put_off: u32,
    /// Our own server is what is wrong.
    pub is_stuck: bool,
}

/// A commit wakes it; without one, what is to be tried again and what other programs wrote is found as soon.
const LOOKS_EVERY: Duration = Duration::from_secs(5);
/// While our server does not answer.
const STUCK_FOR: Duration = Duration::from_secs(30);
const WIPES_EVERY: Duration = Duration::from_hours(1);

/// Runs as long as the program. Several programs may deliver at once: each message is taken by one.
pub async fn deliver(app: App) {
    let outside = match Outside::new(app.settings()) {
        Ok(outside) => outside,
        Err(wrong) => {
            tracing::error!(%wrong, "messages wait");
            return;
        }
    };
    // Apart, so that a gateway that does not answer holds up no mail.
    let mail = follow(&app, &outside, Channel::Email);
    let sms = follow(&app, &outside, Channel::Sms);
    tokio::join!(mail, sms, wipe_now_and_then(&app));
}

async fn follow(app: &App, outside: &Outside, channel: Channel) {
    let mut commits = app.db().commits();
    loop {
        let is_stuck = match send_due(app, outside, channel).await {
            Ok(done) => done.is_stuck,
            Err(error) => {
                tracing::warn!(%error, %channel, "messages wait a little");
                true
            }
        };
        if is_stuck {
            tokio::time::sleep(STUCK_FOR).await;
        } else if let Ok(Err(_)) = tokio::time::timeout(LOOKS_EVERY, commits.changed()).await {
            return;
        }
    }
}

async fn wipe_now_and_then(app: &App) {
    loop {
        if let Err(error) = wipe(app).await {
            tracing::warn!(%error, "old messages are wiped later");
        }
        tokio::time::sleep(WIPES_EVERY).await;
    }
}

/// Sends what is due, once.
pub async fn tick(app: &App, outside: &Outside) -> Result<Done, Broken> {
    let mail = send_due(app, outside, Channel::Email).await?;
    let sms = send_due(app, outside, Channel::Sms).await?;
    Ok(Done {
        ended: mail.ended + sms.ended,
        put_off: mail.put_off + sms.put_off,
        is_stuck: mail.is_stuck || sms.is_stuck,
    })
}

async fn send_due(app: &App, outside: &Outside, channel: Channel) -> Result<Done, Broken> {
    let mut done = Done::default();
    while let Some(batch) = Batch::take(app, channel).await? {
        if batch.messages.is_empty() {
            // What is due is in the hands of another program.
            break;
        }
        batch.send(app, outside, &mut done).await?;
        if done.is_stuck {
            break;
        }
    }
    Ok(done)
}

/// What this program may send for some time, and what stands below it in each language.
struct Batch {
    messages: Vec<Claimed>,
    footers: [Filled; 2],
    retry_hours: i64,
}

impl Batch {
    async fn take(app: &App, channel: Channel) -> Result<Option<Self>, Broken> {
        let is_due = async |tx: &mut db::Tx| outbox::is_due(tx, channel).await;
        if !app.db().read(Actor::SYSTEM, is_due).await.map_err(Broken::new)? {
            return Ok(None);
        }
        let today = app.now().date();
        let retry_hours = app.rulebook().number("mail.retry_hours", today).map_err(Broken::new)?;
        let association = &app.settings().association;
        let taken = app
            .db()
            .write(Actor::SYSTEM, async |tx| {
                let messages = outbox::claim(tx, channel).await?;
                let dutch = footer(tx, Language::Dutch, today, association).await?;
                let english = footer(tx, Language::English, today, association).await?;
                Ok::<_, Failed>(Self { messages, footers: [dutch, english], retry_hours })
            })
            .await;
        taken.map(Some).map_err(Broken::new)
    }

    /// Tries each, and writes each down before the next: a program that is killed leaves one in doubt at most.
    async fn send(self, app: &App, outside: &Outside, done: &mut Done) -> Result<(), Broken> {
        let Self { messages, footers: [dutch, english], retry_hours } = self;
        for message in messages {
            if done.is_stuck {
                let release = async |tx: &mut db::Tx| outbox::release(tx, &message).await;
                app.db().write(Actor::SYSTEM, release).await.map_err(Broken::new)?;
                continue;
            }
            let footer = if message.language == Language::English { &english } else { &dutch };
            let outcome = outside.send(&message, footer).await;
            done.is_stuck = outcome.is_of_our_server();
            let settle =
                async |tx: &mut db::Tx| outbox::settle(tx, &message, &outcome, retry_hours).await;
            let has_ended = app.db().write(Actor::SYSTEM, settle).await.map_err(Broken::new)?;
            if has_ended {
                done.ended += 1;
            } else {
                done.put_off += 1;
            }
        }
        Ok(())
    }
}

pub(crate) async fn footer(
    tx: &mut db::Tx,
    language: Language,
    today: jiff::civil::Date,
    association: &str,
) -> Result<Filled, Failed> {
    let wording = wording::on(tx, "text.mail.footer", language, today).await?;
    Ok(wording::fill(&wording, &[("vereniging", association.to_owned())])?)
}

/// Wipes what is older than the rule allows.
pub async fn wipe(app: &App) -> Result<(), Broken> {
    use kernel::{Event, EventKind, Fact};

    let today = app.now().date();
    let days = app.rulebook().number("mail.keep_days", today).map_err(Broken::new)?;
    let before = app.db().clock().now() - SignedDuration::from_hours(24 * days);
    app.db()
        .write(Actor::SYSTEM, async |tx| {
            let messages = outbox::clear(tx, before).await?;
            let links = link::clear(tx, before).await?;
            if messages + links > 0 {
                let count = |number| Fact::Number(i64::try_from(number).unwrap_or(i64::MAX));
                let event = Event::new(EventKind::MailCleared, today)
                    .with("messages", count(messages))
                    .with("links", count(links));
                activity::record(tx, event).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await
        .map_err(Broken::new)
}
