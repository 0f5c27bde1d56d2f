//! What becomes of recordings by time: kept as long as they may be, then deleted, then gone; and those that a process left behind.

use std::sync::Arc;
use std::time::Duration;

use db::{Error, Tx};
use kernel::{Actor, RecordingId};
use web::{App, Broken};

use super::kept::{self, Kept, NotKept};
use super::store::{self, Because};

const LOOKS_EVERY: Duration = Duration::from_mins(1);

/// Runs as long as the program.
pub async fn watch(app: App) {
    web::watch(app, LOOKS_EVERY, "recordings that are to be deleted wait a minute", look).await;
}

/// Looks once: deletes what was kept long enough, and takes away what is left of what was deleted.
///
/// # Errors
///
/// The database, or the place where recordings are kept, fails; the next look goes on from there.
pub async fn look(app: &App) -> Result<(), Broken> {
    loop {
        let deleted = app.db().write(Actor::SYSTEM, async |tx| delete_due(tx).await).await;
        if deleted.map_err(Broken::new)? == 0 {
            break;
        }
    }
    let mut after = RecordingId(0);
    loop {
        let left = app.db().read(Actor::SYSTEM, async |tx| store::not_gone(tx, after).await).await;
        let left = left.map_err(Broken::new)?;
        let Some(last) = left.last() else { return Ok(()) };
        after = *last;
        for id in left {
            clear_or_later(app, id).await;
        }
    }
}

async fn delete_due(tx: &mut Tx) -> Result<usize, Error> {
    let due = store::due(tx).await?;
    for id in &due {
        store::delete(tx, *id, Because::Period).await?;
    }
    Ok(due.len())
}

/// Why something of a deleted recording may still be there.
#[derive(Debug, thiserror::Error)]
enum NotGone {
    #[error(transparent)]
    Db(#[from] Error),
    #[error(transparent)]
    Kept(#[from] NotKept),
    #[error("a piece is still there after it was taken away")]
    StillThere,
}

/// As [`clear`]; nothing of it opens any more in any case, and what fails now is done by the next look.
pub(super) async fn clear_or_later(app: &App, id: RecordingId) {
    if let Err(error) = clear(app, id).await {
        tracing::error!(%error, "what is left of a deleted recording is not gone yet");
    }
}

/// Takes every piece of a deleted recording away, looks for it, and writes down that nothing was found: once it is over, because of
/// one that goes on more would come.
async fn clear(app: &App, id: RecordingId) -> Result<(), NotGone> {
    let pieces = app.db().read(Actor::SYSTEM, async |tx| store::pieces(tx, id).await).await?;
    let kept = kept::of(app)?;
    for piece in &pieces {
        remove(&kept, store::piece_name(id, piece.nr)).await?;
    }
    let count = i64::try_from(pieces.len()).unwrap_or(i64::MAX);
    app.db().write(Actor::SYSTEM, async |tx| store::gone(tx, id, count).await).await?;
    Ok(())
}

async fn remove(kept: &Arc<dyn Kept>, name: String) -> Result<(), NotGone> {
    let kept = kept.clone();
    kept::beside(move || {
        kept.remove(&name)?;
        match kept.find(&name)? {
            None => Ok(Ok(())),
            Some(_) => Ok(Err(NotGone::StillThere)),
        }
    })
    .await?
}

/// Ends what a process left behind; in the step in which it is known that it is gone.
///
/// # Errors
///
/// The database fails.
pub async fn left(tx: &mut Tx) -> Result<(), Error> {
    while store::end_left(tx).await? > 0 {}
    Ok(())
}
