//! The outside world of the demo: a SIP port on this machine, with lines that answer by themselves, so that a softphone beside the
//! browser can call in. Nothing listens in real use.

use std::net::SocketAddr;
use std::sync::OnceLock;

use telephony_engine::{Engine as Trunk, Settings};
use web::App;

/// Where a softphone on this machine calls.
#[derive(Default)]
pub(crate) struct Outside(OnceLock<SocketAddr>);

impl Outside {
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.0.get().copied()
    }
}

/// Runs as long as the program; in real use it ends at once.
pub async fn outside(app: App) {
    if app.settings().demo.is_none() {
        return;
    }
    match Trunk::start(Settings::default()).await {
        Ok((trunk, mut events)) => {
            let _ = app.state::<Outside>().0.set(trunk.address());
            tracing::info!(at = %trunk.address(), "softphones on this machine can call");
            // The lines answer by themselves: nobody here waits for a call yet.
            while events.recv().await.is_some() {}
        }
        Err(error) => tracing::warn!(%error, "no softphone can call the demo"),
    }
}
