//! The stream of changes that one browser listens to, and the parts that it then asks again.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream::{Stream, select, unfold};
use kernel::UserId;
use live::{Change, Topic};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::{App, Slot, User, WebError};

/// A browser hears at most so often; what happens in between comes in one message.
const AT_MOST_EVERY: Duration = Duration::from_millis(150);

/// A page that is open says so this often.
const SEEN_EVERY: Duration = Duration::from_secs(30);

pub(crate) async fn stream(
    State(app): State<App>,
    user: User,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = unfold((app.hub().listen(), user.id), async |(mut changes, user)| {
        let topics = next_topics(&mut changes, user).await?;
        let words: Vec<&str> = topics.iter().map(|topic| topic.code()).collect();
        Some((Ok(Event::default().data(words.join(" "))), (changes, user)))
    });
    // Keeps the connection alive for whatever stands between, and says that somebody is there.
    let signs_of_life = unfold((app, user, true), async |(app, user, first)| {
        if !first {
            tokio::time::sleep(SEEN_EVERY).await;
        }
        if let Err(error) = seen(&app, &user).await {
            tracing::warn!(%error, "it is not known who is there");
        }
        Some((Ok(Event::default().comment("")), (app, user, false)))
    });
    Sse::new(select(news, signs_of_life))
}

async fn seen(app: &App, user: &User) -> Result<(), db::Error> {
    if app.on_seen().is_empty() {
        return Ok(());
    }
    app.db()
        .write(user.actor(), async |tx| {
            for hook in app.on_seen() {
                hook(tx).await?;
            }
            Ok(())
        })
        .await
}

/// Waits for something that concerns this user, then gathers what else came. `None` at the end.
async fn next_topics(changes: &mut Receiver<Change>, user: UserId) -> Option<BTreeSet<Topic>> {
    let concerns = |change: &Change| change.user.is_none_or(|found| found == user);
    let mut topics = BTreeSet::new();
    while topics.is_empty() {
        match changes.recv().await {
            Ok(change) if concerns(&change) => {
                topics.insert(change.topic);
            }
            Ok(_) => {}
            // Too much to follow one by one: everything may have changed.
            Err(RecvError::Lagged(_)) => topics.extend(Topic::ALL),
            Err(RecvError::Closed) => return None,
        }
    }
    tokio::time::sleep(AT_MOST_EVERY).await;
    loop {
        match changes.try_recv() {
            Ok(change) if concerns(&change) => {
                topics.insert(change.topic);
            }
            Ok(_) => {}
            Err(TryRecvError::Lagged(_)) => topics.extend(Topic::ALL),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(topics),
        }
    }
}

/// One part of the shell, alone.
pub(crate) async fn part(
    State(app): State<App>,
    user: User,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let slot = Slot::ALL.into_iter().find(|slot| slot.code() == code).ok_or(WebError::NotFound)?;
    Ok(Html(app.part(slot, &user).await?).into_response())
}
