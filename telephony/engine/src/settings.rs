//! What the engine is told at its start.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::trunk::Trunk;

/// The settings of one engine; [`Settings::default`] is the demo on one machine: loopback only, two lines.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Settings {
    /// Where SIP is heard, over UDP and TCP. Taken already? Then a free port of the same address; see [`crate::Engine::address`].
    pub listen: SocketAddr,
    /// What peers are told as our address. Needed when `listen` is 0.0.0.0 or `[::]`, or behind a translation.
    pub advertised: Option<IpAddr>,
    /// Who may send us anything at all, answers included, beside the hosts of [`Settings::trunk`]. Everybody else gets no
    /// answer.
    pub allowed: Vec<Network>,
    /// The ports for sound; every leg takes one (even) port while it lives.
    pub rtp_ports: RangeInclusive<u16>,
    /// Which dialled number is what. Every other number is answered 404, unless [`Self::otherwise`] says something else.
    pub lines: BTreeMap<String, Line>,
    /// What answers every number besides.
    pub otherwise: Option<Line>,
    /// Softphones that may register here.
    pub accounts: Vec<Account>,
    pub trunk: Option<Trunk>,
    pub limits: Limits,
    /// How much later callers of the echo line hear themselves. A second for people; tests may take less.
    pub echo_delay: Duration,
    /// A leg that nobody holds and that hears no RTP for this long is hung up.
    pub rtp_silence_max: Duration,
    /// RFC 4028: what we ask for, and the least that we take.
    pub session_interval: Duration,
    pub session_interval_min: Duration,
    /// How often dialogs that no call knows are looked for.
    pub sweep_every: Duration,
    /// Where browsers are heard; none without browsers.
    pub browsers: Option<Browsers>,
}

/// The port for the sound of all browsers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Browsers {
    /// Port 0 takes a free one.
    pub bind: SocketAddr,
    /// Addresses that browsers are told, where they differ from `bind`: behind a router, or on several networks.
    pub public: Vec<IpAddr>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 5060)),
            advertised: None,
            allowed: vec![Network::loopback()],
            rtp_ports: 30_000..=39_999,
            lines: BTreeMap::from([
                ("echo".to_owned(), Line::Echo),
                ("muziek".to_owned(), Line::Music),
            ]),
            otherwise: None,
            accounts: Vec::new(),
            trunk: None,
            limits: Limits::default(),
            echo_delay: Duration::from_secs(1),
            rtp_silence_max: Duration::from_secs(30),
            session_interval: Duration::from_mins(30),
            session_interval_min: Duration::from_secs(90),
            sweep_every: Duration::from_secs(20),
            browsers: None,
        }
    }
}

/// What answers a dialled number.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Line {
    /// Answered at once; the caller hears himself, later by [`Settings::echo_delay`].
    Echo,
    /// Answered at once; a melody.
    Music,
    /// Reported as [`crate::Event::Incoming`]; rings until it is answered or rejected by a command.
    Desk,
}

/// A softphone that may register, as if it were the outside world.
#[derive(Clone, Deserialize, Serialize)]
pub struct Account {
    pub name: String,
    pub password: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({}, …)", self.name)
    }
}

/// Bounds against floods; see the risks "toll fraud" and "DoS" of the design.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Limits {
    /// Legs that live at the same time.
    pub legs_max: usize,
    /// Calls to us that are not yet answered and acknowledged.
    pub half_open_max: usize,
    /// New calls per second and source address; a burst of twice as many is let through.
    pub calls_per_second: u32,
    /// Datagrams per second and source address; a burst of twice as many is let through.
    pub datagrams_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            legs_max: 1_000,
            half_open_max: 200,
            calls_per_second: 50,
            datagrams_per_second: 2_000,
        }
    }
}

/// A range of addresses, written `192.0.2.7` or `192.0.2.0/24`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is no address and no range of addresses such as 192.0.2.0/24")]
pub struct NotANetwork(String);

impl Network {
    /// 127.0.0.0/8.
    pub fn loopback() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), prefix_bits: 8 }
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        let same = |ours: u128, theirs: u128, width: u32| {
            let host_bits = width - u32::from(self.prefix_bits);
            host_bits >= width || ours >> host_bits == theirs >> host_bits
        };
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                same(u128::from(u32::from(ours)), u128::from(u32::from(theirs)), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => same(ours.into(), theirs.into(), 128),
            _ => false,
        }
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self { address, prefix_bits: if address.is_ipv4() { 32 } else { 128 } }
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let Some((address, bits)) = text.split_once('/') else {
            return text.parse::<IpAddr>().map(Self::from).map_err(|_| wrong());
        };
        let whole = Self::from(address.parse::<IpAddr>().map_err(|_| wrong())?);
        let prefix_bits = bits.parse().map_err(|_| wrong())?;
        if prefix_bits > whole.prefix_bits {
            return Err(wrong());
        }
        Ok(Self { prefix_bits, ..whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_holds_its_own_addresses_and_no_others() {
        for (range, address, inside) in [
            ("127.0.0.0/8", "127.1.2.3", true),
            ("127.0.0.0/8", "128.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("192.0.2.128/25", "192.0.2.127", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:1::5", true),
            ("2001:db8::/32", "2001:db9::", false),
        ] {
            let range: Network = range.parse().unwrap();
            assert_eq!(range.contains(address.parse().unwrap()), inside, "{range:?} {address}");
        }
    }

    #[test]
    fn what_is_no_range_is_named() {
        for text in ["", "telefoon", "192.0.2.0/33", "192.0.2.0/", "192.0.2/24"] {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork(text.to_owned())));
        }
    }
}
