//! Which browser belongs to whom, and the one thread that carries their sound: begun with the first that connects.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::UserId;
use telephony_browser::{BadOffer, Event, Host, HostError, LegId, Settings};
use tokio::sync::{OnceCell, mpsc};
use web::App;

/// Why no sound can go to a browser.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSound {
    /// The program listens on every network, and nobody said at which address browsers find it.
    #[error("no address is set at which browsers reach the sound")]
    NoAddress,
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Offer(#[from] BadOffer),
}

/// A tab is a browser; whoever opens more closes the first.
const OF_ONE_USER: usize = 4;

#[derive(Default)]
pub(crate) struct Browsers {
    host: OnceCell<Host>,
    owners: Arc<Mutex<BTreeMap<u64, UserId>>>,
    next: AtomicU64,
}

impl Browsers {
    /// Takes the offer of a browser of this user and answers it.
    pub(crate) async fn connect(
        &self,
        app: &App,
        user: UserId,
        offer: String,
    ) -> Result<(LegId, String), NoSound> {
        let host = self.host(app).await?;
        let id = LegId(self.next.fetch_add(1, Ordering::Relaxed) + 1);
        let answer = host.connect(id, offer).await?;
        for old in self.seat(id, user) {
            host.close(old);
        }
        Ok((id, answer))
    }

    /// The echo line; `false` for a browser that is not this user's, or not there any more.
    pub(crate) fn echo(&self, user: UserId, id: LegId, on: bool) -> bool {
        self.of(user, id, |host| host.echo(id, on))
    }

    pub(crate) fn close(&self, user: UserId, id: LegId) -> bool {
        self.of(user, id, |host| host.close(id))
    }

    fn of(&self, user: UserId, id: LegId, act: impl FnOnce(&Host)) -> bool {
        let owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        match self.host.get().filter(|_| owners.get(&id.0) == Some(&user)) {
            Some(host) => {
                act(host);
                true
            }
            None => false,
        }
    }

    /// Writes down whose it is; those that are one too many.
    fn seat(&self, id: LegId, user: UserId) -> Vec<LegId> {
        let mut owners = self.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.insert(id.0, user);
        let mine: Vec<u64> =
            owners.iter().filter(|(_, owner)| **owner == user).map(|(id, _)| *id).collect();
        let too_many = mine.len().saturating_sub(OF_ONE_USER);
        mine.into_iter().take(too_many).map(LegId).collect()
    }

    async fn host(&self, app: &App) -> Result<&Host, NoSound> {
        self.host
            .get_or_try_init(async || {
                let settings = settings(app)?;
                let (tell, mut told) = mpsc::unbounded_channel();
                let host = Host::start(&settings, tell)?;
                tracing::info!(at = %host.address(), "sound for browsers");
                let owners = Arc::clone(&self.owners);
                // Ends with the thread, which holds the other end.
                tokio::spawn(async move {
                    while let Some(event) = told.recv().await {
                        if let Event::Gone(LegId(id)) = event {
                            owners.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
                        }
                    }
                });
                Ok(host)
            })
            .await
    }
}

/// Where the program listens for pages, browsers find its sound, unless it is said otherwise.
fn settings(app: &App) -> Result<Settings, NoSound> {
    let said = &app.settings().sound;
    let bind = said.listen.unwrap_or_else(|| {
        let ip = app.served_at().map_or(std::net::Ipv4Addr::LOCALHOST.into(), |at| at.ip());
        SocketAddr::new(ip, 0)
    });
    if bind.ip().is_unspecified() && said.address.is_none() {
        return Err(NoSound::NoAddress);
    }
    Ok(Settings { bind, public: said.address.into_iter().collect() })
}
