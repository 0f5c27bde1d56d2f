//! The hosts of the trunk: where each was found, how it is, and which of them a call tries first.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard};

use rsipstack::dialog::authenticate::Credential;
use rsipstack::sip::uri::{Auth, Domain, HostWithPort, Scheme};
use rsipstack::sip::{Host as SipHost, Transport as SipTransport, Uri};
use rsipstack::transport::{SipAddr, SipConnection};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::Shared;
use super::tls::{NoTrust, Tls};
use crate::message::Login;
use crate::trunk::{Down, Host, Transport, Trunk, TrunkState};

/// Addresses of one name that are tried one after the other.
const ADDRESSES_TRIED_MAX: usize = 3;

pub(super) struct Hosts {
    trunk: Trunk,
    tls: Option<Tls>,
    known: Mutex<Vec<Known>>,
    /// A call got nowhere over this host: it is to be looked at again, now.
    doubted: Vec<Notify>,
}

#[derive(Clone, Default)]
struct Known {
    found: Vec<SocketAddr>,
    /// Where it last answered.
    at: Option<SocketAddr>,
    state: Option<TrunkState>,
}

impl Hosts {
    pub(super) fn new(trunk: Trunk) -> Result<Self, NoTrust> {
        let tls = match trunk.transport {
            Transport::Tls => Some(Tls::new(trunk.authority.as_deref(), trunk.hosts.len())?),
            Transport::Udp | Transport::Tcp => None,
        };
        let known = vec![Known::default(); trunk.hosts.len()];
        let doubted = trunk.hosts.iter().map(|_| Notify::new()).collect();
        Ok(Self { trunk, tls, known: Mutex::new(known), doubted })
    }

    pub(super) fn trunk(&self) -> &Trunk {
        &self.trunk
    }

    fn known(&self) -> MutexGuard<'_, Vec<Known>> {
        self.known.lock().expect("nobody panics while looking up a host")
    }

    /// Whether that is news.
    pub(super) fn is_now(&self, host: usize, state: TrunkState, at: Option<SocketAddr>) -> bool {
        let mut known = self.known();
        known[host].at = at.or(known[host].at);
        known[host].state.replace(state) != Some(state)
    }

    pub(super) fn is_up(&self, host: usize) -> bool {
        self.known()[host].state == Some(TrunkState::Up)
    }

    /// Which hosts a call tries, in order, and where. First those that are up; but it may be only our looking that fails.
    pub(super) fn in_order(&self) -> Vec<(usize, SocketAddr)> {
        let known = self.known();
        let mut hosts: Vec<_> = known
            .iter()
            .enumerate()
            .filter_map(|(host, known)| Some((host, known.at.or(known.found.first().copied())?)))
            .collect();
        hosts.sort_by_key(|(host, _)| known[*host].state != Some(TrunkState::Up));
        hosts
    }

    pub(super) fn doubt(&self, host: usize) {
        self.doubted[host].notify_one();
    }

    pub(super) async fn doubted(&self, host: usize) {
        self.doubted[host].notified().await;
    }

    pub(super) fn transport(&self) -> SipTransport {
        match self.trunk.transport {
            Transport::Udp => SipTransport::Udp,
            Transport::Tcp => SipTransport::Tcp,
            Transport::Tls => SipTransport::Tls,
        }
    }

    /// Where a request goes, without its port over a certain transport: that is written beside it.
    pub(super) fn way(&self, at: SocketAddr) -> SipAddr {
        SipAddr::new(self.transport(), at.into())
    }

    pub(super) fn credential(&self) -> Option<Credential> {
        self.trunk.login.as_ref().map(credential)
    }

    /// `sip:sip.example`: whom a REGISTER or OPTIONS is for.
    pub(super) fn registrar(&self, host: usize) -> Uri {
        Uri {
            scheme: Some(Scheme::Sip),
            host_with_port: self.domain(host, self.trunk.hosts[host].port()),
            ..Uri::default()
        }
    }

    /// `sip:0851234567@sip.example`: somebody there.
    pub(super) fn user(&self, host: usize, user: &str) -> Uri {
        Uri {
            scheme: Some(Scheme::Sip),
            auth: Some(Auth { user: user.to_owned(), password: None }),
            host_with_port: self.domain(host, None),
            ..Uri::default()
        }
    }

    fn domain(&self, host: usize, port: Option<u16>) -> HostWithPort {
        let (name, port) = match &self.trunk.domain {
            Some(domain) => (domain.as_str(), None),
            None => (self.trunk.hosts[host].name(), port),
        };
        let host = match name.parse::<IpAddr>() {
            Ok(address) => SipHost::IpAddr(address),
            Err(_) => SipHost::Domain(Domain::from(name)),
        };
        HostWithPort { host, port: port.map(Into::into) }
    }

    fn port(&self, host: &Host) -> u16 {
        let usual = if self.trunk.transport == Transport::Tls { 5061 } else { 5060 };
        host.port().unwrap_or(usual)
    }
}

pub(super) fn credential(login: &Login) -> Credential {
    Credential {
        username: login.user.clone(),
        password: login.password.clone(),
        ..Credential::default()
    }
}

/// Where the host is. Asked anew each time: whoever moves a trunk does it by its name.
///
/// A name server that does not answer is no reason to leave a host that was found before.
pub(super) async fn find(
    shared: &Shared,
    hosts: &Hosts,
    host: usize,
) -> Result<Vec<SocketAddr>, Down> {
    let asked = &hosts.trunk.hosts[host];
    let limit = hosts.trunk.timing.answer_max;
    let looked_up =
        timeout(limit, tokio::net::lookup_host((asked.name(), hosts.port(asked)))).await;
    let found: Vec<SocketAddr> = match looked_up {
        Ok(Ok(found)) => found
            // From a port of one family nothing goes to the other.
            .filter(|at| at.is_ipv4() == shared.advertised.is_ipv4())
            .take(ADDRESSES_TRIED_MAX)
            .collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    let mut known = hosts.known();
    if !found.is_empty() {
        shared.ranges.add(host, found.iter().map(SocketAddr::ip));
        known[host].found = found;
    }
    if known[host].found.is_empty() {
        return Err(Down::NameNotFound);
    }
    Ok(known[host].found.clone())
}

/// The connection to that address: over UDP our port, else the one that stands, else a new one.
pub(super) async fn connect(
    shared: &Shared,
    hosts: &Hosts,
    host: usize,
    way: &SipAddr,
) -> Result<SipConnection, Down> {
    let connecting = async {
        match &hosts.tls {
            Some(tls) => tls.connect(shared, host, hosts.trunk.hosts[host].name(), way).await,
            None => match shared.layer.endpoint.transport_layer.lookup(way, None).await {
                Ok((connection, _)) => Ok(connection),
                Err(error) => {
                    tracing::debug!(%error, "a host of the trunk cannot be connected to");
                    Err(Down::Unreachable)
                }
            },
        }
    };
    let limit = hosts.trunk.timing.answer_max;
    timeout(limit, connecting).await.unwrap_or(Err(Down::Unreachable))
}

/// Over TCP and TLS a connection ends, over UDP there is none that could.
pub(super) fn is_lost(connection: &SipConnection) -> bool {
    connection.is_reliable() && connection.cancel_token().is_some_and(|token| token.is_cancelled())
}
