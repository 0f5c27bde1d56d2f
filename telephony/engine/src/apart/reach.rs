//! The program's end of a telephone in a process of its own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use telephony_browser::BadOffer;
use tokio::io::BufWriter;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};

use super::wire::{Asks, NotConnected, Tells, read, write};
use crate::calls::Asked;
use crate::engine::{Engine, Events, Place, StartError};
use crate::media::Accepted;
use crate::message::{Event, LegId};
use crate::settings::Settings;

/// Legs that this end begins are counted so much higher than those that the engine begins: they never meet.
const OF_THIS_END: u64 = 1 << 62;
/// So long an engine may take to listen.
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// Who waits for an answer of the other process.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<Waits>>);

#[derive(Default)]
struct Waits {
    connects: HashMap<LegId, oneshot::Sender<Accepted>>,
    stop: Option<oneshot::Sender<()>>,
}

impl Waiting {
    fn all(&self) -> MutexGuard<'_, Waits> {
        // Nothing in it panics half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) async fn reach(at: &Path, settings: Settings) -> Result<(Engine, Events), StartError> {
    let not_reached = |why: String| StartError::NotReached { at: at.to_owned(), why };
    let stream = UnixStream::connect(at).await.map_err(|error| not_reached(error.to_string()))?;
    let (mut from, mut into) = stream.into_split();
    write(&mut into, &Asks::Start(Box::new(settings)))
        .await
        .map_err(|error| not_reached(error.to_string()))?;
    let first = tokio::time::timeout(STARTS_WITHIN, read(&mut from)).await.ok().flatten();
    let (address, browsers_at) = match first {
        Some(Tells::Started { address, browsers_at }) => (address, browsers_at),
        Some(Tells::NotStarted(why)) => return Err(StartError::Apart(why)),
        _ => return Err(not_reached("it does not answer".to_owned())),
    };
    let waiting = Waiting::default();
    let (asked, asks) = mpsc::unbounded_channel();
    let (tells, events) = mpsc::unbounded_channel();
    tokio::spawn(asks_on(into, asks, waiting.clone()));
    tokio::spawn(hears(from, tells, waiting));
    let place = Place::Apart(AtomicU64::new(OF_THIS_END + LegId::first()));
    Ok((Engine { place, address, browsers_at, asked }, events))
}

/// Until the engine is dropped here, or its process is gone.
async fn asks_on(into: OwnedWriteHalf, mut asks: mpsc::UnboundedReceiver<Asked>, waiting: Waiting) {
    let mut into = BufWriter::new(into);
    while let Some(asked) = asks.recv().await {
        let asks = match asked {
            Asked::Dial(leg, dial) => Asks::Dial(leg, dial),
            Asked::Leg(leg, command) => Asks::Leg(leg, command),
            Asked::Tape(tape, what) => Asks::Tape(tape, what),
            Asked::Connect(leg, offer, answer) => {
                waiting.all().connects.insert(leg, answer);
                Asks::Connect(leg, offer)
            }
            Asked::Stop(done) => {
                waiting.all().stop = Some(done);
                Asks::Stop
            }
        };
        if write(&mut into, &asks).await.is_err() {
            return;
        }
    }
}

async fn hears(mut from: OwnedReadHalf, tells: mpsc::UnboundedSender<Event>, waiting: Waiting) {
    loop {
        match read(&mut from).await {
            Some(Tells::Event(event)) => {
                // Who does not listen any more is about to end.
                let _ = tells.send(event);
            }
            Some(Tells::Connected(leg, connected)) => {
                if let Some(answer) = waiting.all().connects.remove(&leg) {
                    let accepted = match connected {
                        Ok(answer) => Some(Ok(answer)),
                        Err(NotConnected::Offer(why)) => Some(Err(BadOffer(why))),
                        Err(NotConnected::NoPort) => None,
                        // Dropped: whoever asked hears that sound has stopped.
                        Err(NotConnected::Stopped) => continue,
                    };
                    // Whoever asked went away.
                    let _ = answer.send(accepted);
                }
            }
            // Events end with this, and whoever still waits hears that nothing comes.
            Some(Tells::Stopped | Tells::Started { .. } | Tells::NotStarted(_)) | None => break,
        }
    }
    *waiting.all() = Waits::default();
}
