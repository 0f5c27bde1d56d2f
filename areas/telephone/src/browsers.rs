//! The browsers of colleagues and the one thread that carries their sound: begun with the first that connects.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::UserId;
use live::{Change, Hub, Topic};
use telephony_browser::{ConnectError, Event, Host, HostError, LegId, Settings};
use tokio::sync::{OnceCell, mpsc};
use web::App;

use crate::exchange::{Exchange, Over, Refused, Stand};

/// Why no sound can go to a browser.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSound {
    /// The program listens on every network, and nobody said at which address browsers find it.
    #[error("no address is set at which browsers reach the sound")]
    NoAddress,
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

/// So long it rings.
const RINGS_FOR: Duration = Duration::from_secs(30);

#[derive(Clone, Default)]
pub(crate) struct Browsers(Arc<Shared>);

#[derive(Default)]
struct Shared {
    host: OnceCell<Host>,
    exchange: Mutex<Exchange>,
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
        let id = LegId(self.0.next.fetch_add(1, Ordering::Relaxed) + 1);
        let too_many = self.exchange().expect(id, user);
        for old in too_many {
            host.close(old);
        }
        match host.connect(id, offer).await {
            Ok(answer) => Ok((id, answer)),
            Err(refused) => {
                self.exchange().gone(id);
                Err(refused.into())
            }
        }
    }

    /// The echo line; `false` for a browser that is not this user's, or not there any more.
    pub(crate) fn echo(&self, user: UserId, id: LegId) -> bool {
        let is_hers = self.exchange().is_of(id, user);
        if let Some(host) = self.0.host.get().filter(|_| is_hers) {
            host.echo(id, true);
        }
        is_hers
    }

    pub(crate) fn close(&self, user: UserId, id: LegId) -> bool {
        let is_hers = self.exchange().is_of(id, user);
        if let Some(host) = self.0.host.get().filter(|_| is_hers) {
            host.close(id);
        }
        is_hers
    }

    /// How it stands with a user, and who can be reached besides.
    pub(crate) fn stand(&self, user: UserId) -> (Stand, Vec<UserId>) {
        let exchange = self.exchange();
        let mut others = exchange.reachable();
        others.retain(|other| *other != user);
        (exchange.stand(user), others)
    }

    /// Rings at a colleague's, until she answers, one takes it back, or it rang long enough.
    pub(crate) fn call(&self, app: &App, from: UserId, to: UserId) -> Result<(), Refused> {
        let nr = self.exchange().call(from, to)?;
        tell(app.hub(), (from, to));
        let (browsers, hub) = (self.clone(), app.hub().clone());
        tokio::spawn(async move {
            tokio::time::sleep(RINGS_FOR).await;
            browsers.ends(&hub, |exchange| exchange.unanswered(nr));
        });
        Ok(())
    }

    /// Joins both; `false` where nothing rings.
    pub(crate) fn answer(&self, app: &App, user: UserId) -> bool {
        // What is decided and what the thread is told stay in one order: it is told before anybody else decides.
        let mut exchange = self.exchange();
        let answered = exchange.answer(user);
        if let (Some((between, [one, other])), Some(host)) = (answered, self.0.host.get()) {
            host.join(one, other);
            tell(app.hub(), between);
        }
        answered.is_some()
    }

    pub(crate) fn hang_up(&self, app: &App, user: UserId) -> bool {
        self.ends(app.hub(), |exchange| exchange.end(user))
    }

    /// A call is over, if `decide` says so; in one order, as in [`Self::answer`].
    fn ends(&self, hub: &Hub, decide: impl FnOnce(&mut Exchange) -> Option<Over>) -> bool {
        let mut exchange = self.exchange();
        let Some(Over { between, legs }) = decide(&mut exchange) else { return false };
        if let (Some(host), Some([one, _])) = (self.0.host.get(), legs) {
            host.part(one);
        }
        tell(hub, between);
        true
    }

    fn exchange(&self) -> MutexGuard<'_, Exchange> {
        // Nothing in it panics half-way.
        self.0.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn host(&self, app: &App) -> Result<&Host, NoSound> {
        self.0
            .host
            .get_or_try_init(async || {
                let (say, mut said) = mpsc::unbounded_channel();
                let host = Host::start(&settings(app)?, say)?;
                tracing::info!(at = %host.address(), "sound for browsers");
                let (browsers, hub) = (self.clone(), app.hub().clone());
                // As long as the thread, which holds the other end.
                tokio::spawn(async move {
                    while let Some(event) = said.recv().await {
                        match event {
                            Event::Connected(leg) => browsers.exchange().connected(leg),
                            Event::Gone(leg) => {
                                browsers.ends(&hub, |exchange| exchange.gone(leg));
                            }
                        }
                        tell_all(&hub);
                    }
                    tracing::error!("sound has stopped; start the program again");
                    *browsers.exchange() = Exchange::default();
                    tell_all(&hub);
                });
                Ok(host)
            })
            .await
    }
}

fn tell(hub: &Hub, (one, other): (UserId, UserId)) {
    for user in [one, other] {
        hub.tell(Change { topic: Topic::Sound, user: Some(user) });
    }
}

fn tell_all(hub: &Hub) {
    hub.tell(Change { topic: Topic::Sound, user: None });
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
