//! The process of the telephone.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::BufWriter;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

use super::wire::{Asks, Tells, read, write};
use crate::engine::{Engine, Events};

#[derive(Debug, thiserror::Error)]
pub enum NotServed {
    #[error("{0} is in use: the telephone runs already")]
    InUse(PathBuf),
    #[error(
        "{at} cannot be made: {source}; the user of the program must be allowed to write there"
    )]
    Socket { at: PathBuf, source: std::io::Error },
}

/// So long a program may take to say what it wants.
const SPEAKS_WITHIN: Duration = Duration::from_secs(5);

/// Runs the telephone of the one program that comes to this socket, and of the next one when that is gone. A program that goes away takes its
/// calls with it: nobody would be there to say what becomes of them.
///
/// # Errors
///
/// If the socket cannot be had. It runs as long as the process.
pub async fn serve(at: &Path) -> Result<(), NotServed> {
    let listener = listen(at).await?;
    tracing::info!(at = %at.display(), "the telephone waits for its program");
    let mut serving: Option<tokio::task::JoinHandle<()>> = None;
    loop {
        let (stream, _) = match listener.accept().await {
            Ok(came) => came,
            Err(error) => {
                tracing::warn!(%error, "a program could not be let in");
                // Without a file to spare it would be asked again at once, and again.
                tokio::time::sleep(SPEAKS_WITHIN).await;
                continue;
            }
        };
        if serving.as_ref().is_some_and(|serving| !serving.is_finished()) {
            tokio::spawn(refuse(stream));
        } else {
            serving = Some(tokio::spawn(session(stream)));
        }
    }
}

/// A socket that a process left behind is taken over; one that somebody listens at is not.
async fn listen(at: &Path) -> Result<UnixListener, NotServed> {
    let failed = |source| NotServed::Socket { at: at.to_owned(), source };
    if UnixStream::connect(at).await.is_ok() {
        return Err(NotServed::InUse(at.to_owned()));
    }
    match std::fs::remove_file(at) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(at).map_err(failed)?;
    std::fs::set_permissions(at, Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

async fn refuse(mut stream: UnixStream) {
    // Whoever is refused before having spoken hears of a broken line, and not why.
    let asked = tokio::time::timeout(SPEAKS_WITHIN, read::<Asks>(&mut stream)).await;
    if !matches!(asked, Ok(Some(_))) {
        return;
    }
    let why = "another program has this telephone; with several, each has its own".to_owned();
    // It may be gone already.
    let _ = write(&mut stream, &Tells::NotStarted(why)).await;
}

async fn session(stream: UnixStream) {
    let (mut from, into) = stream.into_split();
    let asked = tokio::time::timeout(SPEAKS_WITHIN, read(&mut from)).await;
    let Ok(Some(Asks::Start(settings))) = asked else { return };
    let (tells, told) = mpsc::unbounded_channel();
    let writing = tokio::spawn(writes(into, told));
    match Engine::start(*settings).await {
        Err(error) => {
            let _ = tells.send(Tells::NotStarted(error.to_string()));
        }
        Ok((engine, events)) => {
            tracing::info!(sip = %engine.address(), "the telephone is on");
            let started =
                Tells::Started { address: engine.address(), browsers_at: engine.browsers_at() };
            // Fails only when the program is gone, which is seen below.
            let _ = tells.send(started);
            let telling = tokio::spawn(tells_events(events, tells.clone()));
            obeys(from, engine, &tells).await;
            // All that the engine had to tell was told before it says goodbye.
            let _ = telling.await;
            let _ = tells.send(Tells::Stopped);
            tracing::info!("the telephone is off: its program is gone");
        }
    }
    drop(tells);
    let _ = writing.await;
}

async fn writes(into: OwnedWriteHalf, mut told: mpsc::UnboundedReceiver<Tells>) {
    let mut into = BufWriter::new(into);
    while let Some(tells) = told.recv().await {
        if write(&mut into, &tells).await.is_err() {
            return;
        }
    }
}

async fn tells_events(mut events: Events, tells: mpsc::UnboundedSender<Tells>) {
    while let Some(event) = events.recv().await {
        if tells.send(Tells::Event(event)).is_err() {
            return;
        }
    }
}

/// Until the program stops it or is gone.
async fn obeys(mut from: OwnedReadHalf, engine: Engine, tells: &mpsc::UnboundedSender<Tells>) {
    let engine = Arc::new(engine);
    loop {
        match read(&mut from).await {
            Some(Asks::Connect(leg, offer)) => {
                let (engine, tells) = (Arc::clone(&engine), tells.clone());
                tokio::spawn(async move {
                    let connected = engine.connect_on(leg, offer).await.map_err(Into::into);
                    let _ = tells.send(Tells::Connected(leg, connected));
                });
            }
            Some(Asks::Dial(leg, dial)) => engine.dial_on(leg, dial),
            Some(Asks::Leg(leg, command)) => engine.send(leg, command),
            Some(Asks::Tape(tape, what)) => engine.tape(tape, what),
            Some(Asks::Start(_) | Asks::Stop) | None => break,
        }
    }
    engine.ask_to_stop().await;
}
