//! What crosses between both processes: a length of four bytes, and a message.

use std::net::SocketAddr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::engine::ConnectError;
use crate::message::{Command, Dial, Event, LegId, TapeId, Taping};
use crate::settings::Settings;
use telephony_browser::BadOffer;

/// The longest is an announcement of two minutes.
const FRAME_MAX_BYTES: u32 = 4 * 1024 * 1024;

/// What the program asks.
#[derive(Deserialize, Serialize)]
pub(super) enum Asks {
    /// The first, and once.
    Start(Box<Settings>),
    Connect(LegId, String),
    Dial(LegId, Dial),
    Leg(LegId, Command),
    Tape(TapeId, Taping),
    Stop,
}

/// What the engine tells.
#[derive(Deserialize, Serialize)]
pub(super) enum Tells {
    Started {
        address: SocketAddr,
        browsers_at: Option<SocketAddr>,
    },
    NotStarted(String),
    /// To [`Asks::Connect`].
    Connected(LegId, Result<String, NotConnected>),
    Event(Event),
    /// Every call was said goodbye to.
    Stopped,
}

#[derive(Deserialize, Serialize)]
pub(super) enum NotConnected {
    Offer(String),
    NoPort,
    Stopped,
}

impl From<ConnectError> for NotConnected {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Offer(BadOffer(why)) => Self::Offer(why),
            ConnectError::NoPort => Self::NoPort,
            ConnectError::Stopped => Self::Stopped,
        }
    }
}

/// None once the other side is gone, or says what this program does not understand: another version runs there.
pub(super) async fn read<M: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> Option<M> {
    let size = from.read_u32().await.ok().filter(|size| *size <= FRAME_MAX_BYTES)?;
    let mut frame = vec![0; usize::try_from(size).ok()?];
    from.read_exact(&mut frame).await.ok()?;
    postcard::from_bytes(&frame)
        .inspect_err(|error| {
            tracing::error!(%error, "the other process is of another version: start both again");
        })
        .ok()
}

/// # Errors
///
/// If the other side is gone.
pub(super) async fn write<M: Serialize>(
    into: &mut (impl AsyncWrite + Unpin),
    message: &M,
) -> std::io::Result<()> {
    let frame = postcard::to_stdvec(message).map_err(std::io::Error::other)?;
    let size = u32::try_from(frame.len()).map_err(std::io::Error::other)?;
    into.write_u32(size).await?;
    into.write_all(&frame).await?;
    into.flush().await
}
