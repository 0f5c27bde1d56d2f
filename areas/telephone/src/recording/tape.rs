//! From the thread for sound to where recordings are kept: each has a task of its own, which seals what comes in pieces. The thread waits
//! for none of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use db::{Error, Tx};
use kernel::{Actor, PersonId, RecordingId, UserId};
use telephony_engine::{TapeId, Taped};
use telephony_proto::record::{Pause, Pauses};
use tokio::sync::mpsc;
use vault::OwnKey;
use web::App;

use super::kept::{self, Kept, NotKept};
use super::{store, sweep};
use crate::exchange::Step;
use crate::telephone::Telephone;

/// Ten seconds of two channels; so much of a call is lost at most if the machine fails.
const PIECE_BYTES: usize = 160_000;
/// So many messages of a second wait for a place that is slow.
const WAITING_MAX: usize = 240;
const TRIES: u32 = 4;
const TRIES_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// How the engine calls it.
pub(crate) fn tape_of(id: RecordingId) -> TapeId {
    TapeId(id.0.unsigned_abs())
}

pub(crate) fn id_of(tape: TapeId) -> RecordingId {
    RecordingId(i64::try_from(tape.0).unwrap_or(i64::MAX))
}

/// Where what comes of each recording goes.
#[derive(Default)]
pub(crate) struct Tapes(Mutex<BTreeMap<RecordingId, mpsc::Sender<Taped>>>);

impl Tapes {
    pub(super) fn begin(&self, id: RecordingId) -> mpsc::Receiver<Taped> {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        self.all().insert(id, sender);
        receiver
    }

    /// Hands it on; `false` if whoever keeps it cannot follow: then it is over.
    pub(super) fn take(&self, id: RecordingId, what: Taped) -> bool {
        let mut all = self.all();
        let Some(sender) = all.get(&id) else { return true };
        let is_last = what == Taped::Ended;
        let is_taken = sender.try_send(what).is_ok();
        if is_last || !is_taken {
            all.remove(&id);
        }
        is_taken
    }

    /// The engine ended: nothing comes any more.
    pub(crate) fn stop(&self) {
        self.all().clear();
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<RecordingId, mpsc::Sender<Taped>>> {
        // Nothing in it panics half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A recording that goes on.
pub(super) struct Open {
    pub id: RecordingId,
    pub person: PersonId,
    pub agent: UserId,
    pub key: OwnKey,
}

/// Why a recording is not whole.
#[derive(Debug, thiserror::Error)]
enum NotWhole {
    #[error(transparent)]
    Db(#[from] Error),
    #[error(transparent)]
    Kept(#[from] NotKept),
    #[error(transparent)]
    Vault(#[from] vault::Error),
}

/// Keeps a recording until its end.
pub(super) async fn keep(
    app: App,
    telephone: Telephone,
    open: Open,
    mut from: mpsc::Receiver<Taped>,
) {
    let mut writer = match kept::of(&app) {
        Ok(kept) => Writer {
            app,
            telephone,
            open,
            kept,
            sound: Vec::new(),
            nr: 0,
            pairs: 0,
            against: Pauses::NONE,
        },
        Err(error) => {
            tracing::error!(%error, "a call is not recorded");
            return lost(&app, &telephone, open.id);
        }
    };
    while let Some(what) = from.recv().await {
        let written = match what {
            Taped::Sound(sound) => writer.sound(&sound).await,
            Taped::Paused(against) => writer.stands_against(against).await,
            Taped::Resumed => writer.stands_against(Pauses::NONE).await,
            Taped::Ended => break,
        };
        if let Err(error) = written {
            tracing::error!(%error, "a recording cannot be kept and ends");
            lost(&writer.app, &writer.telephone, writer.open.id);
            break;
        }
    }
    writer.end().await;
}

/// Whoever is on the line is not told that a recording goes on which nobody keeps.
pub(super) fn lost(app: &App, telephone: &Telephone, id: RecordingId) {
    telephone.change(app.hub(), |exchange| {
        if let Some(nr) = exchange.taped(id).map(|call| call.nr) {
            exchange.ends_recording(nr, Step::Lost);
        }
    });
}

struct Writer {
    app: App,
    telephone: Telephone,
    open: Open,
    kept: Arc<dyn Kept>,
    /// What is not kept yet.
    sound: Vec<u8>,
    nr: i64,
    /// So much was handed on by now.
    pairs: i64,
    against: Pauses,
}

impl Writer {
    async fn sound(&mut self, sound: &[u8]) -> Result<(), NotWhole> {
        self.sound.extend(sound);
        self.pairs += pairs(sound);
        if self.sound.len() >= PIECE_BYTES { self.put().await } else { Ok(()) }
    }

    /// Seals what came and keeps it; a place that fails is tried again a few times.
    async fn put(&mut self) -> Result<(), NotWhole> {
        if self.sound.is_empty() {
            return Ok(());
        }
        let sound = std::mem::take(&mut self.sound);
        let (id, nr) = (self.open.id, self.nr);
        self.nr += 1;
        let name = store::piece_name(id, nr);
        let sealed: Arc<[u8]> = self.open.key.seal(&name, &sound)?.into();
        let of_piece = async |tx: &mut Tx| store::piece(tx, id, nr, pairs(&sound)).await;
        self.app.db().write(Actor::SYSTEM, of_piece).await?;
        let mut tries = 0;
        loop {
            let (kept, name, sealed) = (self.kept.clone(), name.clone(), sealed.clone());
            let put = kept::beside(move || kept.put(&name, &sealed)).await;
            tries += 1;
            match put {
                Err(error) if tries < TRIES => {
                    tracing::warn!(%error, "a piece of a recording is tried again");
                    tokio::time::sleep(TRIES_AGAIN_AFTER).await;
                }
                put => return Ok(put?),
            }
        }
    }

    /// What stands against it from here on; nothing: it goes on.
    async fn stands_against(&mut self, now: Pauses) -> Result<(), NotWhole> {
        let before = std::mem::replace(&mut self.against, now);
        let (of, after) = ((self.open.id, self.open.person), self.pairs);
        let begins: Vec<Pause> = now.iter().filter(|pause| !before.has(*pause)).collect();
        let ends: Vec<Pause> = before.iter().filter(|pause| !now.has(*pause)).collect();
        if begins.is_empty() && ends.is_empty() {
            return Ok(());
        }
        self.app
            .db()
            .write(self.actor(), async |tx| {
                for why in &ends {
                    store::resumed(tx, of, *why).await?;
                }
                for why in &begins {
                    store::paused(tx, of, *why, after).await?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        Ok(())
    }

    /// Whose call it is now.
    fn actor(&self) -> Actor {
        let id = self.open.id;
        let agent = self.telephone.look(|exchange| exchange.taped(id).map(|call| call.of));
        Actor::user(agent.unwrap_or(self.open.agent))
    }

    async fn end(mut self) {
        if let Err(error) = self.put().await {
            tracing::error!(%error, "the end of a recording was not kept");
        }
        let (id, person, actor) = (self.open.id, self.open.person, self.actor());
        let app = &self.app;
        let ended = app.db().write(actor, async |tx| store::ended(tx, id, person).await).await;
        if let Err(error) = ended {
            return tracing::error!(%error, "that a recording ended was not written");
        }
        // Nobody wanted it: nothing of it waits for the next sweep.
        let kept = app.db().read(Actor::SYSTEM, async |tx| store::is_kept(tx, id).await).await;
        if matches!(kept, Ok(false)) {
            sweep::clear_or_later(app, id).await;
        }
    }
}

fn pairs(sound: &[u8]) -> i64 {
    i64::try_from(sound.len() / 2).unwrap_or(i64::MAX)
}
