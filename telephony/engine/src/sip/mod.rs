//! SIP towards the trunk, on `rsipstack`. No type of that library leaves this module.
//!
//! What the library lacks or does otherwise than a telephone needs, and what stands here instead, is written in
//! `docs/decisions/2026-11-29-sip.md`.

mod call;
mod dial;
mod dispatch;
mod gate;
mod headers;
mod hosts;
mod identity;
mod inbound;
mod limit;
mod ranges;
mod refusal;
mod registrar;
mod session;
mod signal;
mod sweep;
mod tls;
mod watch;

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rsipstack::EndpointBuilder;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::platform::CancellationToken;
use rsipstack::sip::uri::{Auth, Param, Scheme};
use rsipstack::sip::{Transport, Uri};
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{TcpListenerConnection, TransportLayer};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::task::JoinSet;

pub(crate) use self::signal::{Order, Signal};
pub use self::tls::NoTrust;
use crate::engine::StartError;
use crate::message::{Dial, LegId, Why};
use crate::settings::Settings;

/// The signalling side of the telephone: listens, dials, and keeps every dialog until it is over.
pub(crate) struct Trunk {
    shared: Arc<Shared>,
    stop: CancellationToken,
    /// Tells those who watch the hosts of the trunk to say goodbye there.
    leave: CancellationToken,
    watches: Mutex<JoinSet<()>>,
    address: SocketAddr,
}

/// What every task of the trunk may reach. No lock is held over an `await`.
pub(crate) struct Shared {
    layer: Arc<DialogLayer>,
    settings: Settings,
    /// What peers are told as our address.
    advertised: SocketAddr,
    signals: mpsc::UnboundedSender<Signal>,
    legs: Mutex<HashMap<LegId, Known>>,
    /// The table of legs has become empty.
    last_left: Notify,
    next_leg: AtomicU64,
    half_open: Arc<Semaphore>,
    registrar: Mutex<registrar::Registrar>,
    ranges: Arc<ranges::Ranges>,
    stop: CancellationToken,
    /// The trunk of the settings.
    hosts: Option<Arc<hosts::Hosts>>,
}

struct Known {
    orders: mpsc::UnboundedSender<Order>,
    /// The library's key of its dialog, once there is one.
    dialog: Option<String>,
    /// The Call-ID of a call by us.
    our_call_id: Option<String>,
}

impl Trunk {
    /// Binds the port; nothing is heard before this returns. `told` is the address that peers are to use.
    pub(crate) async fn start(
        settings: Settings,
        told: IpAddr,
        signals: mpsc::UnboundedSender<Signal>,
    ) -> Result<Self, StartError> {
        let asked = settings.listen;
        let listen = |source| StartError::Listen { address: asked, source };
        let socket = bind(settings.listen).await.map_err(listen)?;
        let address = socket.local_addr().map_err(listen)?;
        let advertised = SocketAddr::new(told, address.port());
        let stop = CancellationToken::new();
        let hosts = settings.trunk.clone().map(hosts::Hosts::new).transpose()?.map(Arc::new);
        let count = hosts.as_ref().map_or(0, |hosts| hosts.trunk().hosts.len());
        let ranges = Arc::new(ranges::Ranges::new(settings.allowed.clone(), count));

        let gate = gate::Gate::new(socket, ranges.clone(), settings.limits.datagrams_per_second);
        let udp =
            UdpConnection::from_socket(Arc::new(gate), Some(advertised), Some(stop.child_token()))
                .await
                .map_err(|error| listen(std::io::Error::other(error)))?;
        let transports = TransportLayer::new(stop.clone());
        transports.add_transport(udp.into());
        let tcp = TcpListenerConnection::new(address, Some(advertised))
            .await
            .map_err(|error| listen(std::io::Error::other(error)))?;
        transports.add_transport(tcp.into());
        let known = ranges.clone();
        transports.set_whitelist(move |source| std::future::ready(known.contains(source)));
        let endpoint = EndpointBuilder::new()
            .with_user_agent("Wijland")
            .with_cancel_token(stop.clone())
            .with_transport_layer(transports)
            .build();
        let incoming = endpoint
            .incoming_transactions()
            .map_err(|error| listen(std::io::Error::other(error)))?;

        let shared = Arc::new(Shared {
            layer: Arc::new(DialogLayer::new(endpoint.inner.clone())),
            advertised,
            signals: signals.clone(),
            legs: Mutex::default(),
            last_left: Notify::new(),
            next_leg: AtomicU64::new(LegId::first()),
            half_open: Arc::new(Semaphore::new(settings.limits.half_open_max)),
            registrar: Mutex::new(registrar::Registrar::new(settings.accounts.clone())),
            ranges,
            stop: stop.clone(),
            hosts: hosts.clone(),
            settings,
        });
        let ended = stop.clone();
        tokio::spawn(async move {
            endpoint.serve().await;
            if !ended.is_cancelled() {
                // Nobody listens any more only when the engine itself is gone.
                let _ = signals.send(Signal::Stopped);
            }
        });
        is_heard(address).await.map_err(listen)?;
        tokio::spawn(dispatch::run(shared.clone(), incoming));
        tokio::spawn(sweep::run(Arc::downgrade(&shared), stop.clone()));
        let leave = stop.child_token();
        let mut watches = JoinSet::new();
        if let Some(hosts) = hosts {
            for host in 0..count {
                watches.spawn(watch::run(shared.clone(), hosts.clone(), host, leave.clone()));
            }
        }
        Ok(Self { shared, stop, leave, watches: Mutex::new(watches), address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn new_leg(&self) -> LegId {
        self.shared.new_leg()
    }

    pub(crate) fn dial(&self, leg: LegId, dial: Dial, offer: Vec<u8>) {
        dial::begin(&self.shared, leg, dial, offer);
    }

    pub(crate) fn order(&self, leg: LegId, order: Order) {
        if let Some(known) = self.shared.legs().get(&leg) {
            // The leg ended a moment ago.
            let _ = known.orders.send(order);
        }
    }

    fn watches(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.watches.lock().expect("nobody panics while taking what is there")
    }

    pub(crate) fn legs_alive(&self) -> usize {
        self.shared.legs().len()
    }

    pub(crate) fn dialogs_alive(&self) -> usize {
        self.shared.layer.len()
    }

    /// Says BYE, CANCEL or 480 to all, is no longer registered anywhere, waits at most `grace` for the last goodbye, and
    /// closes the port.
    pub(crate) async fn stop(&self, grace: Duration) {
        for known in self.shared.legs().values() {
            let _ = known.orders.send(Order::HangUp(Why::HungUpByUs));
        }
        self.leave.cancel();
        let mut watches = std::mem::take(&mut *self.watches());
        let all_gone = async {
            // One that panicked has said so itself.
            while watches.join_next().await.is_some() {}
            loop {
                let last = self.shared.last_left.notified();
                if self.shared.legs().is_empty() {
                    return;
                }
                last.await;
            }
        };
        if tokio::time::timeout(grace, all_gone).await.is_err() {
            tracing::warn!(legs = self.legs_alive(), "not every call was said goodbye to in time");
        }
        self.stop.cancel();
    }
}

impl Drop for Trunk {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Shared {
    fn legs(&self) -> MutexGuard<'_, HashMap<LegId, Known>> {
        self.legs.lock().expect("nobody panics while looking up a leg")
    }

    fn forget(&self, leg: LegId) {
        let mut legs = self.legs();
        legs.remove(&leg);
        if legs.is_empty() {
            self.last_left.notify_waiters();
        }
    }

    fn registrar(&self) -> MutexGuard<'_, registrar::Registrar> {
        self.registrar.lock().expect("nobody panics while registering")
    }

    fn new_leg(&self) -> LegId {
        LegId(self.next_leg.fetch_add(1, Ordering::Relaxed))
    }

    /// Where the other side sends what follows; over the transport of the call, if that is not UDP.
    fn contact(&self, transport: Option<Transport>) -> Uri {
        let transport = transport.filter(|transport| *transport != Transport::Udp);
        Uri {
            params: transport.map(Param::Transport).into_iter().collect(),
            scheme: Some(Scheme::Sip),
            auth: Some(Auth { user: "wijland".to_owned(), password: None }),
            host_with_port: self.advertised.into(),
            ..Uri::default()
        }
    }

    /// Whether one more leg may live.
    fn has_room(&self) -> bool {
        self.legs().len() < self.settings.limits.legs_max
    }

    fn tell(&self, signal: Signal) {
        // Nobody listens any more only when the engine itself is gone.
        let _ = self.signals.send(signal);
    }
}

/// The address that was asked for, else a free port of the same address: a second program on one machine also works.
///
/// The port is free for TCP as well; the library takes it there later.
async fn bind(listen: SocketAddr) -> std::io::Result<UdpSocket> {
    let mut address = listen;
    for _ in 0..PORTS_TRIED_MAX {
        match bind_both(address).await {
            Err(taken) if taken.kind() == ErrorKind::AddrInUse => address.set_port(0),
            bound => return bound,
        }
    }
    bind_both(address).await
}

async fn bind_both(address: SocketAddr) -> std::io::Result<UdpSocket> {
    let udp = UdpSocket::bind(address).await?;
    TcpListener::bind(udp.local_addr()?).await?;
    Ok(udp)
}

/// Waits until TCP is listened to: the library begins when it comes to it, and tells nobody when, or that it could not.
async fn is_heard(address: SocketAddr) -> std::io::Result<()> {
    let mut tried = TcpStream::connect(address).await;
    for _ in 0..HEARD_TRIES_MAX {
        if tried.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        tried = TcpStream::connect(address).await;
    }
    tried.map(drop)
}

const PORTS_TRIED_MAX: usize = 10;
const HEARD_TRIES_MAX: usize = 200;
